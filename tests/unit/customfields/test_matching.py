"""Patterns over values: as `re.search` finds them, in bounded time, whatever the pattern."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy.customfields.matching import BadPattern, TooLong, comment_of, compile_pattern

SAME = (
    r"(?#Mandatory).",
    r"^[\d.]+$",
    r"^[12]\d{3}$",
    r"(a+)+$",
    r"^[^@]+@[^@]+\.[a-z]{2,}$",
    r"^(|x|yy)$",
    r"(?i)ab?c*\b",
    r"^(?:[A-Z]{2}-?){1,3}\d*?$",
    r"\bfoo\b",
    r"\Bo",
    r"^$|^\w+\Z",
    r"[^a-c]",
    r"(?s)^.*$",
    r"(?m)^b$",
    r"(a|b)*c{0,2}$",
    r"a{2}",
    r"\s\S\D\W?",
)


@pytest.mark.parametrize("source", SAME)
@given(text=st.text(alphabet="aAbcxyfo19.@- \nß_", max_size=12))
def test_a_pattern_fits_what_re_finds(source, text):
    assert compile_pattern(source).fits(text) == bool(re.search(source, text))


@pytest.mark.parametrize("source", ["(a+)+$", "^(a|a)*$", "(a*)*b", "(?:a?){500}b", "(.*)(.*)(.*)(.*)x$"])
def test_no_pattern_runs_away(source):
    began = time.process_time()
    try:
        assert not compile_pattern(source).fits("a" * 4000 + "!")
    except TooLong:
        pass
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "source",
    [
        "(",
        "[z-a]",
        r"(a)\1",
        "(?=a)",
        "(?!a)",
        "(?<=a)b",
        "(?>a+)",
        "a*+",
        "(?i:a)b",
        "(a{999}){999}",
        "x" * 1001,
        "(?:(?:(?:){999}){999}){999}",
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(source):
    with pytest.raises(BadPattern) as bad:
        compile_pattern(source)
    assert str(bad.value).endswith((".", "here."))


def test_a_pattern_says_what_it_asks_for():
    assert comment_of("(?#Digits)^[0-9]+$") == "Digits"
    assert comment_of("^x$") == ""
