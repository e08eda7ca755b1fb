"""Reports as pages and files: what they show, whom they let in, and what they say to a wrong question."""

import csv
import io

import pytest

from rtpy_sla.reports.all import REPORTS

pytestmark = pytest.mark.databases(
    "sqlite"
)  # what the reports count is tested on both; these are their faces
DAYS = {"from": "2026-03-01", "to": "2026-03-31", "zone": "Europe/Berlin"}


def test_the_overview_says_and_draws_what_is_met_and_each_number_leads_on(root, month):
    page = root.get("/sla/reports", DAYS)
    assert "66.7 %" in page
    assert page.html.find("svg") is not None
    assert "1 clock is open" in page
    link = next(
        a for a in page.html.find_all("a") if "verdict=missed" in a["href"] and "first_response" in a["href"]
    )
    behind = root.get(link["href"])
    assert "Request 2" in behind
    assert "Request 1" not in behind
    for kind in REPORTS:
        shown = root.get(f"/sla/reports/{kind.name}", DAYS)
        assert kind.question in shown
        assert "Nothing to show" not in shown, kind.name


def test_without_any_policy_the_overview_says_what_to_do(root):
    assert "No policy has been pinned yet" in root.get("/sla/reports")


def test_files_hold_the_same_business_figures_and_no_formula(root, month, db, make, clock_row):
    evil = make.organization("=1+1", "evil.example")
    ticket = make.ticket("x", requestor="a@evil.example")
    clock_row(ticket, "first_response", "03-02 9", ended="03-02 10", due="03-02 13")
    assert ticket.organization_id in (None, evil.id)
    text = root.get("/sla/reports/customers.csv", DAYS).body.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:4] == ["Customer", "Target", "Met", "Missed"]
    assert ["Acme", "First response", "1", "1", "1", "1", "50"] in [
        [*row[:6], row[6].removesuffix(".0")] for row in rows
    ]
    assert not any(row[0].startswith("=") for row in rows)
    times = root.get("/sla/reports/times.csv", DAYS).body.decode("utf-8-sig")
    resolution = next(row for row in csv.reader(io.StringIO(times)) if row[0] == "Resolution")
    assert resolution[1:4] == ["business hours", "1", "10.00"]
    book = root.get("/sla/reports/targets.xlsx", DAYS)
    assert book.body.startswith(b"PK")


def test_a_wrong_question_is_answered_with_a_sentence(root):
    for query, sentence in (
        ({"from": "x"}, "is not a day"),
        ({"from": "2026-03-05", "to": "2026-03-01"}, "must not be before"),
        ({"from": "2020-01-01", "to": "2026-03-01"}, "three years"),
        ({"from": "0001-01-01"}, "between 1990"),
        ({"zone": "Mars/Base"}, "is not a time zone"),
    ):
        assert sentence in root.get("/sla/reports", query, status=422)
    odd = {"customer": "9" * 30, "target": "x", "verdict": "\0", "page": "-1", "cause": "%"}
    root.get("/sla/reports/clocks", odd)
    root.get("/sla/reports/nothing", status=404)


def test_customers_are_not_let_in(month, another, enter, make):
    ann = enter(another(), make.customer("ann@acme.example"))
    for path in ("/sla/reports", "/sla/reports/people", "/sla/reports/clocks", "/sla/reports/people.csv"):
        ann.get(path, status=403)


def test_the_filter_names_only_queues_that_the_reader_may_know_of(month, another, enter, make):
    make.queue("Mergers", open_to_all=False, granted=False)
    jim, boss = make.staff("jim"), make.staff("boss")
    make.grant(boss, "SeeServiceReports")
    for person, shown in ((jim, False), (boss, True)):
        page = enter(another(), person).get("/sla/reports", DAYS)
        assert "General" in page.html.find(id="field-queue").text
        assert ("Mergers" in page.html.find(id="field-queue").text) is shown
