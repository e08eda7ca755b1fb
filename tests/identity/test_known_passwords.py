"""Passwords that were right a moment ago: what is kept, for how long, and of whom."""

import threading
from datetime import timedelta

import pytest

from rtpy.identity import known_passwords
from rtpy.identity import login as login_module
from rtpy.identity.basic import find_password_login
from rtpy.identity.known_passwords import LASTS, KnownPasswords
from rtpy.identity.login import TooManyLogins
from rtpy.identity.passwords import verify_password
from rtpy.testing.fixtures import ROOT_PASSWORD, START


def test_an_entry_is_of_one_account_one_hash_one_password_and_one_process():
    known = KnownPasswords()
    signed = known.sign(7, "hash", "secret")
    known.remember(signed, START)
    assert known.knows(known.sign(7, "hash", "secret"), START)
    others = [
        (8, "hash", "secret"),
        (7, "other", "secret"),
        (7, "hash", "Secret"),
        (7, "hash", ""),
        (7, "", "hash\nsecret"),
    ]
    assert not any(known.knows(known.sign(*other), START) for other in others)
    assert KnownPasswords().sign(7, "hash", "secret") != signed
    assert not known.knows(signed, START + LASTS)
    assert b"secret" not in signed


def test_half_characters_and_long_texts_are_no_trouble():
    known = KnownPasswords()
    assert known.sign(7, "hash", "\ud800") != known.sign(7, "hash", "\ud801")
    assert len(known.sign(7, "hash", "x" * 1_000_000)) == 32


def test_the_oldest_make_room(monkeypatch):
    monkeypatch.setattr(known_passwords, "MOST", 3)
    known = KnownPasswords()
    signed = [known.sign(number, "hash", "secret") for number in range(4)]
    for number, each in enumerate(signed):
        known.remember(each, START + timedelta(seconds=number))
    assert [known.knows(each, START + timedelta(seconds=5)) for each in signed] == [False, True, True, True]


@pytest.mark.concurrent
def test_a37_of_many_calls_at_once_one_pays_and_none_is_throttled(committed_app, monkeypatch):
    app, hashed, results = committed_app, [], []
    monkeypatch.setattr(
        login_module, "verify_password", lambda *given: hashed.append(1) or verify_password(*given)
    )

    def call():
        with app.reading_sessions() as db:
            try:
                login = find_password_login(app, db, "root", ROOT_PASSWORD, peer="192.0.2.1")
            except TooManyLogins:
                login = None
            results.append(login and login.name)

    threads = [threading.Thread(target=call) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert results == ["root"] * 12
    assert len(hashed) == 1
