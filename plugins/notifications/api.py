"""Routes of people's choices and addresses, and of what was delivered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Response, g

from core.access.access import ALL
from core.access.permission import ANY_SIGNED_IN, Permission
from core.database.connection import Document
from core.http import ApiBlueprint, answer, format_time, no_content
from core.paging import decode_cursor, encode_cursor
from core.plugin_system.hookspecs import NotificationChannel
from core.problems import Conflict, Denied, Invalid, NotFound, TooMany
from plugins.notifications.channels import addresses_of
from plugins.notifications.confirmation import Confirmation
from plugins.notifications.models import (
    CodeIn,
    DeadLetterList,
    DeadLetterQuery,
    DeliveryList,
    DeliveryQuery,
    EmailIn,
    PhoneIn,
    SettingsIn,
    SettingsOut,
    SubscriptionIn,
    SubscriptionOut,
    SubscriptionPath,
    TestOut,
    VapidKeyOut,
)
from plugins.notifications.rules import (
    DEFAULT_SOUND,
    PRIORITIES,
    TEST,
    TEST_EVERY,
    is_wanted,
    masked,
    public_text,
)
from plugins.notifications.store import SENDING, WAITING, ContactStore, DeliveryStore
from plugins.notifications.web_push import VapidKey, mistake_in

if TYPE_CHECKING:
    from core.platform import Platform

_MAX_SUBSCRIPTIONS = 20


def blueprint(
    platform: Platform, store: DeliveryStore, contacts: ContactStore, channels: Sequence[NotificationChannel]
) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("notifications", __name__, tag="notifications")
    _declare_choices(api, platform, contacts, channels)
    _declare_push(api, platform, contacts)
    _declare_addresses(api, platform, contacts, channels)
    _declare_oversight(api, platform, store)
    return api


def _declare_choices(
    api: ApiBlueprint, platform: Platform, contacts: ContactStore, channels: Sequence[NotificationChannel]
) -> None:
    def settings_json() -> dict[str, Any]:
        user = platform.people.get(g.principal.id)
        assert user is not None
        person = contacts.person(user.id)
        choices = person.get("channels") or {}
        return {
            "channels": [
                {
                    "channel": channel.id,
                    "display": channel.display,
                    "reachable": bool(addresses_of(channel, user)),
                    **{priority: is_wanted(choices, channel.id, priority) for priority in PRIORITIES},
                }
                for channel in channels
            ],
            "quiet_hours": person.get("quiet_hours"),
            "email": person.get("email"),
            "phone": person.get("phone"),
            "sound": person.get("sound") or DEFAULT_SOUND,
            "push_subscriptions": [_subscription_json(row) for row in contacts.subscriptions_of(user.id)],
        }

    @api.read("/me/notifications/settings", ANY_SIGNED_IN, answers={200: SettingsOut})
    def get_settings() -> Response:
        """How one is reached: by which channels, for what, and when not."""
        return answer(settings_json())

    @api.replace("/me/notifications/settings", ANY_SIGNED_IN, answers={200: SettingsOut})
    def set_settings(body: SettingsIn) -> Response:
        """Choose channels by priority, and quiet hours. What is of high priority is sent in quiet hours too."""
        known = {channel.id for channel in channels}
        chosen = [choice.channel for choice in body.channels]
        for index, channel in enumerate(chosen):
            if channel not in known or channel in chosen[:index]:
                raise Invalid(
                    "There is no such channel, or it is given twice.",
                    errors=[{"loc": ["channels", str(index)], "msg": "unknown or given twice"}],
                )
        choices = {choice.channel: choice.model_dump(include=set(PRIORITIES)) for choice in body.channels}
        quiet = body.quiet_hours.model_dump() if body.quiet_hours else None
        contacts.set_wishes(g.principal.id, choices, quiet, body.sound.model_dump() if body.sound else None)
        return answer(settings_json())

    @api.create("/me/notifications/test", ANY_SIGNED_IN, answers={202: TestOut}, problems=(409, 429))
    def send_test() -> Response:
        """Send oneself a notification, by every channel that is used for what is urgent; in quiet hours too."""
        user = platform.people.get(g.principal.id)
        assert user is not None
        choices = contacts.person(user.id).get("channels") or {}
        used = [
            channel.display
            for channel in channels
            if is_wanted(choices, channel.id, "high") and addresses_of(channel, user)
        ]
        if not used:
            raise Conflict("There is nowhere to send it: no browser, e-mail address or telephone number is in use.")
        now = platform.clock()
        if not contacts.may_test(user.id, now, TEST_EVERY):
            seconds = int(TEST_EVERY.total_seconds())
            raise TooMany("A test was just sent. Wait half a minute.", retry_after_s=seconds)
        text = public_text(TEST, "high", None)
        key = f"test|{user.id}|{format_time(now)}"
        request = {
            "key": key, "user_ids": [user.id], "kind": TEST, "priority": "high", "title": text.title,
            "text": text.text, "link": "/account?tab=notifications", "patient_id": None, "about": None,
        }  # fmt: skip
        platform.events.publish([], "notification_requested", request, key=key)
        return answer({"channels": used}, 202)


def _declare_push(api: ApiBlueprint, platform: Platform, contacts: ContactStore) -> None:
    key = VapidKey(platform.settings.data_dir)

    @api.read("/notifications/vapid-key", ANY_SIGNED_IN, answers={200: VapidKeyOut})
    def vapid_key() -> Response:
        """The installation's public key, for a browser to subscribe with."""
        return answer({"key": key.public})

    @api.create("/me/push-subscriptions", ANY_SIGNED_IN, answers={201: SubscriptionOut}, problems=(409,))
    def subscribe(body: SubscriptionIn) -> Response:
        """Let this browser get pushes. Again it is the same subscription; another person's there ends."""
        _refuse_tokens()
        private_hosts = platform.settings.push_private_hosts
        mistake = mistake_in(body.endpoint, body.keys.p256dh, body.keys.auth, private_hosts)
        if mistake is not None:
            raise Invalid(f"This is no push subscription: {mistake}.", errors=[{"loc": ["endpoint"], "msg": mistake}])
        known = [row["endpoint"] for row in contacts.subscriptions_of(g.principal.id)]
        if len(known) >= _MAX_SUBSCRIPTIONS and body.endpoint not in known:
            raise Conflict(f"You have {_MAX_SUBSCRIPTIONS} subscribed browsers; remove one first.")
        row = contacts.subscribe(
            g.principal.id, body.endpoint, body.keys.p256dh, body.keys.auth, platform.clock(), body.name
        )
        return answer(_subscription_json(row), 201)

    @api.remove("/me/push-subscriptions/<string:subscription_id>", ANY_SIGNED_IN, answers={204: None}, problems=(404,))
    def unsubscribe(path: SubscriptionPath) -> Response:
        """Push no more to one of one's browsers."""
        if not contacts.unsubscribe(path.subscription_id, g.principal.id):
            raise NotFound("You have no such subscription.")
        return no_content()


