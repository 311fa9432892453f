"""Events of one key are one, also when many are published at once."""

from __future__ import annotations

from core.platform import Platform


def test_many_events_are_stored_in_order_and_known_keys_are_left(platform: Platform) -> None:
    platform.events.publish(["x"], "thing", {"n": 0}, key="b")
    given = [(key, "thing", {"n": number}) for number, key in enumerate("abcbd", start=1)]
    platform.events.publish_all(given)
    platform.events.publish_all(given)
    platform.events.publish_all([])
    rows = platform.database.db.events.find({"type": "thing"})
    assert sorted((row["_id"], row["data"]["n"]) for row in rows) == [("a", 1), ("b", 0), ("c", 3), ("d", 5)]
