"""Getting in: encryption that is checked, passwords, tokens; and what is done and told when it does not work."""

import socket
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from rtpy.mailboxes import imap
from rtpy.mailboxes.fetching import fetch_mailbox, look_into
from rtpy.mailboxes.saving import ask_test, fetch_now
from rtpy.mailboxes.settings import REFRESH_TOKEN, settings_of
from rtpy.mailboxes.state import due_mailboxes
from rtpy.mailboxes.trouble import Trouble
from rtpy.models import Mailbox
from rtpy.sealing import unseal
from rtpy.testing.servers import free_port
from tests.mail.letters import letter

pytestmark = pytest.mark.databases("sqlite")  # nothing here depends on the database


@pytest.fixture
def config(config, provider):
    allow = (provider.address.removeprefix("http://"),)
    return replace(config, mail=replace(config.mail, token_allow=allow))


def test_the_ways_to_encrypt(app, db, server, mailbox, state, somebody):
    server.put(somebody, letter(), letter())
    made = mailbox()
    first = {name: getattr(made, name) for name in ("tls", "port", "authority", "host", "folder")}
    cases = [
        ({"tls": "tls", "port": server.tls_port}, ""),
        ({"tls": "starttls", "port": server.port}, ""),
        ({"tls": "none", "port": server.port}, ""),
        ({"host": "127.0.0.1"}, ""),
        ({"authority": ""}, "The certificate of localhost is not valid"),
        ({"tls": "starttls", "port": server.port, "authority": ""}, "The certificate of localhost"),
        ({"host": "nowhere.invalid"}, "the name is not known"),
        ({"port": free_port()}, "Connection refused"),
        ({"port": server.port}, "With STARTTLS the port is usually 143"),
        ({"folder": "Nowhere"}, "The folder “Nowhere” cannot be opened"),
    ]
    for typed, said in cases:
        for name, value in {**first, **typed}.items():
            setattr(made, name, value)
        db.flush()
        look_into(app, made.id)
        now = state(made)
        assert now.test_failed is bool(said), (typed, now.test_result)
        assert (said or "“INBOX” holds 2 mails, 2 of them to be taken") in now.test_result, typed


def test_after_three_refused_logins_nothing_is_tried_until_somebody_looks(
    app, db, work, mailbox, state, clock
):
    made = mailbox(password="wrong")
    for refusals in (1, 2, 3):
        assert due_mailboxes(app) == [made.id]
        fetch_mailbox(app, made.id)
        assert state(made).login_refusals == refusals
        assert "refuses the login" in state(made).problem
        assert due_mailboxes(app) == []
        clock.advance(timedelta(hours=2))
    assert due_mailboxes(app) == []
    fetch_now(replace(work, now=clock.now()), made)
    db.flush()
    assert due_mailboxes(app) == [made.id]


def test_a_server_that_is_away_is_asked_less_and_less_often(app, mailbox, state, clock):
    made = mailbox(port=str(free_port()), seconds="60")
    pauses = []
    for _ in range(8):
        fetch_mailbox(app, made.id)
        pauses.append((state(made).next_fetch - clock.now()).total_seconds() / 60)
        clock.advance(timedelta(hours=2))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert state(made).login_refusals == 0


def test_a_server_that_says_nothing_is_left_in_time(app, mailbox, state, monkeypatch):
    monkeypatch.setattr(imap, "CONNECT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        made = mailbox(tls="none", port=str(silent.getsockname()[1]))
        began = time.monotonic()
        fetch_mailbox(app, made.id)
        assert time.monotonic() - began < 5
    assert "did not answer in time" in state(made).problem


def test_a_server_that_drips_is_cut_off(app, mailbox):
    def drip(listener):
        sock, _ = listener.accept()
        with sock:
            try:
                sock.sendall(b"* OK hello\r\n")
                while True:
                    sock.sendall(b"* OK still there\r\n")
                    time.sleep(0.02)
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        made = mailbox(tls="none", port=str(listener.getsockname()[1]))
        began = time.monotonic()
        with pytest.raises(Trouble), imap.open_folder(settings_of(app.config, made), longest=0.4):
            pass
        assert time.monotonic() - began < 5


def test_a_token_opens_the_mailbox_and_is_used_again(app, db, server, provider, mailbox, state, somebody):
    provider.owner, provider.renewed, provider.answer = somebody, "refresh-2", None
    provider.asked.clear()
    server.put(somebody, letter())
    made = mailbox(
        method="xoauth2",
        token_url=f"{provider.address}/token",
        client_id="rtpy",
        refresh_token="refresh-1",
        client_secret="hush",
        password="",
    )
    assert fetch_mailbox(app, made.id) == 1, state(made).problem
    server.put(somebody, letter())
    assert fetch_mailbox(app, made.id) == 1, state(made).problem
    # The provider has replaced the refresh token, so another one is asked with the new one.
    assert [(one["grant_type"], one["refresh_token"]) for one in provider.asked] == [
        ("refresh_token", "refresh-1"),
        ("refresh_token", "refresh-2"),
    ]
    kept = db.get(Mailbox, made.id, populate_existing=True).sealed_refresh_token
    assert unseal(app.config, REFRESH_TOKEN, kept) == "refresh-2"
    provider.good = set()  # withdrawn: the server refuses, and the next fetch asks for a new one
    assert fetch_mailbox(app, made.id) == 0
    assert "refuses the login" in state(made).problem
    server.put(somebody, letter())
    assert fetch_mailbox(app, made.id) == 1, state(made).problem


def test_what_providers_of_tokens_answer_is_told(app, provider, mailbox, state):
    made = mailbox(
        method="xoauth2",
        token_url=f"{provider.address}/token",
        client_id="rtpy",
        client_secret="hush",
        password="",
    )
    cases = [
        (400, {"error": "invalid_grant", "error_description": "Consent was withdrawn."}, "Consent was", 1),
        (500, {}, "status 500", 0),
        (200, {"token_type": "Bearer"}, "without an access token", 0),
        (302, {"access_token": "x"}, "status 302", 0),
    ]
    try:
        for status, body, said, refusals in cases:
            provider.answer = (status, body)
            fetch_mailbox(app, made.id)
            assert said in state(made).problem, (status, state(made).problem)
            assert state(made).login_refusals == refusals
    finally:
        provider.answer = None
    assert provider.asked[-1]["grant_type"] == "client_credentials"


def test_a_test_lets_a_stopped_mailbox_go_on_when_it_works(app, db, work, mailbox, state):
    made = mailbox()
    now = state(made)
    now.login_refusals = 3
    db.flush()
    assert due_mailboxes(app) == []
    ask_test(work, made)
    db.flush()
    assert due_mailboxes(app) == [made.id]
    look_into(app, made.id)
    assert (state(made).login_refusals, state(made).test_failed) == (0, False)


def test_secrets_of_another_site_are_told_not_tried(app, db, mailbox, state):
    made = mailbox()
    made.sealed_password = "gAAAAABnonsense"
    db.flush()
    assert fetch_mailbox(app, made.id) == 0
    assert "secret_key" in state(made).problem
    assert due_mailboxes(app) == []
