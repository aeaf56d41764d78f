import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sunkitchen.core import codes, tickets
from sunkitchen.core.tickets import OPENING, SESSION, BadTicket

NOW = 1_795_000_000.0
subjects = st.text(codes.ALPHABET, min_size=1, max_size=16)
serials = st.integers(1, 2**31)
times = st.floats(1_700_000_000, 2_000_000_000)


@given(subject=subjects, serial=serials, now=times)
def test_a_ticket_opens_what_it_was_made_for(subject, serial, now):
    ticket = tickets.read(tickets.opening(subject, serial, now), OPENING, subject, serial, now)
    assert (ticket.subject, ticket.serial) == (subject, serial)


@given(data=st.data(), kind=st.sampled_from([tickets.opening, tickets.session]))
def test_any_single_changed_character_is_refused(data, kind):
    genuine = kind("k7m2p4qa", 3, NOW)
    place = data.draw(st.integers(0, len(genuine) - 1))
    sign = data.draw(st.sampled_from(string.printable + "é密٣") | st.characters())
    assume(sign != genuine[place])
    forged = genuine[:place] + sign + genuine[place + 1 :]
    for expected in (OPENING, SESSION):
        with pytest.raises(BadTicket):
            tickets.read(forged, expected, "k7m2p4qa", 3, NOW)


@given(text=st.text(max_size=200))
def test_whatever_somebody_types_is_refused_and_breaks_nothing(text):
    with pytest.raises(BadTicket):
        tickets.read(text, OPENING, "k7m2p4qa", 1, NOW)


@given(now=times, spare=st.integers(0, 300))
def test_a_ticket_lives_through_the_cached_page_and_its_spare(now, spare):
    text = tickets.opening("k7m2p4qa", 1, now)
    tickets.read(text, OPENING, "k7m2p4qa", 1, now + spare)
    with pytest.raises(BadTicket):
        tickets.read(text, OPENING, "k7m2p4qa", 1, now + 15 + 300 + 1)


def test_everybody_gets_the_same_ticket_within_a_period_so_that_the_page_can_be_cached():
    assert len({tickets.opening("k7m2p4qa", 1, NOW + second) for second in range(15)}) <= 2


def test_raising_the_serial_revokes_tickets_and_sessions():
    for text, kind in (
        (tickets.opening("k7m2p4qa", 1, NOW), OPENING),
        (tickets.session("k7m2p4qa", 1, NOW), SESSION),
    ):
        tickets.read(text, kind, "k7m2p4qa", 1, NOW)
        with pytest.raises(BadTicket):
            tickets.read(text, kind, "k7m2p4qa", 2, NOW)


def test_a_ticket_is_no_session_and_opens_no_other_camera():
    text = tickets.opening("k7m2p4qa", 1, NOW)
    with pytest.raises(BadTicket):
        tickets.read(text, SESSION, "k7m2p4qa", 1, NOW)
    with pytest.raises(BadTicket):
        tickets.read(text, OPENING, "k7m2p4qb", 1, NOW)


def test_a_session_ends_after_four_hours():
    text = tickets.session("k7m2p4qa", 1, NOW)
    tickets.read(text, SESSION, "k7m2p4qa", 1, NOW + 4 * 3600)
    with pytest.raises(BadTicket):
        tickets.read(text, SESSION, "k7m2p4qa", 1, NOW + 4 * 3600 + 1)


def test_another_installations_ticket_is_refused(settings):
    text = tickets.opening("k7m2p4qa", 1, NOW)
    settings.SECRET_KEY = "another installation, another key, of enough length"
    with pytest.raises(BadTicket):
        tickets.read(text, OPENING, "k7m2p4qa", 1, NOW)


@given(subject=subjects, serial=serials)
def test_tickets_fit_into_a_path_and_a_websocket_subprotocol(subject, serial):
    token = set(string.ascii_letters + string.digits + "-_.")  # RFC 9110 token, and no ':'
    assert set(tickets.opening(subject, serial, NOW)) <= token
    assert set(tickets.session(subject, serial, NOW)) <= token
