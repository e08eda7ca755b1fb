"""Robots: kept away without puzzles, while a person loses nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from rtpy.changes.plugin_settings import save_settings
from rtpy.models import Ticket
from rtpy_portal.asking import limits
from rtpy_portal.asking.holding import HELD_FILES
from rtpy_portal.asking.stamps import new_stamp, read_stamp
from rtpy_portal.models import HeldFile

ASK = "/portal/ask"


def count(db, what=Ticket):
    return db.scalar(select(func.count()).select_from(what))


def filled(page, **more):
    form = page.forms["ask"]
    form["address"], form["text"] = "ann@client.example", "My printer burns"
    for name, value in more.items():
        form[name] = value
    return form


@pytest.mark.databases("sqlite")  # the clock and the form decide, not the database
@pytest.mark.parametrize(
    ("waits", "trap"),
    [(timedelta(seconds=1), ""), (timedelta(hours=25), ""), (timedelta(minutes=1), "https://spam.example")],
    ids=["too quick", "too late", "what nobody sees is filled in"],
)
def test_one_more_click_is_asked_for_with_everything_that_was_typed(browser, db, clock, waits, trap):
    before = count(db)
    form = filled(browser.get(ASK), subject="Fire", homepage=trap)
    form["files"] = [("a.txt", b"a", "text/plain")]
    clock.advance(waits)
    page = form.submit(status=200)
    assert (page.html.h1.text, count(db), count(db, HeldFile)) == ("One more click, please", before, 0)
    assert "My printer burns" in page.html.main.text
    again = next(form for form in page.forms.values() if "stamp" in form.fields)
    assert again["subject"].value == "Fire"
    again.submit(status=303)
    assert count(db) == before + 1


@pytest.mark.databases("sqlite")  # signing does not depend on it
def test_a_stamp_is_good_only_as_it_was_given_out(app, clock):
    stamp = new_stamp(app, clock.now())
    older = stamp.replace(stamp.split(".")[0], str(int(stamp.split(".")[0]) - 60))
    assert read_stamp(app, stamp) is not None
    assert [read_stamp(app, each) for each in (older, stamp[:-1], "", "a.b.c.d", "...")] == [None] * 5


@pytest.mark.databases("sqlite")  # counting is the core’s
@pytest.mark.parametrize("narrow", ["network", "address", "site"])
def test_a57_beyond_a_limit_the_form_asks_for_a_mail_and_loses_nothing(
    browser, db, clock, work, make, monkeypatch, narrow
):
    make.queue("General").correspond_address = "help@rtpy.example"
    if narrow == "site":
        save_settings(work, "portal", {"portal.asked_per_hour": 1})
    else:
        monkeypatch.setattr(limits, narrow.upper(), 1)
    forms = [filled(browser.get(ASK)) for _ in range(2)]
    if narrow == "network":
        forms[1]["address"] = "bob@client.example"
    clock.advance(timedelta(seconds=10))
    forms[0].submit("deed", value="send", status=303)
    before = count(db)
    page = forms[1].submit("deed", value="send", status=429)
    assert "help@rtpy.example" in page.html.find(class_="problems").text
    assert page.forms["ask"]["text"].value == "My printer burns"
    assert count(db) == before


@pytest.mark.databases("sqlite")  # which files are too large is asked of nobody
def test_files_that_are_too_large_are_named_and_the_text_stays(browser, db, clock, work):
    save_settings(work, "portal", {"portal.upload_megabytes": 1})
    form = filled(browser.get(ASK))
    form["files"] = [("film.mp4", b"x" * 1024 * 1025, "video/mp4")]
    clock.advance(timedelta(seconds=10))
    page = form.submit(status=422)
    assert "These files are too large together" in page.html.find(class_="problems").text
    assert (page.forms["ask"]["text"].value, count(db, HeldFile)) == ("My printer burns", 0)


def test_files_that_wait_are_another_browsers_secret_and_are_forgotten_after_an_hour(
    browser, db, clock, work, app, make
):
    form = filled(browser.get(ASK), address="")
    form["files"] = [("a.txt", b"a", "text/plain")]
    clock.advance(timedelta(seconds=10))
    page = form.submit(status=422)
    secret = page.forms["ask"]["held"].value
    assert count(db, HeldFile) == 1
    browser.reset()
    stolen = filled(browser.get(ASK), held=secret, address="")
    clock.advance(timedelta(seconds=10))
    assert "a.txt" not in stolen.submit(status=422).text
    clock.advance(timedelta(hours=2))
    HELD_FILES.run(app)
    assert count(db, HeldFile) == 0
