"""What the API says of notifications."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints

from core.http import ApiModel, Id, Page, QueryModel, Timestamp

ChannelId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
EmailAddress = Annotated[
    str,
    StringConstraints(
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$",
    ),
]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Base64 = Annotated[str, StringConstraints(min_length=20, max_length=120, pattern=r"^[A-Za-z0-9_-]+={0,2}$")]


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except Exception as error:
        raise ValueError("is no IANA time zone") from error
    return value


BrowserName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
TimeZone = Annotated[str, StringConstraints(min_length=1, max_length=60), AfterValidator(_known_zone)]


class QuietHoursModel(ApiModel):
    """When only what is of high priority is sent; over midnight if the start is later than the end."""

    start: ClockTime = Field(description="HH:MM.")
    end: ClockTime = Field(description="HH:MM.")
    time_zone: TimeZone = Field(description="IANA time zone.")


class ChannelChoice(ApiModel):
    """For which priorities a channel is used."""

    channel: ChannelId
    high: bool
    medium: bool
    low: bool


class ChannelOut(ChannelChoice):
    """A channel, how it is used, and whether it has an address of the person."""

    display: str
    reachable: bool = Field(description="Whether there is a confirmed address.")


class SubscriptionOut(ApiModel):
    """A browser that gets pushes."""

    id: str
    service: str = Field(description="Host of the browser's push service.")
    name: str | None = Field(description="What the browser called itself.")
    browser: str = Field(
        description="The first 32 hexadecimal digits of the endpoint's SHA-256, by which a browser knows itself."
    )
    created_at: Timestamp


class SoundModel(ApiModel):
    """How alerts sound in the open portal. What is of high priority can be made quieter, not silent."""

    volume: int = Field(ge=20, le=100, description="Per cent.")
    low: bool = Field(description="Whether alerts of low priority sound.")


class TestOut(ApiModel):
    """Where a test notification goes."""

    channels: list[str] = Field(description="Names of the channels.")


class SettingsOut(ApiModel):
    """How a person is reached."""

    channels: list[ChannelOut]
    quiet_hours: QuietHoursModel | None
    email: str | None = Field(description="Confirmed e-mail address.")
    phone: str | None = Field(description="Confirmed telephone number.")
    sound: SoundModel
    push_subscriptions: list[SubscriptionOut]


class SettingsIn(ApiModel):
    """A person's choices; channels left out follow the defaults."""

    channels: list[ChannelChoice] = Field(max_length=40)
    quiet_hours: QuietHoursModel | None
    sound: SoundModel | None = Field(None, description="Left out or null: as it was.")


class SubscriptionKeys(ApiModel):
    """The keys of a browser's subscription."""

    p256dh: Base64
    auth: Base64


class SubscriptionIn(ApiModel):
    """A browser's subscription, as PushSubscription.toJSON() gives it."""

    endpoint: str = Field(min_length=10, max_length=1000, pattern=r"^https?://[!-~]+$")
    keys: SubscriptionKeys
    expirationTime: float | None = Field(None, description="As browsers send it; not used.")
    name: BrowserName | None = Field(None, description="What people call it, such as Firefox on Android.")


class SubscriptionPath(ApiModel):
    """The subscription's id."""

    subscription_id: Id


class VapidKeyOut(ApiModel):
    """The key that browsers want as applicationServerKey."""

    key: str


class EmailIn(ApiModel):
    """An e-mail address to confirm."""

    address: EmailAddress


class PhoneIn(ApiModel):
    """A telephone number to confirm, in international form."""

    number: PhoneNumber


class CodeIn(ApiModel):
    """The code that was sent."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]


class DeliveryQuery(QueryModel):
    """Of which alert."""

    alert_id: Id


class DeliveryOut(ApiModel):
    """Who was told by which channel."""

    user_id: str
    user_name: str
    channel: str
    kind: str
    priority: str
    state: str = Field(description="waiting, sending, delivered, failed or cancelled.")
    attempts: int
    requested_at: Timestamp
    ended_at: Timestamp | None = Field(description="When it was delivered, given up or cancelled.")
    next_attempt_at: Timestamp | None
    error: str | None


class Unreached(ApiModel):
    """Somebody who was to be told and has no address on a channel in use."""

    user_id: str
    user_name: str
    requested_at: Timestamp


class DeliveryList(ApiModel):
    """All that was sent about an alert."""

    items: list[DeliveryOut]
    unreached: list[Unreached]
    next: str | None


class DeadLetter(DeliveryOut):
    """What was given up. Addresses are masked."""

    id: str
    address: str
    ended_at: Timestamp


class DeadLetterList(ApiModel):
    """A page of what was given up, newest first."""

    items: list[DeadLetter]
    next: str | None


class DeadLetterQuery(Page):
    """Paging."""
