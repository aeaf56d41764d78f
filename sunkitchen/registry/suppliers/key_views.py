"""Keys for other ledger systems, a kitchen's and an authority's; and the page that explains their interface."""

import json
from functools import cache
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sunkitchen.accounts.models import Authority
from sunkitchen.core.access import Can, can, require
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for, office_only
from . import keys
from .models import DeliveryLine, LedgerKey

OPENAPI = Path(__file__).with_name("openapi.json")


class KeyForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("Which system"),
        help_text=gettext_lazy("As you call it: the supplier's shop, the till, the province's platform."),
        max_length=60,
    )

    def __init__(self, *args, authorities=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.known = {str(row.pk): row for row in authorities}
        if len(self.known) > 1:
            choices = [(pk, row.name) for pk, row in self.known.items()]
            self.fields["authority"] = forms.ChoiceField(label=gettext_lazy("Authority"), choices=choices)

    def door(self):
        chosen = self.cleaned_data.get("authority") or next(iter(self.known))
        return {"authority": self.known[chosen]}


@login_required
def ledger_keys(request, code):
    place = establishment_for(request.user, code, Can.RUN_KITCHEN)
    form = KeyForm(request.POST or None)
    return _page(request, form, place.ledger_keys.all(), lambda: {"establishment": place}, {"place": place})


@login_required
@require_POST
def ledger_key_revoke(request, code, pk):
    place = establishment_for(request.user, code, Can.RUN_KITCHEN)
    _revoke(request, get_object_or_404(place.ledger_keys, pk=pk))
    return redirect("ledger_keys", code=place.code)


@login_required
def office_ledger_keys(request):
    office_only(request.user, Can.IMPORT_REGISTER)
    bureaus = [row for row in Authority.objects.order_by("pk") if can(request.user, Can.IMPORT_REGISTER, row)]
    form = KeyForm(request.POST or None, authorities=bureaus)
    return _page(request, form, LedgerKey.objects.filter(authority__in=bureaus), form.door, {})


@login_required
@require_POST
def office_ledger_key_revoke(request, pk):
    office_only(request.user, Can.SEE_OFFICE)
    row = get_object_or_404(LedgerKey.objects.select_related("authority"), pk=pk, establishment=None)
    require(request.user, Can.IMPORT_REGISTER, row)
    _revoke(request, row)
    return redirect("office_ledger_keys")


@login_required
def ledger_api_guide(request):
    """What another system sends, and what it is answered."""
    context = {
        "address": settings.SITE_URL + reverse("ledger_api"),
        "goods": DeliveryLine.Goods.choices,
        "proofs": DeliveryLine.Proof.choices,
    }
    return render(request, "registry/ledger_api.html", context)


@login_required
def ledger_api_openapi(request):
    """The same for machines, OpenAPI 3.1."""
    found = {**_openapi(), "servers": [{"url": settings.SITE_URL}]}
    answer = HttpResponse(json.dumps(found, ensure_ascii=False, indent=1), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="ledger-api.json"'
    return answer


@cache
def _openapi():
    return json.loads(OPENAPI.read_text(encoding="utf-8"))


def _page(request, form, rows, door, context):
    """The keys, and a new one's once: it is on no other page, and nowhere kept."""
    made = key = None
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            made, key = keys.make(by=request.user, title=form.cleaned_data["title"], **door())
        except Refused as error:
            status = error.said_in(form)
        else:
            status = 200
    shown = list(rows.select_related("made_by", "authority").order_by("revoked_at", "-pk"))
    context |= {
        "form": form,
        "keys": [(row, row.revoked_at is None and keys.may_give(row)) for row in sorted(shown, key=_live)],
        "made": made,
        "key": key,
        "address": settings.SITE_URL + reverse("ledger_api"),
    }
    return render(request, "registry/ledger_keys.html", context, status=status)


def _live(row):
    return row.revoked_at is not None, -row.pk


def _revoke(request, row):
    try:
        keys.revoke(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The key of %(system)s opens nothing any more.") % {"system": row})