def _declare_addresses(
    api: ApiBlueprint, platform: Platform, contacts: ContactStore, channels: Sequence[NotificationChannel]
) -> None:
    by_id = {channel.id: channel for channel in channels}
    emails = Confirmation(platform, contacts, "email")
    phones = Confirmation(platform, contacts, "phone")

    def channel_of(name: str, what: str) -> NotificationChannel:
        _refuse_tokens()
        if name not in by_id:
            raise Conflict(f"{what} are not set up on this installation.")
        return by_id[name]

    def remove(kind: str) -> Response:
        if not contacts.remove_address(g.principal.id, kind):
            raise NotFound("You have no such address.")
        return no_content()

    @api.create("/me/email", ANY_SIGNED_IN, answers={204: None}, problems=(409,))
    def set_email(body: EmailIn) -> Response:
        """Mail a code to an address; the address holds once the code is confirmed."""
        emails.begin(g.principal.id, body.address, channel_of("email", "E-mails"))
        return no_content()

    @api.create("/me/email/confirm", ANY_SIGNED_IN, answers={204: None})
    def confirm_email(body: CodeIn) -> Response:
        """Confirm the address that the code was mailed to. It replaces the one before."""
        emails.confirm(g.principal.id, body.code)
        return no_content()

    @api.remove("/me/email", ANY_SIGNED_IN, answers={204: None}, problems=(404,))
    def remove_email() -> Response:
        """Be mailed no more."""
        return remove("email")

    @api.create("/me/phone", ANY_SIGNED_IN, answers={204: None}, problems=(409,))
    def set_phone(body: PhoneIn) -> Response:
        """Send a code to a telephone number; the number holds once the code is confirmed."""
        phones.begin(g.principal.id, body.number, channel_of("sms", "Text messages"))
        return no_content()

    @api.create("/me/phone/confirm", ANY_SIGNED_IN, answers={204: None})
    def confirm_phone(body: CodeIn) -> Response:
        """Confirm the number that the code was sent to. It replaces the one before."""
        phones.confirm(g.principal.id, body.code)
        return no_content()

    @api.remove("/me/phone", ANY_SIGNED_IN, answers={204: None}, problems=(404,))
    def remove_phone() -> Response:
        """Be sent text messages no more."""
        return remove("phone")


