"""The clerk's side: what the bureau is asked to look up, and the undertakings of its kitchens."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sunkitchen.core import access
from sunkitchen.core.access import Can, can, require
from sunkitchen.core.workflow import Refused

from ..credentials.models import Credential
from ..establishments.gates import office_only
from . import actions as requirements
from . import holding, own_checks
from .forms import FoundForm, NotFoundForm, ReleaseForm
from .models import OwnCheck, Undertaking

PER_PAGE = 30
SHOWS = ("open", "broken", "kept", "released")


@login_required
def own_check_list(request):
    """Tasks, the one that is due first on top."""
    office_only(request.user, Can.SEE_PAPERS)
    mine = OwnCheck.objects.within(request.user, Can.SEE_PAPERS).select_related("establishment")
    waiting = mine.filter(state=OwnCheck.State.OPEN).order_by("due_on", "pk")
    done = mine.exclude(state=OwnCheck.State.OPEN).order_by("-done_at")[:10]
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "waiting": [_titled(row) for row in page],
        "done": [_titled(row) for row in done],
        "today": timezone.localdate(),
    }
    return render(request, "registry/own_checks.html", context)


@login_required
def own_check(request, pk):
    """One task: what to look for, and what was found. The form is that of the kind of paper in `?kind=`."""
    row = get_object_or_404(OwnCheck.objects.select_related("establishment", "credential", "done_by"), pk=pk)
    _officer(request.user, Can.SEE_PAPERS, row)
    may = row.state == OwnCheck.State.OPEN and can(request.user, Can.REVIEW_PAPERS, row)
    may = may and row.establishment_id not in access.own(request.user)
    kinds = own_checks.papers(row)
    kind = request.GET.get("kind", "")
    kind = kind if kind in dict(kinds) else (kinds[0][0] if kinds else "")
    found, lost, status = None, None, 200
    if request.method == "POST":
        require(request.user, Can.REVIEW_PAPERS, row)
    if may and kind:
        place = row.establishment
        sent = request.POST if request.method == "POST" else None
        is_lost = sent is not None and "not_found" in sent
        first = {
            "holder": place.operator_name,
            "number": place.uscc if kind == Credential.Kind.BUSINESS_LICENCE else "",
        }
        found = FoundForm(None if is_lost else sent, kind=Credential.Kind(kind), initial=first)
        lost = NotFoundForm(sent if is_lost else None, auto_id="id_lost_%s")
        if sent is not None:
            form = lost if is_lost else found
            status = 422
            if form.is_valid():
                try:
                    if is_lost:
                        own_checks.not_found(row, by=request.user, said=lost.cleaned_data["said"])
                    else:
                        said = found.cleaned_data["said"]
                        own_checks.confirm(row, by=request.user, kind=kind, said=said, **found.facts())
                except Refused as error:
                    status = error.said_in(form)
                else:
                    messages.success(request, _("Noted. The kitchen is told."))
                    return redirect("own_checks")
    elif request.method == "POST":
        messages.error(request, _("This was already dealt with, perhaps by a colleague. Look at it again."))
        return redirect("own_check", pk=row.pk)
    registers = holding.registers(row.establishment)
    context = {
        "row": row,
        "place": row.establishment,
        "title": requirements.title_of(row).said(get_language() or ""),
        "kinds": kinds,
        "kind": kind,
        "found": found,
        "lost": lost,
        "may": may,
        "today": timezone.localdate(),
        "papers": row.establishment.credentials.of_kitchen().order_by("-pk")[:10],
        "registers": registers,
    }
    return render(request, "registry/own_check.html", context, status=status)


@login_required
def undertakings(request):
    """What was promised, what was broken: the nearest day first."""
    office_only(request.user, Can.SEE_PAPERS)
    mine = Undertaking.objects.within(request.user, Can.SEE_PAPERS).select_related("establishment")
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    rows = mine.filter(state=show)
    rows = rows.order_by("due_on", "pk") if show == "open" else rows.order_by("-ended_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_titled(row) for row in page],
        "show": show,
        "shows": [(name, Undertaking.State(name).label, mine.filter(state=name).count()) for name in SHOWS],
        "query": f"show={show}",
        "today": timezone.localdate(),
    }
    return render(request, "registry/undertakings.html", context)


@login_required
def undertaking(request, pk):
    """The words as they were signed; the authority may release the operator from them."""
    row = get_object_or_404(Undertaking.objects.select_related("establishment", "signed_by", "ended_by"), pk=pk)
    _officer(request.user, Can.SEE_PAPERS, row)
    may = row.state == Undertaking.State.OPEN and can(request.user, Can.REVIEW_PAPERS, row)
    may = may and row.establishment_id not in access.own(request.user)
    form, status = ReleaseForm(request.POST or None), 200
    if request.method == "POST":
        require(request.user, Can.REVIEW_PAPERS, row)
        status = 422
        if form.is_valid():
            try:
                requirements.release(row, by=request.user, reason=form.cleaned_data["reason"])
            except Refused as error:
                status = error.said_in(form)
            else:
                messages.success(request, _("Released. The kitchen is told."))
                return redirect("undertaking", pk=row.pk)
    context = {
        "row": row,
        "place": row.establishment,
        "title": requirements.title_of(row).said(get_language() or ""),
        "form": form if may else None,
        "today": timezone.localdate(),
    }
    return render(request, "registry/undertaking.html", context, status=status)


def _titled(row):
    return row, requirements.title_of(row).said(get_language() or "")


def _officer(user, capability, row):
    """An office page: the kitchen's own people are strangers to it."""
    if not can(user, Can.SEE_OFFICE, row):
        raise Http404
    require(user, capability, row)
