from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for
from . import actions as stickers_actions
from .forms import TablesForm
from .sheet import Card, sheet


@login_required
def stickers(request, code):
    place = establishment_for(request.user, code, Can.PRINT_STICKERS)
    form = TablesForm(request.POST or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            rows = stickers_actions.issue(place, by=request.user, tables=form.cleaned_data["tables"])
        except Refused as error:
            status = error.said_in(form)
        else:
            count = len(rows)
            messages.success(
                request,
                ngettext("%(count)s table code is ready to print.", "%(count)s table codes are ready to print.", count)
                % {"count": count},
            )
            return redirect("stickers", code=place.code)
    context = {"place": place, "form": form, "rows": place.stickers.filter(revoked_at=None).order_by("pk")}
    return render(request, "registry/stickers.html", context, status=status)


@login_required
def stickers_pdf(request, code):
    """All valid codes as A4 sheets; `?table=` prints one of them."""
    place = establishment_for(request.user, code, Can.PRINT_STICKERS)
    rows = place.stickers.filter(revoked_at=None).order_by("pk")
    if table := request.GET.get("table"):
        rows = rows.filter(pk=table) if table.isascii() and table.isdigit() and len(table) < 18 else rows.none()
    cards = [Card(stickers_actions.address(row), row.table) for row in rows]
    if not cards:
        messages.error(request, _("There is no table code to print yet."))
        return redirect("stickers", code=place.code)
    body = sheet(cards, kitchen=place.signboard, host=settings.SITE_HOST)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="tables-{place.code}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def sticker_revoke(request, code, pk):
    place = establishment_for(request.user, code, Can.PRINT_STICKERS)
    row = get_object_or_404(place.stickers, pk=pk)
    try:
        stickers_actions.revoke(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The code of table %(table)s is dead from now on.") % {"table": row.table})
    return redirect("stickers", code=place.code)


@login_required
@require_POST
def sticker_rotate(request, code, pk):
    place = establishment_for(request.user, code, Can.PRINT_STICKERS)
    row = get_object_or_404(place.stickers, pk=pk)
    try:
        stickers_actions.rotate(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("Table %(table)s has a new code; the old one is dead. Please print and replace it.")
            % {"table": row.table},
        )
    return redirect("stickers", code=place.code)
