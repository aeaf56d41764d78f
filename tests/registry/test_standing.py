"""What a paper counts for: its dates, its renewal, its end. No path of deeds shows what ended as in force."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ratings.editions import measured
from sunkitchen.core.models import Notice
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.desks.office import kitchens as office
from sunkitchen.public.kitchen import page, verdict
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.credentials import expiring, standing
from sunkitchen.registry.models import Credential, CredentialPage, Establishment
from tests import builders
from tests.conftest import prove

TODAY = date(2026, 11, 22)
COUNTING = {"in_force", "expiring", "renewal_pending"}


def noon(day):
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


@pytest.fixture
def old(restaurant):
    """The restaurant's permit, through Friday of this week."""
    return builders.permit(
        restaurant, state="in_force", valid_from=date(2021, 11, 28), valid_through=TODAY + timedelta(days=5)
    )


@pytest.fixture
def renewal(restaurant, wang, old):
    row = builders.permit(
        restaurant,
        submitted_by=wang,
        state="draft",
        valid_from=TODAY + timedelta(days=6),
        valid_through=date(2031, 11, 27),
    )
    CredentialPage.objects.create(credential=row, file=builders.stored_file(), order=0)
    credentials.submit(row, by=wang)
    return row


def test_a_renewal_knows_what_it_renews(renewal, old):
    assert renewal.renews == old


def test_an_accepted_renewal_keeps_the_old_permit_going(renewal, old, li):
    standing.accept(renewal, by=li)
    old.refresh_from_db()
    after = old.valid_through + timedelta(days=1)
    assert old.standing(old.valid_through) == "expiring"
    assert old.standing(after) == "renewal_pending"
    assert Credential.objects.in_force(after).filter(pk=old.pk).exists()


def test_a_renewal_that_nobody_accepted_lets_the_old_permit_end(renewal, old):
    after = old.valid_through + timedelta(days=1)
    assert old.standing(after) == "expired"
    assert not Credential.objects.in_force(after).filter(pk=old.pk).exists()


@pytest.mark.parametrize("end", ["withdrawn", "returned"])
def test_once_the_renewal_waits_no_more_the_old_permit_ends_with_its_day(renewal, old, li, wang, end):
    standing.accept(renewal, by=li)
    if end == "withdrawn":
        credentials.withdraw(renewal, by=wang)
    else:
        credentials.send_back(renewal, by=li, reason="日期看不清。")
    old.refresh_from_db()
    renewal.refresh_from_db()
    assert old.standing(old.valid_through + timedelta(days=1)) == "expired"
    assert renewal.accepted_at is None


def test_the_renewal_itself_takes_over_when_it_is_approved(renewal, old, li):
    standing.accept(renewal, by=li)
    credentials.approve(renewal, by=li, today=TODAY)
    old.refresh_from_db()
    assert (old.state, old.continued_by) == ("in_force", None)  # until its last day, and not one longer
    assert expiring.retire(renewal.valid_from) == 1
    old.refresh_from_db()
    assert old.state == "replaced"


def test_what_came_after_the_last_day_is_not_accepted(renewal, old, li):
    Credential.objects.filter(pk=renewal.pk).update(submitted_at=noon(old.valid_through + timedelta(days=1)))
    renewal.refresh_from_db()
    with pytest.raises(Refused, match="after the old permit had ended"):
        standing.accept(renewal, by=li)
    old.refresh_from_db()
    assert old.continued_by is None


@pytest.mark.parametrize(("clock", "is_late"), [((0, 23, 30), False), ((1, 0, 30), True)])
def test_the_last_day_to_hand_in_ends_at_midnight_where_the_kitchen_stands(renewal, old, li, clock, is_late):
    days, hour, minute = clock
    day = old.valid_through + timedelta(days=days)
    moment = timezone.make_aware(datetime(day.year, day.month, day.day, hour, minute))
    Credential.objects.filter(pk=renewal.pk).update(submitted_at=moment)
    renewal.refresh_from_db()
    if is_late:
        with pytest.raises(Refused, match="after the old permit had ended"):
            standing.accept(renewal, by=li)
    else:
        standing.accept(renewal, by=li)
    old.refresh_from_db()
    assert old.standing(old.valid_through + timedelta(days=1)) == ("expired" if is_late else "renewal_pending")


def test_a_permit_counts_from_its_first_day_and_not_before(restaurant):
    paper = builders.permit(restaurant, state="in_force", valid_from=TODAY, valid_through=date(2031, 11, 21))
    before = TODAY - timedelta(days=1)
    assert [paper.standing(day) for day in (before, TODAY)] == ["not_yet", "in_force"]
    assert [Credential.objects.in_force(day).exists() for day in (before, TODAY)] == [False, True]
    assert page.papers(restaurant, before)[0].standing not in COUNTING


