"""`rtpy crontool` on a real site."""

import pytest
from click.testing import CliRunner

from rtpy.cli.main import rtpy
from rtpy.errors import Invalid
from rtpy.models import Ticket
from rtpy.testing.people import Factory


@pytest.fixture
def tickets(committed_app):
    with committed_app.work() as work:
        make = Factory(committed_app, work.db)
        return [make.ticket("one").id, make.ticket("two", queue="Network").id]


@pytest.fixture
def run(committed_app, monkeypatch):
    home = committed_app.config.home
    monkeypatch.setenv("RTPY_DATABASE_URL", committed_app.config.database.url)

    def call(*arguments):
        return CliRunner().invoke(rtpy, ["crontool", "--home", str(home), *arguments])

    return call


def priorities(app, tickets):
    with app.work(reading=True) as work:
        return [work.db.get(Ticket, number).priority for number in tickets]


RT = ("--search", "RT::Search::ActiveTicketsInQueue", "--search-arg", "Network")
SET = ("--action", "RT::Action::SetPriority", "--action-arg", "42")


def test_modules_of_rt_are_understood(committed_app, tickets, run):
    answer = run(*RT, *SET)
    assert (answer.exit_code, priorities(committed_app, tickets)) == (0, [0, 42]), answer.output
    assert "1 found, 1 done, 0 skipped, 0 failed." in answer.output


def test_a_dry_run_changes_nothing(committed_app, tickets, run):
    answer = run(*RT, *SET, "--dry-run")
    assert "priority 0 to 42" in answer.output
    assert priorities(committed_app, tickets) == [0, 0]


def test_a_condition_is_asked(committed_app, tickets, run):
    filters = ("--search", "Filters", "--search-arg", "statuses=new; queue=General")
    answer = run(*filters, "--condition", "RT::Condition::Overdue", *SET)
    assert "1 found, 0 done, 1 skipped" in answer.output
    assert priorities(committed_app, tickets) == [0, 0]


def test_several_actions_are_done_in_order(committed_app, tickets, run):
    answer = run(*RT, *SET, "--action", "AddPriority", "--action-arg", "1", "--transaction", "last")
    assert (answer.exit_code, priorities(committed_app, tickets)) == (0, [0, 43]), answer.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--search", "Nothing", *SET), "There is no search"),
        (("--search", "Filters", "--search-arg", "colour=red", *SET), "is no filter"),
        ((*RT, *SET, "--transaction", "third"), "first, last or all"),
    ],
)
def test_what_is_not_understood_is_said(tickets, run, arguments, said):
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert said in answer.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("--search", "ActiveTicketsInQueue", "--search-arg", "Nowhere", *SET),
        (*RT, "--action", "Nothing"),
        (*RT, "--action", "SetPriority", "--action-arg", "much"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is(committed_app, tickets, run, arguments):
    answer = run(*arguments)
    assert isinstance(answer.exception, Invalid)
    assert priorities(committed_app, tickets) == [0, 0]
