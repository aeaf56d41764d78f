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
        **{**defaults, **fields}, state=state, opened_at=timezone.now() if state != "registered" else None
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
    if state == "revoked":
        defaults |= {"revoked_at": timezone.now(), "reason": "已注销"}
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


def camera_days(camera, first, last, *, proven=600, failed=0, **fields):
    """What a relay would have counted, the same for every day, both included."""
    from datetime import timedelta

    from streams.models import CameraDay

    return CameraDay.objects.bulk_create(
        CameraDay(camera=camera, day=first + timedelta(days=ahead), proven=proven, failed=failed, **fields)
        for ahead in range((last - first).days + 1)
    )


def incident(camera, *, kind="covered", opened_at=None, **fields):
    from streams.models import Incident

    return Incident.objects.create(camera=camera, kind=kind, opened_at=opened_at or timezone.now(), **fields)


def sticker(establishment, *, table="3", issued_by=None, **fields):
    from sunkitchen.registry.models import Sticker

    return Sticker.objects.create(establishment=establishment, table=table, issued_by=issued_by or user(), **fields)


def staff_member(establishment, *, name="陈师傅", post="chef", added_by=None, joined_on=date(2024, 3, 1), **fields):
    from sunkitchen.registry.models import StaffMember

    return StaffMember.objects.create(
        establishment=establishment, name=name, post=post, joined_on=joined_on, added_by=added_by or user(), **fields
    )


def health_certificate(member, *, submitted_by=None, state="in_force", **fields):
    from datetime import timedelta

    defaults = {
        "kind": "health_certificate",
        "staff_member": member,
        "number": f"HL2026{next(_count):06}",
        "holder": member.name,
        "issuer": "海澜市疾病预防控制中心",
        "valid_from": timezone.localdate() - timedelta(days=100),
        "valid_through": timezone.localdate() + timedelta(days=264),
    }
    return permit(member.establishment, submitted_by=submitted_by, state=state, **{**defaults, **fields})


def staff_members(establishments, *, each, added_by, post="chef", joined_on=date(2024, 3, 1)):
    """Many at once."""
    from sunkitchen.registry.models import StaffMember

    return StaffMember.objects.bulk_create(
        StaffMember(establishment=place, name=f"员工{index}", post=post, joined_on=joined_on, added_by=added_by)
        for place in establishments
        for index in range(each)
    )


def health_certificates(members, *, submitted_by, valid_from=date(2026, 1, 1), valid_through=date(2026, 12, 31)):
    """One in force for each, at once."""
    from sunkitchen.registry.models import Credential

    return Credential.objects.bulk_create(
        Credential(
            establishment_id=member.establishment_id,
            staff_member=member,
            kind="health_certificate",
            number=f"HL{next(_count):08}",
            holder=member.name,
            valid_from=valid_from,
            valid_through=valid_through,
            state="in_force",
            created_by=submitted_by,
            submitted_by=submitted_by,
            submitted_at=timezone.now(),
        )
        for member in members
    )


def filming_consent(member, *, given_on=None, recorded_by=None, **fields):
    from sunkitchen.registry.models import FilmingConsent

    return FilmingConsent.objects.create(
        staff_member=member,
        given_on=given_on or timezone.localdate(),
        recorded_by=recorded_by or member.added_by,
        **fields,
    )


def stored_file(**fields):
    """The row of a file, without its pages on the disk."""
    from sunkitchen.core.models import StoredFile

    defaults = {"key": f"test/{next(_count)}", "kind": "image", "sha256": "0" * 64, "size": 4, "owner_scope": "test"}
    return StoredFile.objects.create(**{**defaults, **fields})


def manager(establishment, person=None, **fields):
    from sunkitchen.registry.models import Membership

    person = person or user("经理")
    return Membership.objects.create(user=person, establishment=establishment, role="manager", **fields)


def photo(establishment, *, subject="front", file=None, added_by=None, **fields):
    from sunkitchen.registry.models import Photo

    return Photo.objects.create(
        establishment=establishment,
        subject=subject,
        file=file or stored_file(),
        added_by=added_by or user(),
        **fields,
    )


def supplier(establishment, name="楚门水产批发", *, added_by=None, **fields):
    from sunkitchen.registry.models import Supplier

    return Supplier.objects.create(establishment=establishment, name=name, added_by=added_by or user(), **fields)


def delivery(
    establishment, *, source=None, received_on=None, products=("带鱼",), proof=None, entered_by=None, **fields
):
    """One delivery with a line for each product; `proof` is a stored file of its papers."""
    from sunkitchen.registry.models import Delivery, DeliveryLine, DeliveryProof, Supplier

    person = entered_by or user()
    known = Supplier.objects.filter(establishment=establishment, ended_at=None).first()
    row = Delivery.objects.create(
        establishment=establishment,
        supplier=source or known or supplier(establishment, added_by=person),
        received_on=received_on or timezone.localdate(),
        entered_by=person,
        **fields,
    )
    DeliveryLine.objects.bulk_create(
        DeliveryLine(delivery=row, order=order, goods="seafood", product=product, quantity=12, unit="kg", proof="note")
        for order, product in enumerate(products)
    )
    if proof:
        DeliveryProof.objects.create(delivery=row, file=proof)
    return row


