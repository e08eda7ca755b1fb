"""The leak guard: secrets and words that were meant for ourselves are told before a customer reads them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtpy_billing.invoicing.leaks import find_leaks


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Set the password: Sommer2026", "password"),
        ("Das Kennwort ist Hamster", "password"),
        ("pwd=hunter2 on the router", "password"),
        ("-----BEGIN RSA PRIVATE KEY-----", "private key"),
        ("AKIAABCDEFGHIJKLMNOP", "access key"),
        ("ghp_" + "a" * 30, "token"),
        ("API key: 0a1b2c3d4e5f", "secret key"),
        ("https://root:geheim@host/", "address with a password"),
        ("Do not bill the second hour", "internal remark"),
        ("Bitte nicht berechnen", "internal remark"),
    ],
)
def test_what_looks_like_a_secret_is_told_without_being_repeated(text, what):
    (leak,) = find_leaks([("Line 1", text)])
    assert what in leak.what
    assert "Line 1" in leak.sentence
    assert text not in leak.sentence


@pytest.mark.parametrize(
    "text",
    [
        "Reset the password of the accounting department",
        "Explained what a secret is",
        "See https://example.org/page",
        "Charged the battery",
        "",
    ],
)
def test_ordinary_work_is_no_leak(text):
    assert find_leaks([("Line 1", text)]) == ()


def test_five_words_of_an_internal_note_are_told_and_four_are_not():
    internal = ["They broke it themselves, but never say so to Mr Keller"]
    assert find_leaks([("Line 2", "Repaired: they broke it themselves, but quickly")], internal)
    assert find_leaks([("Line 2", "They broke it themselves")], internal) == ()


@settings(max_examples=40)
@given(st.text(max_size=200), st.text(max_size=100))
def test_any_text_can_be_looked_through(text, note):
    find_leaks([("Line 1", text)], [note])


@pytest.mark.parametrize("piece", ["a.", "a://a:", "password ", "token", "-"])
def test_a63_a_long_text_takes_time_like_its_size(piece):
    begun = time.process_time()
    find_leaks([("Line 1", piece * (100_000 // len(piece)))])
    assert time.process_time() - begun < 3
