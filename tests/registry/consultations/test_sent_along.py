"""What is sent along in a talk: brought before in pieces, or with a plain form; by either side, with a kitchen or without."""

from uuid import uuid4

import pytest
from django.urls import reverse

from sunkitchen.core.workflow import Refused
from sunkitchen.registry.consultations import actions as consultations
from sunkitchen.registry.models import Consultation, Message, Upload
from sunkitchen.registry.uploads import actions as uploads

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(photo):
    """A finished upload of a person's own, as it comes in two pieces."""

    def whole(by):
        content = photo().read()
        row = uploads.begin(None, by=by, name="厨房.jpg", size=len(content))
        uploads.append(row, by=by, offset=0, chunk=content[:300])
        return uploads.append(row, by=by, offset=300, chunk=content[300:])

    return whole


def files_of(message):
    return [page.file for page in message.files.all()]


def test_both_sides_send_what_came_in_pieces_and_each_takes_its_own_room(question, wang, li, restaurant, hailan, bring):
    mine, theirs = bring(wang), bring(li)
    said = consultations.say(question, by=wang, held=[mine.key])
    answered = consultations.answer(question, by=li, text="如图", held=[theirs.key])
    assert (files_of(said), files_of(answered)) == ([mine.file], [theirs.file])
    assert said.files.get().file.owner_scope == f"establishment:{restaurant.pk}"
    assert answered.files.get().file.owner_scope == f"authority:{hailan.pk}"


def test_sent_twice_it_is_written_once_though_its_files_are_used(question, wang, bring):
    held, form = bring(wang), uuid4()
    first = consultations.say(question, by=wang, held=[held.key], form=form)
    assert consultations.say(question, by=wang, held=[held.key], form=form) == first


def test_anothers_upload_is_not_sent_along(question, wang, li, qian, bring):
    for other in (li, qian):
        held, before = bring(other), Message.objects.count()
        with pytest.raises(Refused, match="not there"):
            consultations.say(question, by=wang, text="看", held=[held.key])
        held.refresh_from_db()
        assert held.used_at is None and Message.objects.count() == before


def test_who_has_no_kitchen_yet_asks_with_a_photo(qian, hailan, li, at, bring):
    held = bring(qian)
    form = {"to": f"bureau:{hailan.slug}", "subject": "", "text": "这样布局可以吗？", "held": str(held.key)}
    answer = at(qian).post(reverse("talk_new"), form)
    assert answer.status_code == 422 and [row["key"] for row in answer.context["brought"].rows] == [str(held.key)]
    assert at(qian).post(reverse("talk_new"), {**form, "subject": "布局"}).status_code == 302
    assert files_of(Consultation.objects.get().messages.get()) == [held.file]


@pytest.mark.parametrize("side", ["talk", "office_talk"])
def test_a_plain_message_that_is_refused_keeps_its_photo(question, wang, li, at, photo, side):
    person, url = (wang if side == "talk" else li), reverse(side, args=[question.code])
    answer = at(person).post(url, {"text": "x" * 2001, "files": photo(), "form": uuid4()})
    (row,) = answer.context["brought"].rows
    assert answer.status_code == 422 and f'value="{row["key"]}" checked' in answer.content.decode()
    assert at(person).post(url, {"text": "短", "held": row["key"], "form": uuid4()}).status_code == 302
    assert Message.objects.get(text="短").files.count() == 1


def test_a_plain_message_that_comes_twice_leaves_no_file_behind(question, wang, at, photo):
    url, form = reverse("talk", args=[question.code]), uuid4()
    for _time in range(2):
        assert at(wang).post(url, {"text": "看", "files": photo(), "form": form}).status_code == 302
    assert Message.objects.get(text="看").files.count() == 1 == Upload.objects.count()


def test_six_files_are_one_too_many(question, wang, bring):
    with pytest.raises(Refused, match="At most 5"):
        consultations.say(question, by=wang, held=[bring(wang).key for _one in range(6)])
