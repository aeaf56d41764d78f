"""The pages of both sides, as a plain form and as a script asks for them."""

from uuid import uuid4

import pytest
from django.urls import reverse

from sunkitchen.registry.consultations import actions as consultations
from sunkitchen.registry.models import CannedAnswer, Consultation, OfficeHours
from tests import builders

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def page(person, at, name, *args, **query):
    return at(person).get(reverse(name, args=args), query)


def test_an_owner_asks_about_their_kitchen(restaurant, wang, hailan, li, at):
    form = {"to": f"kitchen:{restaurant.code}", "subject": "换证", "text": "要带什么？", "form": uuid4()}
    for _time in range(2):  # sent twice by an impatient thumb
        answer = at(wang).post(reverse("talk_new"), form)
        assert answer.status_code == 302
    talk = Consultation.objects.get()
    assert (talk.authority, talk.establishment, talk.asker) == (hailan, restaurant, wang)
    assert "要带什么？" in page(wang, at, "talk", talk.code).content.decode()


def test_a_question_without_words_is_asked_again_for_them(restaurant, wang, hailan, at):
    answer = at(wang).post(reverse("talk_new"), {"to": f"kitchen:{restaurant.code}", "subject": "换证"})
    assert answer.status_code == 422 and not Consultation.objects.exists()


def test_nobody_asks_in_another_kitchens_name(restaurant, qian, hailan, at):
    form = {"to": f"kitchen:{restaurant.code}", "subject": "x", "text": "x"}
    assert at(qian).post(reverse("talk_new"), form).status_code == 422


def test_the_button_on_a_draft_opens_a_pre_check(restaurant, wang, hailan, li, at):
    draft = builders.permit(restaurant, submitted_by=wang, state="draft")
    address = reverse("talk_new") + f"?paper={draft.pk}"
    assert address in at(wang).get(reverse("paper", args=[restaurant.code, draft.pk])).content.decode()
    assert "pre-check" in page(wang, at, "talk_new", paper=draft.pk).content.decode()
    form = {"to": f"kitchen:{restaurant.code}", "paper": draft.pk, "subject": "预审"}
    assert at(wang).post(reverse("talk_new"), form).status_code == 302
    talk = Consultation.objects.get(credential=draft)
    beside = page(li, at, "office_talk", talk.code).content.decode()
    assert draft.number in beside and "Looks fine, hand it in" in beside
    url = reverse("talk_precheck", args=[talk.code])
    assert at(li).post(url, {"outcome": "change", "reasons": ["0", "3"], "words": "另请补图。"}).status_code == 302
    assert at(li).post(url, {"outcome": "change"}).status_code == 422
    said = page(wang, at, "talk", talk.code).content.decode()
    assert "另请补图。" in said and "Advice beforehand, not a decision." in said


def test_a_script_is_answered_in_json(question, wang, li, at):
    url, form = reverse("talk", args=[question.code]), uuid4()
    said = at(wang).post(url, {"text": "在吗？", "form": form}, headers=JSON)
    assert said.json()["form"] == str(form)
    refused = at(wang).post(url, {"text": "x" * 2001, "form": uuid4()}, headers=JSON)
    assert (refused.status_code, "2000" in refused.json()["refused"]) == (422, True)


def test_what_people_write_is_text_on_every_page(question, wang, li, at):
    consultations.say(question, by=wang, text="<script>alert(1)</script>")
    for person, name in ((wang, "talk"), (li, "office_talk")):
        assert "<script>alert" not in page(person, at, name, question.code).content.decode()


def test_the_queue_shows_who_waits_longest_first(question, wang, li, hailan, at, tuesday):
    later = consultations.ask(by=wang, authority=hailan, subject="第二个", text="?", at=tuesday.replace(hour=11))
    rows = page(li, at, "office_talks").context["rows"]
    assert [talk for talk, _waits in rows] == [question, later]
    consultations.take(later, by=li)
    for show, found in {"mine": [later], "unassigned": [question], "closed": [], "nonsense": [question, later]}.items():
        assert [talk for talk, _waits in page(li, at, "office_talks", show=show).context["rows"]] == found


