"""Officers' pages of editions, and the owner's page of a listing. A step is a POST form; what is refused is said there."""

from contextlib import contextmanager

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from ratings.inspections.models import Inspection
from ratings.words import spoken, told
from sunkitchen.accounts.models import Authority
from sunkitchen.core import audit, files, translog
from sunkitchen.core.access import Can, can, may_anywhere, reach, require
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import office_only

from . import actions, forms, path
from .models import Edition, Listing, Objection

PICKED = "edition__authority", "establishment", "identity", "service__proof", "waiver__proof", "picked_by", "noticed_by"


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
    context = {"rows": rows.order_by("-year", "-number"), "may_draft": may_anywhere(request.user, Can.DRAFT_EDITION)}
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
    return _edition_page(request, _edition(request.user, pk, Can.SEE_OFFICE))


@login_required
def pick(request, pk):
    edition = _edition(request.user, pk, Can.DRAFT_EDITION)
    if request.method != "POST":
        return redirect("office_edition", pk)
    form = forms.PickForm(request.POST)
    if form.is_valid():
        fields = dict(form.cleaned_data)
        kitchen = get_object_or_404(path.kitchens_of(edition.authority), code=fields.pop("kitchen"))
        with saying_no_in(form):
            actions.pick(edition, kitchen, by=request.user, **fields)
            return redirect("office_edition", pk)
    return _edition_page(request, edition, picking=form)


@login_required
def publish(request, pk):
    edition = _edition(request.user, pk, Can.PUBLISH_EDITION)
    form = forms.NoticeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return redirect("office_edition", pk)
    form.is_valid()
    with saying_no_in(form):
        actions.publish(edition, by=request.user)
        return redirect("office_edition", pk)
    return _edition_page(request, Edition.objects.select_related("authority").get(pk=pk), publishing=form)


def _edition_page(request, edition, picking=None, publishing=None):
    now = timezone.now()
    is_draft = edition.state == Edition.State.DRAFT
    listings = list(edition.listings.select_related(*PICKED).order_by("colour", "pk"))
    kept = [row for row in listings if row.state != Listing.State.DROPPED]
    in_the_way = path.obstacles(kept, now) if is_draft else {}
    rows = [
        {
            "listing": row,
            "obstacles": in_the_way.get(row.pk, []),
            "clock": path.clock(row, now) if is_draft else None,
        }
        for row in kept
    ]
    may_draft = is_draft and actions.may(request.user, Can.DRAFT_EDITION, edition)
    context = {
        "edition": edition,
        "rules": edition.rules,
        "rows": rows,
        "dropped": [row for row in listings if row.state == Listing.State.DROPPED],
        "candidates": [_candidate(c, picking) for c in path.candidates(edition, now)] if may_draft else [],
        "may_draft": may_draft,
        "may_publish": is_draft and actions.may(request.user, Can.PUBLISH_EDITION, edition),
        "ready": bool(rows) and not any(row["obstacles"] for row in rows),
        "picking": picking,
        "publishing": publishing,
        "checkpoint": translog.covering(edition.entry) if edition.entry else None,
        "is_late": edition.is_late(now),
        "trail": told(audit.trail(edition)),
    }
    refused = picking or publishing
    return render(request, "ratings/edition.html", context, status=getattr(refused, "status", 422) if refused else 200)


def _candidate(candidate, picking):
    black = candidate.verdict.black
    mine = picking is not None and picking.data.get("kitchen") == candidate.establishment.code
    initial = {
        "kitchen": candidate.establishment.code,
        "colour": candidate.verdict.colour,
        "rule": black[0].rule.code if black else "",
    }
    return {
        "kitchen": candidate.establishment,
        "colour": candidate.verdict.colour,
        "findings": [
            {"rule": f.rule, "words": spoken(f.rule), "outcome": f.outcome, "value": f.value}
            for f in black or candidate.verdict.of("red")
        ],
        "form": picking if mine else forms.PickForm(initial=initial, auto_id=f"id_{candidate.establishment.code}_%s"),
    }


# ── one listing ─────────────────────────────────────────────────────────────────────────────────────────────


def _notice(listing, by, fields):
    actions.notice(listing, by=by)


def _serve(listing, by, fields):
    with _admitted(fields.pop("proof")) as proof:
        actions.serve(listing, by=by, proof=proof, **fields)


def _waive(listing, by, fields):
    with _admitted(fields.pop("proof")) as proof:
        actions.waive(listing, by=by, proof=proof, **fields)


def _lodge(listing, by, fields):
    actions.lodge(listing, by=by, **fields)


def _decide(listing, by, fields):
    objection = get_object_or_404(listing.objections, state=Objection.State.OPEN)
    actions.decide(objection, by=by, uphold=fields["outcome"] == "uphold", answer=fields["answer"])


def _drop(listing, by, fields):
    actions.drop(listing, by=by, **fields)


STEPS = {
    "notice": (Can.SERVE_NOTICE, forms.NoticeForm, _notice, {"draft"}),
    "serve": (Can.SERVE_NOTICE, forms.ServiceForm, _serve, {"noticed"}),
    "waive": (Can.SERVE_NOTICE, forms.WaiverForm, _waive, {"served"}),
    "objection": (Can.SERVE_NOTICE, forms.ObjectionForm, _lodge, {"served"}),
    "decide": (Can.DECIDE_OBJECTION, forms.DecisionForm, _decide, {"objected"}),
    "drop": (Can.DRAFT_EDITION, forms.DropForm, _drop, {"draft", "noticed", "served"}),
}


