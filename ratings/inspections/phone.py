"""What an officer's phone needs beside the pages: photos taken in one by one, a fresh token, the worker that keeps pages.

A phone may open a page that it kept, days later, in another session. So it asks who is signed in and for that session's
token before it sends: a draft is never lost to a session that ended, and never sent in a colleague's name.
"""

from functools import cache

from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles.finders import find
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from sunkitchen.core import files
from sunkitchen.core.access import Can, require
from sunkitchen.core.workflow import Refused
from sunkitchen.registry.establishments.gates import office_only

from . import actions
from .forms import PhotoForm
from .models import Inspection, InspectionPhoto

WORKER = "js/inspection-worker.js"


@require_GET
def worker(request):
    """The service worker. It lies below the pages that it may answer for, so that no header widens its scope."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'"
    return response


@cache
def _worker() -> bytes:
    if found := find(WORKER):
        with open(found, "rb") as file:
            return file.read()
    with staticfiles_storage.open(WORKER) as file:  # collected, and its source elsewhere
        return file.read()


@login_required
def inspection_token(request):
    """Who is signed in, and the token with which this session sends."""
    office_only(request.user, Can.INSPECT)
    return JsonResponse({"user": str(request.user.pk), "token": get_token(request)})


@login_required
@require_POST
def inspection_photos(request, pk):
    """Take in one picture, once a key."""
    visit = get_object_or_404(Inspection.objects.select_related("establishment"), pk=pk)
    require(request.user, Can.INSPECT, visit)
    form = PhotoForm(request.POST, request.FILES)
    status = 422
    if form.is_valid():
        try:
            sent = form.cleaned_data
            photo = actions.add_photo(
                visit, sent["photo"], by=request.user, key=sent["key"], item=sent["item"], taken_at=sent["taken_at"]
            )
            return JsonResponse({"photo": photo.pk})
        except Refused as refused:
            status = refused.said_in(form)
    return JsonResponse({"errors": {"": [str(word) for said in form.errors.values() for word in said]}}, status=status)


@login_required
def inspection_photo(request, pk, photo):
    """A picture of a visit, for officers."""
    return files.serve_page(_photo(request.user, pk, photo, Can.SEE_OFFICE).file, 1)


@login_required
def inspection_desk_photo(request, pk, photo):
    """The same for the people of the kitchen, once the visit is closed."""
    found = _photo(request.user, pk, photo, Can.SEE_KITCHEN, inspection__state=Inspection.State.CLOSED)
    return files.serve_page(found.file, 1)


@login_required
def inspection_signature(request, pk):
    """What the operator drew, for officers."""
    visit = get_object_or_404(Inspection.objects.select_related("establishment", "signature_image"), pk=pk)
    require(request.user, Can.SEE_OFFICE, visit)
    if visit.signature_image is None:
        raise Http404
    return files.serve_page(visit.signature_image, 1)


def _photo(user, pk, photo, capability, **words):
    rows = InspectionPhoto.objects.select_related("inspection__establishment", "file")
    found = get_object_or_404(rows, pk=photo, inspection=pk, **words)
    require(user, capability, found)
    return found
