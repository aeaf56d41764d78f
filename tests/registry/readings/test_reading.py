"""A reading's way: asked for once, taken by one worker, read again after a death, given up in the end."""

import logging
import threading
from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.db import connection, transaction
from django.utils import timezone

from sunkitchen.core import files
from sunkitchen.registry.readings import actions, engine, tasks
from sunkitchen.registry.readings.models import MOST_TRIES, PATIENCE, Reading

from .conftest import Told, page

NOW = timezone.now().replace(year=2026, month=11, day=22, hour=10)
PERMIT = page(
    "食品经营许可证", "许可证编号：JY29999010000010", "经营者名称：海澜海上明月餐饮有限公司", "有效期至：2029年05月12日"
)
LATER = NOW + PATIENCE + timedelta(seconds=1)


def state(stored):
    return Reading.objects.get(file=stored).state


def test_a_paper_that_was_asked_for_is_read(paper):
    stored = paper()
    actions.ask(stored, "food_permit")
    assert actions.found([stored]).state == "waiting" and actions.found([stored]).fields == {}
    assert actions.read_due(NOW, reader=Told(PERMIT)) == 1
    found = actions.found([stored])
    assert found.state == "read" and found.fields["number"]["value"] == "JY29999010000010"
    assert actions.read_due(NOW, reader=Told(AssertionError())) == 0, "once"


def test_nobody_asked_nothing_was_found(paper):
    assert actions.found([paper()]).state == actions.found([]).state == "none"


def test_asked_twice_it_is_read_once_and_as_another_sort_anew(paper):
    stored = paper()
    first = actions.ask(stored, "food_permit")
    actions.read_due(NOW, reader=Told(PERMIT))
    assert actions.ask(stored, "food_permit").pk == first.pk and state(stored) == "read"
    again = actions.ask(stored, "business_licence")
    assert again.pk == first.pk and (again.state, again.fields, again.tries) == ("waiting", {}, 0)
    with pytest.raises(ValueError):
        actions.ask(stored, "passport")


def test_a_worker_is_woken_when_the_upload_is_through(paper, monkeypatch, django_capture_on_commit_callbacks):
    sent = []
    monkeypatch.setattr(actions.waking, "wake", sent.append)
    stored = paper()
    with django_capture_on_commit_callbacks(execute=True):
        actions.ask(stored, "food_permit")
        assert not sent
    with django_capture_on_commit_callbacks(execute=True):
        actions.ask(stored, "food_permit")
    assert sent == [tasks.read_papers.name]


def test_a_page_that_shows_only_its_title_is_to_be_taken_again(paper):
    stored = paper()
    actions.ask(stored, "food_permit")
    actions.read_due(NOW, reader=Told(page("食品经营许可证")))
    assert actions.found([stored]).state == "unreadable"


def test_pages_are_counted_through_all_files_and_the_surest_counts(paper):
    front, back, other = paper(pages=2), paper(), paper()
    for stored in (front, back, other):
        actions.ask(stored, "food_permit")
    reader = Told(
        page("食品经营许可证"), page("经营者名称：老码头饭店"), page("有效期至：2029年05月12日"), page("食品经营许可证")
    )
    assert actions.read_due(NOW, reader=reader) == 3
    found = actions.found([front, back, other])
    assert found.state == "read", "one page of it tells something"
    assert {name: field["page"] for name, field in found.fields.items()} == {"holder": 2, "valid_through": 3}
    assert actions.found([back, front]).fields["holder"]["page"] == 3


def test_one_waiting_file_makes_the_form_wait(paper):
    one, two = paper(), paper()
    actions.ask(one, "food_permit")
    actions.read_due(NOW, reader=Told(PERMIT))
    actions.ask(two, "food_permit")
    assert actions.found([one, two]).state == "waiting"
    assert actions.found([one, two]).fields["number"]["value"], "what is known already is told already"


def test_a_killed_workers_paper_is_read_again(paper):
    stored = paper()
    row = actions.ask(stored, "food_permit")
    assert actions._take(NOW).pk == row.pk  # and the worker dies here
    assert actions.read_due(NOW + timedelta(minutes=1), reader=Told(PERMIT)) == 0
    assert state(stored) == "waiting"
    assert actions.read_due(LATER, reader=Told(PERMIT)) == 1
    assert state(stored) == "read"


