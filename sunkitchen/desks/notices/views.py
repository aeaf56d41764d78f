"""What a person was told: one page for whoever is signed in, reached from the bell."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from sunkitchen.core import notices as letters
from sunkitchen.core.access import Can
from sunkitchen.core.models import Notice
from sunkitchen.registry.establishments.gates import office_only

PER_PAGE = 20
# The first word of a notice's kind, as people call it.
TOPICS = {
    "credential": _("Papers"),
    "consultation": _("Questions to the bureau"),
    "undertaking": _("Undertakings"),
    "own_check": _("Looked up by the bureau"),
    "certificates": _("Health certificates"),
    "listing": _("Red and black lists"),
    "sample": _("Samples"),
    "reminder": _("Reminders"),
    "recall": _("Recalls"),
    "outbreak": _("Outbreaks"),
    "inspection": _("Inspections"),
    "camera": _("Cameras"),
    "incident": _("Incidents"),
    "clip": _("Video evidence"),
    "videocheck": _("Video checks"),
    "handover": _("Hand-overs"),
    "complaint": _("Complaints and reports"),
    "claim": _("Claims"),
    "membership": _("People"),
    "staff": _("Staff"),
    "photo": _("Photos"),
    "establishment": _("Kitchens"),
    "register": _("Register"),
    "user": _("Your account"),
    "draw": _("Random draws"),
}


@dataclass(frozen=True)
class Topic:
    name: str
    words: object


@login_required
def notices(request):
    return _page(request, "notices")


@login_required
def office_notices(request):
    office_only(request.user, Can.SEE_OFFICE)
    return _page(request, "office_notices")


def _page(request, here):
    rows = Notice.objects.on_desk(request.user)
    kinds = {kind.partition(".")[0] for kind in rows.order_by().values_list("kind", flat=True).distinct()}
    topics = [Topic(name, words) for name, words in TOPICS.items() if name in kinds]
    about, new = request.GET.get("about", ""), request.GET.get("new") == "1"
    if about in TOPICS:
        rows = rows.filter(kind__startswith=f"{about}.")
    if new:
        rows = rows.unread()
    about = about if about in TOPICS else ""
    context = {
        "here": here,
        "query": urlencode({**({"about": about} if about else {}), **({"new": 1} if new else {})}),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "topics": topics if len(topics) > 1 else [],
        "about": about,
        "new": new,
    }
    return render(request, "desks/notices.html", context)


@login_required
@require_POST
def notice_open(request, pk):
    """Read it, and on to what it is about."""
    notice = get_object_or_404(Notice.objects.on_desk(request.user), pk=pk)
    letters.read(by=request.user, notice=notice)
    return redirect(notice.link or "notices")


@login_required
@require_POST
def notices_read(request):
    letters.read(by=request.user)
    return redirect("office_notices" if request.POST.get("here") == "office_notices" else "notices")
