"""What a kitchen must hold is data: what is in force for whom, and what does not load."""

from datetime import date

import pytest

from sunkitchen.registry.models import Credential, Establishment, Photo, StaffMember
from sunkitchen.registry.requirements import rules
from sunkitchen.registry.requirements.rules import BadRules

GOOD = """
version = "x-1"
from = 2026-01-01
scope = [""]
barred_months = 12
[[requirement]]
code = "licence"
sort = "paper"
papers = ["business_licence"]
categories = ["small"]
title = { zh = "营业执照", en = "Business licence" }
help = { zh = "帮助", en = "Help" }
basis = { zh = "法", en = "Law" }
ways = ["upload", "undertaking"]
[requirement.undertaking]
days = 30
text = { zh = "承诺 %(due)s", en = "I promise by %(due)s" }
after = { zh = "之后", en = "Afterwards" }
"""


def titles(division, category, on=date(2026, 11, 22)):
    return {rule.code: rule.title.en for rule in rules.of(division, on).of(category)}


def test_every_file_loads_and_speaks_for_every_category():
    for category in Establishment.Category.values:
        assert {"permit", "health", "ledger"} <= titles("110000", category).keys()


def test_the_words_of_the_rules_are_those_of_the_rows():
    assert set(Credential.OF_KITCHEN) == rules.KINDS
    assert set(Photo.Subject.values) == rules.PHOTOS
    assert set(StaffMember.Post.values) >= rules.POSTS
    assert set(Establishment.Category.values) == rules.CATEGORIES


def test_in_zhejiang_a_small_place_may_hold_a_registration_instead():
    assert titles("331083", "snack")["permit"] == "Food business permit or small eatery registration"
    assert titles("331083", "large")["permit"] == "Food business permit"
    assert titles("110101", "snack")["permit"] == "Food business permit"


def test_a_province_puts_its_own_in_place_and_keeps_the_rest_in_order():
    country, zhejiang = (rules.of(division, date(2026, 11, 22)) for division in ("110101", "331083"))
    assert [rule.code for rule in country.of("small")] == [rule.code for rule in zhejiang.of("small")]
    assert zhejiang.version == "2026-1+33-2026-1"
    assert country.version == "2026-1"


def test_a_later_version_holds_from_its_day_on():
    older = rules.parse(GOOD)
    newer = rules.parse(GOOD.replace("x-1", "x-2").replace("2026-01-01", "2026-07-01").replace("Help", "More help"))
    for on, said in ((date(2026, 6, 30), "x-1"), (date(2026, 7, 1), "x-2"), (date(2020, 1, 1), "x-1")):
        assert rules.compose([older, newer], "33", on).version == said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version = "x-1"', ""),
        ("from = 2026-01-01", 'from = "soon"'),
        ('scope = [""]', 'scope = ["abc"]'),
        ('scope = [""]', "scope = []"),
        ("barred_months = 12", ""),
        ("barred_months = 12", "barred_months = true"),
        ('code = "licence"', 'code = "no code"'),
        ('sort = "paper"', 'sort = "deed"'),
        ('papers = ["business_licence"]', ""),
        ('papers = ["business_licence"]', 'papers = ["passport"]'),
        ('papers = ["business_licence"]', 'papers = ["business_licence"]\ndays = 3'),
        ('categories = ["small"]', 'categories = ["palace"]'),
        ('categories = ["small"]', "categories = []"),
        ('categories = ["small"]', 'categories = ["small", "small"]'),
        ('en = "Business licence"', 'en = " "'),
        ('basis = { zh = "法", en = "Law" }', 'basis = { zh = "法" }'),
        ('basis = { zh = "法", en = "Law" }', ""),
        ('ways = ["upload", "undertaking"]', 'ways = ["upload", "magic"]'),
        ('ways = ["upload", "undertaking"]', 'ways = ["upload"]'),
        ("days = 30", "days = 0"),
        ("days = 30", 'days = "30"'),
        ("承诺 %(due)s", "承诺"),
        ("承诺 %(due)s", "承诺 %(due)s %(bank)s"),
        ("承诺 %(due)s", "承诺 %(due)s 100%"),
        ("after =", "later ="),
        ("[requirement.undertaking]", "[requirement.elsewhere]"),
        ("[[requirement]]", "[[["),
    ],
)
def test_bad_data_does_not_load(old, new):
    rules.parse(GOOD)
    assert old in GOOD
    with pytest.raises(BadRules):
        rules.parse(GOOD.replace(old, new, 1))


def test_nothing_is_asked_twice_of_one_category():
    twice = GOOD + GOOD[GOOD.index("[[requirement]]") :]
    with pytest.raises(BadRules, match="asked twice of small"):
        rules.parse(twice)


def test_only_a_paper_is_found_in_a_register():
    photo = GOOD.replace('sort = "paper"', 'sort = "photo"').replace('papers = ["business_licence"]', 'what = "board"')
    rules.parse(photo)
    with pytest.raises(BadRules, match="only a paper"):
        rules.parse(photo.replace('ways = ["upload"', 'ways = ["upload", "shared"'))


def test_a_bad_file_is_said_at_start(tmp_path, monkeypatch):
    from sunkitchen.registry.requirements import checks

    assert checks.rules_load() == []
    (tmp_path / "broken.toml").write_text(GOOD.replace("days = 30", "days = 0"), encoding="utf-8")
    monkeypatch.setattr(rules, "FOLDER", tmp_path)
    rules.files.cache_clear()
    try:
        [problem] = checks.rules_load()
    finally:
        rules.files.cache_clear()
    assert problem.id == "registry.E001"
    assert "broken.toml" in problem.msg