def test_a_worker_that_was_thought_dead_writes_nothing_any_more(paper):
    stored = paper()
    actions.ask(stored, "food_permit")
    slow = actions._take(NOW)

    def meanwhile():
        assert actions._take(LATER).pk == slow.pk
        return PERMIT

    assert actions._read(slow, Told(meanwhile)) == 0
    assert state(stored) == "waiting", "the one that has it now will say"


def test_a_paper_that_kills_whoever_reads_it_is_given_up(paper):
    stored = paper()
    actions.ask(stored, "food_permit")
    at = NOW
    for _death in range(MOST_TRIES):
        assert actions._take(at) is not None
        at += PATIENCE + timedelta(seconds=1)
    assert actions.read_due(at, reader=Told(AssertionError())) == 0
    assert actions.found([stored]).state == "given_up"


def test_a_child_that_dies_over_a_page_is_tried_three_times(paper, caplog):
    stored, good = paper(), paper()
    actions.ask(stored, "food_permit")
    actions.ask(good, "food_permit")
    broken = Told(*[engine.Broken("died (-9)")] * MOST_TRIES, PERMIT)
    with caplog.at_level(logging.WARNING):
        assert actions.read_due(NOW, reader=broken) == 2
    assert state(stored) == "given_up" and state(good) == "read"


def test_a_file_that_left_meanwhile_is_given_up(paper):
    stored = paper()
    actions.ask(stored, "food_permit")
    assert actions.read_due(NOW, reader=Told(FileNotFoundError())) == 1
    assert state(stored) == "given_up"


def test_nothing_of_a_paper_stands_in_the_log(paper, caplog, monkeypatch):
    def fail(sort, pages):
        raise KeyError(pages[0].lines[1].text)

    monkeypatch.setattr(actions.papers, "read", fail)
    stored = paper()
    actions.ask(stored, "food_permit")
    with caplog.at_level(logging.DEBUG):
        actions.read_due(NOW, reader=Told(PERMIT))
    assert state(stored) == "given_up" and "JY2999" not in caplog.text and "could not be understood" in caplog.text


def test_a_machine_without_the_extra_gives_up_quietly_and_says_so_at_start(paper, monkeypatch, caplog):
    monkeypatch.setattr(engine, "available", lambda: False)
    stored = paper()
    actions.ask(stored, "food_permit")
    assert actions.read_due(NOW) == 1
    assert actions.found([stored]).state == "given_up" and not caplog.records
    assert "sunkitchen.W020" in {warning.id for warning in run_checks()}


def test_a_machine_with_the_extra_has_nothing_to_say(monkeypatch):
    monkeypatch.setattr(engine, "available", lambda: True)
    assert "sunkitchen.W020" not in {warning.id for warning in run_checks()}


def test_one_reads_on_a_machine_and_the_others_go_away(paper):
    stored = paper()
    actions.ask(stored, "food_permit")
    with engine.turn() as mine:
        assert mine
        assert actions.read_due(NOW, reader=Told(AssertionError())) == 0
    assert actions.read_due(NOW, reader=Told(PERMIT)) == 1


def test_a_sweep_takes_no_more_than_it_may(paper):
    rows = [actions.ask(paper(), "food_permit") for _ in range(3)]
    assert actions.read_due(NOW, 2, reader=Told(PERMIT)) == 2
    assert [Reading.objects.get(pk=row.pk).state for row in rows] == ["read", "read", "waiting"], "the oldest first"
    ticks = iter([0.0, 1.0, 2.0, actions.SPELL + 1, actions.SPELL + 1, actions.SPELL + 1])
    actions.ask(paper(), "food_permit")
    assert actions.read_due(NOW, reader=Told(PERMIT), clock=lambda: next(ticks)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_paper(paper):
    for _ in range(6):
        with transaction.atomic():
            actions.ask(paper(), "food_permit")
    taken, start = [], threading.Barrier(2)

    def work():
        try:
            start.wait(30)
            while (row := actions._take(NOW)) is not None:
                taken.append(row.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sorted(taken) == sorted(Reading.objects.values_list("pk", flat=True)), "each once"
    assert set(Reading.objects.values_list("tries", flat=True)) == {1}


def test_a_file_that_is_removed_takes_its_reading_with_it(paper):
    stored = paper()
    actions.ask(stored, "food_permit")
    files.remove(stored)
    assert not Reading.objects.exists()
