"""Translations of plugins: whose language counts, what is filled in, and catalogs that are missing or broken."""

import gettext
from io import BytesIO

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from rtpy.i18n import Catalogs

PO = """msgid ""
msgstr ""
"Language: de\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "Hello ${name}"
msgstr "Hallo ${name}"

#, fuzzy
msgid "Perhaps"
msgstr "Vielleicht"

msgid "Empty"
msgstr ""
"""


@pytest.fixture
def folder(tmp_path):
    """Writes a catalog: `folder("de", ending="mo")`."""

    def write(language, text=PO, ending="po"):
        place = tmp_path / language / "LC_MESSAGES"
        place.mkdir(parents=True, exist_ok=True)
        data = text.encode()
        if ending == "mo":
            compiled = BytesIO()
            write_mo(compiled, read_po(BytesIO(data)))
            data = compiled.getvalue()
            gettext.GNUTranslations(BytesIO(data))
        (place / f"stock.{ending}").write_bytes(data)
        return tmp_path

    return write


@pytest.mark.parametrize("ending", ["po", "mo"])
@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("de", "Hello ${name}", "Hallo Jo ${name"),
        ("de-AT", "Hello ${name}", "Hallo Jo ${name"),
        ("DE_at", "Hello ${name}", "Hallo Jo ${name"),
        ("fr", "Hello ${name}", "Hello Jo ${name"),
        ("../../de", "Hello ${name}", "Hello Jo ${name"),
        ("de", "Perhaps", "Perhaps"),
        ("de", "Empty", "Empty"),
        ("de", "Unknown ${other}", "Unknown ${other}"),
    ],
)
def test_a_text_is_translated_by_the_nearest_catalog(folder, ending, language, text, said):
    catalogs = Catalogs({"stock": folder("de", ending=ending)})
    translate = catalogs.into(language)
    assert translate(text, domain="stock", mapping={"name": "Jo ${name"}) == said
    assert translate(text, domain="other", mapping={}) == text
    assert catalogs.languages("stock") == ["de"]


@pytest.mark.parametrize(("text", "ending"), [('msgid "a\nmsgstr', "po"), ("no catalog", "mo")])
def test_a_catalog_that_cannot_be_read_translates_nothing(folder, text, ending):
    place = folder("de")
    file = place / "de" / "LC_MESSAGES" / f"stock.{ending}"
    file.with_name("stock.po").unlink()
    file.write_text(text)
    assert Catalogs({"stock": place}).into("de")("a", domain="stock") == "a"


@pytest.mark.parametrize(
    ("lang", "title", "nothing"),
    [
        ("de", "Über dem Budget", "Kein Ticket ist über seinem Budget."),
        ("de-AT", "Über dem Budget", "Kein Ticket ist über seinem Budget."),
        ("", "Over budget", "No ticket is over its budget."),
        ("fr", "Over budget", "No ticket is over its budget."),
    ],
)
@pytest.mark.databases("sqlite")  # one column is read, as everywhere
def test_pages_of_a_plugin_speak_the_readers_language(login, make, db, lang, title, nothing):
    make.staff("jo", password="jo's password").lang = lang
    db.commit()
    browser = login("jo", "jo's password")
    page = browser.get("/budget", headers={"Accept-Language": "de"})
    assert page.html.h1.text == title
    assert title in page.html.title.text
    assert nothing in page.text
    if lang == "de":
        assert "Tickets, die länger als 30 min gebraucht haben." in page.text


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "de",
            {
                "/": "Zeitbudgets",
                "/admin": "Tickets, die zu lange gedauert haben.",
                "/admin/rights?category=staff": "Sehen, wie viel vom Budget eines Tickets übrig ist.",
                "/admin/plugins/budget/settings": "Warnungen Warnen ab Prozent des Budgets. Stunden",
            },
        ),
        (
            "",
            {
                "/": "Budgets",
                "/admin": "Tickets that took too long.",
                "/admin/rights?category=staff": "See how much of a ticket's budget is left.",
                "/admin/plugins/budget/settings": "Warnings Warn at Percent of the budget. Hours",
            },
        ),
    ],
)
@pytest.mark.databases("sqlite")  # one column is read, as everywhere
def test_what_a_plugin_declares_speaks_the_readers_language_too(login, make, db, lang, said):
    ann = make.staff("ann", password="ann's password")
    ann.lang = lang
    make.grant(ann, "SuperUser")
    db.commit()
    browser = login("ann", "ann's password")
    for path, words in said.items():
        page = browser.get(path).html.text
        assert all(word in page for word in words.split()), path
        assert words in page or path.endswith("settings"), path
    assert "Administration" in browser.get("/").text  # the core's own lines stay as they are
