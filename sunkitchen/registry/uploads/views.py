"""Uploads in pieces, as static/js/upload.js asks for them: begun, continued, looked at, dropped. All answers are JSON."""

import json
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sunkitchen.core import files
from sunkitchen.core.access import Can
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for
from . import actions
from .models import Upload
from .telling import told

MOST_WORDS = 4096  # bytes of an announcement
OFFSET = "Upload-Offset"


def refusals_are_answers(view):
    """What an action refuses is said in JSON, with the right offset where that was wrong."""

    @wraps(view)
    def answering(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except Refused as error:
            words: dict[str, object] = {"refused": str(error)}
            if isinstance(error, actions.WrongOffset):
                words["received"] = error.offset
            return JsonResponse(words, status=error.status)

    return answering


def place_of(user, code):
    """The kitchen that the address names; None for a person's own uploads."""
    return establishment_for(user, code, Can.HAND_IN_PAPERS) if code else None


def upload_for(user, code, key):
    """An upload that no form has taken yet: the uploader's and the kitchen's own people's alone."""
    rows = Upload.objects.of(place_of(user, code), user).filter(used_at=None)
    return get_object_or_404(rows.select_related("file", "establishment", "by"), key=key)


def bad(words, status=400):
    return JsonResponse({"refused": words}, status=status)


@login_required
@require_POST
@refusals_are_answers
def upload_begin(request, code=None):
    place = place_of(request.user, code)
    try:
        said = json.loads(request.body) if len(request.body) <= MOST_WORDS else None
    except (ValueError, RecursionError, RequestDataTooBig):
        said = None
    facts = said if isinstance(said, dict) else {}
    name, size, sort = facts.get("name"), facts.get("size"), facts.get("sort", "")
    if not (isinstance(name, str) and isinstance(sort, str) and type(size) is int):
        return bad(_("An upload begins with its name and its size."))
    upload = actions.begin(place, by=request.user, name=name, size=size, sort=sort)
    return JsonResponse(told(upload), status=201)


@login_required
@require_http_methods(["GET", "PATCH", "DELETE"])
@refusals_are_answers
def upload(request, key, code=None):
    row = upload_for(request.user, code, key)
    if request.method == "DELETE":
        actions.drop(row, by=request.user)
        return JsonResponse({}, status=200)
    if request.method == "PATCH":
        offset = request.headers.get(OFFSET, "")
        if not (offset.isascii() and offset.isdigit() and len(offset) <= 12):
            return bad(_("A piece says where it begins."))
        chunk = request.read(actions.MOST_PIECE + 1)  # not `body`: a piece is larger than a form may be
        if len(chunk) > actions.MOST_PIECE:
            return bad(_("The piece is too large."), 413)
        row = actions.append(row, by=request.user, offset=int(offset), chunk=chunk)
    return JsonResponse(told(row))


@login_required
@require_GET
def upload_page(request, key, number, code=None):
    row = upload_for(request.user, code, key)
    if row.file is None:
        raise Http404
    return files.serve_page(row.file, number)
