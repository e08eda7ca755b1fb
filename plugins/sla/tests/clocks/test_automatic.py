"""Mails that a program wrote are told by their headers, in time of their length."""

import time

import pytest

from rtpy_sla.following.reading import is_automatic


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ("From: Ann <ann@client.example>\nSubject: Hello\n", False),
        ("From: Ann <ann@client.example>\nAuto-Submitted: auto-replied\n", True),
        ('From: "no reply" <noreply@client.example>\nPrecedence: bulk\n', True),
        ("From: <ann@client.example>\nSubject: office\n", False),
    ],
)
def test_programs_are_known_by_their_headers(headers, automatic):
    assert is_automatic(headers) is automatic


@pytest.mark.parametrize("sender", ["a" * 200_000, "a@" * 100_000, '"a' * 100_000])
def test_a63_a_long_sender_takes_no_longer_than_others(sender):
    begun = time.process_time()
    is_automatic(f"Precedence: bulk\nFrom: {sender}\n")
    assert time.process_time() - begun < 2
