"""`python -m sunkitchen messages`: the message catalogues, without GNU gettext.

Without a word it brings locale/*/LC_MESSAGES/django.po up to date with the sources; `--check` changes nothing, says what
is missing, unsure, left over or has other placeholders than its English, and exits 1; `--compile` writes the .mo files;
`--merge FILE.json …` takes over a translator's {"English": "中文"}.
"""

import argparse
import json
import re
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("sunkitchen", "streams", "ratings", "templates")
TRANSLATED = "zh_Hans"
LANGUAGES = {TRANSLATED: "zh_Hans", "en": "en"}  # English is the msgid: its catalogue is empty
HEADER = "# Sunkitchen. Made by `python -m sunkitchen messages`; the msgstr are yours to edit."
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
NAMED = re.compile(r"(?<!%)(?:%%)*(%(?:\(\w+\))?[a-z])|(?<!\{)\{\w*[^{}]*\}(?!\})")


Id = str | list[str] | tuple[str, ...]  # babel's: (singular, plural) where it has both


class Found(NamedTuple):
    """One msgid (a pair where it has a plural), its context, and the file it stands in."""

    id: Id
    context: str | None
    file: str


def found(root: Path = ROOT) -> Iterator[Found]:
    """Every message of the sources below `root`."""
    for top in SOURCES:
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in (".py", ".html", ".txt") or "migrations" in path.parts:
                continue
            text = path.read_text()
            if path.suffix != ".py":
                text = _as_python(text)
            name = path.relative_to(root).as_posix()
            for _line, ids, _comments, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
                yield Found(ids if isinstance(ids, str) else tuple(ids), context, name)


def _as_python(template: str) -> str:
    from django.utils.translation.template import templatize

    return templatize(template)


def template_of(messages: Iterable[Found]) -> Catalog:
    """A catalogue without translations, sorted; places are files without line numbers, so that it stays still."""
    places: dict[tuple[Id, str | None], set[str]] = {}
    for message in messages:
        places.setdefault((message.id, message.context), set()).add(message.file)
    catalog = Catalog()
    for (id, context), files in sorted(places.items(), key=lambda item: (_first(item[0][0]), item[0][1] or "")):
        catalog.add(id, context=context, locations=[(name, 0) for name in sorted(files)])
    return catalog


def _first(id: Id) -> str:
    return id if isinstance(id, str) else id[0]


def po(language: str, root: Path = ROOT) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str, root: Path = ROOT) -> Catalog:
    path = po(language, root)
    if not path.exists():
        return Catalog(locale=LANGUAGES[language], header_comment=HEADER, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGES[language])


def updated(catalog: Catalog, template: Catalog) -> Catalog:
    """The template's messages with the catalogue's words. Nothing is guessed from a similar msgid."""
    fresh = Catalog(locale=catalog.locale, header_comment=HEADER, fuzzy=False)
    for message in template:
        if not message.id:
            continue
        known = catalog.get(_first(message.id), message.context)
        fresh.add(
            message.id,
            _words(message, known),
            locations=message.locations,
            flags=set(known.flags) & {"fuzzy"} if known else (),
            context=message.context,
        )
    return fresh


def _words(message: Message, known: Message | None) -> str | tuple[str, ...]:
    """The known translation in the shape this msgid needs: Chinese has one form, plural or not."""
    word = _forms(known)[0]
    return (word,) if message.pluralizable else word


def _forms(message: Message | None) -> list[str]:
    """The translation's forms; one empty word when there is none."""
    string = message.string if message else None
    return ([string] if isinstance(string, str) else list(string or ())) or [""]


def as_text(catalog: Catalog) -> bytes:
    """The file. No dates and no tool's version in it: the same messages give the same bytes."""
    out = BytesIO()
    write_po(out, catalog, width=0, omit_header=True, include_lineno=False)
    head = (
        f'{HEADER}\nmsgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n"MIME-Version: 1.0\\n"\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def placeholders(text: str) -> list[str]:
    """`%(name)s`, `%s` and `{name}`, sorted: what a translation must carry over unchanged."""
    return sorted(match.group(1) or match.group(0) for match in NAMED.finditer(text))


def complaints(catalog: Catalog, template: Catalog) -> list[str]:
    """What keeps the catalogue from being complete and exact, one line each."""
    wanted = {(_first(message.id), message.context): message for message in template if message.id}
    said = []
    for (id, context), message in wanted.items():
        known = catalog.get(id, context)
        words = _forms(known)
        where = message.locations[0][0] if message.locations else "?"
        if not known or not all(words):
            said.append(f"missing: {id!r} ({where})")
        elif known.fuzzy:
            said.append(f"unsure: {id!r}")
        else:
            full = message.id if isinstance(message.id, str) else message.id[-1]
            said += [
                f"placeholders differ: {id!r} and {word!r}"
                for word in words
                if placeholders(word) != placeholders(full)
            ]
    for message in catalog:
        if message.id and (_first(message.id), message.context) not in wanted:
            said.append(f"left over: {_first(message.id)!r}")
    said += [f"left over: {_first(message.id)!r}" for message in catalog.obsolete.values()]
    return said


def merge(catalog: Catalog, words: dict[str, str]) -> tuple[int, list[str]]:
    """Set each message's translation; how many were set, and the msgids that nothing in the sources says."""
    taken, unknown = 0, []
    for id, text in words.items():
        matching = [message for message in catalog if message.id and _first(message.id) == id]
        for message in matching:
            message.string = (text,) if message.pluralizable else text
            message.flags.discard("fuzzy")
            taken += 1
        if not matching:
            unknown.append(id)
    return taken, unknown


def compile_all(root: Path = ROOT) -> None:
    for language in LANGUAGES:
        target = po(language, root).with_suffix(".mo")
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, read(language, root))
        fresh.replace(target)  # a running process never reads half a catalogue


def main(words: list[str], say: Callable[[str], None] = print, root: Path = ROOT) -> int:
    parser = argparse.ArgumentParser(prog="sunkitchen messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something is missing")
    parser.add_argument("--compile", action="store_true", help="write the .mo files")
    parser.add_argument("--merge", nargs="+", type=Path, default=[], metavar="FILE", help='JSON: {"English": "中文"}')
    asked = parser.parse_args(words)
    if asked.compile:
        compile_all(root)
        return 0
    template = template_of(found(root))
    if asked.check:
        said = complaints(read(TRANSLATED, root), template)
        for line in said:
            say(line)
        say(f"{len(template)} messages, {len(said)} to mend." if said else f"{len(template)} messages, all translated.")
        return 1 if said else 0
    catalog = updated(read(TRANSLATED, root), template)
    for file in asked.merge:
        taken, unknown = merge(catalog, json.loads(file.read_text()))
        say(f"{file.name}: {taken} taken over, {len(unknown)} unknown")
        for id in unknown:
            say(f"  unknown: {id!r}")
    for language, content in ((TRANSLATED, catalog), ("en", Catalog(locale="en"))):
        po(language, root).parent.mkdir(parents=True, exist_ok=True)
        po(language, root).write_bytes(as_text(content))
    missing = sum(1 for message in catalog if message.id and not all(_forms(message)))
    say(f"{len(catalog)} messages, {missing} without a translation.")
    return 0
