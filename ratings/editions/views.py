"""Officers' pages of editions: the way of one from draft to publication, its chain, its release. What is refused is said there."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from ratings.words import told
from sunkitchen.accounts import stepup
from sunkitchen.accounts.models import Authority
from sunkitchen.core import audit, translog
from sunkitchen.core.access import Can, may_anywhere, reach, require
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import office_only

from . import actions, approving, forms, path, releasing
from .gates import PICKED, edition_for, saying_no_in, status_of
from .models import Edition, Listing


@login_required
def editions(request):
    office_only(request.user, Can.SEE_OFFICE)
    rows = Edition.objects.within(request.user, Can.SEE_OFFICE).select_related(
        "authority", "drafted_by", "published_by"
    )
    on = ~Q(listings__state=Listing.State.DROPPED)
    rows = rows.annotate(
        red=Count("listings", filter=on & Q(listings__colour="red")),
        black=Count("listings", filter=on & Q(listings__colour="black")),
    )
    _ids, prefixes = reach(request.user, Can.ARRANGE_LISTS)
    context = {
        "rows": rows.order_by("-year", "-number"),
        "may_draft": may_anywhere(request.user, Can.DRAFT_EDITION),
        "chains": Authority.objects.filter(division__in=prefixes),
    }
    return render(request, "ratings/editions.html", context)


@login_required
def edition_new(request):
    office_only(request.user, Can.DRAFT_EDITION)
    _ids, prefixes = reach(request.user, Can.DRAFT_EDITION)
    form = forms.DraftForm(request.POST or None, authorities=Authority.objects.filter(division__in=prefixes))
    status = 422 if form.is_bound else 200
    if form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            edition = actions.draft(fields.pop("authority"), by=request.user, **fields)
            return redirect("office_edition", edition.pk)
        except Refused as refused:
            status = refused.said_in(form)
    return render(request, "ratings/edition_new.html", {"form": form}, status=status)


@login_required
def edition(request, pk):
    return _edition_page(request, edition_for(request.user, pk, Can.SEE_OFFICE))


@login_required
def opinion(request, pk):
    """What an officer of the approval chain says, at the stage whose turn it is."""
    edition = edition_for(request.user, pk, Can.APPROVE_EDITION)
    if request.method != "POST":
        return redirect("office_edition", pk)
    form = forms.OpinionForm(request.POST)
    if form.is_valid():
        speak = approving.approve if form.cleaned_data["outcome"] == "agree" else approving.refuse
        with saying_no_in(form):
            speak(edition, by=request.user, opinion=form.cleaned_data["opinion"])
            return redirect("office_edition", pk)
    return _edition_page(request, edition, speaking=form)


@login_required
@stepup.required
def release(request, pk):
    """The page on which a publisher sets it free, for an hour or at once."""
    edition = edition_for(request.user, pk, Can.PUBLISH_EDITION)
    now = timezone.now()
    form = forms.ReleaseForm(request.POST or None, initial={"at_hour": path.next_hour(edition.authority, now)})
    if request.POST.get("do") == "now":
        form.fields["at_hour"].required = False
    if form.is_valid():
        with saying_no_in(form):
            if request.POST.get("do") == "now":
                actions.publish(edition, by=request.user)
            else:
                releasing.release(edition, by=request.user, at_hour=form.cleaned_data["at_hour"])
            return redirect("office_edition", pk)
        edition.refresh_from_db()
    listings = approving.contents(edition)
    context = {
        "edition": edition,
        "form": form,
        "red": sum(row.colour == Listing.Colour.RED for row in listings),
        "black": [row for row in listings if row.colour == Listing.Colour.BLACK],
        "stops": path.line(edition, listings, approving.said(edition, approving.digest(edition, listings)), now),
    }
    return render(request, "ratings/edition_release.html", context, status=status_of(form))


@login_required
def recall(request, pk):
    edition = edition_for(request.user, pk, Can.PUBLISH_EDITION)
    if request.method != "POST":
        return redirect("office_edition", pk)
    form = forms.NoticeForm(request.POST)
    form.is_valid()
    with saying_no_in(form):
        releasing.recall(edition, by=request.user)
        return redirect("office_edition", pk)
    return _edition_page(request, edition_for(request.user, pk, Can.PUBLISH_EDITION), calling=form)


@login_required
def approvals_print(request, pk):
    """The approval sheet 审批表, A4, with an empty line for each stage that has not spoken."""
    edition = edition_for(request.user, pk, Can.SEE_OFFICE)
    listings = approving.contents(edition)
    content = approving.digest(edition, listings)
    context = {
        "edition": edition,
        "rules": edition.rules,
        "listings": listings,
        "course": _spoken_at(edition) if edition.published_at else approving.said(edition, content),
        "digest": _digest_of(edition) if edition.published_at else content,
    }
    return render(request, "ratings/approval.html", context)


def _digest_of(edition):
    """Of a published one: what its chain agreed to. The rows that it was of have been sealed since."""
    return edition.approvals.order_by("-pk").values_list("digest", flat=True).first() or ""


def _spoken_at(edition):
    """What was said of the content that was published, by the stages of that time."""
    rows = (
        edition.approvals.filter(digest=_digest_of(edition)).select_related("stage", "by").order_by("stage__position")
    )
    return [approving.Said(row.stage, row, None) for row in rows]


def _edition_page(request, edition, speaking=None, calling=None):
    now, user = timezone.now(), request.user
    is_draft = edition.state == Edition.State.DRAFT
    is_over = edition.state == Edition.State.PUBLISHED
    rows = edition.listings.select_related(*PICKED).prefetch_related("amendments", "objections", "files__file")
    listings = list(rows.order_by("colour", "pk"))
    kept = [row for row in listings if row.state != Listing.State.DROPPED]
    in_the_way = path.obstacles(kept, now) if not is_over else {}
    content = "" if is_over else approving.digest(edition, kept)
    course = _spoken_at(edition) if is_over else approving.said(edition, content)
    turn = next((row.stage for row in course if row.approval is None), None)
    may_speak = (
        is_draft
        and turn is not None
        and actions.may(user, Can.APPROVE_EDITION, edition)
        and user in turn.officers.all()
        and not any(row.approval and (not row.approval.agreed or row.approval.by_id == user.pk) for row in course)
        and bool(kept)
        and not any(in_the_way.values())
    )
    may_publish = actions.may(user, Can.PUBLISH_EDITION, edition)
    context = {
        "edition": edition,
        "rules": edition.rules,
        "stops": path.line(edition, kept, course, now),
        "rows": [
            {
                "listing": row,
                "obstacles": in_the_way.get(row.pk, []),
                "clock": path.clock(row, now) if is_draft else None,
                "amended": row.amendments.all(),
            }
            for row in kept
        ],
        "dropped": [row for row in listings if row.state == Listing.State.DROPPED],
        "course": course,
        "turn": turn if is_draft else None,
        "digest": _digest_of(edition) if is_over else content,
        "opinion": speaking or (forms.OpinionForm() if may_speak else None),
        "may_draft": is_draft and actions.may(user, Can.DRAFT_EDITION, edition),
        "may_release": is_draft and may_publish and user.pk != edition.drafted_by_id,
        "may_recall": edition.state == Edition.State.SCHEDULED and may_publish,
        "may_arrange": actions.may(user, Can.ARRANGE_LISTS, edition),
        "calling": calling,
        "ready": is_draft and bool(kept) and not any(in_the_way.values()) and bool(course) and turn is None,
        "checkpoint": translog.covering(edition.entry) if edition.entry else None,
        "is_late": edition.is_late(now),
        "trail": told(audit.trail(edition)),
    }
    return render(request, "ratings/edition.html", context, status=status_of(speaking or calling))


# ── the chain ───────────────────────────────────────────────────────────────────────────────────────────────


@login_required
@stepup.required
def chain(request, pk):
    """The authority's approval chain: shown and set up again as a whole."""
    office_only(request.user, Can.SEE_OFFICE)
    authority = get_object_or_404(Authority, pk=pk)
    require(request.user, Can.ARRANGE_LISTS, authority)
    form = forms.ChainForm(request.POST or None, authority=authority, stages=approving.chain(authority))
    if form.is_valid():
        with saying_no_in(form):
            approving.set_chain(authority, by=request.user, stages=form.stages())
            return redirect("office_chain", pk)
    context = {"authority": authority, "form": form, "chain": approving.chain(authority)}
    return render(request, "ratings/approval_chain.html", context, status=status_of(form))