def _declare_oversight(api: ApiBlueprint, platform: Platform, store: DeliveryStore) -> None:
    def name_of(user_id: str) -> str:
        user = platform.people.get(user_id)
        return user.name if user else ""

    @api.read(
        "/alerts-deliveries", Permission("notification", "read", filtered=True, audit=True), answers={200: DeliveryList}
    )
    def deliveries_of_alert(query: DeliveryQuery) -> Response:
        """Who was told of an alert, when, and by which channel; and who could not be."""
        visible = platform.access.visible_patients(g.principal, "notification", "read")

        def may_see(row: Document) -> bool:
            return visible is ALL or (isinstance(visible, frozenset) and row["patient_id"] in visible)

        items = [_delivery_json(row, name_of(row["user_id"])) for row in store.about(query.alert_id) if may_see(row)]
        unreached = [
            {"user_id": user_id, "user_name": name_of(user_id), "requested_at": format_time(row["at"])}
            for row in store.requests_about(query.alert_id)
            if may_see(row)
            for user_id in row["unreached"]
        ]
        return answer({"items": items, "unreached": unreached, "next": None})

    @api.read("/notifications/failed", Permission("notification", "review"), answers={200: DeadLetterList})
    def dead_letters(query: DeadLetterQuery) -> Response:
        """What could not be delivered and was given up."""
        before = decode_cursor(query.cursor) if query.cursor else None
        rows = store.dead_letters(before, query.limit + 1)
        page = rows[: query.limit]
        following = encode_cursor(page[-1]["ended_at"], page[-1]["_id"]) if len(rows) > query.limit else None
        items = [
            {
                **_delivery_json(row, name_of(row["user_id"])),
                "id": row["_id"],
                "address": masked(row["address"]),
                "ended_at": format_time(row["ended_at"]),
            }
            for row in page
        ]
        return answer({"items": items, "next": following})


def _refuse_tokens() -> None:
    """A token that fell into wrong hands must not lead what is meant for a person elsewhere."""
    if g.principal.token_id is not None:
        raise Denied("A token cannot change where you are reached; sign in for that.")


def _delivery_json(row: Document, user_name: str) -> dict[str, Any]:
    open_still = row["state"] in (WAITING, SENDING)
    ended_at = row.get("ended_at")
    return {
        "user_id": row["user_id"],
        "user_name": user_name,
        "channel": row["channel"],
        "kind": row["kind"],
        "priority": row["priority"],
        "state": row["state"],
        "attempts": row["attempts"],
        "requested_at": format_time(row["requested_at"]),
        "ended_at": format_time(ended_at) if ended_at is not None else None,
        "next_attempt_at": format_time(row["next_attempt_at"]) if open_still else None,
        "error": row.get("error"),
    }


def _subscription_json(row: Document) -> dict[str, Any]:
    host = urlsplit(row["endpoint"]).hostname or ""
    return {
        "id": row["_id"],
        "service": host,
        "name": row.get("name"),
        "browser": row["browser"],
        "created_at": format_time(row["created_at"]),
    }
