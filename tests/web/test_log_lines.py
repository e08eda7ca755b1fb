"""The lines of the log: what they are about, one line each, no secret in them."""

import io
import json
import logging
import socket

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.config.config import Config
from rtpy.errors import Refused
from rtpy.logs.facts import log_about
from rtpy.logs.lines import JsonLines, OwnDetails, TextLines
from rtpy.logs.secrets import keep_out, secrets_of
from rtpy.models import User

pytestmark = pytest.mark.databases("sqlite")  # lines are the same on any database


@pytest.fixture
def written(caplog):
    """The lines since the last question, as each format has them: `written("json")`."""
    caplog.set_level(logging.DEBUG)
    told = io.StringIO()
    handlers = {"text": logging.StreamHandler(told), "json": logging.StreamHandler(told)}
    handlers["text"].setFormatter(TextLines())
    handlers["json"].setFormatter(JsonLines())
    for handler in handlers.values():
        handler.addFilter(OwnDetails(()))
        logging.getLogger().addHandler(handler)

    def lines():
        found = told.getvalue().splitlines()
        told.seek(0)
        told.truncate()
        return found

    yield lines
    for handler in handlers.values():
        logging.getLogger().removeHandler(handler)


def test_a_request_is_told_with_its_number_user_and_ticket(written, db, make, jo):
    ticket = make.ticket()
    form = jo.get(f"/ticket/{ticket.id}").forms["comment"]
    form["text"] = "only for us"
    answer = form.submit()
    everything = written()
    text, line = everything[-2:]
    number, jo_id = answer.headers["X-Request-Id"], db.scalar(select(User.id).where(User.name == "jo"))
    assert text.endswith(f" ms [user={jo_id} ticket={ticket.id}]")
    assert number in text
    told = json.loads(line)
    assert (told["request"], told["user"], told["ticket"]) == (number, jo_id, ticket.id)
    assert (told["logger"], told["level"], told["node"]) == ("rtpy.web", "info", socket.gethostname())
    assert "only for us" not in "".join(everything)


def test_a_line_stays_one_line_whatever_is_sent(written):
    logging.getLogger("rtpy.test").warning("asked by %s", "a\r\n2026 INFO root: all well\x1b[2J\u2028")
    text, line = written()
    assert text.endswith(r"asked by a\r\n2026 INFO root: all well\x1b[2J\u2028")
    assert json.loads(line)["message"].startswith("asked by a\r\n2026")


def test_a_failure_tells_of_the_ticket_that_it_left(written, make, work):
    class Broken:
        message = None

        def check(self, work, ticket):
            raise Refused("no")

    ticket = make.ticket()
    with log_about(chore="outbox"):
        try:
            change_ticket(work, ticket, Broken())
        except Refused:
            logging.getLogger("rtpy.test").exception("it failed")
        logging.getLogger("rtpy.test").info("the next one")
    told = [json.loads(line) for line in written() if line.startswith("{")]
    assert (told[0]["ticket"], told[0]["chore"]) == (ticket.id, "outbox")
    assert "Refused: no" in told[0]["traceback"]
    assert "ticket" not in told[1]


def test_secret_options_are_masked_wherever_they_turn_up(written, tmp_path):
    config = Config.for_tests(
        tmp_path, mail__smtp_password="wei%rd pass/word", database__url="postgresql+psycopg://u:s3cr%40t@db/x"
    )
    keep_out(secrets_of(config))
    try:
        raise OSError("s3cr@t did not open it, nor s3cr%40t, nor wei%25rd%20pass%2Fword")
    except OSError:
        logging.getLogger("rtpy.test").exception("with %s", "wei%rd pass/word")
    everything = "\n".join(written())
    assert everything.count("with ***") == 2
    assert everything.count("*** did not open it, nor ***, nor ***") == 4


def test_libraries_tell_no_details(written):
    logging.getLogger("some.library").debug("> LOGIN bob hunter2")
    logging.getLogger("rtpy.mailboxes").debug("looked")
    logging.getLogger("waitress").info("Serving")
    assert [json.loads(line)["message"] for line in written() if line[0] == "{"] == ["looked", "Serving"]
