"""What a kitchen puts elsewhere: its badge and its live picture for other sites, its code for menus and doors."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sunkitchen.core import qr
from sunkitchen.core.access import Can, can
from sunkitchen.registry.establishments.gates import establishment_for
from sunkitchen.registry.models import Establishment

FRAME = (480, 360)  # pixels: a 16:9 picture and two lines below it


@dataclass(frozen=True)
class Share:
    """Addresses in the reader's language, and the HTML that another site pastes in."""

    page: str
    badge: str
    frame: str
    badge_html: str
    frame_html: str


def share(place: Establishment) -> Share:
    """Whole addresses (SITE_URL), because another site shows them; every name is escaped in the HTML."""
    page, badge, frame = (
        settings.SITE_URL + reverse(name, args=[place.code]) for name in ("kitchen", "badge", "embed")
    )
    said = _("%(kitchen)s on %(site)s") % {"kitchen": place.signboard, "site": settings.SITE_NAME}
    badge_html = format_html('<a href="{}"><img src="{}" alt="{}" height="24"></a>', page, badge, said)
    width, height = FRAME
    frame_html = format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" allow="autoplay; fullscreen" '
        'style="border:0;max-width:100%"></iframe>',
        *(frame, said, width, height),
    )
    return Share(page, badge, frame, badge_html, frame_html)


def is_public(place: Establishment) -> bool:
    return Establishment.objects.public().filter(pk=place.pk).exists()


@login_required
@require_GET
def kitchen_share(request: HttpRequest, code: str) -> HttpResponse:
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    ours = share(place)
    context: dict[str, Any] = {
        "place": place,
        "share": ours,
        "is_public": is_public(place),
        "code": _code(ours),
        "may_print": can(request.user, Can.PRINT_STICKERS, place),
    }
    return render(request, "desks/share.html", context)


@login_required
@require_GET
def kitchen_qr(request: HttpRequest, code: str) -> HttpResponse:
    """The code alone, as a drawing of any size for whoever lays out a menu."""
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    answer = HttpResponse(_code(share(place)), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="kitchen-{place.code}.svg"'
    return answer


def _code(ours: Share) -> str:
    return mark_safe(qr.svg(ours.page))  # squares that we drew
