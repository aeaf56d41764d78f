"""Every write to a camera that people make. Its state is the relay's alone (relay_actions)."""

from datetime import date, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from streams.relay import addresses
from sunkitchen.core import audit, secrets
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Establishment, StaffMember

from . import keys
from .models import Camera

MAX_CAMERAS = 16  # of one kitchen
MAX_URL = 300
MAX_CREDENTIAL = 100
WANT_AGAIN = timedelta(seconds=10)
LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")


def want(camera: Camera, at: datetime) -> bool:
    """Somebody watches: keep the camera wanted for CAMERA_WARM_SECONDS. Writes at most once in ten seconds."""
    until = at + timedelta(seconds=settings.CAMERA_WARM_SECONDS)
    due = Q(wanted_until=None) | Q(wanted_until__lt=until - WANT_AGAIN)
    return bool(Camera.objects.filter(due, pk=camera.pk, enabled=True).update(wanted_until=until))


def want_until(camera: Camera, until: datetime) -> None:
    """Keep the camera wanted until then at least, whoever watches or not."""
    due = Q(wanted_until=None) | Q(wanted_until__lt=until)
    Camera.objects.filter(due, pk=camera.pk, enabled=True).update(wanted_until=until)


@transaction.atomic
def add_camera(
    establishment: Establishment,
    *,
    by: Any,
    zone: str,
    source: str,
    url: str = "",
    user: str = "",
    password: str = "",
) -> Camera:
    """A camera for this zone. A fetched one needs its address; a box gets its key from `rotate_push_key`,
    a phone its link from phone.actions."""
    if establishment.state == Establishment.State.CLOSED:
        raise Refused(_("This kitchen is closed."))
    if Camera.objects.filter(establishment=establishment).count() >= MAX_CAMERAS:
        raise Refused(_("A kitchen has at most 16 cameras."))
    _check_zone(zone)
    camera = Camera(establishment=establishment, zone=zone, source=source)
    if source == Camera.Source.RTSP:
        _set_address(camera, checked_address(url, user, password))
    elif source not in Camera.Source.values or url:
        raise Refused(_("A box or a phone that sends has no address of its own: leave it empty."))
    camera.save()
    audit.record(by, "camera.added", camera, zone=zone, source=source, address=camera.address)
    return camera


@transaction.atomic
def change_camera(camera: Camera, *, by: Any, zone: str, url: str = "", user: str = "", password: str = "") -> None:
    """Another zone, address or credentials. What is left empty stays; a new address never inherits old credentials."""
    _check_zone(zone)
    before = camera.zone, camera.address
    camera.zone = zone
    if camera.source == Camera.Source.RTSP and (url or user or password):
        _set_address(camera, checked_address(url or _bare_url(camera), user, password))
    elif camera.is_sent and url:
        raise Refused(_("A box or a phone that sends has no address of its own: leave it empty."))
    camera.save(update_fields=["zone", "address", "sealed_url"])
    audit.record(
        by,
        "camera.changed",
        camera,
        zone=[before[0], zone],
        address=[before[1], camera.address],
        credentials=bool(user or password or url),
    )


@transaction.atomic
def rotate_push_key(camera: Camera, *, by: Any) -> str:
    """A new key for the kitchen's box, given back this once; the one before stops working at once."""
    if camera.source != Camera.Source.PUSH:
        raise Refused(_("Only a camera whose box sends has a key."))
    key = keys.fresh()
    camera.push_key_hash = keys.digest(key)
    camera.save(update_fields=["push_key_hash"])
    audit.record(by, "camera.push_key_rotated", camera)
    return key


