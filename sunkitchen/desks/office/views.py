from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from sunkitchen.core.access import Can
from sunkitchen.registry.establishments.gates import office_only

from .home import morning


@login_required
def office(request):
    office_only(request.user, Can.SEE_OFFICE)
    return render(request, "desks/office.html", {"morning": morning(request.user, timezone.now())})
