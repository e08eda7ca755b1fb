"""What is taken out of a text that shall become a page for others."""

import pytest

from rtpy_portal.knowledge.redacting import redact


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Write to jo.miller@acme.example, please", "Write to [mail address], please"),
        ("Call +49 (89) 123-456 now", "Call [phone number] now"),
        ("Call 089/1234567.", "Call [phone number]."),
        ("Version 10.15.7 of 2024", "Version 10.15.7 of 2024"),
        ("Released on 2026-03-02 at 10:15", "Released on 2026-03-02 at 10:15"),
        ("Ticket 4711, error 0x80070057", "Ticket 4711, error 0x80070057"),
        ("The server 192.168.17.4 is down", "The server [IP address] is down"),
        ("on fe80:0:0:1:2:3:4:5 too", "on [IP address] too"),
        ("The password is Hunter2!", "The password is [secret]"),
        ("Kennwort: geheim", "Kennwort: [secret]"),
        ("see https://jo:pw@host.example/x", "see https://host.example/x"),
        ("IBAN DE44 5001 0517 5407 3249 31", "IBAN [number]"),
        ("customer number 123456789", "customer number [number]"),
        ("Jo Miller's phone and MILLER’s desk", "[name] phone and [name] desk"),
        ("Thanks to Miller, Jo!", "Thanks to [name]!"),
        ("Join the call", "Join the call"),
        ("Acme Tools asked", "[company] asked"),
        ("Dear Mrs. Okafor, hello", "Dear Mrs. [name], hello"),
        ("Hallo Herr Weiß,\nes geht", "Hallo Herr [name],\nes geht"),
        ("Hello Petra,\nit works", "Hello [name],\nit works"),
        ("Hello team,\nit works", "Hello team,\nit works"),
        ("It works.\n\nBest regards\nPetra\nAcme", "It works."),
        ("Es geht.\n\nMit freundlichen Grüßen\nPetra", "Es geht."),
        ("Thanks for asking, it works.", "Thanks for asking, it works."),
    ],
)
def test_what_belongs_to_one_customer_is_replaced(text, left):
    assert redact(text, ["Jo Miller"], ["Acme Tools"]).text == left


def test_it_says_what_was_found():
    found = redact("a@b.example and c@d.example, 192.168.1.1").found
    assert found == {"[mail address]": 2, "[IP address]": 1}


def test_long_texts_take_no_long_time():
    for text in ("(" * 50_000, "1 " * 50_000, "a@" * 50_000, "Jo " * 50_000, "::" * 50_000, "DE12 " * 20_000):
        redact(text, ["Jo Miller"])
