"""A delivery by the photo of its note, in two steps that need no script: the photo, then the form it filled in."""

from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from ..credentials.forms import FilesField
from ..establishments.gates import establishment_for
from ..readings.models import Reading
from ..uploads import actions as arrivals
from .actions import MOST_PROOFS


class PhotoForm(forms.Form):
    photos = FilesField(
        label=_("Photo of the delivery note"),
        help_text=_("Lay it flat, in good light, so that every line can be read. Several pages are several photos."),
    )

    def clean_photos(self):
        rows = self.cleaned_data["photos"]
        if len(rows) > MOST_PROOFS:
            raise forms.ValidationError(_("At most %(most)s photos belong to one delivery.") % {"most": MOST_PROOFS})
        return rows


@login_required
def delivery_photo(request, code):
    place = establishment_for(request.user, code, Can.KEEP_LEDGER)
    form = PhotoForm(request.POST or None, request.FILES or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        photos = form.cleaned_data["photos"]
        try:
            rows = arrivals.receive(place, by=request.user, uploads=photos, sort=Reading.Sort.DELIVERY_NOTE)
        except Refused as error:
            form.add_error("photos", str(error))
            status = error.status
        else:
            query = urlencode([("held", row.key) for row in rows])
            return redirect(f"{reverse('delivery_new', args=[place.code])}?{query}")
    return render(request, "registry/delivery_photo.html", {"place": place, "form": form}, status=status)
