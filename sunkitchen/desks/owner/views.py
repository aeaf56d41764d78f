from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from sunkitchen.core.access import Can, may_anywhere
from sunkitchen.core.models import Notice

from .actions import read_notices
from .home import kitchens


@login_required
def desk(request):
    notices = Notice.objects.filter(recipient=request.user, channel=Notice.Channel.DESK)
    context = {
        "kitchens": kitchens(request.user, timezone.now()),
        "notices": notices.order_by("-pk")[:10],
        "unread": notices.filter(read_at=None).count(),
        "is_officer": may_anywhere(request.user, Can.SEE_OFFICE),
    }
    return render(request, "desks/desk.html", context)


@login_required
@require_POST
def notices_read(request):
    read_notices(by=request.user)
    return redirect("desk")