@login_required
def listing(request, pk):
    return _listing_page(request, _listing(request.user, pk, Can.SEE_OFFICE))


@login_required
def listing_step(request, pk, step):
    capability, form_of, act, _states = STEPS[step]
    row = _listing(request.user, pk, capability)
    if request.method != "POST":
        return redirect("office_listing", pk)
    form = form_of(request.POST, request.FILES)
    if form.is_valid():
        with saying_no_in(form):
            act(row, request.user, dict(form.cleaned_data))
            return redirect("office_listing", pk)
    return _listing_page(request, _listing(request.user, pk, capability), step, form)


def _listing_page(request, row, step="", bound=None):
    now = timezone.now()
    may = {}
    for name, (capability, form_of, _act, states) in STEPS.items():
        fits = row.state in states and (row.colour == Listing.Colour.BLACK or name == "drop")
        if fits and row.edition.state == Edition.State.DRAFT and actions.may(request.user, capability, row.edition):
            may[name] = form_of(auto_id=f"id_{name}_%s")
    if hasattr(row, "waiver"):
        may.pop("waive", None)
    if not row.window_is_open(now):
        may.pop("objection", None)
        may.pop("waive", None)
    if bound is not None:
        may[step] = bound
    rules = row.edition.rules
    context = {
        "listing": row,
        "may": may,
        "rule": spoken(rules.black(row.rule)) if row.colour == Listing.Colour.BLACK else "",
        "obstacles": path.obstacles([row], now)[row.pk] if row.state not in ("published", "dropped") else [],
        "clock": path.clock(row, now),
        "objections": row.objections.select_related("lodged_by", "decided_by").order_by("pk"),
        "evidence": Inspection.objects.filter(pk__in=row.evidence).select_related("establishment"),
        "trail": told(_trail(row)),
    }
    return render(request, "ratings/listing.html", context, status=getattr(bound, "status", 422) if bound else 200)


def _trail(row):
    """Of the listing and its objections, in the order of events."""
    entries = [*audit.trail(row), *(entry for objection in row.objections.all() for entry in audit.trail(objection))]
    return sorted(entries, key=lambda entry: entry.pk)


@login_required
def notice_print(request, pk):
    row = _listing(request.user, pk, Can.SEE_OFFICE)
    if row.colour != Listing.Colour.BLACK:
        raise Http404
    context = {"listing": row, "rule": row.edition.rules.black(row.rule), "rules": row.edition.rules}
    return render(request, "ratings/notice.html", context)


@login_required
def proof(request, pk, of, page):
    row = _listing(request.user, pk, Can.SEE_OFFICE)
    stored = getattr(getattr(row, of, None), "proof", None)
    if stored is None:
        raise Http404
    return files.serve_page(stored, page)


# ── the owner ───────────────────────────────────────────────────────────────────────────────────────────────


@login_required
def listing_desk(request, pk):
    return _desk_page(request, _listing_of_mine(request.user, pk, Can.SEE_KITCHEN))


@login_required
def listing_object(request, pk):
    row = _listing_of_mine(request.user, pk, Can.OBJECT)
    if request.method != "POST":
        return redirect("listing_desk", pk)
    form = forms.ObjectionForm(request.POST)
    if form.is_valid():
        with saying_no_in(form):
            actions.lodge(row, by=request.user, **form.cleaned_data)
            return redirect("listing_desk", pk)
    return _desk_page(request, _listing_of_mine(request.user, pk, Can.OBJECT), form)


def _desk_page(request, row, bound=None):
    now = timezone.now()
    may_object = row.state == Listing.State.SERVED and row.window_is_open(now) and can(request.user, Can.OBJECT, row)
    context = {
        "listing": row,
        "rule": row.edition.rules.black(row.rule) if row.colour == Listing.Colour.BLACK else None,
        "rule_words": spoken(row.edition.rules.black(row.rule)) if row.colour == Listing.Colour.BLACK else "",
        "clock": path.clock(row, now),
        "objections": row.objections.order_by("pk"),
        "form": bound or (forms.ObjectionForm() if may_object else None),
    }
    return render(request, "ratings/listing_desk.html", context, status=getattr(bound, "status", 422) if bound else 200)


# ── gates ───────────────────────────────────────────────────────────────────────────────────────────────────


def _edition(user, pk, capability):
    edition = get_object_or_404(Edition.objects.select_related("authority", "entry"), pk=pk)
    require(user, capability, edition)
    return edition


def _listing(user, pk, capability):
    row = get_object_or_404(Listing.objects.select_related(*PICKED), pk=pk)
    require(user, capability, row.edition)
    return row


def _listing_of_mine(user, pk, capability):
    """An owner's: from the notice on; what is only being drafted is not theirs to see."""
    row = get_object_or_404(
        Listing.objects.select_related(*PICKED).filter(Q(noticed_at__isnull=False) | Q(sealed_at__isnull=False)), pk=pk
    )
    require(user, capability, row)
    return row


@contextmanager
def saying_no_in(form):
    """What an action refuses is said in the form, with the status of the refusal."""
    try:
        yield
    except Refused as refused:
        form.status = refused.said_in(form)


@contextmanager
def _admitted(upload):
    if upload is None:
        yield None
        return
    with files.admitting([upload]) as (proof,):
        yield proof
