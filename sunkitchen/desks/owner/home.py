"""An owner's kitchens this morning: what comes next in each, and where it stands."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from ratings import grading
from ratings.editions.models import Listing
from ratings.inspections.models import Inspection
from streams.cameras.models import Camera, Status
from sunkitchen.accounts.models import User
from sunkitchen.registry.credentials.expiry import Term
from sunkitchen.registry.models import Credential, Establishment

from ..cameras import tone, words
from .facts import Facts, gather
from .steps import Step, steps

MANY = 3  # kitchens; from here on each shows its next step, and the rest on demand


@dataclass(frozen=True)
class Kitchen:
    facts: Facts
    steps: list[Step]

    @property
    def place(self) -> Establishment:
        return self.facts.place

    @property
    def next(self) -> Step | None:
        return self.steps[0] if self.steps else None

    @property
    def later(self) -> list[Step]:
        return self.steps[1:]

    @property
    def cameras(self) -> list[tuple[Camera, Status, str, str]]:
        """Each with its state now, the words for it, and their tone."""
        if self.facts.staff.objecting:  # it may well send; guests see none of it
            return [(camera, status, _("Not shown to guests"), "bad") for camera, status in self.facts.cameras]
        return [(camera, status, words(status), tone(status)) for camera, status in self.facts.cameras]

    @property
    def worst_camera(self) -> tuple[Camera, Status, str, str] | None:
        """For one line: a silent one before a live one before a quiet one."""
        return min(self.cameras, key=lambda row: ["bad", "ok", "muted"].index(row[3]), default=None)

    @property
    def permit(self) -> Credential | None:
        return self.facts.permit

    @property
    def permit_term(self) -> Term | None:
        """Shown while its renewal is to be thought of."""
        permit = self.facts.permit
        if permit is None or self.facts.permit_standing not in Credential.HOLDS or self.renewal:
            return None
        term = self.facts.term(permit)
        return term if term and term.stage(self.facts.today) else None

    @property
    def renewal(self) -> Credential | None:
        permit = self.facts.permit
        following = self.facts.renewal(permit) if permit and permit.state == Credential.State.IN_FORCE else None
        return following if following and following.state == Credential.State.SUBMITTED else None

    @property
    def listed(self) -> Listing | None:
        return self.facts.listed

    @property
    def grade(self) -> str:
        """The grade that may be shown now, in words."""
        letter = self.facts.grade.letter
        return str(Inspection.Grade(letter).label) if letter else _("No grade")

    @property
    def why_no_grade(self) -> list[str]:
        grade = self.facts.grade
        return [] if grade.letter else [str(grading.REASONS[code]) for code in grade.reasons]

    @property
    def visited_on(self) -> date | None:
        visit = self.facts.visit
        return timezone.localtime(visit.visited_at).date() if visit else None

    @property
    def visited_days(self) -> int:
        return (self.facts.today - self.visited_on).days if self.visited_on else 0

    @property
    def ledger_days(self) -> int:
        last = self.facts.ledger.last
        return (self.facts.today - last).days if last else 0


def kitchens(user: User, at: datetime) -> list[Kitchen]:
    """Those the user acts for, in the order of their names; closed ones last."""
    rows = Establishment.objects.filter(memberships__user=user, memberships__ended_at=None).distinct()
    places = sorted(rows.order_by("signboard", "pk"), key=lambda row: row.state == Establishment.State.CLOSED)
    return [Kitchen(facts, steps(facts)) for facts in gather(places, at)]
