"""The catalogues: found without gettext, complete, exact, and the same bytes for the same words."""

import ast
import json

import pytest
from django.utils import translation

from sunkitchen import messages

SOURCE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
def words(n):
    return _("Hello %(name)s"), ngettext("%d kitchen", "%d kitchens", n), pgettext("verb", "Open")
"""
PAGE = "{% load i18n %}{% trans 'Live' %}{% blocktrans trimmed with a=b %}Since\n  {{ a }}{% endblocktrans %}"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "sunkitchen").mkdir()
    (tmp_path / "sunkitchen" / "words.py").write_text(SOURCE)
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    return tmp_path


@pytest.fixture
def command(project):
    def run(*words):
        said = []
        code = messages.main([str(word) for word in words], said.append, project)
        return code, said

    return run


@pytest.fixture
def complete(project, command):
    """Everything translated."""
    words = {
        "Hello %(name)s": "%(name)s，你好",
        "%d kitchen": "%d 家厨房",
        "Open": "打开",
        "Live": "直播",
        "Since %(a)s": "自 %(a)s 起",
    }
    (project / "words.json").write_text(json.dumps(words))
    assert command("--merge", project / "words.json")[0] == 0
    return command


def test_messages_are_found_in_code_and_pages(project):
    assert {(found.id, found.context) for found in messages.found(project)} == {
        ("Hello %(name)s", None),
        (("%d kitchen", "%d kitchens"), None),
        ("Open", "verb"),
        ("Live", None),
        ("Since %(a)s", None),
    }


def test_a_complete_catalogue_passes(complete):
    assert complete("--check") == (0, ["5 messages, all translated."])


def test_a_missing_translation_fails(command):
    command()
    code, said = command("--check")
    assert code == 1
    assert "missing: 'Live' (templates/page.html)" in said


def test_a_message_that_nothing_says_any_more_is_left_over(project, complete):
    (project / "templates" / "page.html").write_text("")
    code, said = complete("--check")
    assert (code, "left over: 'Live'" in said) == (1, True)
    complete()
    assert complete("--check")[0] == 0


def test_an_unsure_translation_fails(project, complete):
    po = messages.po("zh_Hans", project)
    po.write_text(po.read_text().replace('msgid "Live"', '#, fuzzy\nmsgid "Live"'))
    assert complete("--check") == (1, ["unsure: 'Live'", "5 messages, 1 to mend."])


def test_a_translation_with_other_placeholders_fails(project, complete):
    po = messages.po("zh_Hans", project)
    po.write_text(po.read_text().replace("%(name)s，你好", "%(nam)s，你好"))
    code, said = complete("--check")
    assert code == 1
    assert said[0].startswith("placeholders differ: 'Hello %(name)s'")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100 % of %(n)s", ["%(n)s"]),
        ("{name} and {}", ["{name}", "{}"]),
        ("%d of %s", ["%d", "%s"]),
        ("%%(escaped)s {{literal}}", []),
    ],
)
def test_placeholders(text, expected):
    assert messages.placeholders(text) == expected


def test_updating_twice_changes_nothing(project, complete):
    before = messages.po("zh_Hans", project).read_bytes()
    complete()
    assert messages.po("zh_Hans", project).read_bytes() == before


def test_a_translators_words_for_nothing_are_named(project, command):
    (project / "words.json").write_text('{"Nobody says this": "没人说"}')
    assert "  unknown: 'Nobody says this'" in command("--merge", project / "words.json")[1]


def test_the_compiled_catalogues_are_read_back(project, complete):
    assert complete("--compile") == (0, [])
    import gettext

    chinese = gettext.translation("django", project / "locale", ["zh_Hans"])
    assert chinese.gettext("Live") == "直播"
    assert chinese.ngettext("%d kitchen", "%d kitchens", 3) == "%d 家厨房"
    assert chinese.pgettext("verb", "Open") == "打开"
    english = gettext.translation("django", project / "locale", ["en"])
    assert english.ngettext("%d kitchen", "%d kitchens", 3) == "%d kitchens"


def test_an_english_reader_gets_no_chinese():
    from django.utils.translation import gettext

    with translation.override("en"):
        assert gettext("Food business permit") == "Food business permit"


def test_no_file_calls_the_translators_by_names_that_the_catalogue_does_not_know():
    """A word said by another name is never extracted, and stays English on every page."""
    known = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}
    strange = []
    for top in ("sunkitchen", "streams", "ratings"):
        for path in (messages.ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                    aliases = (name.asname for name in node.names if "gettext" in name.name and name.asname)
                    strange += [f"{path.name}: {alias}" for alias in aliases if alias not in known]
    assert not strange
