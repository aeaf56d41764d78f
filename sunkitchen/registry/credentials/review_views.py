"""The clerk's desk: what waits, a paper beside its fields, approved or returned, and on to the next one.

A decision that review.js sends is answered in JSON (`said`, `next`), any other by a redirect to the next paper.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sunkitchen.core.access import Can, can, may_anywhere, require
from sunkitchen.core.workflow import Refused

from ..establishments.gates import office_only
from . import actions as credentials
from . import compared, four_eyes, guards, on_desk, promise, queue, timeline, twins
from .beside import page_numbers, picture_of
from .forms import SeenForm
from .models import Credential
from .review_forms import QueueForm, ReturnForm

PAGE = 50


@login_required
@require_GET
def papers(request):
    office_only(request.user, Can.SEE_PAPERS)
    at = timezone.now()
    counts = queue.counts(request.user, at)
    form = QueueForm(request.GET or None, within=counts.divisions)
    wish = wish_of(form)
    found = queue.rows(request.user, wish, at)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    decided = Credential.objects.within(request.user, Can.SEE_PAPERS).exclude(reviewed_at=None)
    may_review = may_anywhere(request.user, Can.REVIEW_PAPERS)
    context = {
        "page": page,
        "waiting": queue.shown(queue.page(page.object_list), request.user, at),
        "counts": counts,
        "cut": queue.MOST_LOOKED if queue.is_cut(found, wish, request.user, at) else 0,
        "form": form,
        "wished": wish != queue.Wish(),
        "query": query_of(wish),
        "figure": promise.lately(request.user, at, settings.REVIEW_WORKDAYS),
        "promised": settings.REVIEW_WORKDAYS,
        "decided": decided.select_related("establishment", "staff_member").order_by("-reviewed_at")[:5],
        "may_review": may_review,
        "unchanged": may_review and counts.renewals,
        "may_arrange": may_anywhere(request.user, Can.ARRANGE_REVIEW),
    }
    return render(request, "registry/papers.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def review(request, pk):
    """`?ahead=1` is how the page before has it ready: nobody looks at it yet, so nothing is said of it."""
    row = officers_row(request, pk, Can.SEE_PAPERS)
    if "ahead" not in request.GET and can(request.user, Can.REVIEW_PAPERS, row):
        begin(row, request.user)
    return render_review(request, row)


@login_required
@require_POST
def review_open(request, pk):
    """What was ready ahead is on the screen now."""
    row = officers_row(request, pk, Can.REVIEW_PAPERS)
    begin(row, request.user)
    colleague = on_desk.colleague(row, request.user, timezone.now())
    return JsonResponse({"colleague": str(colleague.by) if colleague else ""})


@login_required
@require_POST
def review_approve(request, pk):
    row = officers_row(request, pk, Can.REVIEW_PAPERS)
    form = SeenForm(request.POST)
    if form.is_valid():
        try:
            is_in_force = credentials.approve(row, by=request.user, seen=form.cleaned_data["seen"])
        except Refused as error:
            return render_review(request, row, error.said_in(form), approve=form)
        said = _("%(paper)s is in force.") if is_in_force else _("%(paper)s waits for a second officer now.")
        return onwards(request, row, said % {"paper": row})
    return render_review(request, row, 422, approve=form)


@login_required
@require_POST
def review_return(request, pk):
    row = officers_row(request, pk, Can.REVIEW_PAPERS)
    form = ReturnForm(request.POST, kind=row.kind)
    if form.is_valid():
        reason = form.reason(row.submitted_by.language if row.submitted_by else "")
        try:
            credentials.send_back(row, by=request.user, reason=reason, seen=form.cleaned_data["seen"])
        except Refused as error:
            return render_review(request, row, error.said_in(form), back=form)
        return onwards(request, row, _("%(paper)s is returned; the owner is told why.") % {"paper": row})
    return render_review(request, row, 422, back=form)


@login_required
@require_POST
def review_skip(request, pk):
    """Left for later, or for a colleague."""
    return onwards(request, officers_row(request, pk, Can.REVIEW_PAPERS), "")


def officers_row(request, pk, capability):
    rows = Credential.objects.select_related("establishment", "staff_member", "submitted_by", "renews", "endorsed_by")
    row = get_object_or_404(compared.with_pictures(rows), pk=pk)
    require_officer(request.user, capability, row)
    return row


def begin(row, user):
    """The owner sees that it is looked at, and colleagues see by whom."""
    if row.state == Credential.State.SUBMITTED and not guards.own(row, user):
        credentials.take_up(row, by=user)
        on_desk.lay(row, by=user, at=timezone.now())


def render_review(request, row, status=200, approve=None, back=None):
    row = officers_row(request, row.pk, Can.SEE_PAPERS)
    at, older = timezone.now(), older_of(row)
    wish = wish_of(QueueForm(request.GET))
    waits = row.state == Credential.State.SUBMITTED
    may_review = waits and can(request.user, Can.REVIEW_PAPERS, row) and not guards.own(row, request.user)
    following = queue.following(request.user, wish, at, row) if may_review else None
    lines = compared.lines(row, older)
    alike = twins.of([row], request.user)[row.pk]
    found = alike.twins
    context = {
        "paper": row,
        "place": row.establishment,
        "member": row.staff_member,
        "is_held": row.source == Credential.Source.REGISTER,
        "standing": row.standing(timezone.localdate(at)),
        "lines": lines,
        "moved": compared.moved(lines),
        "read": compared.seen(row).state,
        "sheets": sheets(page_numbers(row), lines),
        "may_see": can(request.user, picture_of(row), row),
        "twins": found,
        "uncompared": alike.uncompared,
        "doubtful": bool(found) or any(line.doubtful for line in lines),
        "older": older,
        "older_sheets": sheets(page_numbers(older)) if older else [],
        "stops": timeline.stops(row),
        "approve": approve or SeenForm(),
        "back": back or ReturnForm(kind=row.kind),
        "may_review": may_review,
        "is_own": waits and guards.own(row, request.user),
        "is_endorsed": waits and row.endorsed_by_id == request.user.pk,
        "needs_second": waits and row.endorsed_by_id is None and four_eyes.wanted(row),
        "colleague": on_desk.colleague(row, request.user, at) if waits else None,
        "next": address(following, wish) if following else "",
        "query": query_of(wish),
        "written_in": row.submitted_by.language if row.submitted_by else "",
    }
    return render(request, "registry/review.html", context, status=status)


def sheets(pages, lines=()):
    """Each page, with the fields that were read on it and where."""
    return [
        {"number": number, "lines": [one for one in lines if one.read and one.read.points and one.read.page == number]}
        for number in pages
    ]


def older_of(row):
    """The paper of the same kind, and person, that it would follow."""
    if row.renews_id:
        older = row.renews
    else:
        rows = row.establishment.credentials.filter(kind=row.kind, staff_member=row.staff_member_id, state="in_force")
        older = rows.exclude(pk=row.pk).order_by("-valid_from").first()
    return older


def onwards(request, row, said):
    """To the next one that was wished for and nobody has open; to the queue when that was the last."""
    on_desk.clear(row, by=request.user)
    wish = wish_of(QueueForm(request.GET))
    following = queue.following(request.user, wish, timezone.now(), row)
    target = address(following, wish) if following else with_query(reverse("papers"), wish)
    if request.headers.get("Accept") == "application/json":
        waiting = Credential.objects.within(request.user, Can.REVIEW_PAPERS).waiting().count()
        answer = {"said": said, "next": target, "is_paper": following is not None, "waiting": waiting}
        return JsonResponse(answer)
    if said:
        messages.success(request, said)
    return redirect(target)


def wish_of(form):
    if not form.is_bound or not form.is_valid():
        return queue.Wish()
    return queue.Wish(**{name: form.cleaned_data[name] for name in queue.Wish.__dataclass_fields__})


def query_of(wish):
    values = {name: getattr(wish, name) for name in queue.Wish.__dataclass_fields__}
    return urlencode({name: "on" if value is True else value for name, value in values.items() if value})


def with_query(path, wish):
    query = query_of(wish)
    return f"{path}?{query}" if query else path


def address(row, wish):
    return with_query(reverse("review", args=[row.pk]), wish)


def require_officer(user, capability, row):
    """An office page: the kitchen's own people are strangers to it."""
    if not can(user, Can.SEE_OFFICE, row):
        raise Http404
    require(user, capability, row)
