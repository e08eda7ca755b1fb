"""Eight at once, and a kill in the middle: no number is lost, none is given twice."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

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
def test_an_issuer_that_is_killed_in_the_middle_takes_no_number_with_it(committed_app, tmp_path):
    app = committed_app
    ids, root = drafts(app, 4)
    url = app.engine.url.render_as_string(hide_password=False)
    script = Path(__file__).with_name("issuing_process.py")
    command = [sys.executable, str(script), str(tmp_path), url, str(root.user_id)]

    def run(*of, crash=""):
        environment = {**os.environ, "RTPY_CRASH_AT": crash} if crash else dict(os.environ)
        return subprocess.run(
            [*command, *map(str, of)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    killed = run(*ids[:2], crash="invoice-numbered:2")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len(killed.stdout.split()) == 1
    assert len(issued(app)[0]) == 1
    done = run(*ids[1:])
    assert done.returncode == 0, done.stderr
    numbers, following = issued(app)
    year = numbers[0][:4]  # the process reads the real clock
    assert numbers == [f"{year}-{number:04}" for number in range(1, 5)]
    assert following == 5
