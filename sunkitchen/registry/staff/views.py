"""The staff pages of a kitchen: its own people keep them, officers of the place read them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sunkitchen.accounts.models import Authority
from sunkitchen.core import seen
from sunkitchen.core.access import Can, can
from sunkitchen.core.workflow import Refused

from ..credentials.models import Credential
from ..establishments.gates import establishment_for
from . import actions
from .coverage import coverage
from .forms import ConsentForm, LeaveForm, MemberForm
from .history import ended_consents, lookers, posts
from .models import StaffMember
from .roster import needs, roster


def member_for(user, code, pk, capability):
    """Somebody of the kitchen's staff, behind the kitchen's gate."""
    place = establishment_for(user, code, capability)
    member = get_object_or_404(place.staff, pk=pk)
    member.establishment = place
    return member


@login_required
@require_GET
def staff(request, code):
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    today = timezone.localdate()
    rows = roster(place, today)
    working = [row.member.pk for row in rows]
    context = {
        "place": place,
        "rows": rows,
        "needs": needs(rows),
        "coverage": coverage(place, today),
        "coming": place.staff.filter(joined_on__gt=today, left_on=None).order_by("joined_on"),
        "left": place.staff.exclude(pk__in=working).exclude(left_on=None).order_by("-left_on", "-pk")[:50],
        "may_keep": can(request.user, Can.KEEP_STAFF, place),
        "may_show": can(request.user, Can.RUN_KITCHEN, place),
    }
    return render(request, "registry/staff.html", context)


@login_required
@require_POST
def staff_shown(request, code):
    place = establishment_for(request.user, code, Can.RUN_KITCHEN)
    actions.show_staff(place, by=request.user, shown=request.POST.get("shown") == "1")
    messages.success(request, _("Saved."))
    return redirect("staff", code=place.code)


@login_required
def staff_new(request, code):
    place = establishment_for(request.user, code, Can.KEEP_STAFF)
    form = MemberForm(request.POST or None, initial={"joined_on": timezone.localdate()})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            member = actions.add(place, by=request.user, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("%(name)s is on the staff list.") % {"name": member.name})
            return redirect("staff_member", code=place.code, pk=member.pk)
    return render(request, "registry/staff_form.html", {"place": place, "form": form}, status=status)


@login_required
@require_GET
def staff_member(request, code, pk):
    member = member_for(request.user, code, pk, Can.SEE_PAPERS)
    today = timezone.localdate()
    papers = [(paper, paper.standing(today)) for paper in member.certificates.order_by("-pk")]
    standing = member.consents.select_related("form").filter(withdrawn_at=None).first()
    ended = ended_consents(member, today)
    has_left = member.left_on is not None and member.left_on <= today
    context = {
        "place": member.establishment,
        "member": member,
        "papers": papers,
        "draft": next((paper for paper, word in papers if word == "draft"), None),
        "posts": posts(member),
        "looks": lookers(member)[:1],
        "ended": ended,
        "consent": None if has_left else standing,
        "withdrawn": None if standing else member.consents.withdrawn().order_by("-pk").first(),
        "needs_certificate": member.post in StaffMember.NEED_CERTIFICATE,
        "is_filmed": member.post in StaffMember.FILMED,
        "works": member.works(today),
        "lacks": not any(word in ("in_force", "expiring", "submitted") for _paper, word in papers),
        "may_keep": can(request.user, Can.KEEP_STAFF, member),
        "may_hand_in": can(request.user, Can.HAND_IN_PAPERS, member),
        "kind": Credential.Kind.HEALTH_CERTIFICATE,
    }
    return render(request, "registry/staff_member.html", context)


@login_required
def staff_edit(request, code, pk):
    member = member_for(request.user, code, pk, Can.KEEP_STAFF)
    form = MemberForm(request.POST or None, instance=member)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.edit(member, by=request.user, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
            member.refresh_from_db()
        else:
            messages.success(request, _("Saved."))
            return redirect("staff_member", code=code, pk=pk)
    context = {"place": member.establishment, "member": member, "form": form}
    return render(request, "registry/staff_form.html", context, status=status)


@login_required
def staff_leave(request, code, pk):
    member = member_for(request.user, code, pk, Can.KEEP_STAFF)
    form = LeaveForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.leave(member, by=request.user, on=form.cleaned_data["on"])
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("It is written down that %(name)s leaves.") % {"name": member.name})
            return redirect("staff", code=code)
    context = {"place": member.establishment, "member": member, "form": form}
    return render(request, "registry/staff_leave.html", context, status=status)


@login_required
@require_POST
def staff_stay(request, code, pk):
    member = member_for(request.user, code, pk, Can.KEEP_STAFF)
    try:
        actions.stay(member, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(name)s is on the staff list.") % {"name": member.name})
    return redirect("staff_member", code=code, pk=pk)


# ── consent to be filmed ────────────────────────────────────────────────────────────────────────────────────
@login_required
def staff_consent(request, code, pk):
    member = member_for(request.user, code, pk, Can.KEEP_STAFF)
    form = ConsentForm(request.POST or None, request.FILES or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.give_consent(member, by=request.user, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("The consent of %(name)s is on record.") % {"name": member.name})
            return redirect("staff_member", code=code, pk=pk)
    context = {"place": member.establishment, "member": member, "form": form}
    return render(request, "registry/staff_consent.html", context, status=status)


@login_required
def staff_withdraw(request, code, pk):
    member = member_for(request.user, code, pk, Can.KEEP_STAFF)
    if request.method == "POST":
        try:
            actions.withdraw_consent(member, by=request.user)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The withdrawal is on record. It holds from this moment."))
        return redirect("staff_member", code=code, pk=pk)
    context = {"place": member.establishment, "member": member, "is_filmed": member.post in StaffMember.FILMED}
    return render(request, "registry/staff_withdraw.html", context)


@login_required
@require_GET
def staff_consent_form(request, code, pk):
    """To print and sign. Its words are the law's, in both languages, whoever reads the page."""
    member = member_for(request.user, code, pk, Can.SEE_PAPERS)
    place = member.establishment
    posts = {}
    for name, language in (("post_zh", "zh-hans"), ("post_en", "en")):
        with translation.override(language):
            posts[name] = str(member.get_post_display())
    context = {"place": place, "member": member, "authority": authority_of(place), **posts}
    return render(request, "registry/consent_form.html", context)


@login_required
@require_GET
def staff_consent_page(request, code, pk, consent, number):
    """The signed form's picture."""
    member = member_for(request.user, code, pk, Can.SEE_PAPERS)
    row = get_object_or_404(member.consents.select_related("form"), pk=consent)
    if row.form is None:
        raise Http404
    return seen.serve_nth([row.form], number, by=request.user, about=member)


def authority_of(place):
    """The bureau that looks after the kitchen, the nearest one; None where there is none."""
    prefixes = [place.division[:length] for length in range(len(place.division) + 1)]
    found = Authority.objects.filter(division__in=prefixes)
    return max(found, key=lambda row: len(row.division), default=None)
