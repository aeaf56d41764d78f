"""What was decided, written in bulk: called by `actions.run` alone, inside its one transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from sunkitchen.accounts.models import User
from sunkitchen.core import audit
from sunkitchen.core.models import AuditEntry
from sunkitchen.core.workflow import WrongState

from ..credentials.models import Credential
from ..establishments.models import Establishment
from ..letters import tell_kitchen
from .known import KITCHEN, PAPER
from .models import RegisterImport, RegisterLine
from .picture import CLOSED, IN_FORCE, Decision, Kitchen, Paper, World

BATCH = 500
Spell = Callable[[str], str]


def land(row: RegisterImport, decisions: Iterable[Decision], world: World, at: datetime, spell: Spell) -> None:
    """Kitchens, papers, the report's lines and the trail. WrongState when a paper moved since it was read."""
    by = row.brought_by
    new = [kitchen for kitchen in world.kitchens if kitchen.row is None]
    old = [kitchen for kitchen in world.kitchens if kitchen.row is not None]
    changed = {kitchen.row: kitchen for kitchen in old if kitchen.changed}
    touched = [k for k in old if k.changed or any(p.row is None or _differs(p) for p in k.papers)]
    papers = {paper.row: paper for kitchen in touched for paper in kitchen.papers if paper.row and _differs(paper)}

    rows = _kitchens(new, at, spell)
    places: dict[int, Establishment] = {id(kitchen): place for kitchen, place in zip(new, rows, strict=True)}
    for place in _rewrite(Establishment, changed, lambda place, kitchen: _bring_up(place, kitchen, at, spell)):
        places[id(changed[place.pk])] = place
    others = Establishment.objects.in_bulk([k.row for k in touched if id(k) not in places and k.row])
    places |= {id(k): others[k.row] for k in touched if k.row in others}

    _move(papers.values())
    said = {pk: paper for pk, paper in papers.items() if _differs(paper) - {"state", "reason"}}
    _rewrite(Credential, said, lambda credential, paper: _say(credential, paper))
    Credential.objects.bulk_create(
        [
            _credential(paper, places[id(kitchen)], by)
            for kitchen in (*new, *touched)
            for paper in kitchen.papers
            if paper.row is None
        ],
        batch_size=BATCH,
    )
    _report(row, decisions, places)
    _record(by, row, new, touched, places)
    for kitchen in touched:
        if kitchen.owned and "state" in kitchen.changed and kitchen.state == CLOSED:
            _tell(places[id(kitchen)], kitchen, row)


# ── kitchens ────────────────────────────────────────────────────────────────────────────────────────────────
def _kitchens(new: list[Kitchen], at: datetime, spell: Spell) -> list[Establishment]:
    rows = [
        Establishment(
            **{name: getattr(kitchen, name) for name in KITCHEN},
            found_by=_found_by(kitchen, spell),
            registered_at=at,
            opened_at=at,  # it had a permit once
            closed_at=at if kitchen.state == CLOSED else None,
        )
        for kitchen in new
    ]
    return Establishment.objects.bulk_create(rows, batch_size=BATCH)


def _bring_up(place: Establishment, kitchen: Kitchen, at: datetime, spell: Spell) -> None:
    for name, (_before, after) in kitchen.changed.items():
        setattr(place, name, after)
    place.found_by = _found_by(kitchen, spell)
    if "state" in kitchen.changed:
        place.closed_at = at if kitchen.state == CLOSED else None
        place.opened_at = place.opened_at or at


def _found_by(kitchen: Kitchen, spell: Spell) -> str:
    return spell(f"{kitchen.signboard} {kitchen.operator_name} {kitchen.address}")


# ── papers ──────────────────────────────────────────────────────────────────────────────────────────────────
def _differs(paper: Paper) -> set[str]:
    return {name for name, old in paper.before.items() if old != getattr(paper, name)}


