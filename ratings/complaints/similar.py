"""Which others may tell the same: this kitchen, this kind and category, within two days. A suggestion; a person groups."""

from datetime import timedelta

from .models import Complaint, ComplaintQuerySet

WITHIN = timedelta(hours=48)


def to(complaint: Complaint) -> ComplaintQuerySet:
    """Open ones that lead or stand alone and that this one may follow, the oldest first."""
    moment = complaint.happened_at or complaint.received_at
    return (
        Complaint.objects.open()
        .filter(
            establishment=complaint.establishment_id,
            kind=complaint.kind,
            category=complaint.category,
            same_as=None,
            received_at__gte=moment - WITHIN,
            received_at__lte=max(moment, complaint.received_at) + WITHIN,
        )
        .exclude(pk=complaint.pk)
        .order_by("received_at", "pk")
    )
