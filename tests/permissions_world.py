"""A world to ask every address in: somebody of every role, and a kitchen with everything on each side."""

from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests import builders
from tests.conftest import prove
from tests.core import corpus
from tests.gates import ANONYMOUS, STRANGER
from tests.permissions_things import (
    brought_by_owner,
    complaint,
    draw_of,
    hand_over,
    ledger_key,
    letter,
    recalled,
    stored,
    talk_about,
    video_check,
    webhook,
)
from tests.ratings import supervised


@dataclass(frozen=True)
class World:
    clients: dict[str, Client]  # of every role
    places: dict[str, SimpleNamespace]  # of every side: the kitchen and its things
    pools: dict[str, dict[str, dict[str, object]]]  # of every side: for each `of` of the table, its arguments


@pytest.fixture
def world(db, settings, tmp_path):
    from sunkitchen.registry.models import Membership

    settings.STEP_UP_SECONDS = 24 * 3600  # everybody has proved who they are: the gates answer, not accounts.stepup
    settings.FILES_ROOT = tmp_path / "files"
    settings.BOUNCE_SECRET = "geheim" * 6
    settings.SMS_FILE_PATH = tmp_path / "sms"
    settings.POSTERS_ROOT = tmp_path / "posters"
    settings.CLIPS_ROOT = tmp_path / "clips"
    hailan, elsewhere = builders.authority(), builders.authority("外市市场监督管理局", "888801")
    owner = builders.user("王海", mobile="13800000001")
    inspectors = [builders.officer(name, hailan, "inspector", enforcement_number="HL-1") for name in ("赵查", "周验")]
    kitchens = {
        "own": (hailan, builders.establishment(owner=owner)),
        "rival": (hailan, builders.establishment(owner=builders.user("郑邻"), signboard="邻家小馆")),
        "foreign": (elsewhere, builders.establishment(owner=builders.user("外人"), division="888801")),
    }
    manager = builders.user("经理", email="manager@example.com")
    Membership.objects.create(user=manager, establishment=kitchens["own"][1], role="manager")
    people = {
        STRANGER: builders.user("钱路"),
        "owner": owner,
        "manager": manager,
        "clerk": builders.officer("李审", hailan, "clerk"),
        "inspector": inspectors[0],
        "publisher": builders.officer("孙发", hailan, "publisher"),
        "auditor": builders.officer("吴审", hailan, "auditor"),
        "admin": builders.user("管理员", email="admin@example.com", is_superuser=True),
    }
    clients = {ANONYMOUS: Client(raise_request_exception=False)}
    for role, person in people.items():
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(person)
        prove(clients[role])
    places = {side: furnished(place, authority, *inspectors) for side, (authority, place) in kitchens.items()}
    return World(clients, places, {side: pools_of(things) for side, things in places.items()})