@transaction.atomic
def switch_off(camera: Camera, *, by: Any, reason: str) -> None:
    """Nobody sees it any more, viewers who are watching included. The reason is kept in the trail."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why the camera is switched off."))
    if len(reason) > 500:
        raise Refused(_("Say it in at most 500 characters."))
    if not Camera.objects.filter(pk=camera.pk, enabled=True).update(enabled=False, serial=F("serial") + 1):
        raise WrongState("switch_off")
    camera.refresh_from_db()
    audit.record(by, "camera.switched_off", camera, reason=reason)


@transaction.atomic
def switch_on(camera: Camera, *, by: Any) -> None:
    if not Camera.objects.filter(pk=camera.pk, enabled=False).update(enabled=True):
        raise WrongState("switch_on")
    camera.refresh_from_db()
    audit.record(by, "camera.switched_on", camera)


@transaction.atomic
def revoke_viewers(camera: Camera, *, by: Any) -> None:
    """Every ticket and session of this camera ends; whoever may watch opens the page again."""
    Camera.objects.filter(pk=camera.pk).update(serial=F("serial") + 1)
    camera.refresh_from_db()
    audit.record(by, "camera.viewers_revoked", camera)


@transaction.atomic
def forget_pictures(on: date) -> int:
    """Take the last pictures of withheld cameras off the disk; of how many. Called every minute by a sweep, so that
    no picture taken while somebody objected is shown when the live one comes back."""
    objecting = StaffMember.objects.objecting(on).values("establishment")
    rows = Camera.objects.filter(establishment__in=objecting).exclude(poster_at=None)
    for camera in rows:
        Camera.objects.filter(pk=camera.pk).update(poster_at=None)
        (settings.POSTERS_ROOT / f"{camera.code}.jpg").unlink(missing_ok=True)
    return len(rows)


def checked_address(url: str, user: str = "", password: str = "") -> addresses.Address:
    """The address as the relay may call it, credentials inside. Refused with a sentence for whoever typed it.

    Names are resolved, pinned and judged by the relay; here only what can be seen in the text is judged.
    """
    url = url.strip()
    if not url:
        raise Refused(_("A camera that is fetched needs its address."))
    if any(not character.isprintable() for character in url + user + password):
        raise Refused(_("The address, user name or password holds a line break or a control character."))
    if len(url) > MAX_URL:
        raise Refused(_("The address is longer than 300 characters."))
    if max(len(user), len(password)) > MAX_CREDENTIAL:
        raise Refused(_("User name and password have at most 100 characters each."))
    if not url.lower().startswith(("rtsp://", "rtsps://")):
        raise Refused(_("The address must start with rtsp:// or rtsps://."))
    try:
        found = addresses.parse(url)
    except addresses.BadAddress:
        raise Refused(
            _("This cannot be read as a camera's address. It looks like rtsp://203.0.113.7:554/stream1.")
        ) from None
    if not _may_be_called(found):
        raise Refused(_("This address leads to a machine or network that is not open to cameras."))
    if user or password:
        found = addresses.Address(found.scheme, found.host, found.port, found.target, user, password)
    return found


def _may_be_called(address: addresses.Address) -> bool:
    allow, nets = settings.CAMERA_ALLOW, settings.CAMERA_ALLOW_NETS
    try:
        ip = ip_address(address.host)
    except ValueError:
        local = address.host in LOCAL_NAMES or address.host.endswith(tuple(f".{name}" for name in LOCAL_NAMES))
        return not local or f"{address.host}:{address.port}" in allow
    return addresses.permitted(address, ip, allow, nets)


def _check_zone(zone: str) -> None:
    if zone not in Camera.Zone.values:
        raise Refused(_("Only places where food is prepared can be shown."))


def _set_address(camera: Camera, address: addresses.Address) -> None:
    login = ""
    if address.user or address.password:
        login = f"{quote(address.user, safe='')}:{quote(address.password, safe='')}@"
    camera.address = address.shown[:300]
    camera.sealed_url = secrets.seal(f"{address.scheme}://{login}{address.netloc}{address.target}")


def _bare_url(camera: Camera) -> str:
    """The address that is kept, without its user and password: for new ones."""
    return addresses.parse(secrets.unseal(camera.sealed_url)).request_uri
