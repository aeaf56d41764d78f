"""A table of people or deliveries on its way in: the template, the file, the report, the good lines entered."""

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from sunkitchen.core.spreadsheet import csv_bytes
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for
from . import actions, sorts, words
from .forms import TableForm
from .models import TableImport

PER_PAGE = 100


@login_required
def tables(request, code, sort):
    """What such a table looks like, the form to bring one, and those that were brought."""
    kind, place = _sort_for(request, code, sort)
    form = TableForm(request.POST or None, request.FILES or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            row = actions.check(
                place,
                by=request.user,
                sort=kind.name,
                upload=form.cleaned_data["file"],
                form=form.cleaned_data["form"],
            )
        except Refused as error:
            form.add_error("file", str(error))
            status = error.status
        else:
            return redirect("table_report", code=code, sort=sort, pk=row.pk)
    rows = place.table_imports.filter(sort=kind.name).select_related("brought_by").order_by("-pk")
    context = {
        "place": place,
        "sort": kind,
        "form": form,
        "label": TableImport.Sort(kind.name).label,
        "page": Paginator(rows, 20).get_page(request.GET.get("page")),
        "required": [[words.heading(kind, column) for column in group] for group in kind.headings.required],
        "columns": [(words.heading(kind, column), kind.example.get(column, "")) for column in kind.columns],
    }
    return render(request, "registry/tables.html", context, status=status)


@login_required
@require_GET
def table_template(request, code, sort):
    """A file with the headings and one example line, to fill in."""
    kind, _place = _sort_for(request, code, sort)
    example = [kind.example.get(column, "") for column in kind.columns]
    body = csv_bytes(kind.headings.said(kind.columns), [example])
    return _csv(body, f"{TableImport.Sort(kind.name).label}.csv")


@login_required
@require_GET
def table_report(request, code, sort, pk):
    """Line by line: what is refused and why, and what the others would enter."""
    kind, row = _table_for(request, code, sort, pk)
    good, refused = actions.lines_of(row, good=True), actions.lines_of(row, good=False)
    page = Paginator(good, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "place": row.establishment,
        "sort": kind,
        "row": row,
        "label": row.get_sort_display(),
        "refused": [(line, words.reasons(kind, line.why)) for line in refused[:PER_PAGE]],
        "unshown": max(0, len(refused) - PER_PAGE),
        "refused_columns": [(column, words.heading(kind, column)) for column in kind.columns],
        "page": page,
        "good": [(line.number, kind.show(line.facts), words.reasons(kind, line.notes)) for line in page.object_list],
        "sums_up": kind.sums_up([line.facts for line in good]) if good else "",
        "waits": row.state == TableImport.State.CHECKED,
        "forgotten": bool(row.good + row.refused) and not row.lines and row.state != TableImport.State.LANDED,
    }
    return render(request, "registry/table_report.html", context)


@login_required
@require_POST
def table_land(request, code, sort, pk):
    kind, row = _table_for(request, code, sort, pk)
    try:
        actions.land(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("table_report", code=code, sort=sort, pk=pk)
    said = ngettext("%(n)s line is entered.", "%(n)s lines are entered.", row.good) % {"n": row.good}
    messages.success(request, said)
    if row.refused:
        return redirect("table_report", code=code, sort=sort, pk=pk)
    return redirect(kind.back, code=code)


@login_required
@require_POST
def table_drop(request, code, sort, pk):
    _kind, row = _table_for(request, code, sort, pk)
    try:
        actions.drop(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("table_report", code=code, sort=sort, pk=pk)
    messages.success(request, _("The table is taken back. Nothing of it was entered."))
    return redirect("tables", code=code, sort=sort)


@login_required
@require_GET
def table_refused(request, code, sort, pk):
    """The refused lines with the reasons beside them, to correct and bring again."""
    kind, row = _table_for(request, code, sort, pk)
    headings = [*kind.headings.said(kind.columns), _("Why it was refused")]
    body = csv_bytes(headings, words.to_correct(kind, actions.lines_of(row, good=False)))
    return _csv(body, f"{row.get_sort_display()}-{row.pk}.csv")


def _sort_for(request, code, name):
    try:
        kind = sorts.of(name)
    except KeyError:
        raise Http404 from None
    return kind, establishment_for(request.user, code, kind.capability)


def _table_for(request, code, name, pk):
    kind, place = _sort_for(request, code, name)
    row = get_object_or_404(place.table_imports.select_related("brought_by"), sort=kind.name, pk=pk)
    row.establishment = place
    return kind, row


def _csv(body, name):
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
