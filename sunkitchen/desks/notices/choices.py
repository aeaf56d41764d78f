"""How I want to hear: at once, once a day, on the desk alone; and other systems of mine that hear it, too."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.core import hearing, notices, webhooks
from sunkitchen.core.models import NoticeChoice, Webhook
from sunkitchen.core.workflow import Refused

from .forms import ChoicesForm, WebhookForm
from .views import TOPICS


@login_required
def notice_choices(request):
    kept = {row.topic: {"sms": row.sms, "email": row.email} for row in NoticeChoice.objects.filter(person=request.user)}
    form = ChoicesForm(request.POST or None, topics=_free(), kept=kept)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            hearing.choose(by=request.user, choices=form.choices())
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Saved. The desk always has everything."))
            return redirect("notice_choices")
    return _page(request, form, WebhookForm(topics=TOPICS), status)


@login_required
@require_POST
def webhook_new(request):
    form = WebhookForm(request.POST, topics=TOPICS)
    shown, status = None, 422
    if form.is_valid():
        try:
            shown = webhooks.make(by=request.user, **form.cleaned_data)
        except Refused as error:
            status = error.said_in(form)
        else:
            form, status = WebhookForm(topics=TOPICS), 200
    return _page(request, None, form, status, shown)


@login_required
@require_POST
def webhook_end(request, pk):
    hook = get_object_or_404(Webhook, pk=pk, person=request.user)
    try:
        webhooks.end(hook, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("notice_choices")


def _free():
    return {name: words for name, words in TOPICS.items() if name not in hearing.ALWAYS}


def _page(request, form, hook_form, status, shown=None):
    if form is None:
        rows = NoticeChoice.objects.filter(person=request.user)
        form = ChoicesForm(topics=_free(), kept={row.topic: {"sms": row.sms, "email": row.email} for row in rows})
    context = {
        "form": form,
        "hook_form": hook_form,
        "hooks": Webhook.objects.filter(person=request.user, ended_at=None).order_by("pk"),
        "made": shown,  # (webhook, secret): in this answer alone
        "dead": notices.dead_addresses(request.user),
        "always": [words for name, words in TOPICS.items() if name in hearing.ALWAYS],
    }
    answer = render(request, "desks/notice_choices.html", context, status=status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
