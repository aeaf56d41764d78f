"""海上明月 as a diner may find it at best: live, inspected for years, on the red list, staffed, supplied, photographed.

What a query budget and a bench mean by "the kitchen page with everything on it".
"""

from datetime import timedelta

from django.utils import timezone

from tests import builders
from tests.public import rows

WEEK = [["10:00", "21:30"]] * 7


def kitchen():
    now = timezone.now()
    today = timezone.localdate(now)
    owner = builders.user("王海", mobile="13800000001", email="wang@example.com")
    place = builders.establishment(owner=owner, phone="0576-88888888", cuisines=["seafood", "home"], hours=WEEK)
    builders.permit(place, submitted_by=owner, state="in_force", items="热食类食品制售、冷食类食品制售")
    builders.permit(place, submitted_by=owner, kind="business_licence", number="91330000MA2BPN4F8K", state="in_force")
    for zone in ("cooking", "cutting", "washing"):
        builders.camera(place, zone=zone, state="live", since=now, seen_at=now + timedelta(days=1), poster_at=now)
    for member in builders.staff_members([place], each=6, added_by=owner):
        builders.filming_consent(member)
        builders.health_certificate(member, submitted_by=owner)
    for days in range(5):
        builders.delivery(
            place, received_on=today - timedelta(days=days), products=("带鱼", "青菜", "大米"), entered_by=owner
        )
    for subject in ("front", "dining", "kitchen"):
        builders.photo(place, subject=subject, added_by=owner)
    for days in (800, 600, 400, 200, 30):
        rows.inspection(place, days_ago=days)
    rows.edition(red=[place])
    return place
