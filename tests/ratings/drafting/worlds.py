"""Small worlds: a few kitchens, and for each any mixture of everything the rules look at. Rows, not actions."""

from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import strategies as st

from ratings.editions.drafts import Proposal
from ratings.models import (
    Commitment,
    Complaint,
    Edition,
    Inspection,
    Listing,
    Outbreak,
    Reminder,
    Sample,
)
from streams.models import CameraDay
from tests import builders

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a Monday
TODAY = AT.date()
numbers = count(1)

ago = st.one_of(st.integers(0, 70), st.sampled_from([0, 1, 2, 29, 30, 31, 32, 33, 363, 364, 365, 366, 367]))
few = st.integers(0, 2)


def some(strategy, most=2):
    return st.lists(strategy, max_size=most)


kitchens = st.fixed_dictionaries(
    {
        "open": st.sampled_from([True, True, True, False]),
        "here": st.sampled_from([True, True, True, False]),
        "permits": st.lists(st.tuples(st.sampled_from(["in_force", "in_force", "revoked", "submitted"]), ago, st.integers(-40, 40)), max_size=2, unique_by=lambda one: one[1]),
        "visits": some(st.tuples(ago, st.sampled_from(["conforms", "fails"]), st.sampled_from(["A", "A", "B", ""]), st.booleans()), 3),
        "cameras": some(st.tuples(st.booleans(), some(st.tuples(ago, st.integers(0, 700), st.integers(0, 700)), 4))),
        "samples": some(st.tuples(st.sampled_from(["confirmed", "cleared", "served"]), ago)),
        "complaints": some(
            st.tuples(
                st.sampled_from(["received", "accepted", "investigating", "resolved", "closed", "refused"]),
                st.integers(0, 24 * 70),
                st.booleans(),
                st.booleans(),
                st.booleans(),
            ),
            3,
        ),
        "outbreaks": some(st.tuples(ago, st.integers(0, 30), st.booleans()), 1),
        "deliveries": some(st.tuples(ago, st.booleans()), 8),
        "staff": some(st.tuples(st.sampled_from(["chef", "waiter", "cashier"]), st.integers(-1, 3), st.booleans(), st.integers(-3, 400))),
        "reminders": some(st.tuples(st.sampled_from(["camera", "certificates", "findings"]), st.integers(-3, 40), st.booleans())),
        "commitment": st.sampled_from([None, None, "standing", "ended", "ahead"]),
        "handed_over": some(ago, 1),
        "decided": st.sampled_from([None, None, "published", "over", "dropped", "other_draft", "overturned"]),
        "rule": st.sampled_from(["B1", "B2", "B3", "B4", "B5", "B6", "B7"]),
        "how_much": few,
        "aside": st.sampled_from([False, False, True]),
    }
)  # fmt: skip
worlds = st.lists(kitchens, min_size=1, max_size=4)
periods = st.sampled_from([(1, 31), (1, 7), (2, 92), (10, 30)])  # last day ago, first day ago


