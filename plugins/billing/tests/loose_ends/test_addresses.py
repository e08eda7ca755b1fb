"""Every loose end leads to the page on which it is mended, and nobody is led where they may not go."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from plugins.billing.tests.invoicing.made import Shop
from rtpy.models import Queue, Recurrence
from rtpy_billing.loose_ends.kinds import KINDS
from rtpy_billing.models import Expense, LooseEnd, Timer
from rtpy_billing.rights import LOG_TIME, RIGHTS

pytestmark = pytest.mark.databases("sqlite")  # pages; the statements are those of test_board.py

RULE = {"every": "day", "start": "2026-03-01", "at": "09:00", "zone": "UTC", "interval": 1}
LEADS_TO = {
    "unowned": "/ticket/{ticket}",
    "unanswered": "/ticket/{ticket}#composer",
    "spoke_last": "/ticket/{ticket}#composer",
    "overdue": "/ticket/{ticket}",
    "stalled": "/ticket/{ticket}",
    "closed_unanswered": "/ticket/{ticket}",
    "mail_stopped": "/admin/mail/incoming",
    "mail_returned": "/ticket/{ticket}",
    "not_spawned": "/admin/recurring/{recurrence}",
    "consent_unanswered": "/billing/agreements/{agreement}",
    "closed_without_time": "/billing/time/log?ticket={ticket}",
    "old_timer": "/billing/timers",
    "short_day": "/billing/day?day=2026-03-02",
    "old_draft": "/billing/time?state=draft",
    "waiting_correction": "/billing/time/{entry}",
    "blocked": "/billing/customer/{customer}",
    "no_address": "/admin/billing/customers/{customer}",
    "not_invoiced": "/billing/invoices/prepare?customer={customer}",
    "moved": "/billing/time/{entry}",
    "no_receipt": "/billing/expenses/{expense}",
    "part_unbilled": "/billing/expenses/{expense}",
    "undelivered": "/billing/invoices/{invoice}/deliver",
    "unpaid": "/billing/invoices/{invoice}",
    "low_water": "/billing/agreements/{agreement}",
    "agreement_ended": "/billing/agreements/{agreement}",
    "miscounted": "/billing/agreements/{agreement}",
    "other_currency": "/billing/agreements/{agreement}",
}
THINGS = {
    "not_spawned": "recurrence",
    "consent_unanswered": "agreement",
    "waiting_correction": "entry",
    "moved": "entry",
    "no_receipt": "expense",
    "part_unbilled": "expense",
    "undelivered": "invoice",
    "unpaid": "invoice",
    "low_water": "agreement",
    "agreement_ended": "agreement",
    "miscounted": "agreement",
    "other_currency": "agreement",
}


@pytest.fixture
def ids(work, make, db):
    """One of everything that a loose end may be about, and a row of each kind on the board."""
    from rtpy_billing.invoicing.drafts import prepare_drafts
    from rtpy_billing.invoicing.issuing import issue

    shop = Shop(work, make)
    me, now = work.actor.user_id, work.now
    agreement = shop.agreement({"kind": "block", "name": "Hours", "quantity": 3600})
    shop.entry(60)
    (draft,) = prepare_drafts(work, shop.organization, date(2026, 4, 1))
    issue(work, draft, draft.version, f"{draft.total / 100:.2f}")
    entry = shop.entry(30, state="submitted")
    entry.worked_by_id = me
    expense = Expense(
        kind="expense", user_id=me, organization_id=shop.organization.id, spent_on=now.date(), text="Cable",
        currency="EUR", created=now,
    )  # fmt: skip
    recurrence = Recurrence(
        name="Backup", queue_id=db.scalars(select(Queue.id)).first(), owner_id=me, subject="Backup",
        rule=RULE, created=now,
    )  # fmt: skip
    db.add_all([expense, recurrence, Timer(user_id=me, began=now, started=now, seconds=0, seen=now)])
    db.flush()
    found = {
        "ticket": make.ticket().id,
        "recurrence": recurrence.id,
        "agreement": agreement.id,
        "entry": entry.id,
        "expense": expense.id,
        "invoice": draft.id,
        "customer": shop.organization.id,
    }
    for kind in KINDS:
        db.add(
            LooseEnd(
                kind=kind.name,
                key="1",
                since=now - timedelta(days=1),
                owner_id=me,
                ticket_id=found["ticket"] if "ticket" in LEADS_TO[kind.name] else None,
                organization_id=found["customer"],
                thing_id=found[THINGS[kind.name]] if kind.name in THINGS else None,
                detail="2026-03-02",
            )
        )
    db.flush()
    return found


def test_every_kind_leads_root_to_a_page_that_is_there(ids, root):
    board = root.get("/billing/loose-ends")
    assert set(LEADS_TO) == {kind.name for kind in KINDS}
    for kind, address in LEADS_TO.items():
        url = address.format(**ids)
        assert f'href="{url}"' in board.text, kind
        assert root.get(url.partition("#")[0]).status_int == 200, kind


def test_whoever_may_do_less_is_led_to_what_they_may_open(ids, db, make, another, enter):
    for rights in ((LOG_TIME, "SeeLooseEnds"), ("SeeLooseEnds", "SeeMoney"), tuple(RIGHTS)):
        name = f"reader{len(rights)}{rights[-1].lower()}"
        reader = make.staff(name)
        make.grant(reader, "ShowTicket", *rights)
        browser = enter(another(), reader)
        board = browser.get("/billing/loose-ends")
        urls = set(re.findall(r'class="button button-small" href="([^"]+)"', board.text))
        assert urls
        for url in urls:
            page = browser.get(url.partition("#")[0].replace("&amp;", "&"), expect_errors=True)
            assert page.status_int == 200, (rights, url)
