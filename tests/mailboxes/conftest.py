"""A real mailbox server, and mailboxes of it."""

import os
from itertools import count

import pytest

from rtpy.mailboxes.saving import FIRST, save_mailbox
from rtpy.models import MailboxState
from rtpy.testing.mailbox_server import PASSWORD, throwaway_dovecot
from tests.mailboxes.token_provider import TokenProvider

_logins = count(1)


@pytest.fixture(scope="session")
def provider():
    """Gives access tokens, and says whose they are."""
    with TokenProvider() as provider:
        yield provider


@pytest.fixture(scope="session")
def server(provider):
    """One Dovecot for all tests; without its program tests are skipped, in CI they fail."""
    try:
        running = throwaway_dovecot(token_info=provider.info_url)
        made = running.__enter__()
    except FileNotFoundError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))
    yield made
    running.__exit__(None, None, None)


@pytest.fixture
def somebody():
    """A login name that nobody else has."""
    return f"support{next(_logins)}"


@pytest.fixture
def given(server, somebody):
    """What somebody types for a mailbox: `given(after="move", move_to="Done")`."""

    def given(**more):
        typed = {
            **FIRST,
            "name": f"Mailbox of {somebody}",
            "host": "localhost",
            "port": str(server.tls_port),
            "authority": server.authority,
            "login": somebody,
            "password": PASSWORD,
        }
        return {**typed, **more}

    return given


@pytest.fixture
def mailbox(work, given):
    """Makes a mailbox by what is typed."""

    def mailbox(**more):
        made = save_mailbox(work, None, given(**more))
        work.db.flush()  # what fetches it has a session of its own
        return made

    return mailbox


@pytest.fixture
def state(db):
    """How it goes with a mailbox, read anew."""

    def state(mailbox):
        db.expire_all()
        return db.get(MailboxState, mailbox.id)

    return state
