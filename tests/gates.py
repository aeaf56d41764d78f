"""What an address answers, by role and side: gates that follow from the capability table alone.

tests/core/test_access.py spells that table out by hand; tests/permissions.py says which gate an address has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sunkitchen.core.access import CAPABILITIES, Can, Role

ANONYMOUS, STRANGER = "anonymous", "stranger"
ROLES = [ANONYMOUS, STRANGER, *(role.value for role in Role)]
OWNERS = {"owner", "manager"}
OFFICERS = {"clerk", "inspector", "publisher", "auditor"}

# own: the restaurant where everybody with a role has it; rival: another owner's in the same city; foreign: elsewhere.
SIDES = ["own", "rival", "foreign"]
INSIDE = {
    "own": OWNERS | OFFICERS | {"admin"},
    "rival": OFFICERS | {"admin"},
    "foreign": {"admin"},
}


class Answer(StrEnum):
    IN = "let in"
    SIGN_IN = "sent to sign in"
    REFUSED = "refused (403)"
    HIDDEN = "told there is nothing (404)"
    AWAY = "redirected"


Gate = Callable[[str, str], Answer]


def public(role: str, side: str) -> Answer:
    """Anybody, without a cookie."""
    return Answer.IN


def door(role: str, side: str) -> Answer:
    """Signing in: whoever is in already is sent on."""
    return Answer.IN if role == ANONYMOUS else Answer.AWAY


def signed_in(role: str, side: str) -> Answer:
    return Answer.SIGN_IN if role == ANONYMOUS else Answer.IN


def office(capability: Can = Can.SEE_OFFICE) -> Gate:
    """A page of the office that names no object: nothing to see for anybody outside of it."""

    def gate(role: str, side: str) -> Answer:
        if role == ANONYMOUS:
            return Answer.SIGN_IN
        if role == STRANGER or Can.SEE_OFFICE not in CAPABILITIES[Role(role)]:
            return Answer.HIDDEN
        return Answer.IN if capability in CAPABILITIES[Role(role)] else Answer.REFUSED

    return gate


def kitchens(capability: Can) -> Gate:
    """The object belongs to a kitchen: insiders with the capability; other insiders 403, strangers 404."""

    def gate(role: str, side: str) -> Answer:
        if role == ANONYMOUS:
            return Answer.SIGN_IN
        if role not in INSIDE[side]:
            return Answer.HIDDEN
        return Answer.IN if capability in CAPABILITIES[Role(role)] else Answer.REFUSED

    return gate


def either(*capabilities: Can) -> Gate:
    """As `kitchens`, where one of several capabilities is enough."""
    gates = [kitchens(capability) for capability in capabilities]

    def gate(role: str, side: str) -> Answer:
        answers = [gate(role, side) for gate in gates]
        return Answer.IN if Answer.IN in answers else answers[0]

    return gate


def officers(capability: Can) -> Gate:
    """The object is the office's alone (an edition, a review): a kitchen's own people are strangers to it."""
    of_kitchen = kitchens(capability)

    def gate(role: str, side: str) -> Answer:
        return Answer.HIDDEN if role in OWNERS else of_kitchen(role, side)

    return gate


def officers_of_either(*capabilities: Can) -> Gate:
    """As `officers`, where one of several capabilities is enough."""
    of_kitchen = either(*capabilities)

    def gate(role: str, side: str) -> Answer:
        return Answer.HIDDEN if role in OWNERS else of_kitchen(role, side)

    return gate


def addressee(role: str, side: str) -> Answer:
    """A letter on the desk: its reader's alone, whatever anybody else may do."""
    if role == ANONYMOUS:
        return Answer.SIGN_IN
    return Answer.IN if role == "owner" and side == "own" else Answer.HIDDEN


@dataclass(frozen=True)
class Route:
    name: str
    gate: Gate
    of: str = ""  # what its arguments name
    methods: tuple[str, ...] = ("GET",)
    let_in: frozenset[int] = frozenset({200})  # statuses that count as let in
    send: Gate | None = None  # for sending, where that takes more than reading

    def gate_of(self, method: str) -> Gate:
        return self.send if self.send and method == "POST" else self.gate


def get(name: str, gate: Gate, of: str = "", *let_in: int) -> Route:
    return Route(name, gate, of, ("GET",), frozenset(let_in or {200}))


ANSWERED = frozenset({200, 302, 409, 422})  # a form: shown, taken, or told in words what is wrong with it


def form(name: str, gate: Gate, of: str = "", send: Gate | None = None) -> Route:
    """A page with a form: read and sent."""
    return Route(name, gate, of, ("GET", "POST"), ANSWERED, send)


def deed(name: str, gate: Gate, of: str = "") -> Route:
    """Only sent."""
    return Route(name, gate, of, ("POST",), ANSWERED)
