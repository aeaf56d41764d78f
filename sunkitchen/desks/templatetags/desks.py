"""What stands around every desk page: the navigation with what waits, and the bell."""

from dataclasses import dataclass, replace

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sunkitchen.core.access import CAPABILITIES, Can, Grant, grants
from sunkitchen.core.models import Notice
from sunkitchen.registry.models import Consultation, Credential, Establishment, OwnCheck

from ..links import link
from ..office import trail

register = template.Library()
register.filter("deed", lambda verb: trail.deed(verb) or verb)

MOST_KITCHENS = 8  # named beside the page; with more the desk itself lists them


@dataclass(frozen=True)
class Item:
    path: str
    words: str
    count: int
    here: bool
    is_minor: bool = False  # left out where there is little room


@dataclass(frozen=True)
class Group:
    words: str
    items: list[Item]

    @property
    def here(self) -> bool:
        return any(item.here for item in self.items)

    @property
    def count(self) -> int:
        return sum(item.count for item in self.items)


@register.simple_tag(takes_context=True)
def desk_nav(context) -> list[Group]:
    """What the signed-in person may open; nothing for anybody else."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    groups = []
    held = _held(request)
    able = {capability for grant in held for capability in CAPABILITIES[grant.role]}
    if Can.SEE_OFFICE in able:
        groups.extend(_office(request.path, user, able))
    kitchens = Establishment.objects.filter(pk__in=[grant.establishment for grant in held if grant.establishment])
    if kitchens or not groups:
        groups.append(Group(_("My kitchens"), _kitchens(request.path, user, kitchens.order_by("signboard", "pk"))))
    if not any(group.here for group in groups):
        _mark_supervised(request.path, groups)
    _mark_nearest(groups)
    return groups


@register.simple_tag(takes_context=True)
def desk_root(context, place) -> SafeString:
    """The way back from a kitchen's page: to one's own kitchens, or to the office's where one supervises it."""
    request = context.get("request")
    held = _held(request) if request else []
    if any(grant.establishment == place.pk for grant in held) or not any(
        Can.SEE_OFFICE in CAPABILITIES[grant.role] for grant in held
    ):
        return format_html('<a href="{}">{}</a>', reverse("desk"), _("My kitchens"))
    return format_html('<a href="{}">{}</a>', reverse("office_kitchens"), _("Kitchens"))


def _held(request) -> list[Grant]:
    if not hasattr(request, "desk_grants"):
        request.desk_grants = grants(request.user)
    return request.desk_grants


def _mark_nearest(groups: list[Group]) -> None:
    """Of rooms within one another only the innermost is where one is."""
    nearest = max((len(item.path) for group in groups for item in group.items if item.here), default=0)
    for group in groups:
        group.items[:] = [replace(item, here=item.here and len(item.path) == nearest) for item in group.items]


def _mark_supervised(here: str, groups: list[Group]) -> None:
    """A kitchen that is not one's own is opened from the office's list."""
    room = reverse("office_kitchens")
    if not here.startswith(reverse("desk") + "kitchens/"):
        return
    for group in groups:
        group.items[:] = [replace(item, here=item.path == room) for item in group.items]


