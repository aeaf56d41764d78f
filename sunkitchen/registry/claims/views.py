from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.accounts.models import Authority
from sunkitchen.core.access import Can, require
from sunkitchen.core.workflow import Refused

from ..establishments.gates import office_only
from ..establishments.models import Establishment
from ..register.models import RegisterImport
from . import actions as claims
from . import codes, listing, paper
from .forms import ClaimForm
from .models import Invitation

PER_PAGE = 50


@login_required
def claim(request):
    form = ClaimForm(request.POST or None, request=request, initial={"number": request.GET.get("n", "")[:60]})
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            place = claims.claim(by=request.user, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("The kitchen is yours here. What the bureau holds is in force already."))
            return redirect("kitchen_desk", code=place.code)
    return render(request, "registry/claim.html", {"form": form}, status=status)


def claim_short(request):
    """What letters print: a short address, for whoever types it."""
    return redirect("claim")


@login_required
def waiting(request):
    """Kitchens that nobody acts for, with how their letters stand."""
    office_only(request.user, Can.INVITE_OWNERS)
    at = timezone.now()
    wanted = _wanted(request.GET)
    rows = listing.waiting(Establishment.objects.within(request.user, Can.INVITE_OWNERS), wanted, at)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    imports = RegisterImport.objects.within(request.user, Can.INVITE_OWNERS)
    context = {
        "page": page,
        "rows": listing.invited(list(page.object_list), at),
        "wanted": wanted,
        "of_import": imports.filter(pk=wanted.register_import).first() if wanted.register_import else None,
        "query": urlencode(_said(wanted)),
        "most": claims.MOST_LETTERS,
    }
    return render(request, "registry/claims.html", context)


@login_required
@require_POST
def letters_pdf(request):
    """Letters with fresh codes, for those that were ticked, or for the first of all that the search found."""
    office_only(request.user, Can.INVITE_OWNERS)
    at = timezone.now()
    wanted = _wanted(request.POST)
    rows = listing.waiting(Establishment.objects.within(request.user, Can.INVITE_OWNERS), wanted, at)
    if ticked := [int(pk) for pk in request.POST.getlist("kitchen")[: claims.MOST_LETTERS] if _is_id(pk)]:
        rows = rows.filter(pk__in=ticked)
    places = list(rows[: claims.MOST_LETTERS])
    if not places:
        messages.error(request, _("There is nobody to write to."))
        return redirect(f"{reverse('claims')}?{urlencode(_said(wanted))}")
    try:
        fresh = claims.invite_all(places, by=request.user, at=at)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("claims")
    body = _printed(fresh, at)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letters-{timezone.localtime(at):%Y%m%d-%H%M}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def invitation_revoke(request, pk):
    row = get_object_or_404(Invitation.objects.select_related("establishment"), pk=pk)
    require_officer(request.user, row)
    try:
        claims.revoke(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The letter's code opens nothing any more."))
    return redirect("claims")


def require_officer(user, row):
    """An office matter: the kitchen's own people are strangers to it."""
    office_only(user, Can.SEE_OFFICE)
    require(user, Can.INVITE_OWNERS, row)


def _printed(fresh, at):
    through = timezone.localdate(at + claims.VALID)
    numbers = claims.numbers_of([place for place, _code in fresh])
    with translation.override(settings.LANGUAGE_CODE):
        address = f"{settings.SITE_URL}{reverse('claim_short')}"
    sheets = [
        paper.Letter(
            operator_name=place.operator_name,
            signboard=place.signboard if place.signboard != place.operator_name else "",
            address=place.address,
            number=numbers.get(place.pk) or place.uscc,
            code=codes.written(code),
            through=through,
            is_demo=place.is_demo,
        )
        for place, code in fresh
    ]
    bureau = _bureau(fresh[0][0])
    return paper.sheets(sheets, authority=bureau, address=address, written_on=timezone.localdate(at))


def _bureau(place):
    """The nearest authority of its division."""
    rows = [row for row in Authority.objects.all() if place.division.startswith(row.division)]
    return max(rows, key=lambda row: len(row.division)).name if rows else ""


def _wanted(sent):
    pk = sent.get("import", "")
    return listing.Wanted(
        words=sent.get("q", "").strip()[:60],
        register_import=int(pk) if _is_id(pk) else None,
        unwritten=bool(sent.get("unwritten")),
    )


def _said(wanted):
    said = {"q": wanted.words, "import": wanted.register_import, "unwritten": "1" if wanted.unwritten else ""}
    return {name: value for name, value in said.items() if value}


def _is_id(text):
    return text.isascii() and text.isdigit() and len(text) < 18
