"""Video checks beside what they are about: a paper, on its review and on its owner's page; a kitchen, in the office."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from streams.videochecks import actions
from streams.videochecks.forms import AskForm
from streams.videochecks.models import VideoCheck
from streams.videochecks.views import stills_of
from sunkitchen.core.access import Can, can, own
from sunkitchen.registry.models import Credential, Establishment

register = template.Library()


@register.inclusion_tag("streams/_video_checks.html", takes_context=True)
def video_checks(context: Context, paper: Credential) -> dict[str, Any]:
    """The paper's checks with outcome and stills; to a clerk who may ask, the form that asks."""
    rows = paper.video_checks.order_by("-pk")
    return _shown(context, paper.establishment, rows, paper)


@register.inclusion_tag("streams/_video_checks.html", takes_context=True)
def premises_checks(context: Context, place: Establishment) -> dict[str, Any]:
    """Those of the kitchen itself."""
    return _shown(context, place, place.video_checks.filter(credential=None).order_by("-pk"), None)


def _shown(context: Context, place: Establishment, rows: Any, paper: Credential | None) -> dict[str, Any]:
    user = context["request"].user
    is_officer = can(user, Can.SEE_OFFICE, place) and place.pk not in own(user)
    may = is_officer and can(user, Can.REVIEW_PAPERS, place)
    found = list(rows.select_related("asked_by", "credential")[:10])
    for row in found:
        row.establishment = place
    is_asked = any(row.state in actions.OPEN for row in found)
    is_askable = paper is None or (
        paper.state in actions.SHOWABLE and user.pk not in (paper.created_by_id, paper.submitted_by_id)
    )
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "place": place,
        "paper": paper,
        "checks": [(row, stills_of(user, row)) for row in found],
        "is_officer": is_officer,
        "may_open": may,
        "ask": AskForm(auto_id="ask_%s") if may and is_askable and not is_asked else None,
        "abouts": VideoCheck.About.choices if paper else [],
        "now": timezone.now(),
    }
