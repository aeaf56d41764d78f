from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.core import notices as letters
from sunkitchen.core.access import Can, may_anywhere, require
from sunkitchen.core.models import AuditEntry, Notice
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import office_only
from sunkitchen.registry.models import Establishment

from ..links import link
from . import figures_page, trail
from . import kitchens as of
from .forms import TrailForm
from .home import MOST, morning
from .unreached import unreached

PER_PAGE = 50


@login_required
def office(request):
    office_only(request.user, Can.SEE_OFFICE)
    context = {
        "morning": morning(request.user, timezone.now()),
        "most": MOST,
        "may_serve": may_anywhere(request.user, Can.SERVE_NOTICE),
        "register": link("register_imports") if may_anywhere(request.user, Can.IMPORT_REGISTER) else "",
    }
    return render(request, "desks/office.html", context)


@login_required
def figures(request):
    """The area in figures: scores, inspectors, districts, live pictures."""
    office_only(request.user, Can.SEE_OFFICE)
    return render(request, "desks/office_figures.html", figures_page.of(request.user, timezone.now()))


@login_required
def kitchens(request):
    """Every kitchen within reach, by what there is to know of it."""
    office_only(request.user, Can.SEE_OFFICE)
    show = request.GET.get("show", "all")
    show = show if show in of.SHOWS else "all"
    words = request.GET.get("q", "").strip()[:60]
    rows = of.shown(Establishment.objects.within(request.user, Can.SEE_OFFICE), show, words, timezone.now())
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "shows": [(name, label) for name, (label, _words) in of.SHOWS.items()],
        "show": show,
        "words": words,
        "query": urlencode({"show": show, **({"q": words} if words else {})}),
    }
    return render(request, "desks/office_kitchens.html", context)


@login_required
def audit(request):
    """The trail of what happened within reach, the newest first; older pages begin where the last one ended."""
    office_only(request.user, Can.SEE_AUDIT)
    form = TrailForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = trail.found(AuditEntry.objects.within(request.user, Can.SEE_AUDIT), **wanted)
    rows = list(found[: PER_PAGE + 1])  # one more than is shown tells whether there are older ones
    older = rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None
    kept = {name: value for name, value in request.GET.items() if name in form.fields and name != "before" and value}
    context = {
        "form": form,
        "entries": [(entry, trail.deed(entry.verb), trail.told(entry.detail)) for entry in rows[:PER_PAGE]],
        "older": urlencode({**kept, "before": older}) if older else "",
        "is_later": bool(wanted.get("before")),
        "newest": urlencode(kept),
    }
    return render(request, "desks/audit.html", context, status=200 if form.is_valid() else 422)


@login_required
def undelivered(request):
    """Everything that reached nobody."""
    office_only(request.user, Can.SEE_OFFICE)
    rows = Notice.objects.within(request.user, Can.SEE_OFFICE).given_up().order_by("-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": unreached(page.object_list),
        "may_serve": may_anywhere(request.user, Can.SERVE_NOTICE),
    }
    return render(request, "desks/undelivered.html", context)


@login_required
@require_POST
def notice_resend(request, pk):
    return _settled(request, pk, letters.resend, _("It is being sent again."))


@login_required
@require_POST
def notice_by_hand(request, pk):
    return _settled(request, pk, letters.delivered_by_hand, _("Noted: it was delivered by hand."))


def _settled(request, pk, act, said):
    office_only(request.user, Can.SEE_OFFICE)  # what a kitchen's people were sent is the office's matter alone
    notice = get_object_or_404(Notice, pk=pk)
    require(request.user, Can.SERVE_NOTICE, notice)
    try:
        act(notice, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("office_undelivered")
