"""Eight at once, and a kill in the middle: no number is lost, none is given twice."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from plugins.billing.tests.invoicing.issuing_process import issue_apart
from plugins.billing.tests.invoicing.made import APRIL, Shop
from rtpy.testing.fixtures import actor
from rtpy.testing.people import Factory
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.models import Invoice, Series

ISSUERS = 8


def drafts(app, number):
    """Drafts of as many customers, of one seller; their ids, and who issues."""
    with app.work() as system:
        root = actor(app, system.db, "root")
        work = system.as_actor(root)
        ids = []
        for at in range(number):
            shop = Shop(work, Factory(app, work.db), f"Customer {at}")
            shop.entry(60)
            ids.append(prepare_drafts(work, shop.organization, APRIL)[0].id)
    return ids, root


def issued(app):
    with app.work() as work:
        rows = work.db.scalars(select(Invoice.number).where(Invoice.state == "issued")).all()
        series = work.db.scalar(select(Series.next_number))
    return sorted(number for number in rows if number), series


def test_eight_issuers_at_once_lose_and_double_no_number(committed_app):
    app = committed_app
    ids, root = drafts(app, 2 * ISSUERS)

    def one(id_):
        with app.work(root) as work:
            draft = work.db.get_one(Invoice, id_)
            return issue(work, draft, draft.version, "113.05").number

    with ThreadPoolExecutor(ISSUERS) as pool:
        numbers = sorted(pool.map(one, ids))
    assert numbers == [f"2026-{number:04}" for number in range(1, 2 * ISSUERS + 1)]
    assert issued(app) == (numbers, 2 * ISSUERS + 1)


@pytest.mark.databases("postgresql")  # the promise is about the server; SQLite has one writer anyway
def test_an_issuer_that_is_killed_in_the_middle_takes_no_number_with_it(committed_app):
    app = committed_app
    ids, root = drafts(app, 4)
    assert issue_apart(app, root, ids[:2], "invoice-numbered", 2) == -signal.SIGKILL
    assert issued(app) == (["2026-0001"], 2)
    assert issue_apart(app, root, ids[1:], "") == 0
    assert issued(app) == ([f"2026-{number:04}" for number in range(1, 5)], 5)
