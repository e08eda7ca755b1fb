"""Custom fields on articles and assets: filled in forms, shown, changed, found, hidden from who may not see them."""

import pytest
from sqlalchemy import select
from webtest import Upload

from rtpy.changes.articles import ArticleText, make_article
from rtpy.changes.assets.pipeline import CreateAsset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.classes import ClassValues, make_class
from rtpy.changes.grants import grant_right
from rtpy.models import Ace, CustomField, CustomFieldContent, CustomFieldPlace, User
from rtpy.rights.holders import Holder, Place

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def field(db):
    """Makes a field that applies everywhere: `field("Serial", "asset")`."""

    def make(name, lookup, kind="Freeform"):
        row = CustomField(name=name, type=kind, lookup=lookup, max_values=1)
        db.add(row)
        db.flush()
        db.add(CustomFieldPlace(custom_field_id=row.id, object_id=0))
        db.flush()
        return row

    return make


@pytest.fixture
def machines(work):
    return make_catalog(work, CatalogValues("Machines", "assets"))


@pytest.fixture
def howto(work):
    return make_class(work, ClassValues("How to", takes_fields=True))


@pytest.fixture
def may(db, jo):
    user = db.scalar(select(User).where(User.name == "jo"))

    def grant(kind, thing, *rights):
        db.add_all(
            Ace(principal_id=user.id, right_name=right, object_type=kind, object_id=thing.id)
            for right in rights
        )
        db.flush()

    return grant


def main(page, at=0):
    forms = page.html.select("form")
    own = [n for n, form in enumerate(forms) if form.find_parent("main") and form.get("method") == "post"]
    return page.forms[own[at]]


def edit_of(page, field):
    return next(form for form in page.forms.values() if f"cf{field.id}" in form.fields or _has(form, field))


def _has(form, field):
    shown = form.fields.get("cf_shown", [])
    return any(each.value == str(field.id) for each in shown)


def input_name(form, field):
    return next(name for name in form.fields if name and name.endswith(str(field.id)) and name != "cf_shown")


@pytest.mark.parametrize(("lookup", "address"), [("asset", "/assets"), ("article", "/articles")])
def test_a_field_is_filled_while_creating_and_changed_on_the_page(
    root, machines, howto, field, lookup, address
):
    serial = field("Serial", lookup)
    form = main(root.get(f"{address}/create"))
    form["name"] = "New thing"
    form[input_name(form, serial)] = "4711"
    page = form.submit("deed").follow()
    assert "4711" in page.html.select_one("aside").text
    form = edit_of(page, serial)
    form[input_name(form, serial)] = "0815"
    page = form.submit().follow()
    assert "Saved." in page
    assert "0815" in page.html.select_one("aside").text
    history = page if lookup == "asset" else page.click("History$")
    assert "changed Serial from 4711 to 0815" in history


def test_assets_are_found_by_their_fields_only_by_who_may_see_them(root, jo, machines, field, may):
    serial = field("Serial", "asset")
    form = main(root.get("/assets/create"))
    form["name"] = "Laptop"
    form[input_name(form, serial)] = "SN-4711"
    form.submit("deed")
    assert "Laptop" in root.get("/assets?q=4711")
    may("catalog", machines, "ShowAsset")
    assert "Laptop" not in jo.get("/assets?q=4711")
    may("catalog", machines, "SeeCustomField")
    assert "Laptop" in jo.get("/assets?q=4711")


def test_who_holds_an_asset_sees_and_changes_the_field_that_holders_may(
    root, jo, db, work, machines, field, may
):
    serial = field("Serial", "asset")
    field("Safe code", "asset")
    may("catalog", machines, "ShowAsset", "ModifyAsset")
    jo_id = db.scalar(select(User.id).where(User.name == "jo"))
    laptop = create_asset(work, CreateAsset(machines, "Laptop", people=(("HeldBy", jo_id),)))
    page = root.get(f"/admin/rights?kind=custom_field&id={serial.id}&category=general")
    columns = page.html.select_one(".matrix").text
    assert "HeldBy" in columns
    assert "Requestor" not in columns
    for right in ("SeeCustomField", "ModifyCustomField"):
        grant_right(work, Holder(role="HeldBy"), right, Place("custom_field", serial.id))
    page = jo.get(f"/assets/{laptop.id}")
    assert "Serial" in page.html.select_one("aside").text
    assert "Safe code" not in page
    form = edit_of(page, serial)
    form[input_name(form, serial)] = "0815"
    assert "Saved." in form.submit().follow()
    other = create_asset(work, CreateAsset(machines, "Other"))
    assert "Serial" not in jo.get(f"/assets/{other.id}")


@pytest.mark.parametrize(
    ("lookup", "kind", "right"), [("asset", "catalog", "ShowAsset"), ("article", "class", "ShowArticle")]
)
def test_a_field_that_one_may_not_see_is_neither_on_the_page_nor_in_the_history(
    root, jo, machines, howto, field, may, lookup, kind, right
):
    secret = field("Safe code", lookup)
    form = main(root.get(f"/{lookup}s/create"))
    form["name"] = "Thing"
    form[input_name(form, secret)] = "1234"
    page = form.submit("deed").follow()
    form = edit_of(page, secret)
    form[input_name(form, secret)] = "5678"
    address = form.submit().location
    may(kind, machines if kind == "catalog" else howto, right, "ShowArticleHistory")
    pages = [jo.get(address)] + ([jo.get(f"{address}/history")] if lookup == "article" else [])
    for page in pages:
        assert "5678" not in page
        assert "Safe code" not in page


@pytest.mark.parametrize("lookup", ["asset", "article"])
def test_a_file_in_a_field_is_sent_only_to_who_may_see_the_thing(
    root, jo, db, machines, howto, field, lookup
):
    manual = field("Manual", lookup, "Binary")
    form = main(root.get(f"/{lookup}s/create"))
    form["name"] = "Thing"
    form[input_name(form, manual)] = Upload("manual.txt", b"Press the button", "text/plain")
    address = form.submit("deed").location
    row = db.scalar(select(CustomFieldContent.id))
    link = root.get(address).html.select_one("aside a.chip")["href"]
    assert str(row) in link
    assert root.get(link).body == b"Press the button"
    jo.get(link, status=404)


def test_fields_get_into_a_message_where_the_class_takes_them(root, work, make, howto, field):
    device = field("Device", "article")
    form = main(root.get("/articles/create"))
    form["name"], form["content"] = "Reset", "Press it."
    form[input_name(form, device)] = "Printer"
    form.submit("deed")
    ticket = make.ticket()
    page = main(root.get(f"/ticket/{ticket.id}/articles?kind=reply")).submit("insert")
    assert page.forms["reply"]["text"].value.strip() == "Press it.\n\nDevice: Printer"


def test_what_a_mandatory_field_asks_for_stands_beside_it(root, db, machines, field):
    serial = field("Serial", "asset")
    serial.pattern = "(?#Mandatory)."
    db.flush()
    form = main(root.get("/assets/create"))
    form["name"] = "Laptop"
    page = form.submit("deed", status=422)
    assert "Serial" in page.html.select_one(".problems").text


@pytest.mark.parametrize("name", ["make_article", "create_asset"])
def test_things_without_fields_have_no_box_for_them(root, work, machines, howto, name):
    if name == "make_article":
        made = root.get(f"/articles/{make_article(work, howto, ArticleText('Plain')).id}")
    else:
        made = root.get(f"/assets/{create_asset(work, CreateAsset(machines, 'Plain')).id}")
    assert "More details" not in made