def test_only_a_permits_renewal_is_accepted(restaurant, wang, li):
    first = builders.permit(restaurant, submitted_by=wang)
    with pytest.raises(Refused, match="renewal of a permit"):
        standing.accept(first, by=li)


def test_nobody_accepts_their_own_renewal(renewal, wang):
    with pytest.raises(Refused, match="their own"):
        standing.accept(renewal, by=wang)


def test_a_renewal_is_accepted_once(renewal, li):
    standing.accept(renewal, by=li)
    with pytest.raises(WrongState):
        standing.accept(renewal, by=li)


def test_a_revoked_permit_counts_nowhere_and_its_kitchen_closes(restaurant, old, li):
    standing.revoke(old, by=li, reason="吊销（〔2026〕201 号）")
    restaurant.refresh_from_db()
    assert old.standing(TODAY) == "revoked"
    assert (restaurant.state, restaurant.closed_by_authority) == ("closed", True)
    assert not Credential.objects.in_force(TODAY).filter(pk=old.pk).exists()


def test_a_revoked_permit_ends_though_its_renewal_was_accepted(renewal, old, li):
    standing.accept(renewal, by=li)
    standing.revoke(old, by=li, reason="吊销（〔2026〕201 号）")
    assert old.standing(old.valid_through + timedelta(days=1)) == "revoked"
    assert old.continued_by is None


def test_a_kitchen_with_another_permit_stays_open(restaurant, old, li):
    builders.permit(restaurant, kind="small_eatery", state="in_force", valid_from=date(2025, 1, 1))
    standing.revoke(old, by=li, reason="注销（〔2026〕202 号）")
    restaurant.refresh_from_db()
    assert restaurant.state == "open"


def test_a_paper_is_revoked_with_a_reason_and_not_by_its_own_people(restaurant, old, li, wang):
    with pytest.raises(Refused, match="why"):
        standing.revoke(old, by=li, reason=" ")
    with pytest.raises(Refused, match="own kitchen"):
        standing.revoke(old, by=wang, reason="不想要了")
    old.refresh_from_db()
    assert old.state == "in_force"


def test_who_waits_unaccepted_is_told_that_the_old_permit_ended(renewal, old, wang, li):
    after = old.valid_through + timedelta(days=1)
    expiring.remind(after)
    assert Notice.objects.filter(kind="credential.expired").exists()


def test_who_waits_accepted_is_not_told_so(renewal, old, wang, li):
    standing.accept(renewal, by=li)
    expiring.remind(old.valid_through + timedelta(days=1))
    assert not Notice.objects.filter(kind="credential.expired").exists()


def test_the_clerk_accepts_on_the_papers_page(at, li, renewal, old):
    answer = at(li).post(f"/en/office/papers/{renewal.pk}/accept/", {"seen": renewal.submitted_at.isoformat()})
    assert answer.status_code == 302
    old.refresh_from_db()
    assert old.continued_by == renewal


def test_the_clerk_revokes_after_proving_who_sits_there(at, li, old, restaurant):
    browser = at(li)
    address, said = f"/en/office/papers/{old.pk}/revoke/", {"document": "〔2026〕201 号", "words": "吊销"}
    assert "/sign-in/again/" in browser.post(address, said)["location"]
    prove(browser)
    assert "closes" in browser.get(address).content.decode()
    assert browser.post(address, {"document": "", "words": ""}).status_code == 422
    assert browser.post(address, said).status_code == 302
    old.refresh_from_db()
    assert (old.state, old.reason) == ("revoked", "吊销（〔2026〕201 号）")


