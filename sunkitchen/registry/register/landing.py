"""What was decided, made ready to be written, and written: by `actions.run` alone, inside its one transaction."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import audit
from sunkitchen.core.models import AuditEntry
from sunkitchen.core.workflow import WrongState

from ..credentials.models import Credential
from ..establishments.models import Establishment
from ..letters import tell_kitchen
from .known import KITCHEN, PAPER
from .models import RegisterImport, RegisterLine
from .picture import CLOSED, IN_FORCE, REVOKED, Decision, Kitchen, Paper, World
from .writing import Inserts, Updates, chunks

CHUNK = 2000
Spell = Callable[[str], str]


class Landing:
    """Kitchens, papers, the report's lines and the trail of one file. Made before the transaction, written inside."""

    def __init__(
        self, row: RegisterImport, decisions: Sequence[Decision], world: World, at: datetime, spell: Spell
    ) -> None:
        self.row, self.at = row, at
        old = [kitchen for kitchen in world.kitchens if kitchen.row is not None]
        self.new = [kitchen for kitchen in world.kitchens if kitchen.row is None]
        self.touched = [k for k in old if k.changed or any(p.row is None or _differs(p) for p in k.papers)]
        self._kitchens(spell)
        self._papers()
        self._report(decisions)
        self._trail()

    def write(self) -> None:
        """WrongState, and the transaction is lost, when a paper moved since it was read."""
        self.kitchens.write()
        found: dict[str, int] = {}
        for codes in chunks(self.codes, CHUNK):
            found |= dict(Establishment.objects.filter(code__in=codes).values_list("code", "pk"))
        ids = {id(kitchen): found[code] for kitchen, code in zip(self.new, self.codes, strict=True)}
        for inserts, kitchens, names in (
            (self.papers, self.papers_of, ("establishment",)),
            (self.lines, self.lines_of, ("establishment",)),
            (self.entries, self.entries_of, ("establishment", "subject_id")),
        ):
            for place, kitchen in enumerate(kitchens):
                if kitchen is not None and (pk := ids.get(id(kitchen))):
                    inserts.set(place, **{name: str(pk) if name == "subject_id" else pk for name in names})
        self.kitchen_changes.write()
        self._move()
        self.paper_changes.write()
        self.papers.write()
        self.lines.write()
        self.entries.write()
        self._tell()

    # ── kitchens ────────────────────────────────────────────────────────────────────────────────────────────
    def _kitchens(self, spell: Spell) -> None:
        places = [
            Establishment(
                **{name: getattr(kitchen, name) for name in KITCHEN},
                found_by=_found_by(kitchen, spell),  # as save() would
                registered_at=self.at,
                opened_at=self.at,  # it had a permit once
                closed_at=self.at if kitchen.state == CLOSED else None,
            )
            for kitchen in self.new
        ]
        self.codes = [place.code for place in places]
        self.kitchens = Inserts(Establishment, places)
        changes: dict[int, dict[str, Any]] = {}
        for kitchen in self.touched:
            new = {name: after for name, (_before, after) in kitchen.changed.items()}
            if "state" in new:
                new["closed_at"] = self.at if kitchen.state == CLOSED else None
            if new and kitchen.row is not None:
                changes[kitchen.row] = {**new, "found_by": _found_by(kitchen, spell)}
        self.kitchen_changes = Updates(Establishment, changes)

    # ── papers ──────────────────────────────────────────────────────────────────────────────────────────────
    def _papers(self) -> None:
        fresh = [
            (paper, kitchen) for kitchen in (*self.new, *self.touched) for paper in kitchen.papers if not paper.row
        ]
        self.papers_of = [kitchen for _paper, kitchen in fresh]
        self.papers = Inserts(
            Credential,
            [
                Credential(
                    establishment_id=kitchen.row or 0,  # a new one's is known once it is written
                    source=Credential.Source.REGISTER,
                    created_by=self.row.brought_by,
                    **self._revoked(paper.state),
                    **{name: getattr(paper, name) for name in PAPER},
                )
                for paper, kitchen in fresh
            ],
        )
        said: dict[int, dict[str, Any]] = {}
        self.moves: dict[tuple[str, str], list[int]] = defaultdict(list)
        for kitchen in self.touched:
            for paper in kitchen.papers:
                if paper.row is None:
                    continue
                differs = _differs(paper)
                if "state" in differs:
                    self.moves[paper.state, paper.reason].append(paper.row)
                said[paper.row] = {name: getattr(paper, name) for name in differs - {"state", "reason"}}
        self.paper_changes = Updates(Credential, said)

    def _move(self) -> None:
        """Steps that papers take, each by a conditional update, as `workflow.move` does it for one."""
        for (state, reason), ids in self.moves.items():
            for chunk in chunks(ids, CHUNK):
                standing = Credential.objects.filter(pk__in=chunk, state=IN_FORCE)
                if standing.update(state=state, reason=reason, **self._revoked(state)) != len(chunk):
                    raise WrongState("register")

    def _revoked(self, state: str) -> dict[str, Any]:
        """By whom and when, of a paper that the register says is no more."""
        return {"revoked_by": self.row.brought_by, "revoked_at": self.at} if state == REVOKED else {}

    # ── what is said of it ──────────────────────────────────────────────────────────────────────────────────
    def _report(self, decisions: Sequence[Decision]) -> None:
        self.lines_of = [decision.kitchen for decision in decisions]
        self.lines = Inserts(
            RegisterLine,
            [
                RegisterLine(
                    register_import=self.row,
                    number=decision.line.at,
                    outcome=decision.outcome,
                    why=[list(pair) for pair in decision.why],
                    permit=decision.line.number[:40],
                    name=(decision.line.signboard or decision.line.operator_name)[:100],
                    establishment_id=decision.kitchen.row if decision.kitchen else None,
                )
                for decision in decisions
            ],
        )

    def _trail(self) -> None:
        """One entry for each kitchen that was touched."""
        by = self.row.brought_by
        self.entries_of = [*self.new, *self.touched]
        entries = [
            audit.entry(by, "establishment.imported", _subject(kitchen), register=self.row.pk) for kitchen in self.new
        ]
        for kitchen in self.touched:
            changes = {name: [_plain(one) for one in pair] for name, pair in kitchen.changed.items()}
            papers = [
                [paper.kind, paper.number, paper.state, sorted(_differs(paper))]
                for paper in kitchen.papers
                if paper.row is None or _differs(paper)
            ]
            place = _subject(kitchen)
            entries.append(
                audit.entry(by, "establishment.brought_up", place, register=self.row.pk, changes=changes, papers=papers)
            )
        self.entries = Inserts(AuditEntry, entries)

    def _tell(self) -> None:
        """Whoever acts for a kitchen hears that the register closed it."""
        for kitchen in self.touched:
            if not (kitchen.row and kitchen.owned and "state" in kitchen.changed and kitchen.state == CLOSED):
                continue
            place = Establishment.objects.get(pk=kitchen.row)
            body = format_lazy(
                _(
                    "In the register of {authority} the permit of {kitchen} is marked: {reason}. Is that wrong? Ask the authority."
                ),
                authority=self.row.authority.name,
                kitchen=place.signboard,
                reason=kitchen.closing_reason,
            )
            subject = _("Your kitchen's permit is no longer in force")
            tell_kitchen(place, "register.closed", subject, body, event=self.row.pk)


def _subject(kitchen: Kitchen) -> Establishment:
    """Enough of the kitchen for the trail to name it."""
    return Establishment(pk=kitchen.row, signboard=kitchen.signboard, division=kitchen.division)


def _found_by(kitchen: Kitchen, spell: Spell) -> str:
    return spell(f"{kitchen.signboard} {kitchen.operator_name} {kitchen.address}")


def _differs(paper: Paper) -> set[str]:
    return {name for name, old in paper.before.items() if old != getattr(paper, name)}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | bool | int) or value is None else str(value)
