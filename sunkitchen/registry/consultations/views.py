"""The asker's side: their talks, a new one, the chat."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sunkitchen.core import files
from sunkitchen.core.access import Can, reach
from sunkitchen.core.workflow import Refused

from ..credentials.models import Credential
from ..establishments.models import Establishment
from ..uploads.tray import Tray
from . import actions as consultations
from . import answering, words
from .forms import BUREAU, KITCHEN, AskForm, SayForm
from .gates import Side, anyones_talk, desk_talk
from .models import Consultation, MessageFile

PER_PAGE = 20


@login_required
def talks(request):
    rows = Consultation.objects.of_kitchens_of(request.user).with_news(request.user, Side.KITCHEN)
    rows = rows.select_related("authority", "establishment", "credential").order_by("-last_at", "-pk")
    context = {"page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))}
    return render(request, "registry/talks.html", context)


@login_required
def talk_new(request):
    """With ?paper= of a draft, or ?kitchen= , what that names is chosen already."""
    rows = Establishment.objects.filter(pk__in=reach(request.user, Can.HAND_IN_PAPERS)[0])
    kitchens = list(rows.order_by("signboard", "pk"))
    language = get_language()
    tray = tray_of(request)
    form = AskForm(
        tray.data,
        kitchens=kitchens,
        language=language,
        initial=_chosen(request, kitchens),
    )
    tray.offer(form)
    status = tray.status if form.is_bound else 200
    if form.is_valid():
        try:
            talk = consultations.ask(by=request.user, **form.asked())
        except Refused as error:
            status = error.said_in(form)
        else:
            tray.let_go()  # asked before, it is not asked again
            return redirect("talk", talk.code)
    bureaus = list({row.pk: row for row in form.bureau_of.values() if row}.values()) or list(form.bureaus.values())[:3]
    now = timezone.now()
    context = {
        "form": form,
        "answering": [answering.of(row, now, language) for row in bureaus[:3]],
        "paper": form.initial.get("paper"),
        "brought": tray,
    }
    return render(request, "registry/talk_new.html", context, status=status)


def _chosen(request, kitchens):
    chosen = {"to": f"{KITCHEN}:{kitchens[0].code}"} if len(kitchens) == 1 else {}
    if (code := request.GET.get("kitchen")) and code in {place.code for place in kitchens}:
        chosen["to"] = f"{KITCHEN}:{code}"
    if (slug := request.GET.get("bureau", "")) and not kitchens:
        chosen["to"] = f"{BUREAU}:{slug}"
    if (pk := request.GET.get("paper", "")).isdecimal() and len(pk) < 18:
        ours = [place.pk for place in kitchens]
        paper = Credential.objects.filter(pk=pk, establishment__in=ours, state__in=consultations.BEFOREHAND).first()
        if paper:
            said = _("Please look through my draft: %(paper)s") % {"paper": paper.get_kind_display()}
            chosen |= {"paper": paper, "to": f"{KITCHEN}:{paper.establishment.code}", "subject": said}
    return chosen


@login_required
def talk(request, code):
    row = desk_talk(request.user, code)
    tray = tray_of(request)
    form, status = SayForm(tray.data), 200
    tray.offer(form)
    if request.method == "POST":
        answer, status = sent(request, form, tray, lambda said: consultations.say(row, by=request.user, **said))
        if answer:
            return answer
    context = chat(request, row, Side.KITCHEN, tray)
    now = timezone.now()
    context |= {"form": form, "answering": answering.of(row.authority, now, get_language()), "may_write": True}
    return render(request, "registry/talk.html", context, status=status)


def tray_of(request):
    """What is sent along lies with who sends it, until it is said: officers have no kitchen, nor has everybody who asks."""
    return Tray(request, None, "files", most=consultations.MOST_FILES, too_many=consultations.too_many())


def sent(request, form, tray, say):
    """(the answer, or None where the page is shown with what is wrong; its status). A script asks for JSON."""
    wants_json = "application/json" in request.headers.get("Accept", "")
    status, why = tray.status, ""
    if form.is_valid():
        try:
            message = say(form.said())
        except Refused as error:
            status, why = error.said_in(form), str(error)
        else:
            tray.let_go()  # said before, it is not said again
            if wants_json:
                return JsonResponse({"id": message.pk, "form": str(message.form)}), 200
            return redirect(f"{request.path}#m{message.pk}"), 302
    if wants_json:
        why = why or next(
            (str(error) for errors in form.errors.values() for error in errors), _("Please write a message.")
        )
        return JsonResponse({"refused": why}, status=status), status
    return None, status


def chat(request, row, side, tray):
    """What both sides' pages show of the talk; to open it is to have read it."""
    before = request.GET.get("before", "")
    before = int(before) if before.isdecimal() and len(before) < 18 else None
    rows = words.rows_of(row, before=before)
    first, last = (rows[0].pk, rows[-1].pk) if rows else (0, 0)
    if rows and before is None:
        consultations.read(row, by=request.user, upto=last)
    language = get_language()
    return {
        "talk": row,
        "standing": words.standing(row, side),
        "lines": words.lines(rows, row, request.user, side),
        "earlier": first if row.messages.filter(pk__lt=first).exists() else None,
        "is_past": before is not None,
        "last": last,
        "socket": f"/ws/talk/{row.code}/?{urlencode({'language': language, 'person': request.user.pk})}",
        "brought": tray,
    }


@login_required
def talk_file(request, code, pk, number):
    """A page of what was sent along: for both sides, and for nobody else."""
    row = anyones_talk(request.user, code)
    page = get_object_or_404(MessageFile.objects.select_related("file"), pk=pk, message__consultation=row)
    return files.serve_page(page.file, number)
