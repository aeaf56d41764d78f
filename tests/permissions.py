"""Who may open what: one line for every address. tests/test_permissions.py walks the resolver and asks each of them.

A gate says, for a role and a side, what the answer must be. It follows from the capability table alone (which
tests/core/test_access.py spells out by hand), never from a view. To add an address, add a line to ROUTES: its URL
name, its gate, what its arguments name (a key of World.places' pools in the test) and the methods it serves.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
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


def anywhere(capability: Can) -> Gate:
    """No object is named: whoever has the capability over something."""

    def gate(role: str, side: str) -> Answer:
        if role == ANONYMOUS:
            return Answer.SIGN_IN
        able = role != STRANGER and capability in CAPABILITIES[Role(role)]
        return Answer.IN if able else Answer.REFUSED

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


def authorities(capability: Can) -> Gate:
    """The object belongs to an authority: owners of its kitchens are strangers to it."""
    of_kitchen = kitchens(capability)

    def gate(role: str, side: str) -> Answer:
        return Answer.HIDDEN if role in OWNERS else of_kitchen(role, side)

    return gate


@dataclass(frozen=True)
class Route:
    name: str
    gate: Gate
    of: str = ""  # what its arguments name
    methods: tuple[str, ...] = ("GET",)
    # Statuses that count as let in where the page needs more than its address (a code that was sent, a file).
    let_in: frozenset[int] = field(default_factory=lambda: frozenset({200, 302}))


def get(name: str, gate: Gate, of: str = "", *let_in: int) -> Route:
    return Route(name, gate, of, ("GET",), frozenset(let_in or {200}))


def form(name: str, gate: Gate, of: str = "", *let_in: int) -> Route:
    """A page with a form: read and sent."""
    return Route(name, gate, of, ("GET", "POST"), frozenset(let_in or {200, 302, 400, 409, 422}))


def deed(name: str, gate: Gate, of: str = "", *let_in: int) -> Route:
    """Only sent."""
    return Route(name, gate, of, ("POST",), frozenset(let_in or {200, 302, 400, 409, 422}))


ROUTES = [
    # the door
    form("account_login", door),
    form("account_request_login_code", door),
    form("account_confirm_login_code", door),
    form("account_reset_password", public),
    form("account_confirm_password_reset_code", public),
    form("account_complete_password_reset", public),
    form("account_signup", door),
    deed("account_logout", public),
    # what anybody sees
    get("home", public),
    get("privacy", public),
    get("kitchen", public, "kitchen"),
    get("kitchen_live", public, "kitchen"),
    get("kitchen_poster", public, "kitchen", 200, 404),
    get("kitchen_history", public, "kitchen"),
    get("scan", public, "sticker"),
    get("scan_upper", public, "sticker"),
    get("lists", public),
    get("edition", public, "edition", 200, 404),
    get("edition_json", public, "edition", 200, 404),
    get("log", public),
    get("log_file", public, "log", 200, 404),
    # desks
    get("desk", signed_in),
    get("office", anywhere(Can.SEE_OFFICE)),
]
