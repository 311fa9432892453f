"""Glucose Measurement Context (2A34): meal, food, medicine and the like around a measurement.

flags (b0 food, b1 meal, b2 tester and health, b3 exercise, b4 medicine, b5 medicine in litres, b6 HbA1c,
b7 extended), sequence16, [extended8], [food8, kg SFLOAT], [meal8], [tester nibble, health nibble],
[seconds16, intensity8], [medicine8, amount SFLOAT], [HbA1c SFLOAT].
Source: GATT Specification Supplement (2A34).
"""

from __future__ import annotations

from typing import Any

from device_drivers.gatt import Reader, split

_FOODS = {1: "breakfast", 2: "lunch", 3: "dinner", 4: "snack", 5: "drink", 6: "supper", 7: "brunch"}
_MEALS = {1: "before meal", 2: "after meal", 3: "fasting", 4: "casual", 5: "bedtime"}
_TESTERS = {1: "self", 2: "professional", 3: "laboratory"}
_HEALTH = {1: "minor issues", 2: "major issues", 3: "menses", 4: "stress", 5: "no issues"}
_MEDICINES = {1: "rapid acting insulin", 2: "short acting insulin", 3: "intermediate acting insulin",
              4: "long acting insulin", 5: "pre-mixed insulin"}  # fmt: skip


def read_context(payload: bytes) -> tuple[int, dict[str, Any]]:
    """The number of the record that the context belongs to, and what it says. Raises DecodeError."""
    reader = Reader(payload, "glucose context")
    flags = reader.u8("the flags")
    sequence = reader.u16("the sequence number")
    said: dict[str, Any] = {}
    if flags & 0x80:
        reader.u8("the extended flags")
    if flags & 0x01:
        said["food"] = _FOODS.get(reader.u8("the food"))
        said["carbohydrate_kg"] = split(reader.sfloat("the carbohydrate"))[0]
    if flags & 0x02:
        said["meal"] = _MEALS.get(reader.u8("the meal"))
    if flags & 0x04:
        both = reader.u8("the tester and health")
        said["tester"] = _TESTERS.get(both & 0x0F)
        said["health"] = _HEALTH.get(both >> 4)
    if flags & 0x08:
        said["exercise_s"] = reader.u16("the exercise duration")
        said["exercise_percent"] = reader.u8("the exercise intensity")
    if flags & 0x10:
        said["medicine"] = _MEDICINES.get(reader.u8("the medicine"))
        amount = split(reader.sfloat("the amount of medicine"))[0]
        said["medicine_l" if flags & 0x20 else "medicine_kg"] = amount
    if flags & 0x40:
        said["hba1c_percent"] = split(reader.sfloat("the HbA1c"))[0]
    reader.end()
    return sequence, {name: value for name, value in said.items() if value is not None}
