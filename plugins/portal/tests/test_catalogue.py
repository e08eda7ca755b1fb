"""Every sentence that customers read is in the catalogue of every language, with the same values in it."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import rtpy_portal
from rtpy_portal.words import ENGLISH, languages

PACKAGE = Path(rtpy_portal.__file__).parent
SAYING = {"say", "portal_say"}
IN_TEMPLATES = re.compile(r"\bsay\(\s*'((?:[^'\\]|\\.)*)'")
ENTRY = re.compile(r'^msgid "(.+)"\nmsgstr "(.*)"$', re.MULTILINE)
VALUE = re.compile(r"\$\{(\w+)\}")
LANGUAGES = [code for code in languages() if code != ENGLISH]


@cache
def templates() -> dict[str, str]:
    return {
        str(file.relative_to(PACKAGE)): file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.pt")
    }


@cache
def literals() -> tuple[tuple[str, str, bool], ...]:
    """Every text in the code: the text, the name of its file, and whether it is said to customers there."""
    return tuple(
        found
        for file in PACKAGE.rglob("*.py")
        for found in _literals(file.name, ast.parse(file.read_text(encoding="utf-8")))
    )


def _literals(name: str, code: ast.AST) -> Iterator[tuple[str, str, bool]]:
    for node in ast.walk(code):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, name, False
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func
            by = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if by in SAYING or by == "NavLink":
                yield str(node.args[0].value), name, True


@cache
def said() -> dict[str, str]:
    """Where each sentence stands."""
    found = {text: name for text, name, is_said in literals() if is_said}
    for name, source in templates().items():
        found |= {text.replace("\\'", "'"): name for text in IN_TEMPLATES.findall(source)}
    return found


@cache
def catalogue(language: str) -> list[tuple[str, str]]:
    file = PACKAGE / "locale" / language / "LC_MESSAGES" / "portal.po"
    return ENTRY.findall(file.read_text(encoding="utf-8"))


def test_sentences_are_found():
    assert {"Start", "Skip to content", "Please choose one of the three faces."} <= said().keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language):
    told = dict(catalogue(language))
    assert {text: where for text, where in said().items() if not told.get(text)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_same_values(language):
    other = [
        text for text, told in catalogue(language) if set(VALUE.findall(text)) != set(VALUE.findall(told))
    ]
    assert other == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_translated_twice_or_for_nobody(language):
    count = Counter(text for text, _ in catalogue(language))
    assert [text for text, times in count.items() if times > 1] == []
    known = said().keys() | {text for text, _, _ in literals()}
    assert [text for text in count if text not in known] == []


def test_german_is_written_as_customers_are_spoken_to():
    wrong = re.compile(r"""["'“”](?<!„)[^„“]*["']|\b[Tt]icket|\b(?:du|dein|deine|dir|dich)\b|(?<!E-)\bMail""")
    assert [told for _, told in catalogue("de") if wrong.search(told)] == []
    unpaired = [told for _, told in catalogue("de") if told.count("„") != told.count("“")]
    assert unpaired == []


def test_english_says_request_and_no_word_of_staff():
    wrong = re.compile(r"\b(?:tickets?|queues?|scrips?|requestors?|organizations?|colors?)\b", re.IGNORECASE)
    assert [text for text in said() if wrong.search(VALUE.sub("", text))] == []
