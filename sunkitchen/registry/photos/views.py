from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.core import access, files
from sunkitchen.core.access import Can, can
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for
from . import actions
from .forms import PhotoForm, RemovalForm


@login_required
def photos(request, code):
    place = establishment_for(request.user, code, Can.EDIT_KITCHEN if request.method == "POST" else Can.SEE_KITCHEN)
    form = PhotoForm(request.POST or None, request.FILES or None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            actions.add(
                place, by=request.user, subject=form.cleaned_data["subject"], upload=form.cleaned_data["picture"]
            )
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("The photo is on the page."))
            return redirect("photos", code=place.code)
    return render_photos(request, place, form, status)


@login_required
@require_POST
def photo_remove(request, code, pk):
    place = establishment_for(request.user, code, Can.REMOVE_PHOTO)
    row = get_object_or_404(place.photos, pk=pk)
    form = RemovalForm(request.POST)
    if not form.is_valid():
        form.add_error(None, form.errors["reason"])  # its field stands beside each photo, without room for an error
        return render_photos(request, place, PhotoForm(), 422, wrong=(row.pk, form))
    try:
        actions.remove(row, by=request.user, reason=form.cleaned_data["reason"])
    except Refused as error:
        return render_photos(request, place, PhotoForm(), error.said_in(form), wrong=(row.pk, form))
    messages.success(request, _("The photo is gone, from the page and from our disks."))
    return redirect("photos", code=place.code)


@login_required
@require_POST
def photo_move(request, code, pk):
    """One place towards the front, or with `back` towards the end."""
    place = establishment_for(request.user, code, Can.EDIT_KITCHEN)
    order = list(place.photos.shown().values_list("pk", flat=True))
    if pk not in order:
        raise Http404
    here = order.index(pk)
    there = max(0, min(len(order) - 1, here + (1 if "back" in request.POST else -1)))
    order.insert(there, order.pop(here))
    try:
        actions.arrange(place, by=request.user, photos=order)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("photos", code=place.code)


@login_required
def photo(request, code, pk):
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    row = get_object_or_404(place.photos.shown().select_related("file"), pk=pk)
    if row.file is None:
        raise Http404
    return files.serve_page(row.file, 1)


def render_photos(request, place, form, status=200, wrong=(None, None)):
    context = {
        "place": place,
        "form": form,
        "rows": place.photos.shown(),
        "most": actions.MOST_PHOTOS,
        "may_add": can(request.user, Can.EDIT_KITCHEN, place),
        "may_remove": can(request.user, Can.REMOVE_PHOTO, place),
        "as_officer": place.pk not in access.own(request.user),
        "wrong": wrong[0],
        "removal": wrong[1],
    }
    return render(request, "registry/photos.html", context, status=status)