def furnished(place, authority, lead, second):
    """The kitchen with one of everything."""
    from ratings.editions import ruleset
    from ratings.editions.afterwards import ListingFile, Rectification
    from ratings.editions.models import Edition, Listing, ListingIdentity, Service
    from ratings.inspections import checklists
    from ratings.models import Inspection
    from sunkitchen.registry.models import CannedAnswer, CredentialPage

    author = builders.user("交件人")
    permit = builders.permit(place, submitted_by=author)
    CredentialPage.objects.create(credential=permit, file=stored(f"permit-{place.pk}"), order=0)
    twin = builders.permit(builders.establishment(division=place.division, signboard="同号小店"), submitted_by=author)
    inspection = Inspection.objects.create(
        establishment=place,
        authority=authority,
        checklist=checklists.current().version,
        lead=lead,
        second=second,
        lead_number="HL-0012",
        second_number="HL-0015",
        visited_at=timezone.now(),
    )
    visited = builders.closed_inspection(
        place, lead=lead, second=second, authority=authority, signature_image=stored(f"signature-{place.pk}")
    )
    visited_photo = builders.inspection_photo(visited, file=stored(f"visited-{place.pk}"))
    edition, _new = Edition.objects.get_or_create(
        authority=authority,
        year=2026,
        number=1,
        defaults={
            "rule_version": ruleset.current().version,
            "period_from": date(2026, 10, 1),
            "period_to": date(2026, 10, 31),
            "drafted_by": author,
        },
    )
    listing = Listing.objects.create(
        edition=edition,
        establishment=place,
        colour="black",
        rule="B1",
        reason="两项关键项不合格。",
        document_number="〔2026〕117 号",
        state="served",
        picked_by=lead,
        noticed_at=timezone.now(),
        noticed_by=lead,
    )
    ListingIdentity.objects.create(
        listing=listing,
        code=place.code,
        legal_name=place.operator_name,
        signboard=place.signboard,
        address=place.address,
    )
    Service.objects.create(
        listing=listing,
        method="direct",
        served_on=timezone.localdate(),
        proof=stored(f"proof-{place.pk}"),
        recorded_by=lead,
    )
    evidence = ListingFile.objects.create(
        listing=listing, file=stored(f"evidence-{place.pk}"), title="后厨", added_by=lead
    )
    following, _new = Edition.objects.get_or_create(
        authority=authority,
        year=2026,
        number=2,
        defaults={
            "rule_version": edition.rule_version,
            "period_from": edition.period_from,
            "period_to": date(2026, 11, 1),
            "drafted_by": author,
        },
    )
    out = Listing.objects.create(
        edition=following,
        establishment=place,
        colour="black",
        rule="B1",
        reason="两项关键项不合格。",
        document_number="〔2026〕118 号",
        state="published",
        picked_by=lead,
        noticed_at=timezone.now(),
        place=following.listings.count(),
        term_until=timezone.localdate() + timedelta(days=90),
        sealed_at=timezone.now(),
    )
    ListingIdentity.objects.create(
        listing=out, code=place.code, legal_name=place.operator_name, signboard=place.signboard, address=place.address
    )
    rectification = Rectification.objects.create(
        listing=listing, statement="已整改。", asked_by=author, due_on=timezone.localdate()
    )
    rectification.files.add(stored(f"mended-{place.pk}"))
    camera = builders.camera(place)
    settings.POSTERS_ROOT.mkdir(exist_ok=True)
    (settings.POSTERS_ROOT / f"{camera.code}.jpg").write_bytes(b"JPEG")
    member = builders.staff_member(place, added_by=author)
    builders.health_certificate(member, submitted_by=author)
    consent = builders.filming_consent(member, form=stored(f"consent-{place.pk}"))
    draw = draw_of(authority, author)
    check, still = video_check(place, author)
    handover = hand_over(place, author)
    delivery = builders.delivery(place, proof=stored(f"delivery-{place.pk}"), entered_by=author)
    delivery.supplier.licence = stored(f"licence-{place.pk}")
    delivery.supplier.save()
    return SimpleNamespace(
        recalled=recalled(place, authority, author),
        ledger_key=ledger_key(author, establishment=place),
        bureau_key=ledger_key(author, authority=authority),
        draw=draw,
        check=check,
        handover=handover,
        still=still,
        assignment=draw.assignments.create(
            position=1, establishment=place, lead=lead, second=second, due_on=timezone.localdate()
        ),
        place=place,
        authority=authority,
        permit=permit,
        twin=twin,
        consent=consent,
        table=place.table_imports.create(sort="staff", name="people.csv", sha256="0" * 64, brought_by=author),
        camera=camera,
        sticker=builders.sticker(place),
        photo=builders.photo(place, file=stored(f"photo-{place.pk}", corpus.picture()), added_by=author),
        upload=place.uploads.create(by=author, name="证", size=4, received=4, file=stored(f"upload-{place.pk}")),
        own_upload=brought_by_owner(place, stored(f"own-upload-{place.pk}")),
        delivery=delivery,
        membership=place.memberships.earliest("pk"),
        inspection=inspection,
        visited=visited,
        visited_photo=visited_photo,
        edition=edition,
        listing=listing,
        out=out,
        evidence=evidence,
        rectification=rectification,
        webhook=webhook(place),
        notice=letter(place),
        register=builders.register_import(authority, brought_by=author),
        own_check=builders.own_check(place, asked_by=author),
        undertaking=builders.undertaking(place, signed_by=author),
        shared_register=builders.shared_register(authority, added_by=author),
        invitation=builders.invitation(place, issued_by=author),
        incident=builders.incident(camera, picture=b"JPEG"),
        clip=builders.clip(camera, body=b"film"),
        complaint=complaint(place),
        talk=talk_about(permit),
        canned=CannedAnswer.objects.create(authority=authority, title="办理时限", text="五个工作日。", written_by=lead),
        supervised=supervised.furnished(place, authority, lead, second, paper=stored(f"supervised-{place.pk}")),
    )


