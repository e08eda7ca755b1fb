"""`rtpy crontool` on a real site."""

import logging

import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.status import SetStatus
from rtpy.cli.main import rtpy
from rtpy.content.part import plain_message
from rtpy.errors import Invalid
from rtpy.models import Ticket, Transaction
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


def test_a_query_is_asked_as_rt_asks_it(committed_app, tickets, run):
    answer = run(
        "--search", "RT::Search::FromSQL", "--search-arg", "Queue = 'Network' AND Status = 'new'", *SET
    )
    assert (answer.exit_code, priorities(committed_app, tickets)) == (0, [0, 42]), answer.output
    with committed_app.work() as work:
        change_ticket(work, work.db.get(Ticket, tickets[0]), SetStatus("resolved"))
    run("--search", "FromSQL", "--search-arg", "Subject = 'one'", *SET)
    assert priorities(committed_app, tickets) == [42, 42]
    wrong = run("--search", "FromSQL", "--search-arg", "Queue = 'Network' AND Statsu = 'new'", *SET)
    assert isinstance(wrong.exception, Invalid)
    assert "Column 23: There is no field Statsu. Did you mean Status" in str(wrong.exception)


def test_a_dry_run_changes_nothing(committed_app, tickets, run):
    answer = run(*RT, *SET, "--dry-run")
    assert "priority 0 to 42" in answer.output
    assert priorities(committed_app, tickets) == [0, 0]


def test_a_condition_is_asked_and_verbose_says_why_nothing_is_done(committed_app, tickets, run):
    filters = ("--search", "Filters", "--search-arg", "statuses=new; queue=General")
    asked = (*filters, "--condition", "RT::Condition::Overdue", *SET)
    answer = run(*asked)
    assert "1 found, 0 done, 1 skipped" in answer.output
    assert "not overdue" not in answer.output
    root = logging.getLogger()
    before = root.level
    try:
        told = run(*asked, "--verbose", "--log", "Alert").output
        assert root.level == logging.CRITICAL
    finally:
        root.setLevel(before)
    assert f"#{tickets[0]} one: skipped: the ticket is not overdue" in told
    assert priorities(committed_app, tickets) == [0, 0]


def test_several_actions_are_done_in_order(committed_app, tickets, run):
    answer = run(*RT, *SET, "--action", "AddPriority", "--action-arg", "1", "--transaction", "last")
    assert (answer.exit_code, priorities(committed_app, tickets)) == (0, [0, 43]), answer.output


def test_what_is_not_understood_is_said(run):
    for arguments, said in (
        (("--search", "Nothing", *SET), "There is no search"),
        (("--search", "Filters", "--search-arg", "colour=red", *SET), "is no filter"),
        ((*RT, *SET, "--transaction", "third"), "'first', 'last', 'all'"),
        ((*RT, *SET, "--transaction-type", "Create"), "goes with --transaction"),
        ((*RT, *SET, "--action-arg", "2"), "more --action-arg than --action"),
        ((*RT, *SET, "--log", "loud"), "'debug'"),
    ):
        answer = run(*arguments)
        assert answer.exit_code == 2
        assert said in answer.output


def test_what_cannot_be_done_is_refused_before_anything_is(committed_app, tickets, run):
    for arguments, said in (
        (("--search", "ActiveTicketsInQueue", "--search-arg", "Nowhere", *SET), "There is no queue"),
        ((*RT, "--action", "Nothing"), "There is no action “Nothing”. Choose what is to be done"),
        ((*RT, "--action", "SetPriority", "--action-arg", "much"), "“much” is no priority"),
        ((*RT, *SET, "--action", "AddPriority", "--action-arg", "much"), "“much” is no priority"),
        ((*RT, "--action", "Notify", "--action-arg", "Requestor"), "choose the template"),
    ):
        answer = run(*arguments)
        assert isinstance(answer.exception, Invalid)
        assert said in str(answer.exception)
    assert priorities(committed_app, tickets) == [0, 0]


def test_the_condition_is_asked_before_the_first_action_alone(committed_app, tickets, run):
    more = ("--action", "AddPriority", "--action-arg", "1", "--reload-ticket")
    condition = ("--condition", "PriorityExceeds", "--condition-argument", "-1")
    answer = run(*RT, *condition, "--action", "SetPriority", "--action-argument", "-5", *more)
    assert (answer.exit_code, priorities(committed_app, tickets)) == (0, [0, -4]), answer.output


def test_what_one_action_did_is_undone_when_the_next_fails(committed_app, tickets, run):
    answer = run(*RT, *SET, "--action", "SetQueue", "--action-arg", "Nowhere")
    assert (answer.exit_code, priorities(committed_app, tickets)) == (1, [0, 0])
    assert "failed: There is no queue “Nowhere”." in answer.output


def test_actions_are_about_the_chosen_transactions(committed_app, tickets, run):
    with committed_app.work() as work:
        ticket = work.db.get(Ticket, tickets[1])
        change_ticket(work, ticket, Comment(plain_message("one")))
        change_ticket(work, ticket, Correspond(plain_message("two")))
        kept = ("Create", "Comment", "Correspond")
        work.db.execute(delete(Transaction).where(Transaction.type.not_in(kept)))
    for transaction, types, times in (
        ("first", (), 1),
        ("all", ("Create", "Correspond, Comment"), 3),
        ("LAST", ("Comment, Correspond",), 1),
        ("all", ("Forward Ticket",), 0),
    ):
        before = priorities(committed_app, tickets)[1]
        chosen = [word for name in types for word in ("--transaction-type", name)]
        answer = run(
            *RT, "--action", "AddPriority", "--action-arg", "1", "-v", "--transaction", transaction, *chosen
        )
        assert priorities(committed_app, tickets)[1] - before == times, answer.output
    assert "skipped: it has no transaction of the type Forward Ticket" in answer.output
