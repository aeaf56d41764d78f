"""What a clerk may do about a paper's standing, beside its review."""

from django import template
from django.utils import timezone

from sunkitchen.core.access import Can, can

from ..credentials.models import Credential

register = template.Library()


@register.inclusion_tag("registry/_review_states.html", takes_context=True)
def paper_states(context, paper):
    """`accept`: a permit's renewal that nobody accepted yet; `revoke`: what is in force; `goes_on`: the old paper."""
    may = can(context["request"].user, Can.REVIEW_PAPERS, paper)
    old = paper.renews if paper.renews_id and paper.renews.state == Credential.State.IN_FORCE else None
    waits = paper.state == Credential.State.SUBMITTED and paper.kind in Credential.PERMITS and old is not None
    return {
        "paper": paper,
        "old": old,
        "accept": may and waits and paper.accepted_at is None,
        "accepted": waits and paper.accepted_at,
        "revoke": may and paper.state == Credential.State.IN_FORCE,
        "revoked": paper.state == Credential.State.REVOKED,
        "today": timezone.localdate(),
        "csrf_token": context.get("csrf_token"),
    }
