"""The staff of one kitchen as its own people and the office read it: how each stands, and what is missing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ..credentials.models import Credential
from ..establishments.models import Establishment
from .coverage import certified, standing
from .models import StaffMember

ORDER = ["objecting", "none", "draft", "expired", "returned", "not_yet", "submitted", "expiring", "unasked", "ok"]


@dataclass(frozen=True)
class Row:
    """One person. `certificate`: not_needed, none, draft, submitted, returned, in_force, expiring, expired, not_yet;
    `consent`: not_needed, unasked, given, withdrawn."""

    member: StaffMember
    certificate: str
    through: date | None
    consent: str
    draft: int | None = None  # the certificate whose picture is still missing

    @property
    def rank(self) -> int:
        """What is missing comes first."""
        if self.consent == "withdrawn":
            return 0
        if self.certificate in ORDER:
            return ORDER.index(self.certificate)
        return ORDER.index("unasked" if self.consent == "unasked" else "ok")


@dataclass(frozen=True)
class Need:
    """One thing that is missing. `level`: bad (it counts against the kitchen now) or warn; `what` names the remedy."""

    member: StaffMember
    level: str
    words: str
    what: str  # certificate or consent
    paper: int | None = None  # the one whose picture is missing


def roster(establishment: Establishment, on: date) -> list[Row]:
    """Everybody who works there on that day, what is missing first. Two queries."""
    members = certified(establishment.staff.working(on).select_related("establishment"), on)
    waiting = _waiting(establishment)
    nothing: tuple[str, int | None] = ("", None)
    rows = [_row(member, waiting.get(member.pk, nothing), on) for member in members]
    return sorted(rows, key=lambda row: (row.rank, row.member.post, row.member.pk))


def _waiting(establishment: Establishment) -> dict[int, tuple[str, int | None]]:
    """State and id of the newest certificate that is not decided, by person; of a draft only where there is no other."""
    rows = establishment.credentials.filter(
        kind=Credential.Kind.HEALTH_CERTIFICATE,
        state__in=[Credential.State.DRAFT, Credential.State.SUBMITTED, Credential.State.RETURNED],
    )
    found = sorted(rows.values_list("staff_member", "state", "pk"), key=lambda row: (row[1] != "draft", row[2]))
    return {member: (state, pk) for member, state, pk in found}


def _row(member: Any, latest: tuple[str, int | None], on: date) -> Row:
    waiting, paper = latest
    held = standing(member, on)
    if held in ("", "expired") and waiting:
        held = waiting
    if not held:
        held = "none" if member.post in StaffMember.NEED_CERTIFICATE else "not_needed"
    if member.consenting:
        consent = "given"
    elif member.post not in StaffMember.FILMED:
        consent = "not_needed"
    else:
        consent = "withdrawn" if member.refusing else "unasked"
    if member.post not in StaffMember.NEED_CERTIFICATE and held in (*("expired", "returned", "not_yet", "draft"),):
        held = "not_needed"
    return Row(member, held, member.through, consent, paper if held == "draft" else None)


def needs(rows: list[Row]) -> list[Need]:
    """In plain words, the worst first."""
    found = []
    for row in rows:
        name = {"name": row.member.name, "post": row.member.get_post_display()}
        if row.consent == "withdrawn":
            words = _("%(name)s (%(post)s) has withdrawn the consent to be filmed: the live picture is off.")
            found.append(Need(row.member, "bad", words % name, "consent"))
        if row.certificate == "none":
            words = _("%(name)s (%(post)s) has no health certificate here.")
            found.append(Need(row.member, "bad", words % name, "certificate"))
        elif row.certificate == "draft":
            words = _("The health certificate of %(name)s still needs its picture.")
            found.append(Need(row.member, "bad", words % name, "certificate", row.draft))
        elif row.certificate == "returned":
            words = _("The health certificate of %(name)s was returned. Please correct it.")
            found.append(Need(row.member, "bad", words % name, "certificate"))
        elif row.certificate in ("expired", "expiring") and row.through:
            ended = row.certificate == "expired"
            words = _("The health certificate of %(name)s ended on %(day)s.")
            if not ended:
                words = _("The health certificate of %(name)s ends on %(day)s.")
            said = words % {**name, "day": date_format(row.through, "DATE_FORMAT")}
            found.append(Need(row.member, "bad" if ended else "warn", said, "certificate"))
        if row.consent == "unasked":
            words = _("%(name)s (%(post)s) stands before the cameras, and no consent is on record.")
            found.append(Need(row.member, "warn", words % name, "consent"))
    return sorted(found, key=lambda need: need.level != "bad")
