"""A city of kitchens with a year of facts on PostgreSQL: rows of one pattern, spread by the database itself."""

from datetime import date, datetime
from typing import Any

from django.db import connection, models

AT = datetime(2026, 11, 2, 2, 0).astimezone()
PERIOD = date(2026, 10, 3), date(2026, 11, 1)  # thirty days
YEAR = "timestamptz '2025-11-03 09:00+08'"


def build(kitchens: int) -> Any:
    """The authority whose draft is to be computed. Per kitchen 10 visits, 30 camera days, 5 complaints, 2 people with
    their certificates, a permit, 5 deliveries; some samples, reminders, outbreaks."""
    from ratings.models import Commitment, Complaint, Inspection, Outbreak, Reminder, Sample
    from streams.models import CameraDay
    from tests import builders

    bureau = builders.authority()
    lead, second = (builders.officer(name, bureau, "inspector", enforcement_number="1") for name in ("赵查", "周验"))
    place = builders.establishment(signboard="样板")
    camera = builders.camera(place)
    member = builders.staff_member(place, added_by=lead)
    common = {"establishment": place}
    patterns: dict[str, models.Model] = {
        "permit": builders.permit(place, submitted_by=lead, state="in_force"),
        "certificate": builders.health_certificate(member, submitted_by=lead),
        "day": CameraDay.objects.create(camera=camera, day=PERIOD[0], runs="600.570p30f100u140."),
        "visit": Inspection.objects.create(
            **common, authority=bureau, checklist="2026-1", lead=lead, second=second, lead_number="1", second_number="2",
            visited_at=AT, state="closed", result="conforms", grade="A", score_tenths=95, signature="signed", closed_at=AT,
            answers={f"item_{n}": {"answer": "ok", "note": ""} for n in range(20)},
        ),
        "complaint": Complaint.objects.create(
            **common, kind="lead", category="dirt", said="后厨地面有污水，冰箱里的菜没有盖。" * 4, state="closed",
            resolved_at=AT, upheld=False,
        ),
        "sample": Sample.objects.create(
            **common, authority=bureau, product="带鱼", quantity="1", seal="1", retained="1", lead=lead, second=second,
            state="confirmed", served_on=PERIOD[0], final_on=PERIOD[0],
        ),
        "reminder": Reminder.objects.create(
            **common, about="camera", document_number="1", says="x", served_on=PERIOD[0], mend_by=PERIOD[0],
            method="direct", recorded_by=lead,
        ),
        "commitment": Commitment.objects.create(
            **common, binding="commitment", document_number="1", signed_on=PERIOD[0], recorded_by=lead
        ),
        "outbreak": Outbreak.objects.create(
            **common, occurred_on=PERIOD[0], people=3, document_number="1", findings="x", confirmed_by=lead, confirmed_at=AT
        ),
        "delivery": builders.delivery(place, received_on=PERIOD[0], entered_by=lead),
    }  # fmt: skip
    n, base = kitchens, place.pk
    kitchen = f"{base} + 1 + g % {n}"
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # the rows fit each other by how they are made
    spread(place, n, {"code": "'c' || g", "signboard": "'第 ' || g || ' 家'"}, base)
    spread(camera, n, {"code": "'m' || g", "establishment_id": kitchen}, camera.pk)
    of_day = {"camera_id": f"{camera.pk} + 1 + g % {n}", "day": f"date '{PERIOD[0]}' + (g / {n})::int"}
    spread(
        patterns["day"],
        30 * n,
        {**of_day, "proven": f"CASE WHEN g % {n} % 9 = 0 THEN 300 ELSE 590 END", "failed": "10"},
    )
    spread(
        patterns["visit"], 10 * n,
        {
            "establishment_id": kitchen, "visited_at": f"{YEAR} + interval '1 second' * (g * 31530000.0 / {10 * n})",
            "grade": f"CASE WHEN g % {n} % 5 < 3 THEN 'A' ELSE 'B' END", "form": "NULL",
            "result": f"CASE WHEN g % {n} % 100 = 7 THEN 'fails' ELSE 'conforms' END",
        },
    )  # fmt: skip
    when = f"{YEAR} + interval '1 second' * (g * 31530000.0 / {5 * n})"
    spread(
        patterns["complaint"], 5 * n,
        {"establishment_id": kitchen, "tracking": "'t' || g", "received_at": when, "resolved_at": when,
         "upheld": "g % 20 = 3", "serious": "g % 200 = 3", "form": "NULL",
         "state": "CASE WHEN g % 50 = 0 THEN 'investigating' ELSE 'closed' END"},
    )  # fmt: skip
    spread(
        patterns["permit"],
        n,
        {
            "establishment_id": kitchen,
            "number": "'P' || g",
            "valid_through": "CASE WHEN g % 97 = 5 THEN date '2026-10-01' ELSE date '2029-05-12' END",
        },
        10_000_000,
    )
    spread(member, 2 * n, {"establishment_id": kitchen}, member.pk)
    worker = {"staff_member_id": f"{member.pk} + g + 1", "establishment_id": kitchen, "number": "'H' || g"}
    spread(
        patterns["certificate"],
        2 * n,
        {**worker, "valid_through": "CASE WHEN g % 33 = 1 THEN date '2026-10-01' ELSE date '2027-05-12' END"},
        20_000_000,
    )
    spread(
        patterns["delivery"],
        5 * n,
        {
            "establishment_id": kitchen,
            "received_on": f"date '{PERIOD[0]}' + 7 * (g / {n})::int",
            "form": "gen_random_uuid()",
        },
    )
    spread(
        patterns["sample"],
        n // 2,
        {
            "establishment_id": f"{base} + 1 + 2 * g",
            "code": "'s' || g",
            "final_on": "date '2025-11-03' + (g % 365)::int",
        },
    )
    spread(patterns["reminder"], n // 50, {"establishment_id": f"{base} + 1 + 50 * g"})
    spread(patterns["commitment"], n // 50, {"establishment_id": f"{base} + 1 + 50 * g"})
    spread(patterns["outbreak"], n // 1000, {"establishment_id": f"{base} + 1 + 1000 * g"})
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    return bureau


def spread(pattern: models.Model, count: int, differs: dict[str, str], after: int = 100_000_000) -> None:
    """`count` rows like the pattern, with ids after `after`; `differs` says columns as SQL of g, from 0."""
    if count < 1:
        return
    table = pattern._meta.db_table
    names = [field.column for field in pattern._meta.concrete_fields]
    said = {"id": f"{after} + g + 1", **differs}
    columns = ", ".join(said.get(name, f't."{name}"') for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({quoted}) SELECT {columns} '
            f'FROM "{table}" t, generate_series(0, {count - 1}) g WHERE t.id = {pattern.pk}'
        )
