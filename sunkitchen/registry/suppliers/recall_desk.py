"""A kitchen's page about recalled goods that it received: what came, what to do, and its answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sunkitchen.core import files
from sunkitchen.core.access import Can, can
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for
from ..establishments.models import Establishment
from ..uploads.tray import Tray
from . import recalls, tracks
from .models import RecallNotice
from .recall_forms import AnswerForm


@login_required
def recall_answer(request, code, pk):
    place = establishment_for(request.user, code, Can.KEEP_LEDGER if request.method == "POST" else Can.SEE_KITCHEN)
    row = _notice(place, pk)
    kept = {"delivery": row.delivery_id} | ({"answer": row.answer, "note": row.note} if row.answer else {})
    tray = Tray(request, place, "photo", most=1, too_many=_("One photo is enough."))
    form = AnswerForm(tray.data, initial=kept)
    tray.offer(form)
    status = tray.status if form.is_bound else 200
    if form.is_valid():
        said = form.cleaned_data
        try:
            recalls.answer(
                row,
                by=request.user,
                answer=said["answer"],
                note=said["note"],
                held=tray.keys,
                delivery=said["delivery"],
            )
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Thank you: the authority reads your answer."))
            return redirect("recall_answer", code=place.code, pk=row.pk)
    question = recalls.question_of(row.recall)
    lines = tracks.lines(question, Establishment.objects.filter(pk=place.pk))
    context = {
        "place": place,
        "row": row,
        "recall": row.recall,
        "received": tracks.received(lines, [place.pk])[0].lines,
        "form": form,
        "brought": tray,
        "may_answer": row.recall.ended_at is None and can(request.user, Can.KEEP_LEDGER, place),
    }
    return render(request, "registry/recall_answer.html", context, status=status)


@login_required
def recall_photo(request, code, pk):
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    row = _notice(place, pk)
    if row.photo is None:
        raise Http404
    return files.serve_page(row.photo, 1)


def _notice(place, pk):
    rows = RecallNotice.objects.select_related("recall__authority", "photo", "answered_by", "delivery")
    return get_object_or_404(rows, pk=pk, establishment=place)
