"""Telling people: `tell()` writes rows inside the action's transaction; a sweep claims and sends them."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy, ngettext

from . import audit, bell, hearing, secrets, sms, webhooks
from .access import Scoped
from .hearing import How
from .models import MOST_TRIES, Notice, Webhook
from .workflow import WrongState

SYSTEMS_SPELL = 20.0  # seconds of a sweep that other systems take at most, and one answer more
NOWHERE = ".invalid"  # RFC 2606: no such address ever exists, so the desk is all there is


def tell(
    user: Any, kind: str, subject: Any, body: Any, *, dedupe: str, link: str = "", about: Scoped | None = None
) -> None:
    """Write the notice for the user's desk and every address they have; `dedupe` names the event, said once.

    `subject` and `body` may be lazy: they are written in the reader's language. `about` is what it concerns: the
    officers of that place see when it reached nobody. The person's own choice says how, except of what is grave.
    """
    scope = about.scope if about else None
    hows, at = hearing.chosen(user, kind), timezone.now()
    # (channel, address, which webhook)
    ways: list[tuple[str, str, Webhook | None]] = [(Notice.Channel.DESK, "", None)]
    if user.mobile and hows.get(Notice.Channel.SMS) != How.NEVER:
        ways.append((Notice.Channel.SMS, user.mobile, None))
    if user.email and not user.email.endswith(NOWHERE) and hows.get(Notice.Channel.EMAIL) != How.NEVER:
        ways.append((Notice.Channel.EMAIL, user.email, None))
    for hook in Webhook.objects.filter(person=user, ended_at=None):
        if not hook.topics or hearing.topic_of(kind) in hook.topics:
            ways.append((Notice.Channel.WEBHOOK, "", hook))
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
                dedupe=f"{dedupe}:{user.pk}:{channel}" + (f":{hook.pk}" if hook else ""),
                establishment=scope.establishment if scope else None,
                division=scope.division if scope else "",
                sent_at=at if channel == Notice.Channel.DESK else None,
                digest_on=hearing.digest_day(at) if hows.get(channel) == How.DAILY else None,
                webhook=hook,
            )
            for channel, address, hook in ways
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


def send_due(at: datetime, limit: int = 200, *, clock: Callable[[], float] = time.monotonic) -> int:
    """Send what is unsent, each row claimed by one conditional update; how many went out.

    People first. Other systems may keep us waiting, so after SYSTEMS_SPELL the next sweep goes on with them.
    """
    unsent, sent = Notice.objects.unsent(at).order_by("pk"), 0
    to_people = list(unsent.exclude(channel=Notice.Channel.WEBHOOK)[:limit])
    to_systems = list(unsent.filter(channel=Notice.Channel.WEBHOOK)[:limit])
    began: float | None = None
    for notice in [*to_people, *to_systems]:
        if notice.channel == Notice.Channel.WEBHOOK:
            began = clock() if began is None else began
            if clock() - began >= SYSTEMS_SPELL:
                break
        if Notice.objects.unsent(at).filter(pk=notice.pk).update(claimed_at=at):  # else another worker has it
            sent += _tried([notice], partial(_deliver, notice))
    return sent


def send_digests(at: datetime, limit: int = 200) -> int:
    """One letter a person and address for all that waited for this day's; how many letters went out."""
    local = timezone.localtime(at)
    day = local.date() - timedelta(days=local.hour < settings.NOTICE_DIGEST_HOUR)
    due = Notice.objects.for_digest(at, day).order_by("recipient", "channel", "address")
    sent = 0
    for person, channel, address in due.values_list("recipient", "channel", "address").distinct()[:limit]:
        rows = Notice.objects.for_digest(at, day).filter(recipient=person, channel=channel, address=address)
        mine = [
            row
            for row in rows.order_by("pk")
            if Notice.objects.for_digest(at, day).filter(pk=row.pk).update(claimed_at=at)
        ]
        if mine:
            sent += _tried(mine, partial(_deliver_together, mine))
    return sent


def bounced(channel: str, address: str, at: datetime) -> int:
    """What went to that address within a week came back, says the provider: the newest of it shows. How many (0 or 1)."""
    rows = Notice.objects.filter(
        channel=channel, address__iexact=address, bounced_at=None, sent_at__gte=at - timedelta(days=7)
    )
    newest = rows.exclude(recipient=None).order_by("-pk").first()
    return Notice.objects.filter(pk=newest.pk, bounced_at=None).update(bounced_at=at) if newest else 0


