"""Rows with sensible defaults, for tests and only for tests: they skip the actions on purpose."""

import itertools
from datetime import date

from django.utils import timezone

_count = itertools.count(1)


def user(name="某人", *, email=None, mobile=None, password=None, **fields):
    from sunkitchen.accounts.models import User

    if not email and not mobile:
        email = f"user{next(_count)}@example.com"
    return User.objects.create_user(name=name, email=email, mobile=mobile, password=password, **fields)


def authority(name="海澜市市场监督管理局", division="999901", **fields):
    from sunkitchen.accounts.models import Authority

    fields.setdefault("slug", "hailan" if division == "999901" else f"authority-{division}")
    fields.setdefault("name_en", "Hailan Administration for Market Regulation")
    return Authority.objects.get_or_create(division=division, defaults={"name": name, **fields})[0]


def officer(name, authority, role, *, enforcement_number="", **fields):
    from sunkitchen.accounts.models import Post

    person = user(name, **fields)
    Post.objects.create(user=person, authority=authority, role=role, enforcement_number=enforcement_number)
    return person


def establishment(*, owner=None, role="owner", state="open", **fields):
    from sunkitchen.registry.models import Establishment, Membership

    defaults = {
        "signboard": "海上明月海鲜楼",
        "operator_name": "海澜海上明月餐饮有限公司",
        "address": "海澜市楚门镇南兴东路 88 号",
        "division": "999901",
        "category": "medium",
    }
    place = Establishment.objects.create(
        **{**defaults, **fields}, state=state, opened_at=timezone.now() if state == "open" else None
    )
    if owner:
        Membership.objects.create(user=owner, establishment=place, role=role)
    return place


def permit(establishment, *, submitted_by=None, state="submitted", **fields):
    from sunkitchen.registry.models import Credential

    defaults = {
        "kind": "food_permit",
        "number": "JY29999010000013",
        "holder": establishment.operator_name,
        "valid_from": date(2024, 5, 13),
        "valid_through": date(2029, 5, 12),
    }
    person = submitted_by or user()
    return Credential.objects.create(
        **{**defaults, **fields},
        establishment=establishment,
        state=state,
        created_by=person,
        submitted_by=person if state != "draft" else None,
        submitted_at=timezone.now() if state != "draft" else None,
    )


def camera(establishment, *, zone="cooking", source="push", **fields):
    from streams.models import Camera

    return Camera.objects.create(establishment=establishment, zone=zone, source=source, **fields)


def sticker(establishment, *, table="3", issued_by=None, **fields):
    from sunkitchen.registry.models import Sticker

    return Sticker.objects.create(establishment=establishment, table=table, issued_by=issued_by or user(), **fields)
