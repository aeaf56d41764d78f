"""Every write to an outbreak 食物中毒事件: confirmed by one officer, taken back by another, with a reason."""

import unicodedata
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import access, audit
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Establishment

from . import letters
from .models import Outbreak


@transaction.atomic
def confirm(
    establishment: Establishment,
    *,
    by: User,
    occurred_on: date,
    people: int,
    document_number: str,
    findings: str,
    at: datetime | None = None,
) -> Outbreak:
    """Record what the authority confirmed in a numbered document. It takes the kitchen's grade away for six months."""
    at = at or timezone.now()
    _must_be_able(by, establishment)
    document_number, findings = _plain(document_number), _plain(findings)
    if not document_number:
        raise Refused(_("An outbreak is confirmed by a document with a number."))
    if not findings:
        raise Refused(_("What was found?"))
    if people < 1:
        raise Refused(_("How many people fell ill?"))
    if occurred_on > timezone.localtime(at).date():
        raise Refused(_("That lies in the future."))
    Establishment.objects.select_for_update().get(pk=establishment.pk)  # recorded twice at once, it is there once
    if Outbreak.objects.standing().filter(establishment=establishment, document_number=document_number).exists():
        raise Refused(_("This document is recorded already."))
    outbreak = Outbreak.objects.create(
        establishment=establishment,
        occurred_on=occurred_on,
        people=people,
        document_number=document_number,
        findings=findings,
        confirmed_by=by,
        confirmed_at=at,
    )
    audit.record(
        by,
        "outbreak.confirmed",
        outbreak,
        people=people,
        document_number=document_number,
        occurred_on=occurred_on.isoformat(),
    )
    letters.confirmed(outbreak)
    return outbreak


@transaction.atomic
def revoke(outbreak: Outbreak, *, by: User, why: str, at: datetime | None = None) -> None:
    """It does not stand any more. Never by who confirmed it: nobody makes what they wrote disappear."""
    at = at or timezone.now()
    _must_be_able(by, outbreak.establishment)
    why = _plain(why)[:500]
    if by.pk == outbreak.confirmed_by_id:
        raise Refused(_("You confirmed it yourself: a colleague takes it back."))
    if not why:
        raise Refused(_("Why does it not stand?"))
    standing = Outbreak.objects.standing().filter(pk=outbreak.pk)
    if standing.update(revoked_at=at, revoked_by=by, revoked_why=why) != 1:
        raise WrongState("revoke")
    outbreak.refresh_from_db()
    audit.record(by, "outbreak.revoked", outbreak, why=why)
    letters.revoked(outbreak)


def may(by: User, establishment: Establishment) -> bool:
    """Whether these steps are open to the officer for this kitchen."""
    return access.can(by, Can.INSPECT, establishment) and establishment.pk not in access.own(by)


def _must_be_able(by: User, establishment: Establishment) -> None:
    if establishment.pk in access.own(by):
        raise Refused(_("You act for this kitchen yourself: a colleague takes this step."))
    if not may(by, establishment):
        raise Refused(_("This step belongs to another post."))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())
