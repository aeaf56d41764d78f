"""Officers' pages before there is a list: what the rules propose, to pick or set aside; and the rhythm of editions."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from ratings.words import spoken
from sunkitchen.accounts.models import Authority, User
from sunkitchen.core.access import CAPABILITIES, Can, reach, require
from sunkitchen.registry.establishments.gates import office_only
from sunkitchen.registry.establishments.spelling import spelled

from . import draft_forms as forms
from . import drafting, fact_words, guards, judge, scheduling
from .drafts import Proposal, Schedule
from .gates import edition_for, saying_no_in, status_of
from .models import Edition, Listing

PER_PAGE = 50
TABS = ("black", "red", "aside")


@login_required
def proposals(request, pk):
    """What the rules propose for a draft; a POST picks one, sets one aside, or computes them again."""
    edition = edition_for(request.user, pk, Can.SEE_OFFICE)
    if request.method != "POST":
        return _page(request, edition)
    require(request.user, Can.DRAFT_EDITION, edition)
    do = request.POST.get("do", "")
    if do == "again":
        again = forms.AgainForm(request.POST)
        again.is_valid()
        with saying_no_in(again):
            drafting.compute_again(edition, by=request.user)
            return _back(request, edition)
        return _page(request, edition, again)
    form = forms.PickForm(request.POST) if do == "pick" else forms.AsideForm(request.POST)
    if form.is_valid():
        row = get_object_or_404(
            Proposal.objects.select_related("establishment"), pk=form.cleaned_data["proposal"], edition=edition
        )
        with saying_no_in(form):
            _act(form.do, edition, row, request.user, form.cleaned_data)
            return _back(request, edition)
    return _page(request, edition, form)


def _act(do, edition, row, by, fields):
    if do == "aside":
        row.edition = edition
        drafting.set_aside(row, by=by, why=fields["why"])
    else:
        drafting.pick(
            edition,
            row.establishment,
            by=by,
            colour=row.colour,
            rule=fields["rule"],
            reason=fields["reason"],
            document_number=fields["document_number"],
        )


def _back(request, edition):
    kept = {name: request.GET[name] for name in ("show", "q", "page") if request.GET.get(name)}
    return redirect(f"{reverse('office_proposals', args=[edition.pk])}{'?' + urlencode(kept) if kept else ''}")


def _page(request, edition, bound=None):
    taken = edition.listings.kept().values("establishment")
    open_ones = edition.proposals.exclude(establishment__in=taken)
    counts = open_ones.aggregate(
        black=Count("pk", filter=Q(colour="black", set_aside_at=None)),
        red=Count("pk", filter=Q(colour="red", set_aside_at=None)),
        aside=Count("pk", filter=Q(set_aside_at__isnull=False)),
    )
    show = request.GET.get("show", "")
    show = show if show in TABS else next((tab for tab in TABS if counts[tab]), "black")
    rows = (
        open_ones.filter(set_aside_at__isnull=False)
        if show == "aside"
        else open_ones.filter(colour=show, set_aside_at=None)
    )
    words = request.GET.get("q", "").replace("\0", "").strip()[:60]
    for word in spelled(words).split() if words else []:
        rows = rows.filter(establishment__found_by__contains=word)
    page = Paginator(rows.select_related("establishment", "set_aside_by").order_by("pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    is_draft = edition.state == Edition.State.DRAFT
    may_draft = is_draft and guards.may(request.user, Can.DRAFT_EDITION, edition)
    context = {
        "edition": edition,
        "rules": edition.rules,
        "counts": counts,
        "show": show,
        "words": words,
        "page": page,
        "query": urlencode({"show": show, **({"q": words} if words else {})}),
        "rows": [_row(row, edition.rules, bound if may_draft else None) for row in page],
        "may_draft": may_draft,
        "is_draft": is_draft,
        "listings": edition.listings.kept().count(),
        "refused": bound if bound is not None and not getattr(bound, "shown", False) else None,
    }
    return render(request, "ratings/proposals.html", context, status=status_of(bound))


def _row(row, rules, bound):
    verdict = judge.judge(row.facts, rules)
    mine = bound is not None and bound.data.get("proposal") == str(row.pk)
    if mine:
        bound.shown = True
    if row.colour == Listing.Colour.BLACK:
        findings = tuple(finding for finding in verdict.black if finding.rule.code in row.rules)
    else:
        findings = verdict.of(judge.RED)
    codes = [(finding.rule.code, f"{finding.rule.clause} {spoken(finding.rule)}") for finding in findings]
    choices = codes if row.colour == Listing.Colour.BLACK else []
    auto = f"id_{row.pk}_%s"
    picking = bound if mine and bound.do == "pick" else forms.PickForm(auto_id=auto, initial={"proposal": row.pk})
    setting = (
        bound
        if mine and bound.do == "aside"
        else forms.AsideForm(auto_id=f"id_aside_{row.pk}_%s", initial={"proposal": row.pk})
    )
    picking.offer(choices)
    visit = row.facts.get("inspection_id")
    return {
        "proposal": row,
        "findings": [
            {
                "rule": f.rule,
                "words": spoken(f.rule),
                "outcome": f.outcome,
                "said": fact_words.value(f.rule.fact, f.value) if f.value is not None else "",
            }
            for f in findings
        ],
        "facts": [
            (words, fact_words.value(name, row.facts[name]))
            for name, words in fact_words.LABELS.items()
            if name in row.facts
        ],
        "visit": visit,
        "picking": picking,
        "setting": setting,
        "is_open": mine,
    }


# ── the rhythm ──────────────────────────────────────────────────────────────────────────────────────────────


@login_required
def schedule(request):
    """How often each of the reader's authorities publishes; a publisher changes it."""
    office_only(request.user, Can.SEE_OFFICE)
    _ids, seen = reach(request.user, Can.SEE_OFFICE)
    where = Q(pk__in=[])
    for prefix in seen:
        where |= Q(division__startswith=prefix)
    authorities = list(Authority.objects.filter(where).order_by("division")[:200])
    _ids, mine = reach(request.user, Can.ARRANGE_LISTS)
    known = {
        row.authority_id: row
        for row in Schedule.objects.filter(authority__in=authorities).select_related(
            "drafter", "changed_by", "authority"
        )
    }
    bound = None
    if request.method == "POST":
        if not mine:
            require(request.user, Can.ARRANGE_LISTS, _first(authorities))
        asked = request.POST.get("authority", str(_first(authorities).pk))
        authority = next((one for one in authorities if str(one.pk) == asked), None)
        if authority is None:
            raise Http404
        require(request.user, Can.ARRANGE_LISTS, authority)
        bound = forms.ScheduleForm(request.POST, drafters=_drafters(authority), auto_id=f"id_{authority.pk}_%s")
        bound.of = authority.pk
        if bound.is_valid():
            with saying_no_in(bound):
                scheduling.arrange(authority, by=request.user, **bound.cleaned_data)
                return redirect("office_schedule")
    rows = [_rhythm(authority, known.get(authority.pk), authority.division in mine, bound) for authority in authorities]
    return render(request, "ratings/schedule.html", {"rows": rows}, status=status_of(bound))


