"""The channels of this installation: those of the plugin that are set up, and those of other plugins."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import structlog

from core.people.store import User
from core.plugin_system.hookspecs import NotificationChannel
from plugins.notifications.email import Email, MailServer
from plugins.notifications.sms import Sms
from plugins.notifications.store import ContactStore, DatabaseAway
from plugins.notifications.web_push import VapidKey, WebPush

if TYPE_CHECKING:
    from core.platform import Platform

log = structlog.get_logger(__name__)


def own_channels(platform: Platform) -> list[NotificationChannel]:
    """Web push, and e-mail and text messages where they are set up."""
    settings = platform.settings
    contacts = ContactStore(platform.database)
    mail_server = MailServer.of(settings.smtp_url.get_secret_value()) if settings.smtp_url else None
    sender = settings.smtp_from or (mail_server.sender if mail_server else "pmp@localhost")
    subject = settings.public_url if settings.secure_cookies and settings.public_url else f"mailto:{sender}"
    channels: list[NotificationChannel] = [
        WebPush(
            contacts,
            VapidKey(settings.data_dir),
            lambda: platform.clock(),
            subject=subject,
            private_hosts=settings.push_private_hosts,
        )
    ]
    if mail_server is not None:
        channels.append(Email(contacts, mail_server, sender=sender, portal=settings.public_url))
    if settings.sms_webhook_url is not None and settings.sms_webhook_secret is not None:
        channels.append(
            Sms(
                contacts,
                settings.sms_webhook_url.get_secret_value(),
                settings.sms_webhook_secret.get_secret_value(),
                lambda: platform.clock(),
            )
        )
    return channels


def addresses_of(channel: NotificationChannel, user: User) -> list[str]:
    """A person's addresses on a channel; none if a vendor's channel fails at telling, so that the others go on."""
    try:
        return list(channel.reach(user))
    except DatabaseAway:
        raise
    except Exception:
        log.exception("channel_raised", channel=channel.id)
        return []


def all_channels(platform: Platform) -> list[NotificationChannel]:
    """What all plugins contribute, each id once; ours come first."""
    found: dict[str, NotificationChannel] = {}
    for plugin, channel in platform.plugins.contributions("notification_channels", platform=platform):
        if not re.fullmatch(r"[a-z0-9_]{1,40}", str(channel.id)) or channel.id in found:
            log.error("channel_left_out", plugin=plugin.id, channel=str(channel.id)[:60])
            continue
        found[channel.id] = channel
    return list(found.values())
