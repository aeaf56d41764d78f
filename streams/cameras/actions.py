"""Every write to a camera that people make. Its state is the relay's alone (relay_actions)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from streams.relay import addresses
from sunkitchen.core import audit, secrets
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.establishments import hours
from sunkitchen.registry.models import Establishment, FilmingConsent, StaffMember

from . import keys, masks
from .models import Camera, Reference

MAX_CAMERAS = 16  # of one kitchen
MAX_URL = 300
MAX_CREDENTIAL = 100
START_LEAST, START_MOST = 5, 60  # seconds until the first picture
KEEP = -1  # leave it as it is
WANT_AGAIN = timedelta(seconds=10)
LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa")


def want(camera: Camera, at: datetime) -> bool:
    """Somebody watches: keep the camera wanted for CAMERA_WARM_SECONDS. Writes at most once in ten seconds."""
    until = at + timedelta(seconds=settings.CAMERA_WARM_SECONDS)
    due = Q(wanted_until=None) | Q(wanted_until__lt=until - WANT_AGAIN)
    return bool(Camera.every.filter(due, pk=camera.pk, enabled=True).update(wanted_until=until))


def want_until(camera: Camera, until: datetime) -> None:
    """Keep the camera wanted until then at least, whoever watches or not."""
    due = Q(wanted_until=None) | Q(wanted_until__lt=until)
    Camera.every.filter(due, pk=camera.pk, enabled=True).update(wanted_until=until)


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
    _all_were_asked(establishment.pk)
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
def change_camera(
    camera: Camera,
    *,
    by: Any,
    zone: str,
    url: str = "",
    user: str = "",
    password: str = "",
    sub_url: str = "",
    no_sub: bool = False,
    start_seconds: int | None = KEEP,
) -> None:
    """Another zone, address or credentials. What is left empty stays; a new address never inherits old credentials.

    `sub_url` is the camera's smaller stream, with the same credentials unless it names its own; `no_sub` takes it away.
    `start_seconds`: how long its first picture may take, None for what is usual here.
    """
    _check_zone(zone)
    before = camera.zone, camera.address, camera.sub_address
    camera.zone = zone
    if start_seconds != KEEP:
        if start_seconds is not None and not START_LEAST <= start_seconds <= START_MOST:
            raise Refused(_("A camera may take between 5 and 60 seconds to start."))
        camera.start_seconds = start_seconds
    if camera.source == Camera.Source.RTSP:
        _readdress(camera, url, user, password)
        if no_sub:
            camera.sub_address = camera.sealed_sub_url = ""
        elif sub_url:
            _set_sub(camera, checked_address(sub_url))
    elif url or sub_url:
        raise Refused(_("A box or a phone that sends has no address of its own: leave it empty."))
    fields = ["zone", "address", "sealed_url", "sub_address", "sealed_sub_url", "start_seconds"]
    camera.save(update_fields=fields)
    audit.record(
        by,
        "camera.changed",
        camera,
        zone=[before[0], zone],
        address=[before[1], camera.address],
        sub_address=[before[2], camera.sub_address],
        credentials=bool(user or password or url),
    )


@transaction.atomic
def set_hours(camera: Camera, *, by: Any, week: list[Any]) -> None:
    """When it is shown: seven days as the kitchen's hours are kept, or [] for around the clock."""
    if week:
        if len(week) != 7:
            raise Refused(_("A week has seven days."))
        try:
            week = [hours.parse(hours.written(day)) for day in week]
        except (hours.BadHours, TypeError, IndexError, ValueError) as error:
            raise Refused(str(error)) from None
        if not any(week):
            raise Refused(_("Then it would never be shown. Switch it off instead, and say why."))
    camera.hours = week
    camera.save(update_fields=["hours"])
    audit.record(by, "camera.hours_set", camera, hours=week)


@transaction.atomic
def set_masks(camera: Camera, *, by: Any, found: Any, hide_objectors: bool = False) -> None:
    """What is black in the picture from now on. Every still picture that shows what is masked now goes at once.

    `hide_objectors`: the owner vouches that the masks hide whoever withdrew consent; the trail names nobody.
    """
    camera.masks = masks.checked(found)
    camera.masks_hide_objectors = bool(camera.masks) and hide_objectors
    camera.poster_at = None
    camera.save(update_fields=["masks", "masks_hide_objectors", "poster_at"])
    Reference.objects.filter(camera=camera).delete()
    audit.record(
        by,
        "camera.masked",
        camera,
        masks=len(camera.masks),
        percent=masks.hidden(camera.masks),
        hides_objectors=camera.masks_hide_objectors,
    )
    transaction.on_commit(lambda: _forget_files(camera))


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
    _all_were_asked(camera.establishment_id)
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


