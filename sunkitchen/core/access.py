"""Who may what: one table of capabilities, and one gate in front of every object.

A grant gives a role over one establishment (owners) or over every establishment whose division code starts with
the authority's prefix (officers). Layers above report grants through `register_source`; core knows no kitchen.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.http import Http404


class Role(StrEnum):
    OWNER = "owner"
    MANAGER = "manager"
    CLERK = "clerk"
    INSPECTOR = "inspector"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Can(StrEnum):
    SEE_KITCHEN = "see_kitchen"  # its desk pages, unpublished facts included
    EDIT_KITCHEN = "edit_kitchen"
    HAND_IN_PAPERS = "hand_in_papers"
    SEE_PAPERS = "see_papers"
    SEE_HEALTH = "see_health"  # pictures of health certificates: those alone who take them in, review or inspect them
    REVIEW_PAPERS = "review_papers"
    SET_UP_CAMERA = "set_up_camera"
    ANSWER_INCIDENT = "answer_incident"  # say what happened to a camera's picture
    KEEP_CLIPS = "keep_clips"  # evidence from a camera: keep it, hold it, let it go
    SEE_CLIPS = "see_clips"
    RUN_RELAY = "run_relay"  # the operator's page of all cameras
    PRINT_STICKERS = "print_stickers"
    KEEP_STAFF = "keep_staff"  # who works there, their certificates and consents
    KEEP_LEDGER = "keep_ledger"  # suppliers and deliveries
    RUN_KITCHEN = "run_kitchen"  # its managers
    HAND_OVER = "hand_over"  # give it to a new operator
    CLOSE_KITCHEN = "close_kitchen"
    REMOVE_PHOTO = "remove_photo"  # its own people; officers, where it shows a guest
    ARRANGE_REVIEW = "arrange_review"  # where four eyes approve
    TRACE_GOODS = "trace_goods"  # which kitchens received a batch; recalls
    IMPORT_REGISTER = "import_register"
    INVITE_OWNERS = "invite_owners"
    SEE_OFFICE = "see_office"
    INSPECT = "inspect"
    DRAFT_EDITION = "draft_edition"
    SERVE_NOTICE = "serve_notice"
    OBJECT = "object"
    DECIDE_OBJECTION = "decide_objection"
    APPROVE_EDITION = "approve_edition"  # speak in the approval chain, where it names the officer
    PUBLISH_EDITION = "publish_edition"
    AMEND_LISTING = "amend_listing"  # a stay, a withdrawal, a correction, a removal of what is published
    ARRANGE_LISTS = "arrange_lists"  # the rhythm of editions and the approval chain
    DRAW_VISITS = "draw_visits"  # commit to a draw and hold it: never those who are drawn
    SET_RISK = "set_risk"
    HANDLE_COMPLAINT = "handle_complaint"  # read what diners said and who they are, and answer
    SEE_AUDIT = "see_audit"
    APPOINT = "appoint"  # give officers their posts, and end them


_OFFICER = {Can.SEE_OFFICE, Can.SEE_KITCHEN, Can.SEE_PAPERS}

CAPABILITIES: dict[Role, frozenset[Can]] = {
    Role.OWNER: frozenset(
        {
            Can.SEE_KITCHEN,
            Can.EDIT_KITCHEN,
            Can.HAND_IN_PAPERS,
            Can.SEE_PAPERS,
            Can.SEE_HEALTH,
            Can.SET_UP_CAMERA,
            Can.ANSWER_INCIDENT,
            Can.PRINT_STICKERS,
            Can.KEEP_STAFF,
            Can.KEEP_LEDGER,
            Can.RUN_KITCHEN,
            Can.HAND_OVER,
            Can.CLOSE_KITCHEN,
            Can.REMOVE_PHOTO,
            Can.OBJECT,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Can.SEE_KITCHEN,
            Can.EDIT_KITCHEN,
            Can.HAND_IN_PAPERS,
            Can.SEE_PAPERS,
            Can.SEE_HEALTH,
            Can.ANSWER_INCIDENT,
            Can.PRINT_STICKERS,
            Can.KEEP_STAFF,
            Can.KEEP_LEDGER,
            Can.REMOVE_PHOTO,
        }
    ),
    Role.CLERK: frozenset(
        _OFFICER
        | {Can.SEE_HEALTH, Can.REVIEW_PAPERS, Can.SERVE_NOTICE, Can.CLOSE_KITCHEN, Can.REMOVE_PHOTO}
        | {Can.IMPORT_REGISTER, Can.INVITE_OWNERS, Can.KEEP_CLIPS, Can.SEE_CLIPS}
        | {Can.APPROVE_EDITION, Can.DRAW_VISITS, Can.SET_RISK, Can.HANDLE_COMPLAINT, Can.TRACE_GOODS}
    ),
    Role.INSPECTOR: frozenset(
        _OFFICER
        | {Can.SEE_HEALTH, Can.INSPECT, Can.DRAFT_EDITION, Can.SERVE_NOTICE, Can.REMOVE_PHOTO}
        | {Can.KEEP_CLIPS, Can.SEE_CLIPS, Can.APPROVE_EDITION, Can.HANDLE_COMPLAINT, Can.TRACE_GOODS}
    ),
    Role.PUBLISHER: frozenset(
        _OFFICER
        | {Can.DECIDE_OBJECTION, Can.PUBLISH_EDITION, Can.SEE_CLIPS}
        | {Can.APPROVE_EDITION, Can.AMEND_LISTING, Can.ARRANGE_LISTS, Can.ARRANGE_REVIEW}
    ),
    Role.AUDITOR: frozenset(_OFFICER | {Can.SEE_AUDIT}),
    # Looks after the installation. Deciding about kitchens is not its job, so that no single person can do all.
    Role.ADMIN: frozenset(_OFFICER | {Can.SEE_AUDIT, Can.APPOINT, Can.RUN_RELAY}),
}


@dataclass(frozen=True)
class Scope:
    """What an object belongs to: an establishment (its id), and the division code it stands in."""

    establishment: int | None
    division: str


@dataclass(frozen=True)
class Grant:
    """`role` over one establishment, or over a division prefix ("" is everywhere)."""

    role: Role
    establishment: int | None = None
    division: str | None = None

    def covers(self, scope: Scope) -> bool:
        if self.establishment is not None:
            return self.establishment == scope.establishment
        return self.division is not None and scope.division.startswith(self.division)


class Scoped(Protocol):
    @property
    def scope(self) -> Scope: ...


Source = Callable[[Any], Iterable[Grant]]
_sources: list[Source] = []


def register_source(source: Source) -> None:
    """`source(user)` yields the grants that a layer knows of; called once from its AppConfig.ready."""
    if source not in _sources:
        _sources.append(source)


def grants(user: Any) -> list[Grant]:
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    return [grant for source in _sources for grant in source(user)]


def can(user: Any, capability: Can, subject: Scoped) -> bool:
    scope = subject.scope
    return any(capability in CAPABILITIES[grant.role] and grant.covers(scope) for grant in grants(user))


def abilities(user: Any) -> frozenset[Can]:
    """All that the user may do somewhere: for a page that asks about many things at once."""
    return frozenset().union(*(CAPABILITIES[grant.role] for grant in grants(user)))


def may_anywhere(user: Any, capability: Can) -> bool:
    return any(capability in CAPABILITIES[grant.role] for grant in grants(user))


def require(user: Any, capability: Can, subject: Scoped) -> None:
    """The gate: 404 for a stranger, who must not learn that it exists; 403 for an insider without the right."""
    scope = subject.scope
    inside = [grant for grant in grants(user) if grant.covers(scope)]
    if not inside:
        raise Http404
    if not any(capability in CAPABILITIES[grant.role] for grant in inside):
        raise PermissionDenied


def own(user: Any) -> set[int]:
    """Ids of the establishments that the user acts for: what an officer of the same name must not decide about."""
    return {grant.establishment for grant in grants(user) if grant.establishment is not None}


def reach(user: Any, capability: Can) -> tuple[set[int], set[str]]:
    """Establishment ids and division prefixes where the user has the capability: for querysets."""
    able = [grant for grant in grants(user) if capability in CAPABILITIES[grant.role]]
    return (
        {grant.establishment for grant in able if grant.establishment is not None},
        {grant.division for grant in able if grant.division is not None},
    )
