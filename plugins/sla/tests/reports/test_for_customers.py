"""The service reports that a customer finds among their documents."""

from datetime import date
from types import SimpleNamespace

import pytest

from rtpy import hookimpl
from rtpy.history.customer_side import customer_documents
from rtpy.models import Ticket
from rtpy_sla.reports.for_customers import without_kept
from rtpy_sla.reports.service import build, make_report

pytestmark = pytest.mark.databases("sqlite")  # one plain query

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


def test_a_report_is_found_once_it_was_made_and_by_its_customer_alone(work, month):
    acme, bolt = month[0].organization_id, month[-1].organization_id
    assert customer_documents(work, acme, "de") == []
    make_report(work, acme, FEBRUARY)
    (found,) = customer_documents(work, acme, "de")
    assert (found.label, found.day, found.names_requests, found.is_money) == (
        "Servicebericht Februar 2026",
        date(2026, 3, 1),
        True,
        False,
    )
    assert found.read().content.startswith(b"%PDF")
    assert customer_documents(work, bolt, "de") == []


@pytest.fixture
def keep(app):
    """Let a plugin keep a ticket from customers, as it would when staff hide one."""
    kept = []

    def keep_one(ticket):
        plugin = SimpleNamespace(rtpy_kept_from_customers=hookimpl(lambda: Ticket.id == ticket.id))
        kept.append(plugin)
        app.plugins.register(plugin)

    yield keep_one
    for plugin in kept:
        app.plugins.unregister(plugin)


def named(figures):
    lists = (figures.requests, figures.pauses, figures.promises)
    return {line.number for lines in lists for line in lines}


def test_a_request_that_is_kept_from_customers_is_neither_counted_nor_named(work, month, keep):
    acme, hidden = month[0].organization_id, month[0]
    before = build(work, acme, MARCH)
    assert hidden.id in named(before)
    keep(hidden)
    figures = build(work, acme, MARCH)
    assert (hidden.id in named(figures), figures.opened) == (False, before.opened - 1)


def test_a_report_that_was_frozen_before_names_it_to_nobody_any_more(work, month, keep):
    acme, hidden = month[0].organization_id, month[0]
    frozen = build(work, acme, MARCH)
    keep(hidden)
    shown = without_kept(work, frozen)
    assert named(shown) == named(frozen) - {hidden.id}
    assert shown.targets == frozen.targets