def _all_were_asked(establishment: int) -> None:
    """After a hand-over nobody is filmed on the word that they gave to the former operator."""
    anew = StaffMember.objects.to_be_asked_anew(timezone.localdate())
    if anew.filter(establishment=establishment).exists():
        raise Refused(
            _("The staff consented to the former operator. Ask each who works before the cameras, and record it first.")
        )


@transaction.atomic
def forget_pictures(on: date) -> int:
    """Take the last pictures of withheld cameras off the disk; of how many. Called every minute by a sweep, so that
    no picture taken while somebody objected is shown when the live one comes back."""
    _unvouch(on)
    objecting = StaffMember.objects.objecting(on).values("establishment")
    rows = Camera.objects.filter(establishment__in=objecting, masks_hide_objectors=False).exclude(poster_at=None)
    for camera in rows:
        Camera.objects.filter(pk=camera.pk).update(poster_at=None)
        _forget_files(camera)
    return len(rows)


def _unvouch(on: date) -> None:
    """An owner vouched for those who had withdrawn consent then: for whoever did later nobody has."""
    for camera in Camera.objects.filter(masks_hide_objectors=True):
        objecting = StaffMember.objects.objecting(on).filter(establishment=camera.establishment_id)
        newest = FilmingConsent.objects.filter(staff_member__in=objecting).aggregate(at=Max("withdrawn_at"))["at"]
        vouched = audit.trail(camera).filter(verb="camera.masked").last()
        if newest and (vouched is None or newest > vouched.at):
            Camera.objects.filter(pk=camera.pk).update(masks_hide_objectors=False, serial=F("serial") + 1)
            audit.record(None, "camera.unvouched", camera)


def _forget_files(camera: Camera) -> None:
    """Its still pictures: the poster, and the newest that was looked at."""
    for name in (f"{camera.code}.jpg", f"{camera.code}.seen.jpg"):
        (settings.POSTERS_ROOT / name).unlink(missing_ok=True)


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


def _readdress(camera: Camera, url: str, user: str, password: str) -> None:
    """Another main stream. The smaller one follows it: to the new credentials, or away with the old camera."""
    if not (url or user or password):
        return
    old, old_sub = _opened(camera.sealed_url), _opened(camera.sealed_sub_url)
    new = checked_address(url or _bare_url(camera), user, password)
    _set_address(camera, new)
    if old_sub and (new.host, new.port) != (old_sub.host, old_sub.port):
        camera.sub_address = camera.sealed_sub_url = ""
    elif old and old_sub and (old.user, old.password) == (old_sub.user, old_sub.password):
        _set_sub(camera, replace(old_sub, user=new.user, password=new.password))


def _set_address(camera: Camera, address: addresses.Address) -> None:
    camera.address, camera.sealed_url = address.shown[:300], _sealed(address)


def _set_sub(camera: Camera, address: addresses.Address) -> None:
    """The main stream's credentials go along to the same camera, and to no other."""
    main = _opened(camera.sealed_url)
    if main and not (address.user or address.password) and (main.host, main.port) == (address.host, address.port):
        address = replace(address, user=main.user, password=main.password)
    camera.sub_address, camera.sealed_sub_url = address.shown[:300], _sealed(address)


def _sealed(address: addresses.Address) -> str:
    login = ""
    if address.user or address.password:
        login = f"{quote(address.user, safe='')}:{quote(address.password, safe='')}@"
    return secrets.seal(f"{address.scheme}://{login}{address.netloc}{address.target}")


def _opened(sealed: str) -> addresses.Address | None:
    try:
        return addresses.parse(secrets.unseal(sealed)) if sealed else None
    except ValueError:  # no key opens it any more, or it never was an address
        return None


def _bare_url(camera: Camera) -> str:
    """The address that is kept, without its user and password: for new ones."""
    return addresses.parse(secrets.unseal(camera.sealed_url)).request_uri