def _say(credential: Credential, paper: Paper) -> None:
    for name in _differs(paper) - {"state", "reason"}:
        setattr(credential, name, getattr(paper, name))


def _move(papers: Iterable[Paper]) -> None:
    """Steps that papers took, each by a conditional update, as `workflow.move` does it for one."""
    steps: dict[tuple[str, str], list[int]] = defaultdict(list)
    for paper in papers:
        if "state" in _differs(paper) and paper.row is not None:
            steps[paper.state, paper.reason].append(paper.row)
    for (state, reason), ids in steps.items():
        for start in range(0, len(ids), BATCH):
            chunk = ids[start : start + BATCH]
            standing = Credential.objects.filter(pk__in=chunk, state=IN_FORCE)
            if standing.update(state=state, reason=reason) != len(chunk):
                raise WrongState("register")


def _credential(paper: Paper, place: Establishment, by: User) -> Credential:
    facts = {name: getattr(paper, name) for name in PAPER}
    return Credential(establishment=place, source=Credential.Source.REGISTER, created_by=by, **facts)


# ── both ────────────────────────────────────────────────────────────────────────────────────────────────────
def _rewrite(model: type[models.Model], known: Mapping[Any, Any], change: Callable[[Any, Any], None]) -> list[Any]:
    """Rows of these ids, changed and written in bulk. An upsert: ten times as fast as `bulk_update`'s CASE WHEN."""
    done: list[Any] = []
    ids = list(known)
    columns = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    for start in range(0, len(ids), BATCH):
        rows = list(model._base_manager.filter(pk__in=ids[start : start + BATCH]))
        for row in rows:
            change(row, known[row.pk])
        model._base_manager.bulk_create(
            rows, update_conflicts=True, unique_fields=["pk"], update_fields=columns, batch_size=BATCH
        )
        done += rows
    return done


def _report(row: RegisterImport, decisions: Iterable[Decision], places: Mapping[int, Establishment]) -> None:
    lines = []
    for decision in decisions:
        kitchen = decision.kitchen
        place = places.get(id(kitchen)) if kitchen else None
        lines.append(
            RegisterLine(
                register_import=row,
                number=decision.line.at,
                outcome=decision.outcome,
                why=[list(pair) for pair in decision.why],
                permit=decision.line.number[:40],
                name=(decision.line.signboard or decision.line.operator_name)[:100],
                establishment_id=place.pk if place else (kitchen.row if kitchen else None),
            )
        )
    RegisterLine.objects.bulk_create(lines, batch_size=BATCH)


def _record(
    by: User, row: RegisterImport, new: list[Kitchen], touched: list[Kitchen], places: Mapping[int, Establishment]
) -> None:
    entries = [audit.entry(by, "establishment.imported", places[id(k)], register=row.pk) for k in new]
    for kitchen in touched:
        changes = {name: [_plain(old), _plain(new)] for name, (old, new) in kitchen.changed.items()}
        papers = [
            [paper.kind, paper.number, paper.state, sorted(_differs(paper))]
            for paper in kitchen.papers
            if paper.row is None or _differs(paper)
        ]
        place = places[id(kitchen)]
        entries.append(
            audit.entry(by, "establishment.brought_up", place, register=row.pk, changes=changes, papers=papers)
        )
    AuditEntry.objects.bulk_create(entries, batch_size=BATCH)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | bool | int) or value is None else str(value)


def _tell(place: Establishment, kitchen: Kitchen, row: RegisterImport) -> None:
    """Whoever acts for it hears that the register closed it."""
    body = format_lazy(
        _(
            "In the register of {authority} the permit of {kitchen} is marked: {reason}. Is that wrong? Ask the authority."
        ),
        authority=row.authority.name,
        kitchen=place.signboard,
        reason=kitchen.closing_reason,
    )
    subject = _("Your kitchen's permit is no longer in force")
    tell_kitchen(place, "register.closed", subject, body, event=row.pk)
