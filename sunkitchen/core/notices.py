"""Telling people: `tell()` writes rows inside the action's transaction; a sweep claims and sends them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F
from django.utils import timezone, translation

from . import sms
from .models import Notice


def tell(user: Any, kind: str, subject: Any, body: Any, *, dedupe: str, link: str = "") -> None:
    """Write the notice for the user's desk and every address they have; `dedupe` names the event, said once.

    `subject` and `body` may be lazy: they are written in the reader's language.
    """
    addresses = [(Notice.Channel.DESK, "")]
    if user.mobile:
        addresses.append((Notice.Channel.SMS, user.mobile))
    if user.email:
        addresses.append((Notice.Channel.EMAIL, user.email))
    with translation.override(user.language or settings.LANGUAGE_CODE):
        rows = [
            Notice(
                recipient=user,
                channel=channel,
                address=address,
                kind=kind,
                subject=str(subject)[:200],
                body=str(body),
                link=link,
                dedupe=f"{dedupe}:{user.pk}:{channel}",
                sent_at=timezone.now() if channel == Notice.Channel.DESK else None,
            )
            for channel, address in addresses
        ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def send_due(at: datetime, limit: int = 200) -> int:
    """Send what is unsent, each row claimed by one conditional update; how many went out."""
    sent = 0
    for notice in Notice.objects.unsent(at).order_by("pk")[:limit]:
        if not Notice.objects.unsent(at).filter(pk=notice.pk).update(claimed_at=at):
            continue  # another worker has it
        try:
            _deliver(notice)
        except Exception as error:  # any provider's failure: written down, tried again, five times in all
            # The claim stays, and with it ten minutes of patience: a provider may be down for half an hour.
            Notice.objects.filter(pk=notice.pk).update(
                failures=F("failures") + 1, failure=f"{type(error).__name__}: {error}"[:200]
            )
        else:
            Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now(), failure="")
            sent += 1
    return sent


def _deliver(notice: Notice) -> None:
    if notice.channel == Notice.Channel.SMS:
        sms.adapter().send(notice.address, f"{notice.subject}\n{notice.body}")
    elif notice.channel == Notice.Channel.EMAIL:
        link = f"\n\n{settings.SITE_URL}{notice.link}" if notice.link else ""
        language = notice.recipient.language if notice.recipient else ""
        with translation.override(language or settings.LANGUAGE_CODE):
            signed = f"\n\n{settings.SITE_NAME}\n{settings.SITE_URL}"
        send_mail(notice.subject, notice.body + link + signed, settings.DEFAULT_FROM_EMAIL, [notice.address])
