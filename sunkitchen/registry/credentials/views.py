"""A paper on its owner's side: handed in, followed, corrected, taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.core import files, seen
from sunkitchen.core.access import Can, can, require
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for
from . import actions as credentials
from . import filling, prefill, timeline, turning
from .beside import beside, picture_of
from .models import Credential


@login_required
def paper_new(request, code):
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    old = _renewed(request, place.credentials.of_kitchen())
    kind = old.kind if old else request.GET.get("kind", Credential.Kind.FOOD_PERMIT)
    if kind not in Credential.OF_KITCHEN:
        raise Http404
    return hand_in_page(request, place, Credential.Kind(kind), holder=place.operator_name, old=old)


@login_required
def certificate_new(request, code, pk):
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    member = get_object_or_404(place.staff, pk=pk)
    old = _renewed(request, member.certificates.all())
    kind = Credential.Kind.HEALTH_CERTIFICATE
    return hand_in_page(request, place, kind, holder=member.name, member=member, old=old)


def _renewed(request, papers):
    """The paper that the new one is to follow, where the address names one."""
    named = request.GET.get("renews", "")
    if not named:
        return None
    if not (named.isascii() and named.isdigit() and len(named) < 18):
        raise Http404
    return get_object_or_404(papers, pk=named)


def hand_in_page(request, place, kind, *, holder, member=None, old=None):
    initial = {"holder": holder}
    if old:  # the number and the dates of a renewal are often new ones: they are read, or typed
        initial |= {"holder": old.holder, "issuer": old.issuer, "items": old.items}
        if kind == Credential.Kind.BUSINESS_LICENCE:
            initial["number"] = old.number
    page = filling.Page(request, place, kind, initial=initial)
    if page.turns_to:
        return redirect(page.turns_to)
    if page.form.is_valid():
        try:
            paper = credentials.hand_in(
                place, by=request.user, kind=kind, staff_member=member, held=page.held, **page.form.facts()
            )
        except Refused as error:
            page.status = error.said_in(page.form)
        else:
            messages.success(request, _("Handed in. You can follow it here; we also send you a message."))
            return redirect("paper", code=place.code, pk=paper.pk)
    context = {**page.context(), "place": place, "kind": kind, "member": member, "old": old}
    return render(request, "registry/paper_form.html", context, status=page.status)


@login_required
def paper(request, code, pk):
    place = establishment_for(request.user, code, Can.SEE_PAPERS)
    row = get_object_or_404(place.credentials.select_related("staff_member"), pk=pk)
    context = {
        "place": place,
        "paper": row,
        "member": row.staff_member,
        "is_held": row.source == Credential.Source.REGISTER,
        "standing": row.standing(timezone.localdate()),
        "stops": timeline.stops(row),
        "ahead": timeline.ahead(row) if row.state == Credential.State.SUBMITTED else None,
        "fields": beside(row),
        "pages": prefill.page_urls(row, [page.file for page in row.pages.select_related("file")]),
        "may_turn": turning.may_turn(row),
        "may_see": can(request.user, picture_of(row), row),
        "may_hand_in": can(request.user, Can.HAND_IN_PAPERS, place),
    }
    return render(request, "registry/paper.html", context)


@login_required
def paper_edit(request, code, pk):
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    row = get_object_or_404(place.credentials.filter(source=Credential.Source.UPLOAD), pk=pk)
    kind = Credential.Kind(row.kind)
    page = filling.Page(request, place, kind, paper=row)
    if page.turns_to:
        return redirect(page.turns_to)
    if page.form.is_valid():
        try:
            credentials.revise(row, by=request.user, held=page.held, **page.form.facts())
            credentials.submit(row, by=request.user)
        except Refused as error:
            page.status = error.said_in(page.form)
            row.refresh_from_db()
        else:
            messages.success(request, _("Handed in again. You can follow it here."))
            return redirect("paper", code=place.code, pk=row.pk)
    context = {**page.context(), "place": place, "kind": kind, "paper": row, "member": row.staff_member}
    return render(request, "registry/paper_form.html", context, status=page.status)


@login_required
@require_POST
def paper_withdraw(request, code, pk):
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    row = get_object_or_404(place.credentials, pk=pk)
    try:
        credentials.withdraw(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken back. You can correct it and hand it in again."))
    return redirect("paper", code=place.code, pk=row.pk)


@login_required
@require_POST
def paper_turn(request, code, pk, number):
    """Plainly it turns to the paper's page; a script gets the page's new address and where its marks stand now."""
    place = establishment_for(request.user, code, Can.HAND_IN_PAPERS)
    row = get_object_or_404(place.credentials, pk=pk)
    by_script = request.headers.get("Accept") == "application/json"
    try:
        turning.turn(row, number, by=request.user, way=request.POST.get("way", ""))
    except Refused as error:
        if by_script:
            return JsonResponse({"refused": str(error)}, status=error.status)
        messages.error(request, str(error))
    if by_script:
        picture = prefill.of_paper(row).pictures[number - 1]
        return JsonResponse({"url": picture.url, "marks": {mark.name: mark.points for mark in picture.marks}})
    return redirect(f"{reverse('paper', args=[place.code, row.pk])}#page-{number}")


@login_required
def paper_page(request, pk, number):
    row = get_object_or_404(Credential, pk=pk)
    require(request.user, picture_of(row), row)
    pages = (page.file for page in row.pages.select_related("file"))
    if row.staff_member:  # their health: they may ask who looked
        return seen.serve_nth(pages, number, by=request.user, about=row.staff_member)
    return files.serve_nth(pages, number)
