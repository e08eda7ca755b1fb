"""What readers get of pages that plugins bring, while these are set aside."""

from dataclasses import replace

import pytest

pytestmark = pytest.mark.databases("sqlite")  # words of a page that asks nothing


@pytest.mark.parametrize("who", ["nobody", "customer"])
def test_a_link_to_a_page_of_a_plugin_says_that_it_stays_good(
    app, browser, enter, make, db, monkeypatch, who
):
    monkeypatch.setattr(app, "config", replace(app.config, set_aside=("portal",)))
    if who == "customer":
        enter(browser, make.customer("ann@client.example"))
        db.commit()
    page = browser.get("/portal/key/rtpy-0123456789", status=503)
    assert "Links stay good" in page
    assert page.headers["Retry-After"] == "600"
    assert browser.get("/REST/2.0/none", status="*").status_int != 503


def test_staff_read_that_there_is_no_such_page(app, root, monkeypatch):
    monkeypatch.setattr(app, "config", replace(app.config, set_aside=("portal",)))
    root.get("/portal/key/rtpy-0123456789", status=404)
