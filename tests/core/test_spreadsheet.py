"""Tables that people open in a spreadsheet."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sunkitchen.core.spreadsheet import FORMULA, csv_bytes


def read(content):
    assert content.startswith(b"\xef\xbb\xbf"), "Excel guesses another encoding without it"
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_table_keeps_its_words_and_its_numbers():
    rows = read(csv_bytes(["店名", "家"], [["老码头, 大排档", 3], ['说"好"的\n人', None]]))
    assert rows == [["店名", "家"], ["老码头, 大排档", "3"], ['说"好"的\n人', ""]]


def test_negative_numbers_stay_numbers():
    assert read(csv_bytes(["n"], [[-4]]))[1] == ["-4"]


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=30))
def test_no_text_is_ever_taken_for_a_formula(text):
    (cell,) = read(csv_bytes(["x"], [[text, "end"]]))[1][:1]
    assert not cell.startswith(FORMULA)
    assert cell in (text, f"'{text}")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_each_sign_that_begins_a_formula_is_guarded(start):
    assert read(csv_bytes(["x"], [[f"{start}1+1", "end"]]))[1][0].startswith("'")
