"""The office's pages about recalled goods: which kitchens received them, telling them all, and what they answered."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.accounts.models import Authority
from sunkitchen.core.access import Can, can, require
from sunkitchen.core.spreadsheet import csv_bytes
from sunkitchen.core.workflow import Refused

from ..establishments.gates import office_only
from ..establishments.models import Establishment
from ..memberships.models import Membership
from . import recalls, tracks
from .models import Recall, RecallNotice
from .recall_forms import IssueForm, QuestionForm

KITCHENS = 25  # of one page of what was found
PER_PAGE = 50
SHOWS = ("silent", "answered", "all")


@login_required
def recall_search(request):
    """Which kitchens received it; without a question, the recalls that run."""
    office_only(request.user, Can.TRACE_GOODS)
    asked = bool(request.GET.keys() - {"page"})
    form = QuestionForm(request.GET if asked else None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if form.is_valid():
        rows = _lines(request.user, form)
        found = tracks.found(rows)
        page = Paginator(found.kitchens, KITCHENS).get_page(request.GET.get("page"))
        context |= {
            "found": found,
            "amounts": [(tracks.amount(much), unit) for unit, much in found.amounts[:6]],
            "page": page,
            "received": tracks.received(rows, list(page.object_list)),
            "query": _query(request),
        }
    elif asked:
        status = 422
    else:
        issued = Recall.objects.within(request.user, Can.TRACE_GOODS).select_related("authority", "issued_by")
        running = issued.filter(ended_at=None).annotate(
            told=Count("notices"), answered=Count("notices", filter=~Q(notices__answer=""))
        )
        context["running"] = [(row, row.told, row.answered) for row in running.order_by("-pk")[:PER_PAGE]]
        context["ended"] = issued.exclude(ended_at=None).order_by("-pk")[:20]
    return render(request, "registry/recall_search.html", context, status=status)


@login_required
def recall_csv(request):
    """All that was found, one row a line."""
    office_only(request.user, Can.TRACE_GOODS)
    form = QuestionForm(request.GET)
    if not form.is_valid():
        return render(request, "registry/recall_search.html", {"form": form}, status=422)
    return _csv("recall.csv", *tracks.table(_lines(request.user, form)))


@login_required
def recall_issue(request):
    """What every kitchen found will be told, looked at once more before it is sent."""
    office_only(request.user, Can.TRACE_GOODS)
    asked = QuestionForm(request.GET)
    if not asked.is_valid():
        return render(request, "registry/recall_search.html", {"form": asked}, status=422)
    bureaus = [row for row in Authority.objects.order_by("pk") if can(request.user, Can.TRACE_GOODS, row)]
    form = IssueForm(request.POST or None, authorities=bureaus)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            row = recalls.issue(
                form.authority(),
                by=request.user,
                question=asked.question(),
                says=form.cleaned_data["says"],
                document_number=form.cleaned_data["document_number"],
                form=form.cleaned_data["form"],
            )
        except recalls.AlreadyIssued as error:
            return redirect("recall", pk=error.recall.pk)
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("The recall is out: every kitchen that received the goods is told."))
            return redirect("recall", pk=row.pk)
    found = tracks.found(_lines(request.user, asked, voided=False))
    context = {
        "form": form,
        "asked": asked,
        "question": asked.question(),
        "found": found,
        "silent": _unreached(found.kitchens),
        "query": _query(request),
    }
    return render(request, "registry/recall_issue.html", context, status=status)


@login_required
def recall(request, pk):
    """One recall: who has not answered, and what the others said."""
    row = _recall_for(request.user, pk)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "silent"
    told, answered = _counts(row)
    rows = row.notices.select_related("establishment", "delivery__supplier", "answered_by").order_by("-told_at", "pk")
    if show != "all":
        rows = rows.filter(answer="") if show == "silent" else rows.exclude(answer="")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    places = [notice.establishment_id for notice in page.object_list]
    reached = set(
        Membership.objects.filter(establishment__in=places, ended_at=None).values_list("establishment_id", flat=True)
    )
    by_answer = dict.fromkeys(RecallNotice.Answer.values, 0)
    for answer in row.notices.exclude(answer="").values_list("answer", flat=True):
        by_answer[answer] += 1
    context = {
        "row": row,
        "told": told,
        "answered": answered,
        "silent": told - answered,
        "answers": [(RecallNotice.Answer(name).label, count) for name, count in by_answer.items()],
        "page": page,
        "notices": [(notice, notice.establishment_id in reached) for notice in page.object_list],
        "show": show,
        "shows": [
            ("silent", _("Not answered"), told - answered),
            ("answered", _("Answered"), answered),
            ("all", _("All"), told),
        ],
        "query": urlencode({"show": show}),
    }
    return render(request, "registry/recall.html", context)


@login_required
@require_POST
def recall_end(request, pk):
    row = _recall_for(request.user, pk)
    try:
        recalls.end(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The recall is over: nobody is asked any more."))
    return redirect("recall", pk=row.pk)


@login_required
def recall_answers(request, pk):
    """Every kitchen with what it answered, for a spreadsheet."""
    row = _recall_for(request.user, pk)
    headings = [
        *(_("Kitchen"), _("Operator"), _("Address"), _("Code"), _("Told at"), _("Last delivery")),
        *(_("Its answer"), _("Note"), _("Answered at"), _("Answered by")),
    ]
    rows = row.notices.select_related("establishment", "delivery", "answered_by").order_by("pk")
    cells = (
        [
            *(one.establishment.signboard, one.establishment.operator_name, one.establishment.address),
            *(one.establishment.code, tracks.moment(one.told_at), one.delivery.received_on if one.delivery else ""),
            *(one.get_answer_display(), one.note, tracks.moment(one.answered_at), one.answered_by or ""),
        ]
        for one in rows.iterator(chunk_size=1000)
    )
    return _csv(f"recall-{row.pk}.csv", headings, cells)


def _recall_for(user, pk):
    office_only(user, Can.SEE_OFFICE)
    row = get_object_or_404(Recall.objects.select_related("authority", "issued_by"), pk=pk)
    require(user, Can.TRACE_GOODS, row)
    return row


def _lines(user, form, voided=None):
    places = Establishment.objects.within(user, Can.TRACE_GOODS)
    shown = form.cleaned_data["voided"] if voided is None else voided
    return tracks.lines(form.question(), places, voided=shown)


def _counts(row):
    """How many kitchens were told, and how many answered."""
    return row.notices.count(), row.notices.exclude(answer="").count()


def _unreached(kitchens):
    """How many of them nobody acts for here: they are to be called."""
    people = Membership.objects.filter(ended_at=None).values_list("establishment_id", flat=True).distinct()
    return len(set(kitchens) - set(people))


def _query(request):
    return urlencode([(name, value) for name, value in request.GET.items() if name != "page" and value])


def _csv(name, headings, rows):
    response = HttpResponse(csv_bytes(headings, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
