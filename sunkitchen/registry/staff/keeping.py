"""The daily sweep over what is kept of people: each kind goes when its term in `registry.retention` is over."""

import logging
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models.functions import Cast
from django.utils import timezone

from sunkitchen.core import audit, seen
from sunkitchen.core.models import AuditEntry

from .. import retention
from ..credentials.models import Credential
from ..tables import actions as tables
from . import scans
from .models import FilmingConsent, StaffMember

log = logging.getLogger(__name__)

State = Credential.State


def sweep(at: datetime) -> dict[str, int]:
    """How many of each kind went. One that fails takes none of the others with it."""
    gone = {}
    for name, one in {
        "staff_scans": scans_of_who_left,
        "consent_forms": forms_of_who_left,
        "paper_scans": scans_of_replaced,
        "file_views": looks,
        "tables": tables.sweep,
    }.items():
        try:
            gone[name] = one(at)
        except Exception:
            log.exception("retention of %s", name)
    return gone


def scans_of_who_left(at: datetime) -> int:
    """Pictures of certificates whose person left STAFF_SCANS_DAYS ago."""
    papers = Credential.objects.filter(staff_member__in=_left(at, "staff_scans"), pages__isnull=False)
    return _remove(papers.exclude(state=State.SUBMITTED).distinct())


def scans_of_replaced(at: datetime) -> int:
    """Pictures of papers that were replaced or revoked PAPER_SCANS_DAYS ago. The trail says when one was replaced."""
    before = at - timedelta(days=retention.days("paper_scans"))
    replaced = AuditEntry.objects.filter(
        verb="credential.replaced",
        subject_kind=Credential._meta.label_lower,
        subject_id=Cast(models.OuterRef("pk"), models.CharField()),
        at__lt=before,
    )
    over = models.Q(models.Exists(replaced), state=State.REPLACED) | models.Q(
        state=State.REVOKED, revoked_at__lt=before
    )
    return _remove(Credential.objects.filter(over, pages__isnull=False).distinct())


def forms_of_who_left(at: datetime) -> int:
    """Pictures of signed consents of who left STAFF_SCANS_DAYS ago."""
    rows = FilmingConsent.objects.filter(staff_member__in=_left(at, "consent_forms")).exclude(form=None)
    removed = 0
    for row in rows.select_related("form", "staff_member"):
        with transaction.atomic():
            removed += scans.remove_forms([row])
            audit.record(None, "staff.form_removed", row.staff_member)
    return removed


def looks(at: datetime) -> int:
    return seen.forget(at - timedelta(days=retention.days("file_views")))


def _remove(papers: models.QuerySet[Credential]) -> int:
    removed = 0
    for paper in papers.select_related("establishment", "staff_member"):
        with transaction.atomic():
            removed += scans.remove_of([paper])
            audit.record(None, "credential.pictures_removed", paper)
    return removed


def _left(at: datetime, kind: str) -> models.QuerySet[StaffMember]:
    return StaffMember.objects.filter(left_on__lt=timezone.localdate(at) - timedelta(days=retention.days(kind)))
