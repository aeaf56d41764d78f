from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from sunkitchen.core.access import Can, may_anywhere
from sunkitchen.core.models import Notice
from sunkitchen.registry.establishments.gates import establishment_for
from sunkitchen.registry.models import Consultation

from ..links import link
from . import outlook
from .home import MANY, kitchens


@login_required
def desk(request):
    mine = kitchens(request.user, timezone.now())
    context = {
        "kitchens": mine,
        "are_many": len(mine) > MANY,
        "notices": Notice.objects.on_desk(request.user)[:5],
        "is_officer": may_anywhere(request.user, Can.SEE_OFFICE),
        "claim": link("claim"),
        "talks": Consultation.objects.of_kitchens_of(request.user)
        .with_news(request.user, "kitchen")
        .exclude(news=None)[:3],
    }
    return render(request, "desks/desk.html", context)


@login_required
def kitchen_outlook(request, code):
    """Where the kitchen stands against each rule of the next edition."""
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    found = outlook.of([place], timezone.now())[place.pk]
    return render(request, "desks/outlook.html", {"kitchen": place, "outlook": found})
