"""A delivery by the photo of its note, in two steps that need no script: the photo, then the form it filled in."""

from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Can

from ..establishments.gates import establishment_for
from ..readings.models import Reading
from ..uploads.forms import HeldFilesField
from ..uploads.tray import Tray
from .actions import MOST_PROOFS, too_many_proofs


class PhotoForm(forms.Form):
    photos = HeldFilesField(
        label=_("Photo of the delivery note"),
        help_text=_("Lay it flat, in good light, so that every line can be read. Several pages are several photos."),
    )


@login_required
def delivery_photo(request, code):
    place = establishment_for(request.user, code, Can.KEEP_LEDGER)
    tray = Tray(request, place, "photos", most=MOST_PROOFS, too_many=too_many_proofs(), sort=Reading.Sort.DELIVERY_NOTE)
    form = PhotoForm(tray.data)
    tray.offer(form)
    if form.is_valid():
        query = urlencode([("held", key) for key in tray.keys])
        return redirect(f"{reverse('delivery_new', args=[place.code])}?{query}")
    context = {"place": place, "form": form, "brought": tray}
    return render(request, "registry/delivery_photo.html", context, status=tray.status if form.is_bound else 200)
