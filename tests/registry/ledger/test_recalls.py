"""A recall: every kitchen that received the goods is told, answers, and is reminded until it does."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sunkitchen.core.audit import trail
from sunkitchen.core.models import Notice, StoredFile
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.models import Recall, RecallNotice
from sunkitchen.registry.suppliers import recalls
from sunkitchen.registry.suppliers.question import Question
from tests.conftest import TODAY

NOON = timezone.make_aware(datetime.combine(TODAY, datetime.min.time())) + timedelta(hours=12)
OIL = Question(batch="A202608", product="菜籽油")


@pytest.fixture
def issue(li, hailan):
    def of(question=OIL, **facts):
        return recalls.issue(hailan, by=li, question=question, says="立即停用并封存。", at=NOON, **facts)

    return of


def letters(kind="recall.issued"):
    return Notice.objects.filter(kind=kind, channel="desk")


def test_every_kitchen_that_received_it_is_told_and_no_other(issue, restaurant, rival, foreign, buy):
    buy(restaurant)
    buy(rival, batch="B1")
    buy(foreign)
    recall = issue(document_number="海市监召〔2026〕3 号")
    assert [notice.establishment for notice in recall.notices.all()] == [restaurant]
    assert [letter.recipient for letter in letters()] == [restaurant.memberships.get().user]
    assert [entry.verb for entry in trail(recall)] == ["recall.issued"]


def test_whoever_enters_the_goods_later_is_told_at_once(issue, rival, buy):
    recall = issue()
    assert not letters().exists()
    row = buy(rival, batch="批号 Ａ2026-08")
    assert [notice.delivery for notice in recall.notices.all()] == [row] and letters().count() == 1
    recalls.sweep(NOON)
    assert letters().count() == 1


def test_whoever_enters_them_in_another_bureaus_area_is_not_asked(issue, foreign, buy):
    issue()
    buy(foreign)
    recalls.sweep(NOON)
    assert not RecallNotice.objects.exists() and not letters().exists()


def test_a_kitchen_that_answered_is_asked_again_when_more_comes(issue, rival, buy):
    buy(rival)
    recall = issue()
    notice = recall.notices.get()
    recalls.answer(notice, by=rival.memberships.get().user, answer="removed", note="封存两桶")
    buy(rival)
    notice.refresh_from_db()
    assert notice.answer == "" and letters().count() == 2


def test_an_answer_to_what_was_shown_is_none_to_what_came_meanwhile(client, issue, rival, buy):
    buy(rival)
    notice = issue().notices.get()
    client.force_login(rival.memberships.get().user)
    desk = reverse("recall_answer", args=[rival.code, notice.pk])
    shown = client.get(desk).context["form"]["delivery"].value()
    assert shown == notice.delivery_id and f'value="{shown}"' in client.get(desk).content.decode()
    more = buy(rival)
    answer = client.post(desk, {"answer": "removed", "delivery": shown})
    notice.refresh_from_db()
    assert (answer.status_code, notice.answer, notice.delivery) == (409, "", more)
    assert client.post(desk, {"answer": "removed", "delivery": more.pk}).status_code == 302


def test_a_photo_of_the_goods_before_is_none_of_those_that_came_since(issue, rival, buy, photo):
    buy(rival)
    notice, owner = issue().notices.get(), rival.memberships.get().user
    recalls.answer(notice, by=owner, answer="removed", uploads=[photo()])
    recalls.answer(notice, by=owner, answer="removed", uploads=[photo()])
    assert StoredFile.objects.count() == 1, "the one before is not kept"
    buy(rival)
    notice.refresh_from_db()
    assert notice.photo is None and not StoredFile.objects.exists()
    recalls.answer(notice, by=owner, answer="used_up")
    assert notice.photo is None


def test_what_slipped_past_is_found_by_the_sweep(issue, rival, buy):
    recall = issue()
    buy(rival)
    RecallNotice.objects.all().delete()
    Notice.objects.all().delete()
    assert recalls.sweep(timezone.now()) == 1
    assert recall.notices.get().establishment == rival


def test_a_reminder_comes_once_a_day_by_day_until_the_answer(issue, rival, buy):
    buy(rival)
    notice = issue().notices.get()
    assert recalls.sweep(NOON + timedelta(hours=1)) == 0
    assert recalls.sweep(NOON + timedelta(hours=13)) == 0  # at night
    tomorrow = NOON + timedelta(days=1)
    assert [recalls.sweep(tomorrow), recalls.sweep(tomorrow)] == [1, 0]
    assert letters("recall.reminded").count() == 1
    recalls.answer(notice, by=rival.memberships.get().user, answer="used_up")
    assert recalls.sweep(NOON + timedelta(days=2)) == 0


def test_an_ended_recall_asks_nobody(issue, li, rival, buy):
    buy(rival)
    recall = issue()
    recalls.end(recall, by=li)
    with pytest.raises(WrongState):
        recalls.end(recall, by=li)
    with pytest.raises(WrongState):
        recalls.answer(recall.notices.get(), by=rival.memberships.get().user, answer="never")
    buy(rival)
    assert recalls.sweep(NOON + timedelta(days=1)) == 0 and letters().count() == 1


def test_the_same_form_issues_one_recall(issue, rival, buy):
    buy(rival)
    form = uuid.uuid4()
    first = issue(form=form)
    with pytest.raises(recalls.AlreadyIssued) as twin:
        issue(form=form)
    assert twin.value.recall == first and Recall.objects.count() == 1


@pytest.mark.parametrize("facts", [{"answer": "eaten"}, {"answer": "removed", "note": "长" * 201}])
def test_an_answer_that_says_nothing_is_refused(issue, rival, buy, facts):
    buy(rival)
    with pytest.raises(Refused):
        recalls.answer(issue().notices.get(), by=rival.memberships.get().user, **facts)


def test_one_photo_is_enough_for_an_answer(issue, rival, buy, photo):
    buy(rival)
    notice, owner = issue().notices.get(), rival.memberships.get().user
    with pytest.raises(Refused):
        recalls.answer(notice, by=owner, answer="removed", uploads=[photo(), photo()])
    notice.refresh_from_db()
    assert notice.answer == "" and not StoredFile.objects.exists()


def test_a_recall_of_everything_is_refused(issue):
    with pytest.raises(Refused):
        issue(Question(product="菜籽油"))
    assert not Recall.objects.exists()


def test_many_kitchens_are_told_by_the_sweep_when_the_click_is_through(issue, restaurant, rival, buy, monkeypatch):
    buy(restaurant)
    buy(rival)
    monkeypatch.setattr(recalls, "AT_ONCE", 1)
    issue()
    assert letters().count() == 1
    recalls.sweep(NOON)
    assert letters().count() == 2


def test_from_the_search_to_the_answer_on_the_kitchens_desk(client, li, rival, buy, photo):
    buy(rival)
    client.force_login(li)
    page = reverse("recall_issue") + "?batch=A202608"
    assert "1" in client.get(page).content.decode()
    answer = client.post(page, {"says": "封存。", "document_number": "3", "form": uuid.uuid4()}, follow=True)
    assert "邻家小馆" in answer.content.decode()
    notice = RecallNotice.objects.get()
    owner = rival.memberships.get().user
    client.force_login(owner)
    desk = reverse("recall_answer", args=[rival.code, notice.pk])
    assert "封存。" in client.get(desk).content.decode()
    assert client.post(desk, {"answer": "", "note": "x"}).status_code == 422
    assert client.post(desk, {"answer": "removed", "note": "两桶", "photo": photo()}).status_code == 302
    assert client.get(reverse("recall_photo", args=[rival.code, notice.pk])).status_code == 200
    client.force_login(li)
    shown = client.get(reverse("recall", args=[notice.recall_id]), {"show": "answered"}).content.decode()
    assert "两桶" in shown
    table = client.get(reverse("recall_answers", args=[notice.recall_id])).content.decode()
    assert "邻家小馆" in table and "两桶" in table


def test_many_recalls_that_run_cost_no_more_queries_than_one(
    client, li, issue, restaurant, rival, buy, django_assert_max_num_queries
):
    client.force_login(li)
    buy(restaurant)
    buy(rival)
    first = issue()
    recalls.answer(first.notices.first(), by=restaurant.memberships.get().user, answer="removed")
    page = client.get(reverse("recall_search"))
    assert [row[1:] for row in page.context["running"]] == [(2, 1)]
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("recall_search"))
    for number in range(5):
        issue(Question(batch=f"B{number}"))
    with django_assert_max_num_queries(len(one)):
        assert len(client.get(reverse("recall_search")).context["running"]) == 6


def test_nothing_of_a_recall_stands_on_the_kitchens_public_page(client, issue, rival, buy):
    buy(rival)
    issue(document_number="召〔2026〕3")
    assert "召〔2026〕3" not in client.get(reverse("kitchen", args=[rival.code])).content.decode()