def _first(authorities):
    if not authorities:
        raise Http404
    return authorities[0]


def _rhythm(authority, row, may, bound):
    form = None
    if may:
        today = timezone.localdate()
        initial = (
            {name: getattr(row, name) for name in ("rhythm", "begins_on", "hour", "paused")}
            | {"drafter": row.drafter_id}
            if row
            else {"begins_on": today.replace(day=1), "hour": 9, "rhythm": Schedule.Rhythm.MONTHLY}
        )
        mine = bound is not None and bound.of == authority.pk
        form = (
            bound
            if mine
            else forms.ScheduleForm(drafters=_drafters(authority), initial=initial, auto_id=f"id_{authority.pk}_%s")
        )
    now = timezone.now()
    return {
        "authority": authority,
        "schedule": row,
        "form": form,
        "due": scheduling.due(row, now) if row and not row.paused else None,
        "next": scheduling.upcoming(row, now) if row and not row.paused else None,
        "drafts_no_more": row is not None and not guards.may(row.drafter, Can.DRAFT_EDITION, authority),
    }


def _drafters(authority):
    roles = [role for role, able in CAPABILITIES.items() if Can.DRAFT_EDITION in able]
    posts = authority.posts.held().filter(role__in=roles)
    return User.objects.filter(pk__in=posts.values("user")).order_by("name", "pk")
