"""The desk's navigation: what this person may open, with what waits there."""

from dataclasses import dataclass

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from sunkitchen.core.access import Can, grants, may_anywhere
from sunkitchen.registry.models import Credential, Establishment

register = template.Library()


@dataclass(frozen=True)
class Item:
    path: str
    words: str
    count: int
    here: bool


@register.simple_tag(takes_context=True)
def desk_nav(context) -> list[tuple[str, list[Item]]]:
    """Groups of (heading, items) for the signed-in person."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    groups = []
    if may_anywhere(user, Can.SEE_OFFICE):
        waiting = Credential.objects.within(user, Can.REVIEW_PAPERS).waiting().count()
        groups.append(
            (
                _("Office"),
                _items(
                    request.path,
                    ("office", _("Today"), 0),
                    ("papers", _("Review of papers"), waiting),
                    ("office_inspections", _("Inspections"), 0),
                    ("office_editions", _("Red and black lists"), 0),
                    ("office_cameras", _("Cameras"), 0),
                ),
            )
        )
    kitchens = Establishment.objects.filter(pk__in=[g.establishment for g in grants(user) if g.establishment])
    if kitchens or not groups:
        items = _items(request.path, ("desk", _("My kitchens"), 0))
        for place in kitchens.order_by("signboard"):
            path = reverse("kitchen_desk", args=[place.code])
            items.append(Item(path, place.signboard, 0, request.path.startswith(path)))
        items += _items(request.path, ("kitchen_new", _("Register a kitchen"), 0))
        groups.append((_("Kitchens"), items))
    return groups


def _items(here: str, *names: tuple[str, str, int]) -> list[Item]:
    items = []
    for name, words, count in names:
        try:
            path = reverse(name)
        except NoReverseMatch:
            continue  # a room that this installation does not have
        exact = name in ("office", "desk")
        room = (path, path.replace("/editions/", "/listings/"))  # a listing is a page of its edition's room
        items.append(Item(path, words, count, here == path if exact else here.startswith(room)))
    return items
