"""Addresses as people write them, and the tag in the subject."""

import pytest

from rtpy.mail.addresses import is_own, parse_addresses, same_address
from rtpy.mail.tags import find_tags, strip_tags, subject_tag


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@b.example", [("", "a@b.example")]),
        ("Anna <a@b.example>", [("Anna", "a@b.example")]),
        ('"Last, First" <a@b.example>', [("Last, First", "a@b.example")]),
        ("Last, First <a@b.example>", [("Last, First", "a@b.example")]),
        ("a@b.example (Anna)", [("Anna", "a@b.example")]),
        ("a@b.example c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        ("a@b.example,, c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        ("a@b.example; c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        ("a@b.example <c@d.example>", [("a@b.example", "c@d.example")]),
        ("Anna a@b.example", [("Anna", "a@b.example")]),
        ("<a@b.example.>", [("", "a@b.example")]),
        ("Team: a@b.example, c@d.example;", [("", "a@b.example"), ("", "c@d.example")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:a@b.example>", [("", "a@b.example")]),
        ("mailto:a@b.example", [("", "a@b.example")]),
        ("< a@b.example >", [("", "a@b.example")]),
        ("<a@b.example", [("", "a@b.example")]),
        ('"a b"@c.example', [("", '"a b"@c.example')]),
        ("=?utf-8?q?M=C3=BCller=2C_Anna?= <a@b.example>", [("Müller, Anna", "a@b.example")]),
        ("=?utf-8?q?Anna_<a@b.example>?=", [("Anna", "a@b.example")]),
        ('"=?utf-8?q?M=C3=BCller?=" <a@b.example>', [("Müller", "a@b.example")]),
        ("'Anna' <a@b.example>", [("Anna", "a@b.example")]),
        (r'"Anna \"Ann\" B" <a@b.example>', [('Anna "Ann" B', "a@b.example")]),
        ("root", [("", "root")]),
        ("", []),
        ("<>", []),
        ("bounce+a=b.example@c.example", [("", "bounce+a=b.example@c.example")]),
    ],
)
def test_addresses_are_read_as_they_are_meant(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.name, one.address) for one in parse_addresses(text)] == found


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("help@example.org", True),
        ("Help@Example.ORG", True),
        ("help+close@example.org", True),
        ("<help@example.org.>", True),
        ("helper@example.org", False),
        ("help@example.org.evil.example", False),
        ("", False),
    ],
)
def test_our_own_addresses_are_recognised(address: str, is_ours: bool) -> None:
    assert is_own(address, ["HELP@example.org", ""]) is is_ours


def test_same_address() -> None:
    assert same_address("A@b.example", "<a@B.example.>")
    assert not same_address("a@b.example", "b@b.example")


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("[example.com #12] Printer", (12,)),
        ("Re: [EXAMPLE.com #12] Printer", (12,)),
        ("[http://example.com #12] x", (12,)),
        ("[https://example.com #12] x", (12,)),
        ("[Support #7] [example.com #12] [example.com #12]", (7, 12)),
        ("[example.com#12]", ()),
        ("[other.com #12]", ()),
        ("[exampleXcom #12]", ()),
        ("example.com #12", ()),
        ("[example.com #0]", ()),
        ("", ()),
    ],
)
def test_tags_are_found(subject: str, numbers: tuple[int, ...]) -> None:
    assert find_tags(subject, ["example.com", "Support"]) == numbers


def test_a_tag_that_was_written_is_found_and_taken_out() -> None:
    subject = f"Re: {subject_tag('example.com', 12)} Printer"

    assert subject == "Re: [example.com #12] Printer"
    assert find_tags(subject, {"example.com"}) == (12,)
    assert strip_tags(subject, {"example.com"}) == "Re: Printer"
    assert strip_tags("two  blanks #1", {"example.com"}) == "two  blanks #1"