def pools_of(things):
    """What the arguments of an address are, by the `of` of its line in the table."""
    code = things.place.code
    return {
        "": {},
        "rules": {"version": "2026-3"},
        "kitchen": {"code": code, "camera": things.camera.code},
        "camera": {"code": code, "camera": things.camera.code, "pk": things.camera.pk},
        "film": {"camera": things.camera.code, "token": "f.forged.1.ffffffff.AAAAAAAAAAAAAAAAAAAAAA"},
        "paper": {"code": code, "pk": things.permit.pk, "number": 1},
        "twins": {"pk": things.permit.pk, "other": things.twin.pk},
        "talk": {"code": things.talk.code, "pk": things.talk.messages.get().files.get().pk, "number": 1},
        "canned": {"pk": things.canned.pk},
        "upload": {"code": code, "key": things.upload.key, "number": 1},
        "own_upload": {"key": things.own_upload.key, "number": 1},
        "staff": {"code": code, "pk": things.consent.staff_member_id, "consent": things.consent.pk, "number": 1},
        "legal": {"code": code, "which": "notice"},
        "own": {"token": "p.staff-1.0.ffffffff.AAAAAAAAAAAAAAAAAAAAAA"},
        "table": {"code": code, "sort": "staff", "pk": things.table.pk},
        "sticker": {"code": code, "pk": things.sticker.pk, "token": things.sticker.token},
        "photo": {"code": code, "pk": things.photo.pk},
        "delivery": {"code": code, "pk": things.delivery.pk, "number": 1},
        "supplier": {"code": code, "pk": things.delivery.supplier_id, "number": 1},
        "ledger_key": {"code": code, "pk": things.ledger_key.pk},
        "bureau_key": {"pk": things.bureau_key.pk},
        "recalled": {"code": code, "pk": things.recalled.pk},
        "recall": {"pk": things.recalled.recall_id},
        "membership": {"code": code, "pk": things.membership.pk},
        "inspection": {"code": code, "pk": things.inspection.pk},
        "visited": {"pk": things.visited.pk, "photo": things.visited_photo.pk},
        "draw": {"pk": things.draw.pk, "authority": things.authority.slug, "year": 2026, "number": things.draw.number},
        "assignment": {"pk": things.assignment.pk},
        "draft": {"pk": things.edition.pk},
        "register": {"pk": things.register.pk},
        "asked": {"code": code, "requirement": "licence"},
        "own_check": {"code": code, "pk": things.own_check.pk},
        "undertaking": {"pk": things.undertaking.pk},
        "shared_register": {"pk": things.shared_register.pk},
        "invitation": {"pk": things.invitation.pk},
        "notice": {"pk": things.notice.pk},
        "webhook": {"pk": things.webhook.pk},
        "listing": {"pk": things.listing.pk, "of": "service", "page": 1, "file": things.evidence.pk},
        "listed": {"pk": things.out.pk},
        "rectification": {"pk": things.rectification.pk, "number": 1},
        "bureau": {"pk": things.authority.pk},
        **supervised.pools_of(things.supervised),
        "authority": {"authority": things.authority.slug},
        "edition": {"authority": things.authority.slug, "year": 2026, "number": 1},
        "incident": {"code": code, "pk": things.incident.pk},
        "clip": {"code": things.clip.code},
        "check": {"code": code, "pk": things.check.pk},
        "still": {"pk": things.still.pk},
        "handover": {"code": code, "pk": things.handover.pk},
        "offer": {"pk": things.handover.pk},
        "complaint": {
            "code": code,
            "pk": things.complaint.pk,
            "tracking": things.complaint.tracking,
            "number": 1,
        },
        "log": {"name": "checkpoint"},
        "log_entry": {"seq": 0},
    }
