"""Who may do what to a complaint in which state; what follows another goes along; nothing happens by number."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from ratings.complaints import actions, receiving, similar, sweeping, telling
from ratings.models import Complainant, Complaint, ComplaintStep, Listing
from sunkitchen.core import notices
from sunkitchen.core.models import AuditEntry, Notice
from sunkitchen.core.workflow import Refused, WrongState
from tests import builders

from .conftest import OURS, form, new_url

pytestmark = pytest.mark.django_db
STATES = ["received", "accepted", "refused", "assigned", "investigating", "resolved", "closed"]
DEEDS = {
    "accept": lambda row, by: actions.accept(row, by=by),
    "refuse": lambda row, by: actions.refuse(row, by=by, reason="不属于本局职责。"),
    "assign": lambda row, by: actions.assign(row, by=by, to=by),
    "investigate": lambda row, by: actions.investigate(row, by=by),
    "resolve": lambda row, by: actions.resolve(row, by=by, upheld=True, serious=True, reply="已查实。"),
    "close": lambda row, by: actions.close(row, by=by),
    "open_case": lambda row, by: actions.open_case(row, by=by),
    "extend": lambda row, by: actions.extend(row, by=by, reason="需要检测。"),
}
MOVES = {
    "accept": {"received": "accepted"},
    "refuse": {"received": "refused"},
    "assign": {"accepted": "assigned", "assigned": "assigned", "investigating": "investigating"},
    "investigate": {"assigned": "investigating"},
    "resolve": {"assigned": "resolved", "investigating": "resolved"},
    "close": {"resolved": "closed"},
    "open_case": {"assigned": "assigned", "investigating": "investigating"},
    "extend": {state: state for state in ("accepted", "assigned", "investigating")},
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("deed", DEEDS)
def test_each_step_starts_where_it_may(deed, state, brought, li):
    complaint = brought(state)
    steps = ComplaintStep.objects.count()
    if state in MOVES[deed]:
        DEEDS[deed](complaint, li)
        complaint.refresh_from_db()
        assert complaint.state == MOVES[deed][state] and ComplaintStep.objects.count() == steps + 1
    else:
        with pytest.raises(WrongState):
            DEEDS[deed](complaint, li)
        complaint.refresh_from_db()
        assert complaint.state == state and ComplaintStep.objects.count() == steps


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("role", ["publisher", "auditor", "owner", "stranger", "elsewhere", "owning inspector"])
def test_nobody_else_takes_a_step(deed, role, brought, hailan, restaurant, wang, qian):
    from sunkitchen.registry.models import Membership

    complaint = brought(next(iter(MOVES[deed])))
    elsewhere = builders.authority("外市市场监督管理局", "888801")
    people = {
        "publisher": lambda: builders.officer("孙发", hailan, "publisher"),
        "auditor": lambda: builders.officer("吴审", hailan, "auditor"),
        "owner": lambda: wang,
        "stranger": lambda: qian,
        "elsewhere": lambda: builders.officer("外人", elsewhere, "clerk"),
        "owning inspector": lambda: builders.officer("兼职", hailan, "inspector"),
    }
    by = people[role]()
    if role == "owning inspector":
        Membership.objects.create(user=by, establishment=restaurant, role="manager")
    with pytest.raises(Refused):
        DEEDS[deed](complaint, by)


@pytest.mark.parametrize("deed", ["open_case", "extend"])
def test_what_a_report_alone_knows_is_not_done_to_a_dispute(deed, brought, li):
    complaint = brought("assigned", kind="dispute")
    with pytest.raises(Refused):
        DEEDS[deed](complaint, li)


@pytest.mark.parametrize("deed", ["open_case", "extend"])
def test_once_is_once(deed, brought, li):
    complaint = brought("assigned")
    DEEDS[deed](complaint, li)
    with pytest.raises(WrongState):
        DEEDS[deed](complaint, li)


@pytest.mark.parametrize("text", ["", "   ", "字" * 1001])
def test_a_refusal_a_reply_and_more_time_need_words(text, brought, li):
    with pytest.raises(Refused):
        actions.refuse(brought("received"), by=li, reason=text)
    with pytest.raises(Refused):
        actions.resolve(brought("assigned"), by=li, upheld=False, serious=False, reply=text)
    with pytest.raises(Refused):
        actions.extend(brought("assigned"), by=li, reason=text)


def test_what_was_not_true_is_not_serious(brought, li):
    with pytest.raises(Refused):
        actions.resolve(brought("assigned"), by=li, upheld=False, serious=True, reply="未发现。")


def test_it_is_assigned_to_nobody_who_may_not_handle_it(brought, li, sun, wang):
    complaint = brought("accepted")
    for to in (sun, wang):
        with pytest.raises(Refused):
            actions.assign(complaint, by=li, to=to)


def test_a_closed_and_rated_one_is_closed_for_good(brought, li):
    complaint = brought("closed")
    actions.satisfied(complaint, marks=5)
    with pytest.raises(WrongState):
        actions.set_12315(complaint, by=li, number="A1")


# ── those that tell the same ────────────────────────────────────────────────────────────────────────────────
def test_what_follows_another_shares_its_outcome_and_each_diner_is_told(brought, receive, li, zhao):
    first = brought("assigned")
    others = [receive() for _ in range(2)]
    for row in others:
        actions.group(row, under=first, by=li)
        row.refresh_from_db()
        assert (row.state, row.assigned_to) == ("assigned", zhao)
    actions.resolve(first, by=zhao, upheld=True, serious=True, reply="已立案查处。")
    actions.close(first, by=zhao)
    for row in [first, *others]:
        row.refresh_from_db()
        assert (row.state, row.upheld, row.serious, row.reply) == ("closed", True, True, "已立案查处。")
        told = Notice.objects.filter(dedupe__startswith=f"complaint:{row.pk}:resolve")
        assert told.count() == 2 and all("已立案查处。" in notice.body for notice in told)
    assert list(Complaint.objects.upheld()) == [first], "it counts once"


def test_what_follows_another_is_not_handled_by_itself(brought, receive, li):
    first, other = brought("accepted"), receive()
    actions.group(other, under=first, by=li)
    with pytest.raises(Refused):
        actions.assign(other, by=li, to=li)
    actions.note(other, by=li, office="同一桌。")


def test_groups_are_flat_of_one_kitchen_one_kind_and_led_by_what_is_further(brought, receive, li):
    first, second, third = brought("accepted"), receive(), receive()
    actions.group(second, under=first, by=li)
    wrong = [
        (third, second),  # which follows
        (first, third),  # which leads
        (third, third),
        (receive(kind="dispute"), first),
        (receive(place=builders.establishment(signboard="邻家小馆")), first),
        (brought("assigned"), third),
        (receive(), brought("closed")),
    ]
    for row, under in wrong:
        with pytest.raises(Refused):
            actions.group(row, under=under, by=li)


def test_the_same_kitchen_kind_and_category_within_two_days_is_suggested(receive):
    now = timezone.now()
    row = receive(at=now)
    near = receive(at=now - timedelta(hours=47))
    receive(at=now - timedelta(hours=49))
    receive(at=now, category="spoiled")
    receive(at=now, kind="dispute")
    receive(at=now, place=builders.establishment(signboard="邻家小馆"))
    assert list(similar.to(row)) == [near]


# ── nothing by number ───────────────────────────────────────────────────────────────────────────────────────
def test_a_thousand_of_them_change_nothing_by_themselves(receive, restaurant, li):
    state = restaurant.state
    for _ in range(1000):
        receive(category="ill", diner=receiving.ANONYMOUS)
    restaurant.refresh_from_db()
    assert Complaint.objects.count() == 1000
    assert set(Complaint.objects.values_list("state", flat=True)) == {"received"}
    assert restaurant.state == state and not Listing.objects.exists()
    assert not Complaint.objects.upheld().exists()
    assert Notice.objects.filter(recipient=li, channel="desk").count() == 1, "officers are told once a day"


def test_with_the_limits_on_most_of_a_thousand_are_turned_away(guest, restaurant):
    said = [guest.post(new_url(restaurant), form(), headers=OURS).status_code for _ in range(60)]
    assert said.count(302) == 8 and said.count(429) == 52


# ── telling ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_diner_is_told_by_the_address_they_left_in_their_language(receive, li, settings, mailoutbox):
    diner = receiving.Diner(name="Ho", mobile="13912345678", email="ho@example.com", language="en")
    complaint = receive(diner=diner)
    actions.accept(complaint, by=li)
    assert notices.send_due(timezone.now()) >= 4
    texts = [path.read_text() for path in sorted(settings.SMS_FILE_PATH.iterdir()) if "13912345678" in path.name]
    assert len(texts) == 2 and f"/en/complaints/{complaint.tracking}/" in texts[0] and "secret" in texts[0]
    assert [mail.to for mail in mailoutbox if "ho@example.com" in mail.to] == [["ho@example.com"]] * 2


def test_a_named_reporter_is_told_of_the_case_an_anonymous_one_leaves_no_clock(brought, li):
    named, nameless = brought("assigned"), brought("assigned", diner=receiving.ANONYMOUS)
    for row in (named, nameless):
        actions.open_case(row, by=li)
    assert named.told_at and not nameless.told_at
    assert Notice.objects.filter(dedupe__startswith=f"complaint:{named.pk}:open_case").count() == 2
    actions.told(nameless, by=li, note="电话告知。")
    with pytest.raises(WrongState):
        actions.told(named, by=li, note="电话告知。")


def test_officers_hear_once_of_a_clock_that_runs_out(receive, li, zhao):
    at = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    complaint = receive(at=at - timedelta(days=10))
    assert sweeping.warn(at) == 2, "nobody is in charge yet: everybody who could be"
    rows = Notice.objects.filter(kind="complaint.due", channel="desk")
    assert {row.recipient for row in rows} == {li, zhao}
    sweeping.warn(at + timedelta(hours=1))
    assert rows.count() == 2 and str(complaint.pk) in rows[0].link


def test_ninety_days_after_the_end_nobody_knows_who_it_was(brought, li):
    at = timezone.now()
    complaint = brought("closed")
    Complaint.objects.filter(pk=complaint.pk).update(closed_at=at - timedelta(days=89))
    assert sweeping.forget(at) == 0
    Complaint.objects.filter(pk=complaint.pk).update(closed_at=at - timedelta(days=91))
    assert sweeping.forget(at) == 1
    who = Complainant.objects.get()
    assert (who.sealed_name, who.sealed_mobile, who.sealed_email) == ("", "", "") and who.erased_at == at
    assert not Notice.objects.filter(recipient=None).exists()
    assert actions.look(complaint, by=li) is None
    assert sweeping.forget(at) == 0


def test_what_was_answered_a_month_ago_is_closed(brought):
    at = timezone.now()
    complaint = brought("resolved")
    assert sweeping.close_answered(at) == 0
    assert sweeping.close_answered(at + timedelta(days=31)) == 1
    complaint.refresh_from_db()
    assert complaint.state == "closed"


def test_a_call_is_entered_with_its_number_at_12315(restaurant, li, sun):
    row = receiving.enter(
        restaurant, by=li, kind="lead", category="other", said="电话举报。", number_12315="HL20261122001"
    )
    assert (row.source, row.number_12315) == ("hotline", "HL20261122001")
    with pytest.raises(Refused):
        receiving.enter(restaurant, by=sun, kind="lead", category="other", said="x")


def test_each_look_at_who_it_was_is_written_down(receive, li):
    complaint = receive()
    for count in (1, 2):
        assert actions.look(complaint, by=li).mobile == "13912345678"
        assert AuditEntry.objects.filter(verb="complaint.identity_seen", actor=li).count() == count


def test_the_business_is_told_of_a_dispute_and_answers_once_it_is_accepted(brought, wang, li):
    complaint, lead = brought("received", kind="dispute"), brought("accepted")
    assert not Notice.objects.filter(recipient=wang).exists()
    with pytest.raises(Refused):
        actions.answer(complaint, by=wang, statement="我们愿意退款。")
    actions.accept(complaint, by=li)
    assert Notice.objects.filter(recipient=wang, channel="desk", kind="complaint.accepted").count() == 1
    actions.answer(complaint, by=wang, statement="我们愿意退款。")
    assert complaint.steps.filter(office_note="我们愿意退款。", by=wang, public_note="").exists()
    for row, by in ((lead, wang), (complaint, li)):
        with pytest.raises(Refused):
            actions.answer(row, by=by, statement="x")


def test_officers_of_a_kitchen_are_those_who_do_not_act_for_it(restaurant, li, zhao, sun, hailan):
    from sunkitchen.registry.models import Membership

    assert set(telling.officers(restaurant)) == {li, zhao}
    Membership.objects.create(user=zhao, establishment=restaurant, role="manager")
    assert set(telling.officers(restaurant)) == {li}
