"""The buttons that turn a page of an upload, as static/js/upload-turn.js presses them. The answer is its state."""

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from .telling import told
from .turning import turn
from .views import refusals_are_answers, upload_for


@login_required
@require_POST
@refusals_are_answers
def upload_turn(request, key, number, code=None):
    row = upload_for(request.user, code, key)
    turn(row, number, by=request.user, way=request.POST.get("way", ""))
    return JsonResponse(told(upload_for(request.user, code, key)))
