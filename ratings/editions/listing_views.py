"""Officers' pages of one listing: a step is a POST form on its page, an amendment a page of its own."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ratings.inspections.models import Inspection
from ratings.words import spoken, told
from sunkitchen.accounts import stepup
from sunkitchen.core import audit, files
from sunkitchen.core.access import Can, require
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.establishments.gates import office_only

from . import actions, amendments, evidence, forms, path, rectifying
from .afterwards import Amendment, Rectification
from .gates import admitted, listing_for, saying_no_in, status_of
from .models import Edition, Listing, Objection


def _notice(listing, by, fields):
    actions.notice(listing, by=by)


def _serve(listing, by, fields):
    with admitted(fields.pop("proof")) as proof:
        actions.serve(listing, by=by, proof=proof, **fields)


def _waive(listing, by, fields):
    with admitted(fields.pop("proof")) as proof:
        actions.waive(listing, by=by, proof=proof, **fields)


def _lodge(listing, by, fields):
    actions.lodge(listing, by=by, **fields)


def _decide(listing, by, fields):
    objection = get_object_or_404(listing.objections, state=Objection.State.OPEN)
    actions.decide(objection, by=by, uphold=fields["outcome"] == "uphold", answer=fields["answer"])


def _drop(listing, by, fields):
    actions.drop(listing, by=by, **fields)


def _attach(listing, by, fields):
    with admitted(fields["file"]) as file:
        evidence.attach(listing, by=by, file=file, title=fields["title"])


def _mended(listing, by, fields):
    asked = listing.rectifications.filter(state=Rectification.State.ASKED).first()
    if asked is None:
        raise WrongState("decide")
    visit = next((one for one in rectifying.visits_of(asked) if one.pk == fields["visit"]), None)
    if visit is None:
        raise Refused(_("Choose the re-inspection that looked."))
    rectifying.decide(asked, by=by, inspection=visit, answer=fields["answer"])


STEPS = {
    "notice": (Can.SERVE_NOTICE, forms.NoticeForm, _notice, {"draft"}),
    "serve": (Can.SERVE_NOTICE, forms.ServiceForm, _serve, {"noticed"}),
    "waive": (Can.SERVE_NOTICE, forms.WaiverForm, _waive, {"served"}),
    "objection": (Can.SERVE_NOTICE, forms.ObjectionForm, _lodge, {"served"}),
    "decide": (Can.DECIDE_OBJECTION, forms.DecisionForm, _decide, {"objected"}),
    "attach": (Can.DRAFT_EDITION, forms.EvidenceForm, _attach, {"draft", "noticed", "served", "objected"}),
    "drop": (Can.DRAFT_EDITION, forms.DropForm, _drop, {"draft", "noticed", "served"}),
    "mended": (Can.INSPECT, forms.MendedForm, _mended, {"published"}),
}
OF_RED = {"attach", "drop"}  # the steps that a red listing has, too


@login_required
def listing(request, pk):
    return _listing_page(request, listing_for(request.user, pk, Can.SEE_OFFICE))


@login_required
def listing_step(request, pk, step):
    capability, form_of, act, _states = STEPS[step]
    row = listing_for(request.user, pk, capability)
    if request.method != "POST":
        return redirect("office_listing", pk)
    form = form_of(request.POST, request.FILES)
    if form.is_valid():
        with saying_no_in(form):
            act(row, request.user, dict(form.cleaned_data))
            return redirect("office_listing", pk)
    return _listing_page(request, listing_for(request.user, pk, capability), step, form)


def _listing_page(request, row, step="", bound=None):
    now = timezone.now()
    row.edition.refresh_from_db()
    may = {}
    for name, (capability, form_of, _act, states) in STEPS.items():
        fits = row.state in states and (row.colour == Listing.Colour.BLACK or name in OF_RED)
        is_open = name == "mended" or row.edition.state == Edition.State.DRAFT
        if fits and is_open and actions.may(request.user, capability, row.edition):
            may[name] = form_of(auto_id=f"id_{name}_%s")
    if hasattr(row, "waiver"):
        may.pop("waive", None)
    if not row.window_is_open(now):
        may.pop("objection", None)
        may.pop("waive", None)
    asked = row.rectifications.filter(state=Rectification.State.ASKED).first()
    visits = rectifying.visits_of(asked) if asked else []
    if not visits:
        may.pop("mended", None)
    if bound is not None:
        may[step] = bound
    if isinstance(looked := may.get("mended"), forms.MendedForm):
        looked.offer(visits)
    rules = row.edition.rules
    context = {
        "listing": row,
        "may": may,
        "rule": spoken(rules.black(row.rule)) if row.colour == Listing.Colour.BLACK else "",
        "obstacles": path.obstacles([row], now)[row.pk] if row.state not in ("published", "dropped") else [],
        "clock": path.clock(row, now),
        "objections": row.objections.select_related("lodged_by", "decided_by").order_by("pk"),
        "evidence": Inspection.objects.filter(pk__in=row.evidence).select_related("establishment"),
        "files": row.files.select_related("file", "added_by").order_by("pk"),
        "amended": row.amendments.select_related("by", "entry", "lifted_by").order_by("pk"),
        "rectifications": row.rectifications.select_related("asked_by", "decided_by", "inspection").order_by("pk"),
        "asked": asked,
        "visits": visits,
        "amends": _amends(request.user, row, now),
        "trail": told(_trail(row)),
    }
    return render(request, "ratings/listing.html", context, status=status_of(bound))


def _trail(row):
    """Of the listing, its objections and rectifications, in the order of events."""
    things = [row, *row.objections.all(), *row.rectifications.all()]
    entries = [entry for thing in things for entry in audit.trail(thing)]
    return sorted(entries, key=lambda entry: entry.pk)


@login_required
def notice_print(request, pk):
    row = listing_for(request.user, pk, Can.SEE_OFFICE)
    if row.colour != Listing.Colour.BLACK:
        raise Http404
    context = {"listing": row, "rule": row.edition.rules.black(row.rule), "rules": row.edition.rules}
    return render(request, "ratings/notice.html", context)


@login_required
def proof(request, pk, of, page):
    row = listing_for(request.user, pk, Can.SEE_OFFICE)
    stored = getattr(getattr(row, of, None), "proof", None)
    if stored is None:
        raise Http404
    return files.serve_page(stored, page)


@login_required
def listing_file(request, pk, file, page):
    """A page of the evidence that was attached."""
    row = listing_for(request.user, pk, Can.SEE_OFFICE)
    return files.serve_page(get_object_or_404(row.files.select_related("file"), pk=file).file, page)


# ── what is done to a published one ─────────────────────────────────────────────────────────────────────────

# what the page is headed with, what it does, its form, the action
AMENDS: dict[str, tuple[Any, Any, Callable[..., Any], Callable[..., Any]]] = {
    "stay": (
        _("Suspend the listing"),
        _("A review or a court ordered it: the name is shown nowhere until the suspension ends."),
        forms.AmendForm,
        amendments.stay,
    ),
    "lift": (
        _("End the suspension"),
        _("The listing is shown again for the rest of its term."),
        forms.LiftForm,
        amendments.lift,
    ),
    "withdraw": (
        _("Withdraw the listing"),
        _("It was overturned, or should never have been. The name leaves for good; a notice of the withdrawal stays."),
        forms.WithdrawForm,
        amendments.withdraw,
    ),
    "correct": (
        _("Correct the listing"),
        _("The correction stands beside the finding, which stays as it was signed."),
        forms.AmendForm,
        amendments.correct,
    ),
    "remove": (
        _("Remove the listing"),
        _("A visit saw it mended: the name leaves the black list before the term ends."),
        forms.AmendForm,
        amendments.remove,
    ),
    "erase": (
        _("Erase who was listed"),
        _("Name, address and salt are deleted for good. Finding and edition verify all the same."),
        forms.EraseForm,
        amendments.erase,
    ),
}


def _amends(user, row, now):
    """Which amendments this officer may make of this listing now: (name, words)."""
    if row.state != Listing.State.PUBLISHED or not actions.may(user, Can.AMEND_LISTING, row.edition):
        return []
    kinds = {one.kind for one in row.amendments.all() if one.hides}
    is_over = row.term_until < timezone.localtime(now).date()
    withdrawn, stayed, removed = (kind in kinds for kind in ("withdrawal", "stay", "removal"))
    mended = row.rectifications.filter(state=Rectification.State.VERIFIED).exists()
    fits = {
        "stay": not kinds and not is_over,
        "lift": stayed and not withdrawn and not removed,
        "withdraw": not withdrawn,
        "correct": not withdrawn,
        "remove": mended and not kinds and not is_over,
        "erase": (withdrawn or is_over) and hasattr(row, "identity"),
    }
    return [(name, AMENDS[name][0]) for name, does in fits.items() if does]


@login_required
@stepup.required
def amend(request, pk, kind):
    """One amendment, on a page that says what it does."""
    row = listing_for(request.user, pk, Can.AMEND_LISTING)
    title, does, form_of, act = AMENDS[kind]
    form = form_of(request.POST or None)
    if form.is_valid():
        with saying_no_in(form):
            act(row, by=request.user, **form.cleaned_data)
            return redirect("office_listing", pk)
    context = {"listing": row, "kind": kind, "title": title, "does": does, "form": form}
    return render(request, "ratings/listing_amend.html", context, status=status_of(form))


# ── rectifications ──────────────────────────────────────────────────────────────────────────────────────────


@login_required
def rectifications(request):
    """Where operators wait for somebody to look, the most urgent first."""
    office_only(request.user, Can.SEE_OFFICE)
    seen = Edition.objects.within(request.user, Can.SEE_OFFICE)
    rows = Rectification.objects.filter(listing__edition__in=seen).select_related(
        "listing__establishment", "listing__edition__authority"
    )
    today = timezone.localdate()
    asked = rows.filter(state=Rectification.State.ASKED).order_by("due_on", "pk")
    mended = rows.filter(state=Rectification.State.VERIFIED).exclude(listing__amendments__in=Amendment.objects.hiding())
    context = {
        "asked": [{"row": row, "is_late": row.due_on < today} for row in asked],
        "mended": mended.filter(listing__term_until__gte=today).order_by("decided_at"),
    }
    return render(request, "ratings/rectifications.html", context)


@login_required
def rectification_photo(request, pk, number):
    """A photo of what was mended: the kitchen's own and the office's."""
    row = get_object_or_404(Rectification.objects.select_related("listing__establishment"), pk=pk)
    require(request.user, Can.SEE_KITCHEN, row)
    return files.serve_nth(row.files.order_by("pk"), number)
