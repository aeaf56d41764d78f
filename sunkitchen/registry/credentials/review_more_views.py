"""Beside the review of one paper: unchanged renewals at once, a paper beside its twin, and where four eyes approve."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sunkitchen.accounts.models import Authority, Post
from sunkitchen.core.access import Can, can, reach, require

from ..consultations import arranging
from ..establishments.gates import office_only
from . import compared, four_eyes, office_week, renewals
from .beside import page_numbers, picture_of
from .models import Credential, ReviewPolicy
from .review_forms import FourEyesForm
from .review_views import officers_row
from .twins import twins

PAGE = 50


@login_required
def review_renewals(request):
    """Those in which only the dates moved on; the ticked ones are approved, each by itself. `?after=` goes on looking."""
    office_only(request.user, Can.REVIEW_PAPERS)
    at, outcomes = timezone.now(), None
    if request.method == "POST":
        outcomes = renewals.approve(chosen(request.POST), by=request.user, at=at)
    after = request.GET.get("after", "")[:100]
    some = renewals.some(request.user, at, enough=PAGE, after=after)
    for one in some.rows:
        one.may_see = can(request.user, picture_of(one.paper), one.paper)
    context = {
        "rows": some.rows,
        "after": some.after,
        "is_later": bool(after),
        "waiting": renewals.waiting(request.user, at),
        "outcomes": outcomes,
        "nothing": outcomes == [],
        "in_force": sum(one.in_force for one in outcomes or ()),
    }
    return render(request, "registry/papers_renewals.html", context, status=422 if outcomes == [] else 200)


def chosen(posted):
    """(id, the submission that was seen) of the ticked ones; what is no number was not ticked here."""
    ids = [value for value in posted.getlist("paper")[:PAGE] if value.isascii() and value.isdigit() and len(value) < 19]
    return [(int(value), seen_at(posted.get(f"seen-{value}", ""))) for value in dict.fromkeys(ids)]


def seen_at(text):
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and timezone.is_aware(moment) else None


@login_required
@require_GET
def review_twin(request, pk, other):
    """Two papers that share a number or a picture, side by side, for whoever may see both."""
    row = officers_row(request, pk, Can.SEE_PAPERS)
    found = next((twin for twin in twins(row, request.user) if twin.credential.pk == other), None)
    if found is None:
        raise Http404
    theirs = officers_row(request, other, Can.SEE_PAPERS)
    context = {
        "why": found.why,
        "sides": [side(request.user, row, theirs), side(request.user, theirs, row)],
        "paper": row,
    }
    return render(request, "registry/review_twin.html", context)


def side(user, row, other):
    return {
        "paper": row,
        "place": row.establishment,
        "standing": row.standing(timezone.localdate()),
        "lines": compared.lines(row, other),
        "pages": page_numbers(row),
        "may_see": can(user, picture_of(row), row),
    }


@login_required
def review_policy(request):
    """For each authority of the reader: which kinds of paper two officers approve, which a publisher changes; and
    when somebody answers."""
    office_only(request.user, Can.SEE_PAPERS)
    authorities = list(within(request.user, Can.SEE_PAPERS))
    wanted = dict(ReviewPolicy.objects.filter(authority__in=authorities).values_list("authority", "four_eyes"))
    mine = set(within(request.user, Can.ARRANGE_REVIEW).values_list("pk", flat=True))
    bound, bound_to = None, 0
    if request.method == "POST":
        asked = request.POST.get("authority", "")
        authority = next((one for one in authorities if str(one.pk) == asked), None)
        if authority is None:
            authority = get_object_or_404(Authority, pk=authorities[0].pk) if authorities and not asked else None
        if authority is None:
            raise Http404
        require(request.user, Can.ARRANGE_REVIEW, authority)
        bound = FourEyesForm(request.POST, auto_id=f"id_{authority.pk}_%s")
        if bound.is_valid():
            four_eyes.arrange(authority, by=request.user, kinds=bound.cleaned_data["kinds"])
            messages.success(request, _("Arranged. It holds for what waits now, too."))
            return redirect("review_policy")
        bound_to = authority.pk
    rows = []
    for one in authorities:
        initial = {"kinds": wanted.get(one.pk, [])}
        form = FourEyesForm(initial=initial, auto_id=f"id_{one.pk}_%s")
        kinds = [label for kind, label in Credential.Kind.choices if kind in initial["kinds"]]
        is_bound = bound is not None and bound_to == one.pk
        rows.append({"authority": one, "form": bound if is_bound else form, "kinds": kinds, "may": one.pk in mine})
    clerks, weeks = clerks_of(authorities), office_week.of_each([one.pk for one in authorities])
    for row in rows:
        row["clerks"] = clerks.get(row["authority"].pk, 0)
        row["week"] = weeks[row["authority"].pk]
        row["keeps_hours"] = can(request.user, arranging.keeps_hours(request.user, row["authority"]), row["authority"])
    status = 422 if bound else 200
    return render(request, "registry/papers_policy.html", {"rows": rows}, status=status)


def within(user, capability):
    where = Q(pk__in=[])
    for prefix in reach(user, capability)[1]:
        where |= Q(division__startswith=prefix)
    return Authority.objects.filter(where).order_by("division")


def clerks_of(authorities):
    """How many people each has who could be the second."""
    held = Post.objects.held().filter(role=Post.Role.CLERK, authority__in=authorities)
    return dict(held.values_list("authority").annotate(count=Count("user", distinct=True)))
