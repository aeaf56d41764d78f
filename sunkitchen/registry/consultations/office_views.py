"""The bureau's side: the queue, the chat with what is asked about beside it, prepared answers, office hours."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.accounts.models import Authority
from sunkitchen.core.access import Can, can, reach, require
from sunkitchen.core.workflow import Refused

from ..credentials.beside import beside, page_numbers, picture_of
from ..establishments.gates import office_only
from . import actions as consultations
from . import answering, arranging, letters, office_time
from .forms import AnswerForm, CannedForm, CloseForm, HandOverForm, HoursForm, PrecheckForm
from .gates import Side, office_talk_of
from .models import CannedAnswer, Consultation, OfficeHours
from .views import PER_PAGE, chat, sent, tray_of

SHOWS = ["waiting", "mine", "unassigned", "closed", "all"]
State = Consultation.State


@login_required
def office_talks(request):
    office_only(request.user, Can.REVIEW_PAPERS)
    everything = Consultation.objects.for_clerk(request.user)
    show = request.GET.get("show", "waiting")
    show = show if show in SHOWS else "waiting"
    rows = _shown(everything, show, request.user).with_news(request.user, Side.BUREAU)
    rows = rows.select_related("authority", "establishment", "asker", "clerk", "credential")
    now = timezone.now()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, _waits(row, now)) for row in page],
        "show": show,
        "query": f"show={show}",
        "counts": [(name, _shown(everything, name, request.user).count()) for name in SHOWS[:3]],
        "bureaus": [answering.of(row, now, get_language()) for row in _bureaus(request.user)[:3]],
    }
    return render(request, "registry/office_talks.html", context)


def _shown(rows, show, person):
    still = ~Q(state=State.CLOSED)
    if show == "waiting":
        return rows.waiting()
    if show == "mine":
        return rows.filter(still, clerk=person).order_by("-state", "waiting_since", "-last_at")
    if show == "unassigned":
        return rows.filter(still, clerk=None).order_by("waiting_since", "pk")
    if show == "closed":
        return rows.filter(state=State.CLOSED).order_by("-closed_at")
    return rows.order_by("-last_at", "-pk")


def _waits(row, now):
    """Office minutes since the question; None where nobody waits."""
    return answering.waited(row.authority, row.waiting_since, now) if row.waiting_since else None


@login_required
def office_talk(request, code):
    row = office_talk_of(request.user, code)
    tray = tray_of(request)
    form, status = AnswerForm(tray.data), 200
    tray.offer(form)
    if request.method == "POST":

        def say(said):
            return consultations.answer(row, by=request.user, canned=form.cleaned_data["canned"], **said)

        answer, status = sent(request, form, tray, say)
        if answer:
            return answer
    return _page(request, row, status, form=form, tray=tray)


def _page(request, row, status=200, **forms):
    row = office_talk_of(request.user, row.code)  # as it is now
    paper, now = row.credential, timezone.now()
    tray, form = forms.get("tray") or tray_of(request), forms.get("form") or AnswerForm()
    tray.offer(form)
    context = chat(request, row, Side.BUREAU, tray)
    context |= {
        "form": form,
        "waits": _waits(row, now),
        "place": row.establishment,
        "paper": paper,
        "canned": CannedAnswer.objects.filter(authority=row.authority)[: arranging.MOST_ANSWERS],
        "hand_over": forms.get("hand_over") or HandOverForm(colleagues=letters.clerks(row).exclude(pk=row.clerk_id)),
        "closing": forms.get("closing") or CloseForm(),
        "may_write": row.state != State.CLOSED,
        "others": Consultation.objects.for_clerk(request.user)
        .filter(asker=row.asker_id)
        .exclude(pk=row.pk)
        .order_by("-last_at")[:5],
    }
    if paper:
        context |= {
            "fields": beside(paper),
            "pages": page_numbers(paper),
            "may_see": can(request.user, picture_of(paper), paper),
            "is_beforehand": paper.state in consultations.BEFOREHAND,
            "precheck": forms.get("precheck") or PrecheckForm(),
        }
    return render(request, "registry/office_talk.html", context, status=status)


@login_required
@require_POST
def talk_take(request, code):
    row = office_talk_of(request.user, code)
    try:
        consultations.take(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("office_talk", row.code)


@login_required
@require_POST
def talk_hand_over(request, code):
    row = office_talk_of(request.user, code)
    form, status = HandOverForm(request.POST, colleagues=letters.clerks(row)), 422
    if form.is_valid():
        try:
            consultations.hand_over(row, by=request.user, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Handed over to %(name)s.") % {"name": form.cleaned_data["to"]})
            return redirect("office_talks")
    return _page(request, row, status, hand_over=form)


@login_required
@require_POST
def talk_close(request, code):
    row = office_talk_of(request.user, code)
    form, status = CloseForm(request.POST), 422
    if form.is_valid():
        try:
            consultations.close(row, by=request.user, reason=form.reason())
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Closed. The asker's next message opens it again."))
            return redirect("office_talks")
    return _page(request, row, status, closing=form)


@login_required
@require_POST
def talk_precheck(request, code):
    row = office_talk_of(request.user, code)
    form, status = PrecheckForm(request.POST), 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            consultations.precheck(
                row, by=request.user, fine=given["outcome"] == "fine", text=form.text(), form=given["form"]
            )
        except Refused as error:
            status = error.said_in(form)
        else:
            return redirect("office_talk", row.code)
    return _page(request, row, status, precheck=form)


# ── what the bureau arranges ────────────────────────────────────────────────────────────────────────────────
def _bureaus(user):
    """Authorities for which the person answers."""
    where = Q(pk__in=[])
    for prefix in reach(user, Can.REVIEW_PAPERS)[1]:
        where |= Q(division__startswith=prefix)
    return Authority.objects.filter(where).order_by("division")


@login_required
def canned_answers(request):
    office_only(request.user, Can.REVIEW_PAPERS)
    bureaus = _bureaus(request.user)
    form, status = CannedForm(request.POST or None, authorities=bureaus), 422 if request.method == "POST" else 200
    if form.is_valid():
        try:
            arranging.write_answer(by=request.user, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Kept."))
            return redirect("canned_answers")
    rows = CannedAnswer.objects.within(request.user, Can.REVIEW_PAPERS).select_related("authority", "written_by")
    context = {"form": form, "rows": rows, "bureaus": bureaus, "are_many": len(bureaus) > 1}
    return render(request, "registry/talk_answers.html", context, status=status)


@login_required
def canned_answer(request, pk):
    row = get_object_or_404(CannedAnswer.objects.select_related("authority"), pk=pk)
    _for_office(request.user, row)
    form, status = CannedForm(request.POST or None, instance=row, authorities=_bureaus(request.user)), 200
    if request.method == "POST":
        status = 422
        if "drop" in request.POST:
            arranging.drop_answer(row, by=request.user)
            messages.success(request, _("Removed."))
            return redirect("canned_answers")
    if form.is_valid():
        try:
            arranging.write_answer(row.authority, by=request.user, row=row, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Kept."))
            return redirect("canned_answers")
    return render(request, "registry/talk_answer.html", {"form": form, "row": row}, status=status)


@login_required
def talk_hours(request, authority):
    bureau = get_object_or_404(Authority, slug=authority)
    _for_office(request.user, bureau, arranging.keeps_hours(request.user, bureau))
    row = OfficeHours.objects.filter(authority=bureau).first()
    form, status = HoursForm(request.POST or None, week=row.hours if row else office_time.USUAL), 200
    if request.method == "POST":
        # A form of seven empty lines is one, too: never open.
        form, status = HoursForm(request.POST, week=office_time.USUAL), 422
    if form.is_valid():
        arranging.keep_hours(bureau, by=request.user, week=form.week())
        messages.success(request, _("Kept."))
        return redirect("talk_hours", bureau.slug)
    context = {
        "bureau": bureau,
        "form": form,
        "now": answering.of(bureau, timezone.now(), get_language()),
        "answers_questions": can(request.user, Can.REVIEW_PAPERS, bureau),
    }
    return render(request, "registry/talk_hours.html", context, status=status)


def _for_office(user, row, capability=Can.REVIEW_PAPERS):
    if not can(user, Can.SEE_OFFICE, row):
        raise Http404
    require(user, capability, row)
