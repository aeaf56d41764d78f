"""What an office finds on its desks in a city of kitchens, on top of `_city`: papers that wait, decisions, letters, risks."""

from datetime import timedelta
from typing import Any

from django.db import connection

from bench import _city
from bench._city import AT, spread

WAITING = 6_000  # papers: half of them renewals
LIKE_EACH_OTHER = 500  # every so many permits' pictures look like one another
SENTENCE = "'2026-11-02 10:00+08'::timestamptz"


def build(kitchens: int) -> Any:
    """The authority of the city. Clerk 李审, inspectors 赵查 and 周验, publisher 孙发, auditor 吴督."""
    from ratings.models import Risk
    from streams.models import CameraEvent
    from sunkitchen.accounts.models import User
    from sunkitchen.core import audit
    from sunkitchen.core.models import Notice
    from sunkitchen.registry.models import Credential, CredentialPage, Delivery, DeliveryLine, Establishment, Reading
    from tests import builders

    bureau = _city.build(kitchens)
    clerk = builders.officer("李审", bureau, "clerk")
    builders.officer("孙发", bureau, "publisher")
    builders.officer("吴督", bureau, "auditor")
    owner = builders.user("王海")
    place = Establishment.objects.earliest("pk")
    lead = User.objects.get(name="赵查")
    permit = Credential.objects.filter(kind="food_permit").earliest("pk")
    Credential.objects.filter(pk=permit.pk).update(
        holder="海澜餐饮有限公司", items="热食类食品制售", issuer=bureau.name
    )
    n, base = kitchens, place.pk
    waits = builders.permit(place, submitted_by=owner, number="W1", items="热食类食品制售", issuer=bureau.name)
    Credential.objects.filter(pk=waits.pk).update(submitted_at=AT - timedelta(days=3))
    waits.refresh_from_db()
    stored = builders.stored_file(owner_scope="bench", looks="0123456789abcdef")
    page = CredentialPage.objects.create(credential=waits, file=stored)
    reading = Reading.objects.create(
        file=stored, sort="food_permit", state="read",
        fields={"number": {"value": "W1", "text": "W1", "confidence": 0.6, "page": 1}},
    )  # fmt: skip
    entry = audit.record(clerk, "credential.approved", waits)
    note = Notice.objects.create(
        recipient=owner, channel="sms", address="13800000000", kind="credential.approved", subject="x", body="x",
        dedupe="bench", establishment=place.pk, division=place.division,
    )  # fmt: skip
    line = DeliveryLine.objects.earliest("pk")
    delivery = Delivery.objects.earliest("pk")
    risk = Risk.objects.create(establishment=place, letter="B", because="x", set_by=lead)
    camera = place.cameras.get()
    event = CameraEvent.objects.create(
        camera=camera, at=AT - timedelta(hours=2), state="backoff", why="unreachable", epoch=1
    )
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    # Each permit in force has a picture; some look like one another, as scans of one form do.
    looks = f"CASE WHEN g % {LIKE_EACH_OTHER} = 3 THEN '0f1e2d3c4b5a6978' ELSE substr(md5(g::text), 1, 16) END"
    spread(stored, n, {"key": "'p' || g", "sha256": "md5(g::text) || md5(g::text)", "looks": looks}, 10_000_000)
    spread(page, n, {"credential_id": "10000000 + g + 1", "file_id": "10000000 + g + 1"}, 10_000_000)
    half = WAITING // 2
    facts = {
        "establishment_id": f"{base} + 1 + g * 7 % {n}",
        "submitted_at": f"{SENTENCE} - interval '1 minute' * g",
        "number": f"CASE WHEN g < {half} THEN 'P' || (g * 7 % {n}) ELSE 'N' || g END",
        "renews_id": f"CASE WHEN g < {half} THEN 10000000 + 1 + g * 7 % {n} END",
        "valid_from": f"CASE WHEN g < {half} THEN date '2026-10-25' ELSE date '2026-10-01' END",
        "valid_through": "date '2031-10-24'",
    }
    spread(waits, WAITING, facts, 50_000_000)
    spread(stored, WAITING, {"key": "'w' || g", "sha256": "md5('w' || g) || md5(g::text)", "looks": looks}, 50_000_000)
    spread(page, WAITING, {"credential_id": "50000000 + g + 1", "file_id": "50000000 + g + 1"}, 50_000_000)
    said = f"""jsonb_build_object('number', jsonb_build_object('value', CASE WHEN g < {half} THEN 'P' || (g * 7 % {n})
        ELSE 'N' || g END, 'text', 'x', 'confidence', 0.6, 'page', 1))"""
    spread(reading, WAITING, {"file_id": "50000000 + g + 1", "fields": said}, 50_000_000)
    # A trail of ten entries a kitchen, and among them what was handed in and decided in the last thirty days.
    at = f"timestamptz '2025-11-03 09:00+08' + interval '1 second' * g * {3140000 / n}"
    spread(entry, 10 * n, {"verb": "'camera.edited'", "subject_kind": "'streams.camera'", "subject_id": "(g / 10)::text", "at": at,
                           "establishment": f"{base} + 1 + g % {n}"})  # fmt: skip
    decided = n // 10
    subject = {"subject_id": "(10000000 + g + 1)::text", "establishment": f"{base} + 1 + g"}
    ago = f"{SENTENCE} - interval '1 second' * (g * 2500000.0 / {decided})"
    spread(
        entry, decided, {**subject, "verb": "'credential.submitted'", "at": f"{ago} - interval '20 hours'"}, 200_000_000
    )
    spread(entry, decided, {**subject, "at": ago}, 300_000_000)
    sent = f"CASE WHEN g % 500 = 7 THEN NULL ELSE {SENTENCE} - interval '1 minute' * g END"
    spread(note, 2 * n, {"dedupe": "'b' || g", "sent_at": sent, "establishment": f"{base} + 1 + g % {n}",
                         "failures": "CASE WHEN g % 500 = 7 THEN 9 ELSE 0 END",
                         "created_at": f"{SENTENCE} - interval '1 minute' * g"})  # fmt: skip
    spread(risk, n, {"establishment_id": f"{base} + 1 + g", "letter": "substr('AABBBCD', 1 + g % 7, 1)"})
    spread(line, 5 * n, {"delivery_id": f"{delivery.pk} + 1 + g", "batch": "'A' || (g / 12)", "traced": "'A' || (g / 12)"},
           line.pk)  # fmt: skip
    spread(event, n, {"camera_id": f"{camera.pk} + 1 + g", "at": f"{SENTENCE} - interval '1 second' * g"})
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return bureau
