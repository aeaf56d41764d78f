from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sunkitchen.accounts.models import Authority
from sunkitchen.core.access import Can, can, require
from sunkitchen.core.spreadsheet import csv_bytes
from sunkitchen.core.workflow import Refused

from ..establishments.gates import office_only
from . import actions as registers
from . import columns, tasks, words
from .forms import BringForm
from .models import RegisterImport, RegisterLine

PER_PAGE = 100
FILTERS = ["all", *RegisterLine.Outcome.values]


@login_required
def imports(request):
    """The files that were brought, and a form to bring the next."""
    office_only(request.user, Can.IMPORT_REGISTER)
    bureaus = [row for row in Authority.objects.order_by("pk") if can(request.user, Can.IMPORT_REGISTER, row)]
    form = BringForm(request.POST or None, request.FILES or None, authorities=bureaus)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            row = registers.bring(form.authority(), by=request.user, upload=form.cleaned_data["file"])
        except Refused as error:
            form.add_error("file", str(error))
            status = error.status
        else:
            tasks.wake()
            messages.success(request, _("The file is here and is being read."))
            return redirect("register_import", pk=row.pk)
    rows = RegisterImport.objects.within(request.user, Can.IMPORT_REGISTER).select_related("authority", "brought_by")
    context = {
        "form": form,
        "page": Paginator(rows.order_by("-pk"), 20).get_page(request.GET.get("page")),
        "required": [columns.HEADINGS[group[0]][0] for group in columns.REQUIRED],
    }
    return render(request, "registry/register.html", context, status=status)


@login_required
def register_import(request, pk):
    """How far it is, what came of it, and its lines."""
    row = _import_for(request.user, pk)
    show = request.GET.get("show", "all")
    show = show if show in FILTERS else "all"
    page = Paginator(_lines(row, show), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "row": row,
        "failure": words.failure(row.failure),
        "page": page,
        "lines": [(line, words.reasons(line.why)) for line in page.object_list],
        "show": show,
        "shows": [
            ("all", _("All"), row.created + row.updated + row.unchanged + row.refused),
            *((value, label, getattr(row, value)) for value, label in RegisterLine.Outcome.choices),
        ],
        "query": f"show={show}",
    }
    response = render(request, "registry/register_import.html", context)
    if row.state in (RegisterImport.State.WAITING, RegisterImport.State.RUNNING):
        response["Refresh"] = "3"  # without JavaScript too
    return response


@login_required
def register_report(request, pk):
    """Every line with what became of it, for a spreadsheet."""
    row = _import_for(request.user, pk)
    headings = [_("Line"), _("Outcome"), _("Number"), _("Name"), _("Why")]
    lines = (
        [line.number, line.get_outcome_display(), line.permit, line.name, " ".join(words.reasons(line.why))]
        for line in _lines(row, request.GET.get("show", "all")).iterator(chunk_size=2000)
    )
    return _csv(csv_bytes(headings, lines), f"register-{row.pk}.csv")


@login_required
def register_template(request):
    """A file with the headings, to fill in."""
    office_only(request.user, Can.IMPORT_REGISTER)
    headings, example = columns.template()
    return _csv(csv_bytes(headings, [example]), "许可登记模板.csv")


def _import_for(user, pk):
    office_only(user, Can.SEE_OFFICE)
    row = get_object_or_404(RegisterImport.objects.select_related("authority", "brought_by"), pk=pk)
    require(user, Can.IMPORT_REGISTER, row)
    return row


def _lines(row, show):
    rows = row.lines.select_related("establishment")
    return rows.filter(outcome=show) if show in RegisterLine.Outcome.values else rows


def _csv(body, name):
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