class Papers(RuleBasedStateMachine):
    """Permits of one kitchen over the years, by the deeds of an owner, two clerks and the sweep.

    `ended` is the truth, kept beside by what was done: since when a paper may never count again.
    """

    @initialize()
    def open(self):
        self.bureau = builders.authority()
        self.owner = builders.user("王海")
        self.clerks = [builders.officer(name, self.bureau, "clerk") for name in ("李审", "陆核")]
        self.place = builders.establishment(owner=self.owner)
        self.today = TODAY
        self.revoked, self.accepted = set(), {}

    def some(self, number, **where):
        rows = list(Credential.objects.filter(establishment=self.place, **where).order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def tried(self, deed):
        try:
            deed()
        except Refused:
            return False
        return True

    @rule(begins=st.integers(-400, 60), lasts=st.integers(1, 900))
    def hand_in(self, begins, lasts):
        start = self.today + timedelta(days=begins)
        row = builders.permit(
            self.place,
            submitted_by=self.owner,
            state="draft",
            valid_from=start,
            valid_through=start + timedelta(days=lasts),
        )
        CredentialPage.objects.create(credential=row, file=builders.stored_file(), order=0)
        credentials.submit(row, by=self.owner)
        Credential.objects.filter(pk=row.pk).update(submitted_at=noon(self.today))

    @rule(number=st.integers(0, 9))
    def withdraw(self, number):
        if (row := self.some(number, state="submitted")) and self.tried(
            lambda: credentials.withdraw(row, by=self.owner)
        ):
            self.accepted.pop(row.pk, None)

    @rule(number=st.integers(0, 9), clerk=st.integers(0, 1))
    def send_back(self, number, clerk):
        if row := self.some(number, state="submitted"):
            credentials.send_back(row, by=self.clerks[clerk], reason="看不清")
            self.accepted.pop(row.pk, None)

    @rule(number=st.integers(0, 9), clerk=st.integers(0, 1))
    def accept(self, number, clerk):
        row = self.some(number, state="submitted")
        if row and self.tried(lambda: standing.accept(row, by=self.clerks[clerk])):
            self.accepted[row.pk] = row.renews_id

    @rule(number=st.integers(0, 9), clerk=st.integers(0, 1))
    def approve(self, number, clerk):
        row = self.some(number, state="submitted")
        if row and self.tried(lambda: credentials.approve(row, by=self.clerks[clerk], today=self.today)):
            self.accepted.pop(row.pk, None)

    @rule(number=st.integers(0, 9), clerk=st.integers(0, 1))
    def revoke(self, number, clerk):
        if row := self.some(number, state="in_force"):
            standing.revoke(row, by=self.clerks[clerk], reason="吊销（〔2026〕1 号）")
            self.revoked.add(row.pk)

    @rule(days=st.integers(1, 400))
    def time_passes(self, days):
        self.today += timedelta(days=days)

    @rule(number=st.integers(0, 9), after=st.integers(0, 2))
    def a_last_day_passes(self, number, after):
        if row := self.some(number, state="in_force"):
            self.today = max(self.today, row.valid_through + timedelta(days=after))

    @precondition(lambda self: Credential.objects.filter(establishment=self.place).exists())
    @rule()
    def sweep(self):
        expiring.retire(self.today)
        expiring.remind(self.today)

    def may_count(self, row):
        """By what was done, not by what is stored."""
        if row.pk in self.revoked or row.state != "in_force" or row.valid_from > self.today:
            return False
        waits = row.pk in self.accepted.values()
        return row.valid_through >= self.today or waits

    @invariant()
    def nothing_that_ended_is_shown_as_in_force(self):
        if not hasattr(self, "place"):
            return
        rows = list(Credential.objects.filter(establishment=self.place))
        counting = {row.pk for row in rows if self.may_count(row)}
        assert {row.pk for row in rows if row.standing(self.today) in COUNTING} == counting
        in_force = Credential.objects.filter(establishment=self.place).in_force(self.today)
        assert set(in_force.values_list("pk", flat=True)) == counting
        shown = page.papers(self.place, self.today)
        assert all(paper.credential.pk in counting for paper in shown if paper.standing in COUNTING)
        assert bool(counting) == any(paper.standing in COUNTING for paper in shown)
        line = verdict.judge("", [(paper.credential.kind, paper.standing) for paper in shown], "")
        assert bool(counting) or line.tone == "warn"
        told = self.permit_as_lists_read_it()
        assert (told == "in_force") == bool(counting)
        place = Establishment.objects.get(pk=self.place.pk)
        lacking = office.unpermitted(Establishment.objects.filter(pk=place.pk), noon(self.today)).exists()
        assert lacking == (place.state == "open" and not counting)

    def permit_as_lists_read_it(self):
        words = {
            row["word"]
            for row in measured._permits(measured.among([self.place.pk]), self.today).values("word")
            if row["word"]
        }
        return "in_force" if "in_force" in words else ""


class TestNoPath(TestCase):
    def test_shows_an_expired_or_revoked_permit_as_in_force(self):
        from django.db import transaction
        from hypothesis.stateful import run_state_machine_as_test

        class Fresh(Papers):
            """Each run begins in an empty house, and leaves one."""

            def __init__(self):
                super().__init__()
                self.point = transaction.savepoint()

            def teardown(self):
                transaction.savepoint_rollback(self.point)

        run_state_machine_as_test(
            Fresh, settings=hypothesis(max_examples=40, stateful_step_count=25, deadline=None, derandomize=False)
        )
