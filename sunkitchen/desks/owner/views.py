from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from sunkitchen.core.access import Can, may_anywhere
from sunkitchen.core.models import Notice

from ..links import link
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
    }
    return render(request, "desks/desk.html", context)