def _office(here: str, user, able: set[Can]) -> list[Group]:
    """Rooms by what they are about; one that this installation does not have is left out, and so is an empty group."""
    asked = Consultation.objects.for_clerk(user).waiting().count() if Can.REVIEW_PAPERS in able else 0
    waiting = Credential.objects.within(user, Can.REVIEW_PAPERS).waiting().count() if Can.REVIEW_PAPERS in able else 0
    groups = [
        (
            _("Office"),
            [
                ("office", _("Today"), 0, Can.SEE_OFFICE),
                ("office_figures", _("Figures"), 0, Can.SEE_OFFICE),
            ],
        ),
        (
            _("Supervision work"),
            [
                ("office_plan", _("Visits that are due"), 0, Can.SEE_OFFICE),
                ("office_plan_calendar", _("Calendar"), 0, Can.SEE_OFFICE),
                ("office_draws", _("Random draws"), 0, Can.SEE_OFFICE),
                ("office_inspections", _("Inspections"), 0, Can.SEE_OFFICE),
                ("office_samples", _("Samples"), 0, Can.SEE_OFFICE),
                ("recall_search", _("Recalls"), 0, Can.TRACE_GOODS),
                ("office_complaints", _("Complaints"), 0, Can.HANDLE_COMPLAINT),
                ("office_reminders", _("Reminders"), 0, Can.SEE_OFFICE),
                ("office_outbreaks", _("Outbreaks"), 0, Can.SEE_OFFICE),
            ],
        ),
        (
            _("Lists"),
            [
                ("office_editions", _("Red and black lists"), 0, Can.SEE_OFFICE),
                ("office_schedule", _("Rhythm"), 0, Can.SEE_OFFICE),
                ("office_rectifications", _("Rectification"), 0, Can.SEE_OFFICE),
            ],
        ),
        (
            _("Kitchens"),
            [
                ("office_kitchens", _("Kitchens"), 0, Can.SEE_OFFICE),
                ("papers", _("Review of papers"), waiting, Can.SEE_OFFICE),
                ("office_talks", _("Questions"), asked, Can.REVIEW_PAPERS),
                ("office_videos", _("Video checks"), 0, Can.REVIEW_PAPERS),
                ("own_checks", _("To look up"), _to_look_up(user, able), Can.SEE_PAPERS),
                ("undertakings", _("Undertakings"), 0, Can.SEE_PAPERS),
                ("register_imports", _("Register"), 0, Can.IMPORT_REGISTER),
                ("shared_registers", _("Shared registers"), 0, Can.IMPORT_REGISTER),
                ("claims", _("Invitations"), 0, Can.INVITE_OWNERS),
                ("office_ledger_keys", _("Ledger keys"), 0, Can.IMPORT_REGISTER),
            ],
        ),
        (
            _("Cameras"),
            [
                ("office_incidents", _("Camera incidents"), 0, Can.SEE_OFFICE),
                ("office_clips", _("Video evidence"), 0, Can.SEE_CLIPS),
                ("office_relay", _("Relay"), 0, Can.RUN_RELAY),
            ],
        ),
        (
            _("Records"),
            [
                ("office_audit", _("Audit trail"), 0, Can.SEE_AUDIT),
                ("office_looks", _("Who looked at scans"), 0, Can.SEE_AUDIT),
            ],
        ),
    ]
    found = [Group(words, _items(here, *(room[:3] for room in rooms if room[3] in able))) for words, rooms in groups]
    return [group for group in found if group.items]


def _to_look_up(user, able: set[Can]) -> int:
    if Can.REVIEW_PAPERS not in able:
        return 0
    return OwnCheck.objects.within(user, Can.REVIEW_PAPERS).filter(state=OwnCheck.State.OPEN).count()


def _kitchens(here: str, user, kitchens) -> list[Item]:
    items = _items(here, ("desk", _("My kitchens"), 0))
    places = list(kitchens[: MOST_KITCHENS + 1])
    for place in places:
        path = reverse("kitchen_desk", args=[place.code])
        is_here = here.startswith(path)
        if is_here or len(places) <= MOST_KITCHENS:
            items.append(Item(path, place.signboard, 0, is_here, is_minor=not is_here))
    news = Consultation.objects.of_kitchens_of(user).with_news(user, "kitchen").exclude(news=None).count()
    items += _items(here, ("talks", _("Ask the bureau"), news))
    return items + _items(
        here,
        ("kitchen_new", _("Register a kitchen"), 0),
        ("claim", _("Claim a kitchen"), 0),
        ("take_over", _("Take a kitchen over"), 0),
    )


def _items(here: str, *names: tuple[str, str, int]) -> list[Item]:
    items = []
    for name, words, count in names:
        if path := link(name):
            exact = name in ("office", "desk")
            room = (path, path.replace("/editions/", "/listings/"))  # a listing is a page of its edition's room
            items.append(Item(path, words, count, here == path if exact else here.startswith(room)))
    return items


@register.simple_tag(takes_context=True)
def desk_unread(context) -> int:
    """How many notices the signed-in person has not read; asked once for a page."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    if not hasattr(request, "unread_notices"):
        request.unread_notices = Notice.objects.on_desk(user).unread().count()
    return request.unread_notices
