"""What becomes of each line of a register, judged against what is known. Pure: it changes a picture, never rows.

The register is the truth of permits; what an owner says of the kitchen otherwise stays theirs. Lines are judged in the
order of their terms and numbers, never in the file's: any order of the same lines makes the same kitchens.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from .fields import FOOD_PERMIT, Line
from .picture import (
    CLOSED,
    CREATED,
    IN_FORCE,
    LICENCE,
    OPEN,
    REFUSED,
    REPLACED,
    REVOKED,
    UNCHANGED,
    UPDATED,
    Decision,
    Kitchen,
    Paper,
    Why,
    World,
    plain,
)


def decide(lines: Sequence[Line], world: World, *, division: str, today: date) -> list[Decision]:
    """One decision a line, in the order of the file. `world` becomes what it is after them.

    `division` is the authority's prefix. Both lines of a number that the file gives twice with different facts are
    refused: the register contradicts itself, and no order of lines may decide which of them is right.
    """
    decisions = []
    by_number: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.problems:
            decisions.append(Decision(line, REFUSED, [*line.problems]))
        else:
            by_number[line.number].append(line)
    single: list[Line] = []
    for same in by_number.values():
        if len({line.facts for line in same}) > 1:
            rows = [line.at for line in same]
            decisions += [
                Decision(line, REFUSED, [("twice", [at for at in rows if at != line.at][:5])]) for line in same
            ]
            continue
        first = min(same, key=lambda line: line.at)
        single.append(first)
        decisions += [Decision(line, UNCHANGED, [("same_line", [first.at])]) for line in same if line is not first]
    judge = _Judge(world, division, today, {line.number: line for line in single if not line.revoked})
    decisions += [judge(line) for line in sorted(single, key=_order)]
    return sorted(decisions, key=lambda decision: decision.line.at)


def _order(line: Line) -> tuple[date, date, str]:
    return line.valid_from, line.valid_through, line.number


class _Judge:
    def __init__(self, world: World, division: str, today: date, alive: dict[str, Line]):
        self.world = world
        self.division = division
        self.today = today
        self.alive = alive

    def __call__(self, line: Line) -> Decision:
        place = self.place_of(line)
        if not place.startswith(self.division):
            return Decision(line, REFUSED, [("other_division", place)])
        holders = self.world.by_number.get(line.number, [])
        if len(holders) > 1:
            return Decision(line, REFUSED, [("several", len(holders))])
        kitchen = holders[0] if holders else None
        if kitchen and not kitchen.division.startswith(self.division):
            return Decision(line, REFUSED, [("held_elsewhere", "")])
        if kitchen and self.is_anothers(kitchen, line):
            return Decision(line, REFUSED, [("held_by_another", kitchen.operator_name)], kitchen)
        if kitchen is None:
            here = self.at_the_place(line)
            if len(here) > 1:
                return Decision(line, REFUSED, [("several", len(here))])
            kitchen = here[0] if here else None
        if kitchen and kitchen.own:
            return Decision(line, REFUSED, [("own", "")], kitchen)
        said: list[Why] = [*line.doubts]
        if not line.revoked and line.valid_through < self.today:
            said.append(("expired", line.valid_through.isoformat()))
        if kitchen is None:
            kitchen = self.new(line, place)
            return Decision(line, CREATED, said, kitchen)
        changed = self.update(kitchen, line, said)
        return Decision(line, UPDATED if changed else UNCHANGED, [*changed, *said], kitchen)

    def place_of(self, line: Line) -> str:
        """The division that the line speaks of: its own column's, else the one inside a food permit's number."""
        said = line.division or (line.number[3:9] if line.kind == FOOD_PERMIT else "")
        return self.division if self.division.startswith(said) else said

    def is_anothers(self, kitchen: Kitchen, line: Line) -> bool:
        """Whether the number stands with another operator here: a person must look, nothing is overwritten."""
        if plain(kitchen.operator_name) == plain(line.operator_name):
            return False
        if kitchen.uscc and line.uscc:
            return kitchen.uscc != line.uscc
        return kitchen.owned

    def at_the_place(self, line: Line) -> list[Kitchen]:
        """Kitchens of this operator at this address that this permit may be the next of.

        Not one whose own permit stands in the same file beside it, for the same days: that is another counter.
        """
        found = []
        for kitchen in self.world.by_place.get((line.uscc, plain(line.address)), []) if line.uscc else []:
            same_name = plain(kitchen.operator_name) == plain(line.operator_name)
            if not kitchen.division.startswith(self.division) or (kitchen.owned and not same_name):
                continue
            if not line.revoked and any(self.stands_beside(paper, line) for paper in kitchen.permits):
                continue
            found.append(kitchen)
        return found

    def stands_beside(self, paper: Paper, line: Line) -> bool:
        other = self.alive.get(paper.number)
        if other is None or paper.state != IN_FORCE or other.kind != line.kind:
            return False
        # As the file says it, or as it is held: an older line of the file changes nothing of what is held.
        terms = [(other.valid_from, other.valid_through), (paper.valid_from, _end(paper))]
        return any(begin <= line.valid_through and line.valid_from <= end for begin, end in terms)

    # ── what a line does ────────────────────────────────────────────────────────────────────────────────────
    def new(self, line: Line, place: str) -> Kitchen:
        kitchen = Kitchen(
            row=None,
            operator_name=line.operator_name,
            uscc=line.uscc,
            address=line.address,
            division=place,
            signboard=line.signboard or _short(line.operator_name),
            category=line.category or "small",
            phone=line.phone,
            latitude=line.latitude,
            longitude=line.longitude,
            coordinates=line.coordinates,
            state=CLOSED if line.revoked else OPEN,
            closed_by_authority=bool(line.revoked),
            closing_reason=line.revoked,
        )
        kitchen.papers.append(_paper(line, REVOKED if line.revoked else IN_FORCE))
        if line.licence_from and line.uscc:
            kitchen.papers.append(_licence(line))
        self.world.add(kitchen)
        return kitchen

    def update(self, kitchen: Kitchen, line: Line, said: list[Why]) -> list[Why]:
        """Bring the kitchen up to the line. What changed; doubts are added to what is said anyhow."""
        changed: list[Why] = []
        speaks = self.permit(kitchen, line, changed, said)
        latest = max(kitchen.permits, key=lambda p: (p.valid_from, p.number))
        alone = all(p.number == line.number for p in kitchen.permits)
        if speaks and (alone or (latest.valid_from, latest.number) == (line.valid_from, line.number)):
            self.facts(kitchen, line, changed)
            if line.licence_from and line.uscc:
                self.licence(kitchen, line, changed)
        return changed

    def facts(self, kitchen: Kitchen, line: Line, changed: list[Why]) -> None:
        """Names are compared as people read them: another blank is not another name."""
        new: dict[str, Any] = {}
        if plain(kitchen.operator_name) != plain(line.operator_name):
            new["operator_name"] = line.operator_name
        if plain(kitchen.address) != plain(line.address):
            new["address"] = line.address
        if line.uscc and line.uscc != kitchen.uscc:
            new["uscc"] = line.uscc
        if not kitchen.owned:
            if line.signboard and plain(line.signboard) != plain(kitchen.signboard):
                new["signboard"] = line.signboard
            new |= {name: getattr(line, name) for name in ("category", "phone") if getattr(line, name)}
            if line.coordinates:
                new |= {name: getattr(line, name) for name in ("latitude", "longitude", "coordinates")}
        before = kitchen.uscc, plain(kitchen.address)
        for name, value in new.items():
            if getattr(kitchen, name) != value:
                changed.append(("changed", name))
                kitchen.set(**{name: value})
        self.world.moved(kitchen, before)

    def permit(self, kitchen: Kitchen, line: Line, changed: list[Why], said: list[Why]) -> bool:
        """Whether the line speaks for today: an older one says nothing else of the kitchen."""
        held = [p for p in kitchen.permits if p.number == line.number]
        if line.revoked:
            self.revoke(kitchen, line, held, changed)
            return True
        exact = [p for p in held if (p.valid_from, p.valid_through) == (line.valid_from, line.valid_through)]
        standing = sorted((p for p in held if p.state == IN_FORCE), key=lambda p: p.valid_from)
        paper = next((p for p in exact if p.state == IN_FORCE), standing[-1] if standing else None)
        if any(p.state == REPLACED for p in exact) and (paper is None or paper not in exact):
            return paper is None
        if paper is None and any(p.valid_from > line.valid_from for p in held):
            said.append(("older", max(p.valid_from for p in held).isoformat()))
            return False
        if paper is None or (line.valid_from > paper.valid_from and line.valid_through > _end(paper)):
            fresh = _paper(line, IN_FORCE)
            self.put(kitchen, fresh, changed)
            if fresh.state == IN_FORCE:
                self.reopen(kitchen, changed)
        elif not paper.from_register:
            self.compare(paper, line, said)
        elif line.valid_from < paper.valid_from and line.valid_through < _end(paper):
            said.append(("older", paper.valid_from.isoformat()))
            return False
        else:
            self.correct(kitchen, paper, line, changed, said)
        if kitchen.state == CLOSED:
            said.append(("closed_here", ""))
        return True

    def put(self, kitchen: Kitchen, paper: Paper, changed: list[Why]) -> None:
        """A further paper. The later one stands; a later one that has not begun leaves the earlier until then."""
        for other in kitchen.papers:
            if other.kind != paper.kind or other.state != IN_FORCE:
                continue
            if other.valid_from > paper.valid_from:
                if other.valid_from <= self.today:
                    paper.state = REPLACED
            elif paper.valid_from <= self.today or other.valid_from == paper.valid_from:
                other.set(state=REPLACED)
        kitchen.papers.append(paper)
        if paper.kind != LICENCE:
            self.world.knows(kitchen, paper.number)
        changed.append(("licence" if paper.kind == LICENCE else "term", _term(paper)))

    def correct(self, kitchen: Kitchen, paper: Paper, line: Line, changed: list[Why], said: list[Why]) -> None:
        """The register's own paper says what the register says now."""
        taken = {
            p.valid_from for p in kitchen.papers if p.kind == paper.kind and p.state == IN_FORCE and p is not paper
        }
        if line.valid_from in taken:
            said.append(("differs", ["valid_from"]))
            return
        new = {name: getattr(line, name) for name in ("valid_from", "valid_through")}
        new |= {name: getattr(line, name) for name in ("issuer", "items") if getattr(line, name)}
        if plain(paper.holder) != plain(line.operator_name):
            new["holder"] = line.operator_name
        for name, value in new.items():
            if getattr(paper, name) != value:
                changed.append(("changed", name))
        paper.set(**new)

    def compare(self, paper: Paper, line: Line, said: list[Why]) -> None:
        """A paper that was handed in and approved stays as the clerk saw it; what differs is said."""
        differs = [name for name in ("valid_from", "valid_through") if getattr(paper, name) != getattr(line, name)]
        if plain(paper.holder) != plain(line.operator_name):
            differs.append("holder")
        if differs:
            said.append(("differs", differs))

    def licence(self, kitchen: Kitchen, line: Line, changed: list[Why]) -> None:
        """The business licence that the register names; one that was handed in stays."""
        standing = [p for p in kitchen.papers if p.kind == LICENCE and p.state == IN_FORCE]
        fresh = _licence(line)
        if not standing:
            if not any((p.number, p.valid_from) == (fresh.number, fresh.valid_from) for p in kitchen.papers):
                self.put(kitchen, fresh, changed)
            return
        latest = max(standing, key=lambda p: p.valid_from)
        if not latest.from_register:
            return
        if fresh.valid_from > latest.valid_from:
            self.put(kitchen, fresh, changed)
        elif (fresh.valid_from, fresh.number) == (latest.valid_from, latest.number):
            if fresh.valid_through != latest.valid_through:
                changed.append(("licence", _term(fresh)))
            latest.set(valid_through=fresh.valid_through)

    def revoke(self, kitchen: Kitchen, line: Line, held: list[Paper], changed: list[Why]) -> None:
        """注销, 吊销 …: the permit is revoked, and the kitchen closed unless another permit of it stands."""
        if not held:
            kitchen.papers.append(_paper(line, REVOKED))
            self.world.knows(kitchen, line.number)
            changed.append(("revoked", line.revoked))
        elif standing := [p for p in held if p.state == IN_FORCE]:
            for paper in standing:
                paper.set(state=REVOKED, reason=line.revoked)
            changed.append(("revoked", line.revoked))
        stands = any(p.state == IN_FORCE and _end(p) >= self.today for p in kitchen.permits)
        if changed and not stands and kitchen.state != CLOSED:
            kitchen.set(state=CLOSED, closed_by_authority=True, closing_reason=line.revoked)
            changed.append(("closed", line.revoked))

    def reopen(self, kitchen: Kitchen, changed: list[Why]) -> None:
        """What the register closed, a new permit in the register opens again; what others closed stays closed."""
        by_register = kitchen.closed_by_authority and any(p.state == REVOKED for p in kitchen.permits)
        if kitchen.state != OPEN and (kitchen.state != CLOSED or by_register):
            kitchen.set(state=OPEN, closed_by_authority=False, closing_reason="")
            changed.append(("opened", ""))


def _paper(line: Line, state: str) -> Paper:
    return Paper(
        row=None,
        kind=line.kind,
        number=line.number,
        holder=line.operator_name,
        issuer=line.issuer,
        items=line.items,
        valid_from=line.valid_from,
        valid_through=line.valid_through,
        state=state,
        from_register=True,
        reason=line.revoked,
    )


def _licence(line: Line) -> Paper:
    assert line.licence_from
    return Paper(
        row=None,
        kind=LICENCE,
        number=line.uscc,
        holder=line.operator_name,
        issuer="",
        items="",
        valid_from=line.licence_from,
        valid_through=line.licence_through,
        state=IN_FORCE,
        from_register=True,
    )


def _end(paper: Paper) -> date:
    return paper.valid_through or date.max


def _term(paper: Paper) -> str:
    return f"{paper.valid_from} – {paper.valid_through or '长期'}"


def _short(name: str) -> str:
    """A signboard where the register names none: the operator's own name, as long as a signboard may be."""
    return name if len(name) <= 60 else name[:59] + "…"
