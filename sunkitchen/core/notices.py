"""Telling people: `tell()` writes rows inside the action's transaction; a sweep claims and sends them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from . import audit, bell, secrets, sms
from .access import Scoped
from .models import Notice
from .workflow import WrongState

NOWHERE = ".invalid"  # RFC 2606: no such address ever exists, so the desk is all there is


def tell(
    user: Any, kind: str, subject: Any, body: Any, *, dedupe: str, link: str = "", about: Scoped | None = None
) -> None:
    """Write the notice for the user's desk and every address they have; `dedupe` names the event, said once.

    `subject` and `body` may be lazy: they are written in the reader's language. `about` is what it concerns: the
    officers of that place see when it reached nobody.
    """
    scope = about.scope if about else None
    addresses = [(Notice.Channel.DESK, "")]
    if user.mobile:
        addresses.append((Notice.Channel.SMS, user.mobile))
    if user.email and not user.email.endswith(NOWHERE):
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
                establishment=scope.establishment if scope else None,
                division=scope.division if scope else "",
                sent_at=timezone.now() if channel == Notice.Channel.DESK else None,
            )
            for channel, address in addresses
        ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    bell.ring([user.pk])


def tell_outside(channel: str, address: str, kind: str, subject: str, body: str, *, dedupe: str) -> None:
    """Write a notice to somebody without an account, in the words given; `dedupe` names the event, said once.

    The address is sealed at rest, and the notice concerns no place: it stands in no list of the office.
    """
    row = Notice(
        recipient=None,
        channel=channel,
        address=secrets.seal(address),
        kind=kind,
        subject=subject[:200],
        body=body[:4000],
        dedupe=f"{dedupe}:{channel}",
    )
    Notice.objects.bulk_create([row], ignore_conflicts=True)


def forget_outside(dedupe: str) -> int:
    """Delete all notices of `tell_outside` whose event begins so, sent or not; how many."""
    return int(Notice.objects.filter(recipient=None, dedupe__startswith=dedupe).delete()[0])


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
                failures=F("failures") + 1,
                # A provider's words may repeat the address, which is sealed where it is no user's.
                failure=(f"{type(error).__name__}: {error}" if notice.recipient_id else type(error).__name__)[:200],
            )
        else:
            Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now(), failure="")
            sent += 1
    return sent


def read(*, by: Any, notice: Notice | None = None) -> int:
    """Mark this notice on the person's own desk as read, or every one; how many were new."""
    rows = Notice.objects.on_desk(by).unread()
    if notice is not None:
        rows = rows.filter(pk=notice.pk)
    count = rows.order_by().update(read_at=timezone.now())
    if count:
        bell.ring([by.pk])
    return count


@transaction.atomic
def resend(notice: Notice, *, by: Any) -> None:
    """Try again, as if for the first time, what had been given up. WrongState when it has not been, or no longer."""
    given_up = Notice.objects.given_up().filter(pk=notice.pk)
    if given_up.update(failures=0, claimed_at=None, failure="") != 1:
        raise WrongState("resend")
    audit.record(by, "notice.resent", notice)


@transaction.atomic
def delivered_by_hand(notice: Notice, *, by: Any) -> None:
    """An officer told the person otherwise, so nobody has to look any more. WrongState when it was not given up."""
    if Notice.objects.given_up().filter(pk=notice.pk).update(sent_at=timezone.now()) != 1:
        raise WrongState("deliver by hand")
    audit.record(by, "notice.delivered_by_hand", notice)


def _deliver(notice: Notice) -> None:
    address = notice.address if notice.recipient_id else secrets.unseal(notice.address)
    if notice.channel == Notice.Channel.SMS:
        sms.adapter().send(address, f"{notice.subject}\n{notice.body}")
    elif notice.channel == Notice.Channel.EMAIL:
        link = f"\n\n{settings.SITE_URL}{notice.link}" if notice.link else ""
        language = notice.recipient.language if notice.recipient else ""
        with translation.override(language or settings.LANGUAGE_CODE):
            signed = f"\n\n{settings.SITE_NAME}\n{settings.SITE_URL}"
        send_mail(notice.subject, notice.body + link + signed, settings.DEFAULT_FROM_EMAIL, [address])
