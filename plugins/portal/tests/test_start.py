"""The first page, for everybody."""


def test_everybody_reads_the_first_page_in_their_language(browser):
    page = browser.get("/portal", headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert page.html.html["lang"] == "de"
    assert "Anmelden" in page.html.nav.text
    assert "Log in" in browser.get("/portal", headers={"Accept-Language": "fr"}).html.nav.text
