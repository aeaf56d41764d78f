"""Leases as rows: which relay may run a camera's child. Each is taken by one conditional UPDATE.

`at` is the database's clock, the same for every relay: `clock()`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from streams.relay.lease import TTL_SECONDS

from .models import Camera, Lease

TTL = timedelta(seconds=TTL_SECONDS)


def clock() -> datetime:
    """Now, as the database tells it: the clocks of two relays may differ."""
    if connection.vendor != "postgresql":
        return timezone.now()  # a file on this machine
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


@dataclass(frozen=True)
class Taken:
    """`epoch`: the lease's new one. `is_taken_over`: another relay had it and did not give it back."""

    epoch: int
    is_taken_over: bool


def take(codes: Collection[str], *, node: str, at: datetime, from_others: bool = False) -> dict[str, Taken]:
    """Take what nobody holds; what was taken. `from_others`: even while held, because the camera's box came here."""
    cameras = dict(Camera.every.filter(code__in=codes).values_list("pk", "code"))
    known = set(Lease.objects.filter(camera__in=cameras).values_list("camera_id", flat=True))
    fresh = [Lease(camera_id=pk, node="", expires_at=at) for pk in cameras.keys() - known]
    Lease.objects.bulk_create(fresh, ignore_conflicts=True)  # two relays may come to a new camera at once
    free = Q() if from_others else Q(node="") | Q(expires_at__lt=at)
    taken = {}
    for lease in Lease.objects.filter(free, camera__in=cameras):
        ours = Lease.objects.filter(free, camera=lease.camera_id, node=lease.node, epoch=lease.epoch)
        if ours.update(node=node, epoch=lease.epoch + 1, expires_at=at + TTL):
            taken[cameras[lease.camera_id]] = Taken(lease.epoch + 1, lease.node not in ("", node))
    return taken


def renew(held: Mapping[str, int], *, node: str, at: datetime) -> dict[str, int]:
    """One UPDATE for all; the epochs of those that are this node's still. Another epoch than `held`: lost."""
    ours = Lease.objects.filter(node=node, camera__code__in=held)
    ours.update(expires_at=at + TTL)
    return dict(ours.values_list("camera__code", "epoch"))


def give_back(held: Mapping[str, int], *, node: str, at: datetime) -> None:
    """Anybody may take these at once. What another relay took meanwhile stays its own."""
    for epoch in sorted(set(held.values())):
        codes = [code for code, its in held.items() if its == epoch]
        Lease.objects.filter(node=node, epoch=epoch, camera__code__in=codes).update(node="", expires_at=at)


def reclaim(*, node: str, at: datetime) -> None:
    """At the start of a relay: what its namesake held before belongs to nobody, and what that one still says is late."""
    Lease.objects.filter(node=node).update(node="", epoch=F("epoch") + 1, expires_at=at)


@dataclass(frozen=True)
class Claim:
    """Under which lease a relay writes. `epoch` None: it has none, and says what is so without one."""

    node: str
    epoch: int | None = None

    def stands(self, camera: Camera, at: datetime) -> bool:
        """Inside a transaction: whether nobody has taken the camera over. Locks the lease's row."""
        lease = Lease.objects.select_for_update().filter(camera=camera).first()
        if lease is None:
            return True
        if self.epoch is None:
            return lease.node in ("", self.node) or lease.expires_at < at
        return lease.epoch == self.epoch and lease.node in ("", self.node)
