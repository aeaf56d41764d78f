"""What the diner, the office and the business are told of a complaint. Written inside the action's transaction, once each."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sunkitchen.accounts.models import User
from sunkitchen.core import access, notices, secrets
from sunkitchen.core.access import Can
from sunkitchen.core.models import Notice
from sunkitchen.registry.models import Establishment

from .models import Complainant, Complaint


# ── the diner ───────────────────────────────────────────────────────────────────────────────────────────────
def diner(complaint: Complaint, event: str, note: str = "") -> bool:
    """Tell whoever complained, by the number or the address they left, in their language; whether there was one.

    `event` is a step's name: said once. `note` is what the office writes to them.
    """
    who = Complainant.objects.filter(complaint=complaint, erased_at=None).first()
    if who is None:
        return False
    addresses = [
        (channel, secrets.unseal(sealed))
        for channel, sealed in ((Notice.Channel.SMS, who.sealed_mobile), (Notice.Channel.EMAIL, who.sealed_email))
        if sealed
    ]
    addresses = [(channel, address) for channel, address in addresses if not address.endswith(notices.NOWHERE)]
    with translation.override(who.language):
        subject = _("Your complaint or report")  # without the code: officers see subjects of what reached nobody
        code = _("Code: %(code)s") % {"code": complaint.tracking}
        body = "\n".join(part for part in (_words(complaint, event), note, code, follow(complaint)) if part)
    for channel, address in addresses:
        notices.tell_outside(channel, address, "complaint.told", subject, body, dedupe=f"{event_of(complaint)}{event}")
    return bool(addresses)


def event_of(complaint: Complaint) -> str:
    """How the notices to its diner begin."""
    return f"complaint:{complaint.pk}:"


def follow(complaint: Complaint) -> str:
    """The address of its timeline."""
    return f"{settings.SITE_URL}{reverse('complaint', args=[complaint.tracking])}"


def _words(complaint: Complaint, event: str) -> str:
    if event == "received" and complaint.kind == Complaint.Kind.DISPUTE:
        return _("Received, not accepted yet. You are told within %(days)s working days whether it is accepted.") % {
            "days": settings.COMPLAINT_ACCEPT_WORKDAYS
        }
    if event == "received":
        return _("Received. It is looked into within %(days)s working days. Who you are stays secret.") % {
            "days": settings.COMPLAINT_VERIFY_WORKDAYS
        }
    return {
        "accept": _("It was accepted."),
        "refuse": _("It was not accepted."),
        "extend": _("It takes longer than planned."),
        "open_case": _("A case was opened."),
        "resolve": _("It was looked into. The reply:"),
        "close": _("It is closed. How satisfied are you? You can say so on its page."),
        "group": _("Others told us the same. It is handled together with theirs."),
    }[event]


# ── the office ──────────────────────────────────────────────────────────────────────────────────────────────
def officers(place: Establishment) -> list[User]:
    """Whoever handles complaints there, and acts for no kitchen that is meant."""
    roles = [role for role, able in access.CAPABILITIES.items() if Can.HANDLE_COMPLAINT in able]
    prefixes = [place.division[:length] for length in range(len(place.division) + 1)]
    found = User.objects.filter(
        posts__ended_at=None, posts__role__in=roles, posts__authority__division__in=prefixes, is_active=True
    )
    own = User.objects.filter(memberships__establishment=place, memberships__ended_at=None)
    return list(found.exclude(pk__in=own.values("pk")).distinct())


def office_of_new(complaint: Complaint, at: datetime) -> None:
    """Once a day for each kitchen, however many come."""
    place = complaint.establishment
    today = f"complaint.received:{place.pk}:{timezone.localdate(at)}"
    if Notice.objects.filter(dedupe__startswith=f"{today}:").exists():
        return
    for officer in officers(place):
        _desk(
            officer,
            "complaint.received",
            gettext_lazy("Guests write about %(kitchen)s"),
            gettext_lazy("A complaint or report came in. What it says stands with the case."),
            place,
            dedupe=today,
            link=reverse("office_complaints"),
            about=complaint,
        )


def office_of_clock(complaint: Complaint, clock: str, day: str) -> int:
    """That a clock runs out: the officer in charge, or all who could be; how many."""
    assigned = complaint.assigned_to
    people = [assigned] if assigned and assigned.is_active else officers(complaint.establishment)
    for officer in people:
        _desk(
            officer,
            "complaint.due",
            gettext_lazy("A clock runs out: %(kitchen)s"),
            gettext_lazy("Something has to be done about a complaint or report until %(day)s."),
            complaint.establishment,
            dedupe=f"complaint.due:{complaint.pk}:{clock}:{day}",
            link=reverse("office_complaint", args=[complaint.pk]),
            about=complaint,
            day=day,
        )
    return len(people)


# ── the business ────────────────────────────────────────────────────────────────────────────────────────────
def business(complaint: Complaint) -> None:
    """That a dispute about them was accepted: nothing of who, nothing of what was said."""
    place = complaint.establishment
    owners = User.objects.filter(
        memberships__establishment=place, memberships__role="owner", memberships__ended_at=None, is_active=True
    )
    for owner in owners.distinct():
        _desk(
            owner,
            "complaint.accepted",
            gettext_lazy("A guest wants a settlement: %(kitchen)s"),
            gettext_lazy("The authority accepted a guest's complaint. You may write what you have to say."),
            place,
            dedupe=f"complaint.accepted:{complaint.pk}",
            link=reverse("kitchen_complaints", args=[place.code]),
            about=place,
        )


def _desk(
    user: User,
    kind: str,
    subject: Any,
    body: Any,
    place: Establishment,
    *,
    dedupe: str,
    link: str,
    about: Any,
    day: str = "",
) -> None:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        notices.tell(
            user,
            kind,
            str(subject) % {"kitchen": place.signboard},
            str(body) % {"day": day} if day else str(body),
            dedupe=dedupe,
            link=link,
            about=about,
        )
