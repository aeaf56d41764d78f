"""A talk from its first question to its end: said once, answered once a wait, read by its two sides alone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from sunkitchen.core import audit, files
from sunkitchen.core.models import Notice, StoredFile
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.consultations import actions as consultations
from sunkitchen.registry.consultations import answering, arranging, forgetting, words
from sunkitchen.registry.consultations.gates import side_of
from sunkitchen.registry.models import CannedAnswer, Consultation, Membership, Message
from tests import builders

from .conftest import local

pytestmark = pytest.mark.django_db


def letters(person, kind="consultation."):
    return Notice.objects.filter(recipient=person, channel="desk", kind__startswith=kind)


@pytest.fixture
def jiang(hailan):
    return builders.officer("蒋录", hailan, "clerk")


def test_a_question_rings_for_the_clerks_and_for_nobody_else(question, li, zhao, wang):
    assert question.state == "asked"
    assert [letters(person).count() for person in (li, zhao, wang)] == [1, 0, 0]
    assert audit.trail(question).get().verb == "consultation.opened"


def test_the_same_form_opens_one_talk(question, wang, hailan, restaurant):
    form = question.messages.get().form
    again = consultations.ask(
        by=wang, authority=hailan, establishment=restaurant, subject="小餐饮换证", text="换证？", form=form
    )
    assert again == question and Consultation.objects.count() == 1


def test_the_same_message_is_written_once(question, wang, tuesday):
    form = uuid4()
    first = consultations.say(question, by=wang, text="在吗？", form=form, at=tuesday)
    assert consultations.say(question, by=wang, text="在吗？", form=form, at=tuesday) == first
    assert question.messages.count() == 2


def test_nobody_sends_in_the_name_of_anothers_form(question, li, wang):
    with pytest.raises(WrongState):
        consultations.answer(question, by=li, text="x", form=question.messages.get().form)


def test_an_answer_counts_the_office_minutes_that_were_waited(question, li, tuesday):
    said = consultations.answer(question, by=li, text="带旧证即可。", at=local("2026-11-17 14:10"))
    assert said.waited == 130  # the lunch break is nobody's
    assert (question.state, question.clerk, question.waiting_since) == ("answered", li, None)


def test_the_asker_is_told_once_for_each_wait(question, li, wang, tuesday):
    for minute in (5, 6, 7):
        consultations.answer(question, by=li, text=f"{minute}", at=tuesday + timedelta(minutes=minute))
    assert letters(wang).count() == 1
    consultations.say(question, by=wang, text="还有一个问题", at=tuesday + timedelta(minutes=20))
    consultations.answer(question, by=li, text="请说", at=tuesday + timedelta(minutes=30))
    assert letters(wang).count() == 2
    assert [row.waited for row in question.messages.filter(side="bureau")] == [5, None, None, 10]


def test_who_left_the_kitchen_is_told_nothing_and_who_asks_on_is(restaurant, wang, li, hailan, tuesday):
    former, colleague = builders.user("小李"), builders.user("小赵")
    held = Membership.objects.create(user=former, establishment=restaurant, role="manager")
    Membership.objects.create(user=colleague, establishment=restaurant, role="manager")
    talk = consultations.ask(
        by=former, authority=hailan, establishment=restaurant, subject="换证", text="？", at=tuesday
    )
    Membership.objects.filter(pk=held.pk).update(ended_at=tuesday)
    consultations.say(talk, by=wang, text="还在等", at=tuesday + timedelta(minutes=3))
    consultations.answer(talk, by=li, text="好", at=tuesday + timedelta(minutes=5))
    assert [letters(person).count() for person in (former, wang, colleague)] == [0, 1, 0]


def test_when_nobody_who_asked_is_left_the_kitchens_people_are_told(restaurant, wang, li, hailan, tuesday):
    former = builders.user("小李")
    held = Membership.objects.create(user=former, establishment=restaurant, role="manager")
    talk = consultations.ask(
        by=former, authority=hailan, establishment=restaurant, subject="换证", text="？", at=tuesday
    )
    Membership.objects.filter(pk=held.pk).update(ended_at=tuesday)
    consultations.close(talk, by=li, reason="请来电", at=tuesday + timedelta(minutes=5))
    assert [letters(person).count() for person in (former, wang)] == [0, 1]


def test_a_letter_repeats_nothing_of_the_answer(question, li, wang):
    consultations.answer(question, by=li, text="机密内容")
    assert "机密" not in letters(wang).get().body


def test_a_second_question_keeps_the_first_ones_wait_and_rings_once(question, wang, li, tuesday):
    consultations.say(question, by=wang, text="在吗？", at=tuesday + timedelta(minutes=3))
    assert question.waiting_since == tuesday
    assert letters(li).count() == 1


def test_who_reads_the_talk_has_read_its_letter(question, li, wang):
    consultations.answer(question, by=li, text="好")
    assert Consultation.objects.of_kitchens_of(wang).with_news(wang, "kitchen").get().news
    consultations.read(question, by=wang)
    assert not letters(wang).filter(read_at=None).exists()
    assert Consultation.objects.of_kitchens_of(wang).with_news(wang, "kitchen").get().news is None
    consultations.read(question, by=wang, upto=0)
    assert Consultation.objects.of_kitchens_of(wang).with_news(wang, "kitchen").get().news is None, "no way back"


def test_a_closed_talk_takes_no_answer_until_it_is_asked_in_again(question, li, wang):
    with pytest.raises(Refused, match="why"):
        consultations.close(question, by=li, reason=" ")
    consultations.close(question, by=li, reason="由县局办理。")
    assert question.state == "closed" and letters(wang, "consultation.closed").count() == 1
    with pytest.raises(Refused, match="closed"):
        consultations.answer(question, by=li, text="补充")
    consultations.say(question, by=wang, text="那找谁？")
    assert (question.state, question.closed_at) == ("asked", None)
    verbs = set(audit.trail(question).values_list("verb", flat=True))
    assert {"consultation.closed", "consultation.reopened"} <= verbs


def test_a_talk_is_taken_by_one_clerk(question, li, jiang):
    consultations.take(question, by=li)
    with pytest.raises(WrongState):
        consultations.take(question, by=jiang)
    assert question.clerk == li


def test_a_talk_goes_to_a_colleague_with_a_note_that_the_asker_does_not_read(question, li, jiang, wang, zhao, at):
    with pytest.raises(Refused, match="clerk"):
        consultations.hand_over(question, by=li, to=zhao, note="请看")
    consultations.hand_over(question, by=li, to=jiang, note="内部备注")
    assert question.clerk == jiang and letters(jiang, "consultation.yours").count() == 1
    url = reverse("talk", args=[question.code])
    assert "内部备注" not in at(wang).get(url).content.decode()
    assert "内部备注" in at(jiang).get(reverse("office_talk", args=[question.code])).content.decode()


def test_nobody_answers_their_own_kitchens_questions(question, li, restaurant, wang):
    Membership.objects.create(user=li, establishment=restaurant, role="manager")
    with pytest.raises(Refused, match="own"):
        consultations.answer(question, by=li, text="可以")
    assert side_of(li, question) == "kitchen"


def test_the_sides_of_a_talk(question, wang, li, zhao, qian, restaurant):
    assert [side_of(person, question) for person in (wang, li, zhao, qian)] == ["kitchen", "bureau", None, None]
    Membership.objects.filter(user=wang).update(ended_at=question.opened_at)
    assert side_of(wang, question) is None, "who left the kitchen has left its talks"


def test_a_new_operator_does_not_read_what_the_old_one_asked(question, wang, qian, restaurant):
    from sunkitchen.registry.models import HandOver

    Membership.objects.create(user=qian, establishment=restaurant, role="owner")
    assert side_of(qian, question) == "kitchen"
    later = question.opened_at + timedelta(days=1)
    HandOver.objects.create(
        establishment=restaurant,
        offered_by=wang,
        expires_at=later,
        name="钱路",
        contact="qian@example.com",
        operator_name="新公司",
        state="taken",
        taken_by=qian,
        ended_at=later,
    )
    assert side_of(qian, question) is None
    assert side_of(wang, question) == "kitchen"


def test_somebody_without_a_kitchen_asks_a_bureau(qian, hailan, li):
    talk = consultations.ask(by=qian, authority=hailan, subject="想开店", text="要办什么证？")
    assert (side_of(qian, talk), side_of(li, talk)) == ("kitchen", "bureau")


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 2001, "\x1b[2J", " \n "])
def test_what_is_no_message_is_refused_in_words_and_leaves_nothing(text, question, wang):
    with pytest.raises(Refused):
        consultations.say(question, by=wang, text=text)
    assert question.messages.count() == 1


def test_who_writes_too_fast_is_told_to_wait(question, wang, tuesday):
    for number in range(consultations.MOST_A_MINUTE - 1):
        consultations.say(question, by=wang, text=str(number), at=tuesday)
    with pytest.raises(consultations.TooFast):
        consultations.say(question, by=wang, text="x", at=tuesday)
    consultations.say(question, by=wang, text="x", at=tuesday + timedelta(minutes=2))


def test_nobody_opens_talks_all_day_long(hailan, qian, tuesday, monkeypatch):
    monkeypatch.setattr(consultations, "MOST_A_DAY", 2)

    def ask(at):
        return consultations.ask(by=qian, authority=hailan, subject="换证", text="？", at=at)

    for minute in range(2):
        ask(tuesday + timedelta(minutes=minute))
    with pytest.raises(consultations.TooFast):
        ask(tuesday + timedelta(minutes=3))
    assert ask(tuesday + timedelta(days=1, minutes=1))


def test_files_go_to_both_sides_and_to_nobody_else(question, wang, li, qian, photo, at, client):
    said = consultations.say(question, by=wang, uploads=[photo()])
    url = reverse("talk_file", args=[question.code, said.files.get().pk, 1])
    assert [at(person).get(url).status_code for person in (wang, li, qian)] == [200, 200, 404]
    assert client.get(url).status_code == 302
    other = consultations.ask(by=wang, authority=question.authority, subject="另一件", text="?")
    assert at(wang).get(reverse("talk_file", args=[other.code, said.files.get().pk, 1])).status_code == 404


def test_a_draft_is_looked_through_and_stays_a_draft(restaurant, wang, li, hailan, facts):
    draft = builders.permit(restaurant, submitted_by=wang, state="draft")
    talk = consultations.ask(by=wang, authority=hailan, establishment=restaurant, credential=draft, subject="预审")
    said = consultations.precheck(talk, by=li, fine=False, text="请补经营项目。")
    assert (said.deed, said.text) == ("please_change", "请补经营项目。")
    assert consultations.precheck(talk, by=li, fine=True, text="").deed == "looks_fine"
    draft.refresh_from_db()
    assert draft.state == "draft" and not audit.trail(draft).exists()
    type(draft).objects.filter(pk=draft.pk).update(state="submitted", submitted_by=wang, submitted_at=talk.opened_at)
    with pytest.raises(Refused, match="handed in"):
        consultations.precheck(talk, by=li, fine=True, text="")


def test_a_strangers_draft_is_attached_by_nobody(restaurant, wang, qian, hailan):
    draft = builders.permit(restaurant, submitted_by=wang, state="draft")
    mine = builders.establishment(owner=qian, signboard="钱家面馆")
    with pytest.raises(Refused):
        consultations.ask(by=qian, authority=hailan, establishment=mine, credential=draft, subject="x", text="x")
    with pytest.raises(Refused):
        consultations.ask(by=qian, authority=hailan, establishment=restaurant, subject="x", text="x")


def test_prepared_answers_count_their_uses(question, li, hailan):
    row = arranging.write_answer(hailan, by=li, title="材料", text="带旧证即可。")
    elsewhere = CannedAnswer.objects.create(
        authority=builders.authority("外市局", "888801"), title="x", text="x", written_by=li
    )
    consultations.answer(question, by=li, text="带旧证即可。", canned=[row.pk, elsewhere.pk])
    row.refresh_from_db(), elsewhere.refresh_from_db()
    assert (row.used, elsewhere.used) == (1, 0)


def test_the_usual_time_needs_five_answers_of_the_last_month(question, hailan, li, tuesday):
    for minutes in (3, 5, 7, 9):
        Message.objects.create(consultation=question, side="bureau", author=li, at=tuesday, text="x", waited=minutes)
    assert answering.usual_minutes(hailan, tuesday) is None
    Message.objects.create(consultation=question, side="bureau", author=li, at=tuesday, text="x", waited=90)
    assert answering.usual_minutes(hailan, tuesday) == 7
    assert answering.usual_minutes(hailan, tuesday + timedelta(days=31)) is None


def test_it_is_said_when_somebody_answers_again(hailan, li):
    assert answering.of(hailan, local("2026-11-17 10:00")).until == "Somebody answers now, until 12:00."
    assert answering.of(hailan, local("2026-11-17 12:30")).until == "Answers begin again today at 14:00."
    assert answering.of(hailan, local("2026-11-17 18:30")).until == "Answers begin again tomorrow at 08:30."
    # National Day: from the first to the seventh nobody answers.
    assert "08:30" in answering.of(hailan, local("2026-10-01 09:00")).until
    assert not answering.of(hailan, local("2026-10-01 09:00")).is_open
    arranging.keep_hours(hailan, by=li, week=[[]] * 7)
    assert answering.of(hailan, local("2026-11-17 10:00")).until == "Nobody answers in the coming weeks."


def test_a_closed_talk_is_forgotten_with_its_files_and_letters(question, wang, li, photo, settings, tuesday):
    settings.TALKS_KEPT_DAYS = 30
    said = consultations.say(question, by=wang, uploads=[photo()], at=tuesday)
    stored = said.files.get().file
    consultations.close(question, by=li, reason="好了", at=tuesday)
    assert forgetting.forget(tuesday + timedelta(days=29)) == 0
    assert forgetting.forget(tuesday + timedelta(days=31)) == 1
    assert not Consultation.objects.exists() and not StoredFile.objects.filter(pk=stored.pk).exists()
    assert not letters(wang).exists() and not letters(li).exists()
    entry = audit.trail(question).last()
    assert entry is None or "小餐饮" not in entry.subject_name


def test_the_trail_names_no_subject(question):
    assert "换证" not in audit.trail(question).get().subject_name


def test_an_answered_talk_in_which_nobody_writes_is_closed_and_the_next_message_opens_it(question, wang, li, tuesday):
    consultations.answer(question, by=li, text="可以", at=tuesday)
    assert forgetting.close_quiet(tuesday + timedelta(days=59)) == 0
    later = tuesday + timedelta(days=61)
    assert forgetting.close_quiet(later) == 1 and forgetting.close_quiet(later) == 0
    question.refresh_from_db()
    assert (question.state, question.closed_at) == ("closed", later)
    *_before, line = words.lines(words.rows_of(question), question, wang, "kitchen")
    assert "nobody wrote for a long time" in line.words
    consultations.say(question, by=wang, text="再问", at=later)
    assert question.state == "asked"


def test_an_open_talk_is_never_forgotten(question, settings, tuesday):
    settings.TALKS_KEPT_DAYS = settings.TALKS_QUIET_DAYS = 1
    assert forgetting.close_quiet(tuesday + timedelta(days=9999)) == 0
    assert forgetting.forget(tuesday + timedelta(days=9999)) == 0


def test_a_refused_file_leaves_no_message(question, wang):
    from django.core.files.uploadedfile import SimpleUploadedFile

    with pytest.raises(files.BadUpload):
        consultations.say(question, by=wang, text="看", uploads=[SimpleUploadedFile("x.exe", b"MZ\x90", "image/png")])
    assert question.messages.count() == 1