def dead_addresses(person: Any) -> list[str]:
    """Addresses of theirs from which the last message came back."""
    found = []
    for channel, address in ((Notice.Channel.SMS, person.mobile), (Notice.Channel.EMAIL, person.email)):
        tried = Notice.objects.filter(recipient=person, channel=channel, address=address or "")
        last = tried.filter(Q(bounced_at__isnull=False) | Q(sent_at__isnull=False)).order_by("-pk").first()
        if address and last and last.bounced_at:
            found.append(address)
    return found


def _tried(rows: list[Notice], deliver: Callable[[], None]) -> int:
    """Deliver, and write down for all of `rows` how it went; 1 when it went out."""
    held = Notice.objects.filter(pk__in=[row.pk for row in rows])
    try:
        deliver()
    except Exception as error:  # any provider's failure: written down, tried again, five times in all
        # The claim stays, and with it ten minutes of patience: a provider may be down for half an hour.
        # A provider's words may repeat the address, which is sealed where it is no user's.
        failure = (f"{type(error).__name__}: {error}" if rows[0].recipient_id else type(error).__name__)[:200]
        if _is_for_good(error):
            held.update(failures=MOST_TRIES, failure=failure, bounced_at=timezone.now())
        else:
            held.update(failures=F("failures") + 1, failure=failure)
        hook = rows[0].webhook
        if hook and webhooks.failed(hook):
            tell(
                hook.person,
                "user.webhook_ended",
                gettext_lazy("A webhook of yours was switched off"),
                gettext_lazy("It failed many times in a row. Make a new one when your system answers again."),
                dedupe=f"webhook.ended:{hook.pk}",
            )
        return 0
    held.update(sent_at=timezone.now(), failure="", bounced_at=None)
    return 1


def _is_for_good(error: Exception) -> bool:
    """Nobody has that address: trying again is no use."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _words in error.recipients.values())
    return isinstance(error, sms.NoSuchNumber)


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
    anew = {"failures": 0, "claimed_at": None, "failure": "", "sent_at": None, "bounced_at": None, "digest_on": None}
    if given_up.update(**anew) != 1:
        raise WrongState("resend")
    audit.record(by, "notice.resent", notice)


@transaction.atomic
def delivered_by_hand(notice: Notice, *, by: Any) -> None:
    """An officer told the person otherwise, so nobody has to look any more. WrongState when it was not given up."""
    if Notice.objects.given_up().filter(pk=notice.pk).update(sent_at=timezone.now(), bounced_at=None) != 1:
        raise WrongState("deliver by hand")
    audit.record(by, "notice.delivered_by_hand", notice)


def _deliver(notice: Notice) -> None:
    address = notice.address if notice.recipient_id else secrets.unseal(notice.address)
    if notice.channel == Notice.Channel.WEBHOOK:
        webhooks.deliver(notice)
    elif notice.channel == Notice.Channel.SMS:
        sms.adapter().send(address, f"{notice.subject}\n{notice.body}")
    elif notice.channel == Notice.Channel.EMAIL:
        link = f"\n\n{settings.SITE_URL}{notice.link}" if notice.link else ""
        _mail(notice, notice.subject, notice.body + link, address)


def _deliver_together(rows: list[Notice]) -> None:
    first, count = rows[0], len(rows)
    language = first.recipient.language if first.recipient else ""
    with translation.override(language or settings.LANGUAGE_CODE):
        subject = ngettext("%(n)d message of today", "%(n)d messages of today", count) % {"n": count}
    if first.channel == Notice.Channel.SMS:
        named = "\n".join(f"· {row.subject}" for row in rows[:5]) + ("\n· …" if count > 5 else "")
        sms.adapter().send(first.address, f"{subject}\n{named}")
        return
    parts = [f"{row.subject}\n{row.body}" + (f"\n{settings.SITE_URL}{row.link}" if row.link else "") for row in rows]
    _mail(first, subject, "\n\n———\n\n".join(parts), first.address)


def _mail(notice: Notice, subject: str, body: str, address: str) -> None:
    language = notice.recipient.language if notice.recipient else ""
    with translation.override(language or settings.LANGUAGE_CODE):
        signed = f"\n\n{settings.SITE_NAME}\n{settings.SITE_URL}"
    send_mail(subject, body + signed, settings.DEFAULT_FROM_EMAIL, [address])
