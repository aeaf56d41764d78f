"""What may be wrong with pictures: the kitchen's own page, where it answers, and the office's."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from sunkitchen.core.access import Can, can
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import establishment_for, office_only
from sunkitchen.registry.models import Establishment

from . import actions
from .forms import AnswerForm
from .models import Incident

PER_PAGE = 20
SHOWS = {
    "open": gettext_lazy("Not over yet"),
    "unanswered": gettext_lazy("Without an answer"),
    "all": gettext_lazy("All"),
}


@login_required
@require_GET
def incidents(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, establishment_for(request.user, code, Can.SEE_KITCHEN))


def _page(
    request: HttpRequest, place: Establishment, *, status: int = 200, refused: int = 0, form: AnswerForm | None = None
) -> HttpResponse:
    rows = Incident.objects.filter(camera__establishment=place).described()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    may = can(request.user, Can.ANSWER_INCIDENT, place)
    context = {
        "place": place,
        "page": page,
        "rows": [
            (row, (form if row.pk == refused else AnswerForm(auto_id=f"answer-{row.pk}-%s")) if may else None)
            for row in page.object_list
        ],
    }
    return render(request, "streams/incidents.html", context, status=status)


def _incident(request: HttpRequest, code: str, pk: int, capability: Can) -> Incident:
    place = establishment_for(request.user, code, capability)
    return get_object_or_404(Incident.objects.select_related("camera"), pk=pk, camera__establishment=place)


@login_required
@require_POST
def incident_answer(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    row = _incident(request, code, pk, Can.ANSWER_INCIDENT)
    form = AnswerForm(request.POST, auto_id=f"answer-{row.pk}-%s")
    status = 422
    if form.is_valid():
        try:
            actions.answer(row, by=request.user, text=form.cleaned_data["text"], at=timezone.now())
        except Refused as refusal:
            status = refusal.said_in(form)
        else:
            messages.success(request, _("Noted. The authority reads it with the picture."))
            return redirect("incidents", code=code)
    return _page(request, row.camera.establishment, status=status, refused=row.pk, form=form)


@login_required
@require_GET
def incident_picture(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The picture of that moment."""
    row = _incident(request, code, pk, Can.SEE_KITCHEN)
    if not row.picture:
        raise Http404
    response = HttpResponse(bytes(row.picture), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response


@login_required
@require_GET
def office_incidents(request: HttpRequest) -> HttpResponse:
    """Those of the officer's division, the newest first: ?show=open (as without), unanswered, all; ?kind=."""
    office_only(request.user, Can.SEE_OFFICE)
    show = request.GET.get("show") if request.GET.get("show") in SHOWS else "open"
    kind = request.GET.get("kind") if request.GET.get("kind") in Incident.Kind.values else ""
    rows = Incident.objects.within(request.user, Can.SEE_OFFICE)
    if show == "open":
        rows = rows.open()
    elif show == "unanswered":
        rows = rows.filter(answered_at=None)
    if kind:
        rows = rows.filter(kind=kind)
    context = {
        "page": Paginator(rows.described(), PER_PAGE).get_page(request.GET.get("page")),
        "show": show,
        "shows": SHOWS.items(),
        "kind": kind,
        "kinds": Incident.Kind.choices,
        "query": f"show={show}" + (f"&kind={kind}" if kind else ""),
    }
    return render(request, "streams/office_incidents.html", context)
