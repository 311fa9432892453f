"""The hooks: what a plugin may contribute. Each is called once at start and *registers*.

Nothing is delivered through a hook: what happens reaches plugins as events (``event_handlers``) or,
for new observations, through the watchers they register. docs/hooks.md documents each with an example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from core.database.connection import Document
from core.database.indexes import CollectionIndexes
from core.devices.driver import DeviceDriver
from core.events.log import Event
from core.http import ApiBlueprint
from core.plugin_system.markers import hookspec
from core.problems import PmpError

if TYPE_CHECKING:
    from core.people.store import User
    from core.platform import Platform


class ObservationWatcher(Protocol):
    """Sees observations right after they were stored, in the process that stored them.

    It must be quick and idempotent: after a crash the same observations come again, as events.
    """

    def observe(self, observations: Sequence[Document]) -> None:
        """Look at newly stored observations, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class EventHandler:
    """A consumer of events. ``handle`` gets batches in order, at least once; it must be idempotent.

    Handlers share the events: it must not change them.

    name: unique and lasting: the consumer's place is kept under it.
    types: the event types it wants ("observation_recorded", "alert_raised", ...).
    window_s: how long to collect events into one batch.
    """

    name: str
    types: frozenset[str]
    handle: Callable[[Sequence[Event]], None]
    window_s: float = 0.0


Where = Literal["worker", "web"]


@dataclass(frozen=True, slots=True)
class DueWork:
    """Work that is done again and again: ``run`` every ``every_s`` seconds, by one process at a time.

    where: "worker", or "web" for what must be done when no worker lives.
    """

    name: str
    every_s: float
    run: Callable[[], None]
    where: Where = "worker"


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """Something of a plugin that may not work. ``look``: what is wrong, a sentence each; empty if nothing is.

    name: of lower-case letters, digits and underscores; ``/readyz`` shows it. ``look`` is called every few seconds
    by web processes, and must answer from one bounded query.
    """

    name: str
    look: Callable[[], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to one address. It may leave the house, so it says of a patient no more than it has to.

    id: the same at every attempt, 32 hexadecimal digits: receivers recognise a repetition by it.
    kind: "alert", "reminder", "code", ... priority: "high", "medium" or "low".
    link: a path of the portal. It may hold opaque ids, so it goes only where nobody else can read it.
    """

    id: str
    kind: str
    priority: str
    title: str
    text: str
    link: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """A channel took a message over. ``reference``: by what its operator knows the message, if anything."""

    reference: str | None = None


class DeliveryError(PmpError):
    """A message was not delivered. ``retry``: it may work later. ``detail`` names no person and no secret.

    ``retry_after_s``: for how many seconds the receiver asked to be left alone, if it did.
    """

    def __init__(self, retry: bool, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry = retry
        self.detail = detail
        self.retry_after_s = retry_after_s


class NotificationChannel(Protocol):
    """A way to reach people outside the portal. Thread-safe; several processes hold one each.

    id: lasting, of lower-case letters, digits and underscores; people's choices are kept under it.
    display: what people read.
    """

    @property
    def id(self) -> str:
        """The channel's id."""
        ...

    @property
    def display(self) -> str:
        """The channel's name for people."""
        ...

    def reach(self, user: User) -> list[str]:
        """The confirmed addresses of a person on this channel."""
        ...

    def send(self, message: Message, address: str) -> Receipt:
        """Send, within half a minute. Raises DeliveryError. After a crash the same message may be sent again."""
        ...


@hookspec
def device_drivers() -> Sequence[DeviceDriver]:  # type: ignore[empty-body]
    """The device drivers of this plugin."""


@hookspec
def blueprints(platform: Platform) -> Sequence[ApiBlueprint]:  # type: ignore[empty-body]
    """The API routes of this plugin, each with a declared permission."""


@hookspec
def policy_rules() -> str:  # type: ignore[empty-body]
    """The plugin's default policy, as the text of a policy file."""


@hookspec
def observation_watchers(platform: Platform) -> Sequence[ObservationWatcher]:  # type: ignore[empty-body]
    """Objects that look at each newly stored observation on the hot path."""


@hookspec
def event_handlers(platform: Platform) -> Sequence[EventHandler]:  # type: ignore[empty-body]
    """Consumers of events, run by the worker, each with its own place and retries."""


@hookspec
def due_work(platform: Platform) -> Sequence[DueWork]:  # type: ignore[empty-body]
    """Work that the worker, or the web process, repeats."""


@hookspec
def health_checks(platform: Platform) -> Sequence[HealthCheck]:  # type: ignore[empty-body]
    """What of the plugin may not work, for ``/readyz``."""


@hookspec
def notification_channels(platform: Platform) -> Sequence[NotificationChannel]:  # type: ignore[empty-body]
    """Ways to reach people outside the portal."""


@hookspec
def indexes() -> Sequence[CollectionIndexes]:  # type: ignore[empty-body]
    """The database indexes that the plugin's collections need."""


@hookspec
def cli_commands() -> Sequence[tuple[str, Any]]:  # type: ignore[empty-body]
    """Commands of ``pmp``: pairs of a name and a typer application."""


HOOKS: tuple[Any, ...] = (
    device_drivers,
    blueprints,
    policy_rules,
    observation_watchers,
    event_handlers,
    due_work,
    health_checks,
    notification_channels,
    indexes,
    cli_commands,
)
