"""An employee's rights as pages: for the kitchen's people, and one for the employee's own phone."""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sunkitchen.core import qr, tickets
from sunkitchen.core.access import Can
from sunkitchen.core.origin import is_own_form
from sunkitchen.core.workflow import Refused, WrongState

from .. import retention
from ..establishments.gates import establishment_for
from . import actions, bundle, own, rights
from .history import ended_consents, lookers
from .models import StaffMember
from .rights_forms import AskedForm, RefuseForm
from .views import authority_of, member_for


@login_required
@require_GET
def staff_data(request, code, pk):
    """What is kept of a person, who looked at it, and what they may ask."""
    member = member_for(request.user, code, pk, Can.KEEP_STAFF)
    return _data_page(request, member, RefuseForm())


@login_required
@require_POST
def staff_copy(request, code, pk):
    member = member_for(request.user, code, pk, Can.KEEP_STAFF)
    form = AskedForm(request.POST)
    if not form.is_valid():
        return _data_page(request, member, RefuseForm(), copy=form, status=422)
    try:
        rights.copied(member, by=request.user, asked_on=form.cleaned_data["asked_on"])
    except Refused as error:
        return _data_page(request, member, RefuseForm(), copy=form, status=error.said_in(form))
    now = timezone.localtime()
    name = f"personal-data-{member.pk}-{now:%Y%m%d}.zip"
    zipped = bundle.of(member, now, by=request.user)
    answer = FileResponse(zipped, as_attachment=True, filename=name, content_type="application/zip")
    answer["Cache-Control"] = "private, no-store"
    return answer


@login_required
def staff_erase(request, code, pk):
    """What goes and what stays, before it is done."""
    member = member_for(request.user, code, pk, Can.KEEP_STAFF)
    form = AskedForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            rights.erase(member, by=request.user, asked_on=form.cleaned_data["asked_on"])
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("It is erased. That somebody worked here in this post, and when, stays."))
            return redirect("staff_data", code=code, pk=pk)
    context = {
        "place": member.establishment,
        "member": member,
        "form": form,
        "why_not": rights.why_not(member, timezone.localdate()),
    }
    return render(request, "registry/staff_erase.html", context, status=status)


@login_required
@require_POST
def staff_refuse(request, code, pk):
    member = member_for(request.user, code, pk, Can.KEEP_STAFF)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _data_page(request, member, form, status=422)
    try:
        rights.refuse(member, by=request.user, **form.cleaned_data)
    except Refused as error:
        return _data_page(request, member, form, status=error.said_in(form))
    messages.success(request, _("The refusal is on record."))
    return redirect("staff_data", code=code, pk=pk)


@login_required
@require_GET
def staff_own_link(request, code, pk):
    """A code to scan with the employee's own phone."""
    member = member_for(request.user, code, pk, Can.KEEP_STAFF)
    if member.erased_at:
        raise Http404
    url = settings.SITE_URL + reverse("staff_own", args=[own.link(member, timezone.now())])
    context = {
        "place": member.establishment,
        "member": member,
        "url": url,
        "code": mark_safe(qr.svg(url)),
        "until": timezone.now() + timedelta(seconds=tickets.STAFF_OWN_SECONDS),
    }
    return render(request, "registry/staff_own_link.html", context)


@csrf_exempt  # it knows nobody: no cookie is read or set; `is_own_form` keeps other websites out
@require_http_methods(["GET", "POST"])
def staff_own(request, token):
    """For the employee alone, without signing in: what they were told, and their consent, to be taken back at once."""
    now = timezone.now()
    if request.method == "POST" and not is_own_form(request):
        raise PermissionDenied
    try:
        member = own.member_of(token, now)
    except tickets.BadTicket:
        answer = render(request, "registry/staff_own_refused.html", status=404)
    else:
        answer = _own(request, member, token)
    patch_cache_control(answer, no_store=True)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _own(request, member, token):
    if request.method == "POST":
        with suppress(WrongState):  # taken back already: the page says so
            actions.withdraw_consent(member, by=None)
        return redirect("staff_own", token=token)
    consents = list(member.consents.order_by("-pk"))
    standing = next((row for row in consents if row.withdrawn_at is None), None)
    place = member.establishment
    context = {
        "place": place,
        "member": member,
        "consent": standing,
        "withdrawn": None if standing else member.consents.withdrawn().order_by("-pk").first(),
        "ended": None if standing else next(iter(ended_consents(member, timezone.localdate())), None),
        "is_filmed": member.post in StaffMember.FILMED and member.works(timezone.localdate()),
        "authority": authority_of(place),
        "scans_days": retention.days("staff_scans"),
    }
    return render(request, "registry/staff_own.html", context)


@login_required
@require_GET
def legal_paper(request, code, which):
    """The notice to the staff, or the impact assessment, with the kitchen's facts: to print, in both languages."""
    place = establishment_for(request.user, code, Can.SEE_PAPERS)
    if which not in ("notice", "assessment"):
        raise Http404
    today = timezone.localdate()
    working = place.staff.working(today)
    context = {
        "place": place,
        "which": which,
        "zh": f"registry/legal/{which}_zh.html",
        "en": f"registry/legal/{which}_en.html",
        "authority": authority_of(place),
        "people": working.count(),
        "filmed": working.filter(post__in=StaffMember.FILMED).count(),
        "certified": working.filter(post__in=StaffMember.NEED_CERTIFICATE).count(),
        "scans_days": retention.days("staff_scans"),
        "views_days": retention.days("file_views"),
        "today": today,
    }
    return render(request, "registry/legal_paper.html", context)


def _data_page(request, member, refuse, *, copy=None, status=200):
    papers = list(member.certificates.order_by("-pk").prefetch_related("pages__file"))
    context = {
        "place": member.establishment,
        "member": member,
        "copy": copy or AskedForm(auto_id="copy_%s"),
        "refuse": refuse,
        "why_not": "" if member.erased_at else rights.why_not(member, timezone.localdate()),
        "papers": papers,
        "pictures": sum(page.file.pages for paper in papers for page in paper.pages.all()),
        "consents": list(member.consents.select_related("form").order_by("-pk")),
        "looks": lookers(member),
        "requests": member.data_requests.select_related("recorded_by").order_by("-pk"),
        "views_days": retention.days("file_views"),
    }
    return render(request, "registry/staff_data.html", context, status=status)
