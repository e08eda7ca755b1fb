"""What billing must not lose: the same figures in a copy of the database, and issued invoices as fixed as before."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from plugins.billing.tests.invoicing.made import APRIL, Shop, total
from rtpy.app import App
from rtpy.backups.copying import copy_database
from rtpy.backups.figures import vital_figures
from rtpy.config import Config
from rtpy.testing.people import Factory
from rtpy_billing.invoicing.drafts import prepare_drafts
from rtpy_billing.invoicing.issuing import issue
from rtpy_billing.models import InvoiceLine


# To PostgreSQL, which is what shops do; the other way is the same code, tried by the core
@pytest.mark.databases("sqlite")
def test_ledgers_series_and_work_come_along_to_another_database(committed_app, databases, tmp_path):
    app = committed_app
    with app.work() as work:
        shop = Shop(work, Factory(app, work.db))
        shop.entry(60)
        drafts = prepare_drafts(work, shop.organization, APRIL)
        issue(work, drafts[0], drafts[0].version, total(drafts))
    with app.work() as work:
        figures = {name: value for name, value in vital_figures(work).items() if name.startswith("billing")}
    assert figures == {
        "billing: series invoice 2026 of Nordlicht IT, next number": "2",
        "billing: series invoice 2026 of Nordlicht IT in EUR": "1 documents to number 1, 11305",
        "billing: drafts": "0",
        "billing: logged work": "3600 in 1 entries",
    }
    with databases.empty("postgresql", tmp_path) as url:
        copy_database(app, url, lambda what, done, total: None)
        there = App(
            Config.for_tests(tmp_path, database__url=url, plugins=["billing"]),
            blobs=app.blobs,
            clock=app.clock,
        )
        with there.work() as work:
            assert figures.items() <= vital_figures(work).items()
        with pytest.raises(DBAPIError, match="never changed"), there.engine.begin() as connection:
            connection.execute(update(InvoiceLine).values(net=1))
        there.engine.dispose()