def register_import(authority, *, brought_by=None, state="done", **fields):
    from sunkitchen.registry.models import RegisterImport

    return RegisterImport.objects.create(
        authority=authority, name="许可登记.csv", brought_by=brought_by or user(), state=state, **fields
    )


def invitation(establishment, *, issued_by=None, **fields):
    from datetime import timedelta

    from sunkitchen.registry.models import Invitation

    fields.setdefault("expires_at", timezone.now() + timedelta(days=90))
    return Invitation.objects.create(establishment=establishment, issued_by=issued_by or user(), **fields)


def clip(camera, *, body=b"", state="kept", source="officer", asked_by=None, **fields):
    """Evidence; with a `body` its file lies there too."""
    import hashlib
    from datetime import timedelta

    from django.conf import settings

    from streams.models import Clip

    now = timezone.now()
    key = f"{next(_count):032x}"
    if body:
        settings.CLIPS_ROOT.mkdir(parents=True, exist_ok=True)
        (settings.CLIPS_ROOT / f"{key}.mp4").write_bytes(body)
    kept = {"key": key, "sha256": hashlib.sha256(body).hexdigest(), "size": len(body), "seconds": 60}
    defaults = {
        "reason": "食客举报：未戴口罩",
        "begins_at": now - timedelta(seconds=60),
        "ends_at": now,
        "expires_on": timezone.localdate() + timedelta(days=90),
        **({**kept, "first_at": now - timedelta(seconds=60), "kept_at": now} if state == "kept" else {}),
    }
    return Clip.objects.create(camera=camera, source=source, asked_by=asked_by, state=state, **{**defaults, **fields})


def closed_inspection(establishment, *, lead, second, **fields):
    """A visit at which all was in order, as `close` leaves it."""
    from ratings.inspections import checklists
    from ratings.models import Inspection

    checklist = checklists.current()
    now = timezone.now()
    defaults = {
        "checklist": checklist.version,
        "lead_number": "HL-0012",
        "second_number": "HL-0015",
        "visited_at": now,
        "answers": {item.code: {"answer": "ok", "note": ""} for item in checklist.items},
        "state": "closed",
        "score_tenths": 100,
        "result": "conforms",
        "reasons": ["no_permit_in_force"],
        "signature": "signed",
        "signed_name": "王海",
        "closed_at": now,
    }
    return Inspection.objects.create(establishment=establishment, lead=lead, second=second, **{**defaults, **fields})


def inspection_photo(inspection, *, item="", file=None, **fields):
    import uuid

    from ratings.models import InspectionPhoto

    return InspectionPhoto.objects.create(
        inspection=inspection,
        item=item,
        file=file or stored_file(),
        **{"key": uuid.uuid4(), "added_by": inspection.lead, **fields},
    )


def draw(authority, *, by, kitchens=1, **fields):
    """Committed to, with whatever stands in that authority's area as its pool: needs two inspectors there."""
    from ratings.draws import actions

    return actions.commit(authority, by=by, title="第四季度双随机抽查", kitchens=kitchens, **fields)


def own_check(establishment, *, asked_by=None, requirement="licence", **fields):
    from sunkitchen.registry.models import OwnCheck

    fields.setdefault("due_on", timezone.localdate())
    return OwnCheck.objects.create(
        establishment=establishment, requirement=requirement, asked_by=asked_by or user(), **fields
    )


def undertaking(establishment, *, signed_by=None, requirement="board", due_on=None, **fields):
    from sunkitchen.registry.models import Undertaking

    return Undertaking.objects.create(
        establishment=establishment,
        requirement=requirement,
        version="2026-1",
        text="本人承诺……",
        signed_name="王海",
        signed_by=signed_by or user(),
        due_on=due_on or timezone.localdate(),
        **fields,
    )


def shared_register(authority, *, added_by=None, kind="business_licence", source="table", **fields):
    from sunkitchen.registry.models import SharedRegister

    fields.setdefault("title", "海澜市政务数据共享平台")
    return SharedRegister.objects.create(
        authority=authority, kind=kind, source=source, added_by=added_by or user(), **fields
    )


def operatorship(establishment, *, until=None, **fields):
    """A former operator, who ran it until then."""
    from sunkitchen.registry.models import Operatorship

    facts = {"operator_name": "海澜市老灶餐饮店", "uscc": "", "until": until or timezone.now(), **fields}
    return Operatorship.objects.create(establishment=establishment, **facts)