def furnish(place, plan, people):
    by, second = people
    for state, begun, left in plan["permits"]:
        first, last = TODAY - timedelta(days=begun), TODAY + timedelta(days=left)
        builders.permit(place, submitted_by=by, state=state, valid_from=first, valid_through=max(first, last))
    for back, result, grade, closed in plan["visits"]:
        Inspection.objects.create(
            establishment=place, authority_id=people.authority, checklist="2026-1", lead=by, second=second,
            lead_number="1", second_number="2", visited_at=AT - timedelta(days=back), state="closed" if closed else "draft",
            result=result, grade=grade, score_tenths=90, signature="signed", closed_at=AT,
        )  # fmt: skip
    for enabled, days in plan["cameras"]:
        camera = builders.camera(place, enabled=enabled)
        for back, proven, failed in {row[0]: row for row in days}.values():
            CameraDay.objects.create(camera=camera, day=TODAY - timedelta(days=back), proven=proven, failed=failed)
    for state, back in plan["samples"]:
        final = TODAY - timedelta(days=back) if state != "served" else None
        Sample.objects.create(
            establishment=place, authority_id=people.authority, product="带鱼", quantity="1", seal="1", retained="1",
            lead=by, second=second, state=state, served_on=TODAY, final_on=final,
            taken_at=AT - timedelta(days=back + 3, hours=back % 5),
        )  # fmt: skip
    first = None
    for state, hours, upheld, serious, same in plan["complaints"]:
        ended = state in ("resolved", "closed")
        row = Complaint.objects.create(
            kind="lead", establishment=place, category="dirt", said="脏", state=state, serious=serious,
            resolved_at=AT - timedelta(hours=hours) if ended else None, upheld=upheld if ended else None,
            same_as=first if same else None, assigned_to=second,
            case_opened_at=AT if upheld else None, received_at=AT - timedelta(hours=hours + 48),
            happened_at=AT - timedelta(hours=hours + 120) if serious else None,
        )  # fmt: skip
        first = first or row
    for back, later, revoked in plan["outbreaks"]:
        Outbreak.objects.create(
            establishment=place, occurred_on=TODAY - timedelta(days=back), people=3, document_number="1", findings="x",
            confirmed_by=by, confirmed_at=AT - timedelta(days=max(0, back - later)),
            revoked_at=AT if revoked else None, revoked_by=by if revoked else None, revoked_why="x" if revoked else "",
        )  # fmt: skip
    for back, voided in plan["deliveries"]:
        row = builders.delivery(place, received_on=TODAY - timedelta(days=back), entered_by=by)
        if voided:
            type(row).objects.filter(pk=row.pk).update(voided_at=AT, void_reason="x", voided_by=by)
    for post, joined, leaves, left in plan["staff"]:
        begins = TODAY - timedelta(days=joined)
        member = builders.staff_member(place, post=post, added_by=by, joined_on=begins)
        if leaves:
            type(member).objects.filter(pk=member.pk).update(left_on=begins + timedelta(days=joined % 3))
        if left < 380:
            last = TODAY + timedelta(days=left)
            builders.health_certificate(
                member, submitted_by=by, valid_from=last - timedelta(days=364), valid_through=last
            )
    for about, since, ended in plan["reminders"]:
        day = TODAY - timedelta(days=since)
        Reminder.objects.create(
            establishment=place, about=about, document_number="1", says="x", served_on=day - timedelta(days=5),
            mend_by=day, method="direct", recorded_by=by, ended_at=AT if ended else None, ended_why="x" if ended else "",
        )  # fmt: skip
    for back in plan["handed_over"]:
        builders.operatorship(place, until=AT - timedelta(days=back))
    if plan["commitment"]:
        ended = plan["commitment"] == "ended"
        Commitment.objects.create(
            establishment=place, binding="commitment", document_number="1", recorded_by=by,
            signed_on=TODAY + timedelta(days=1 if plan["commitment"] == "ahead" else -9),
            ended_at=AT if ended else None, ended_why="x" if ended else "",
        )  # fmt: skip


def decide(place, plan, known, editions, people):
    """An earlier black listing that used up what the rule could say, or none of it."""
    if not plan["decided"]:
        return
    edition = editions["draft" if plan["decided"] == "other_draft" else "published"]
    fact = edition.rules.black(plan["rule"]).fact
    used = {f"{fact}_ids": known.get(f"{fact}_ids") or "0"} if fact not in ("inspection", "permit") else {}
    if plan["how_much"] == 0 and used:
        used = {f"{fact}_ids": "0"}
    visit = known["inspection_id"] if fact == "inspection" and plan["how_much"] else None
    sealed = plan["decided"] in ("published", "over")
    dropped = plan["decided"] in ("dropped", "overturned")
    listing = Listing.objects.create(
        edition=edition, establishment=place, colour="black", rule=plan["rule"], reason="x", document_number="1",
        facts=used, evidence=[visit] if visit else [], picked_by=people[0], noticed_at=AT,
        state="published" if sealed else "dropped" if dropped else "draft",
        sealed_at=AT if sealed else None, place=next(numbers) % 30000 if sealed else None,
        term_until=(TODAY + timedelta(days=0 if plan["decided"] == "published" else -1)) if sealed else None,
    )  # fmt: skip
    if plan["decided"] == "overturned":
        listing.objections.create(
            statement="x", lodged_by=people[0], state="accepted", decided_by=people[1], decided_at=AT
        )


def put_aside(edition, place, by):
    Proposal.objects.create(
        edition=edition, establishment=place, colour="red", set_aside_by=by, set_aside_at=AT, set_aside_why="先不列"
    )


def blank_edition(authority, by, period, number):
    return Edition.objects.create(
        authority=authority, year=2026, number=number, rule_version="2026-4", period_from=period[0],
        period_to=period[1], drafted_by=by,
    )  # fmt: skip
