"""What webhooks are told of: steps that say so, and targets that are missed, once each."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from plugins.sla.tests.escalation.shop import HOUR, MINUTE, step
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Correspond
from rtpy.content.part import plain_message
from rtpy.models import WebhookDelivery
from rtpy.webhooks.saving import save_webhook
from rtpy_sla.following.recount import recount


@pytest.fixture
def told(shop, work):
    """A webhook for both events; gives what it was told so far."""
    given = {"name": "Pager", "url": "https://hooks.example.com/", "events": "sla.escalated, sla.missed"}
    save_webhook(work, None, {**given, "user": "root"})

    def so_far():
        shop.db.flush()
        rows = shop.db.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id))
        return [(row.event, json.loads(row.body)["data"]) for row in rows]

    return so_far


def test_a_step_tells_webhooks_with_the_facts_of_the_ticket(shop, told):
    shop.ticket(shop.policy([step("half", "webhook", percent=50)]))
    shop.after(HOUR)
    ((event, data),) = told()
    assert (event, data["target"], data["when"], data["late"]) == (
        "sla.escalated",
        "first_response",
        "at 50 %",
        False,
    )
    assert data["ticket"]["subject"] == "Printer on fire"


def test_a_missed_target_is_told_once_when_it_becomes_known(shop, told, work):
    ticket = shop.ticket(shop.policy([]))
    shop.clock.advance(2 * HOUR + MINUTE)  # the reply comes before the worker's round
    change_ticket(shop.app.work_in(shop.db, work.actor), ticket, Correspond(plain_message("Sorry.")))
    recount(shop.work, ticket)
    shop.after(HOUR)
    ((event, data),) = told()
    assert (event, data["target"], data["state"]) == ("sla.missed", "first_response", "ended")


def test_what_was_missed_long_ago_is_no_news(shop, told):
    shop.ticket(shop.policy([]))
    shop.after(timedelta(days=8))
    assert told() == []
