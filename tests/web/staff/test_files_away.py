"""Tickets while the place of files does not answer: all that was said is there, and nothing typed is lost."""

import pytest
from sqlalchemy import select
from webtest import Upload

from rtpy.models import Attachment
from rtpy.stores.folder import FolderKeeper
from rtpy.stores.placed import PlacedStore

# What it asks is tried on both in tests/stores.
pytestmark = pytest.mark.databases("sqlite")


class Away(FolderKeeper):
    """A folder of a server that may be down."""

    is_down = False

    def keep(self, sha256, data):
        if self.is_down:
            raise OSError("no route to host")
        super().keep(sha256, data)

    def read(self, sha256):
        if self.is_down:
            raise OSError("no route to host")
        return super().read(sha256)


@pytest.fixture
def away(app, tmp_path):
    keeper = Away(tmp_path / "files")
    app.blobs = PlacedStore(keeper, [keeper])
    return keeper


def reply(browser, ticket, text, data):
    form = browser.get(f"/ticket/{ticket.id}").forms["reply"]
    form["text"] = text
    form["files"] = [Upload("plan.csv", data, "text/csv")]
    return form.submit(expect_errors=True)


def test_a_ticket_whose_files_are_away_is_read_and_answered_all_the_same(root, away, db, make):
    ticket = make.ticket("Printer on fire", text="It burns.")
    assert reply(root, ticket, "Here is the plan of the building.", b"a;b").status_int == 303
    file = db.scalar(select(Attachment).where(Attachment.filename == "plan.csv"))
    address = f"/ticket/{ticket.id}/attachment/{file.id}/plan.csv"
    away.is_down = True
    gone = root.get(address, status=503)
    assert "Please try again in a few minutes." in gone.html.text
    page = root.get(f"/ticket/{ticket.id}")
    assert "Here is the plan of the building." in page.html.text
    assert "plan.csv cannot be reached just now; it is not lost." in page.html.text
    refused = reply(root, ticket, "And here is another plan of it.", b"c;d")
    assert refused.status_int == 503
    assert "And here is another plan of it." in refused.html.text
    assert "Please try again in a few minutes." in refused.html.text
    form = root.get(f"/ticket/{ticket.id}").forms["reply"]
    form["text"] = "Words need no folder."
    assert "Words need no folder." in form.submit().follow().html.text
    away.is_down = False
    assert root.get(address).body == b"a;b"
    assert "cannot be reached" not in root.get(f"/ticket/{ticket.id}").html.text