def test_a_clerk_does_not_see_their_own_questions_in_the_queue(li, hailan, at):
    consultations.ask(by=li, authority=hailan, subject="我自己的", text="?")
    assert page(li, at, "office_talks").context["rows"] == []


def test_to_open_a_talk_is_to_have_read_it(question, wang, li, at):
    consultations.answer(question, by=li, text="好")
    assert page(wang, at, "talks").context["page"][0].news
    page(wang, at, "talk", question.code)
    assert page(wang, at, "talks").context["page"][0].news is None


def test_long_talks_come_in_parts(question, wang, li, at, monkeypatch):
    from sunkitchen.registry.consultations import words

    monkeypatch.setattr(words, "AT_ONCE", 2)
    for number in range(3):
        consultations.answer(question, by=li, text=f"第{number}句")
    newest = page(wang, at, "talk", question.code)
    assert "第0句" not in newest.content.decode() and "第2句" in newest.content.decode()
    older = page(wang, at, "talk", question.code, before=newest.context["earlier"])
    assert "第0句" in older.content.decode() and "第2句" not in older.content.decode()


def test_clerks_hand_over_and_close_on_the_page(question, li, hailan, at):
    jiang = builders.officer("蒋录", hailan, "clerk")
    url = reverse("talk_hand_over", args=[question.code])
    assert at(li).post(url, {"to": jiang.pk, "note": ""}).status_code == 422
    assert at(li).post(url, {"to": jiang.pk, "note": "请看"}).status_code == 302
    url = reverse("talk_close", args=[question.code])
    assert at(jiang).post(url, {"why": "", "words": ""}).status_code == 422
    assert at(jiang).post(url, {"why": "0"}).status_code == 302
    question.refresh_from_db()
    assert (question.state, question.clerk) == ("closed", jiang)


def test_prepared_answers_are_kept_and_removed(hailan, li, at):
    assert (
        at(li).post(reverse("canned_answers"), {"authority": hailan.pk, "title": "时限", "text": "五天"}).status_code
        == 302
    )
    row = CannedAnswer.objects.get()
    url = reverse("canned_answer", args=[row.pk])
    assert at(li).post(url, {"title": "时限", "text": ""}).status_code == 422
    at(li).post(url, {"title": "时限", "text": "三天"})
    row.refresh_from_db()
    assert row.text == "三天"
    at(li).post(url, {"drop": "1"})
    assert not CannedAnswer.objects.exists()


def test_office_hours_are_set_a_day_a_line(hailan, li, at):
    url = reverse("talk_hours", args=[hailan.slug])
    assert at(li).post(url, {"day0": "9-12"}).status_code == 422
    assert not OfficeHours.objects.exists()
    assert at(li).post(url, {"day0": "09:00-12:00, 13:30-17:00"}).status_code == 302
    assert OfficeHours.objects.get().hours == [[["09:00", "12:00"], ["13:30", "17:00"]], *[[]] * 6]


def test_the_desks_say_what_is_new(question, wang, li, at):
    assert "question" in page(li, at, "office").content.decode()
    consultations.answer(question, by=li, text="好")
    assert "There is news on your question" in page(wang, at, "desk").content.decode()


@pytest.mark.parametrize("field", ["text", "subject", "to", "paper"])
def test_hostile_fields_are_answered_in_words(field, restaurant, wang, hailan, at):
    builders.permit(restaurant, submitted_by=wang, state="draft")
    form = {"to": f"kitchen:{restaurant.code}", "subject": "x", "text": "x"} | {field: "\0" + "9" * 5000}
    assert at(wang).post(reverse("talk_new"), form).status_code in (400, 422)
