"""Assets in the browser: found, shown, made, changed, linked to tickets; and their catalogs."""

import pytest
from sqlalchemy import select

from rtpy.changes.assets.people import AddAssetWatcher
from rtpy.changes.assets.pipeline import CreateAsset, change_asset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.custom_roles import RoleValues, create_custom_role
from rtpy.changes.roles import roles_of
from rtpy.models import Ace, Asset, AssetWatcher, Catalog, Link, User

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def machines(work):
    return make_catalog(work, CatalogValues("Machines", "assets"))


@pytest.fixture
def laptop(work, machines):
    return create_asset(work, CreateAsset(machines, "Laptop of Ann", "Has a crack"))


@pytest.fixture
def may(db, jo):
    """Lets Jo do things in a catalog: `may(machines, "ShowAsset")`."""
    user = db.scalar(select(User).where(User.name == "jo"))

    def grant(catalog, *rights):
        where = {"object_type": "catalog", "object_id": catalog.id} if catalog else {}
        db.add_all(Ace(principal_id=user.id, right_name=right, **where) for right in rights)
        db.flush()

    return grant


def names(page):
    return [link.text for link in page.html.select("[data-open-item]")]


@pytest.fixture
def cost(query_count):
    """What a page costs when all that is remembered is fresh: once in a second a look at the stamp comes on top."""

    def count(browser, address):
        browser.get(address)
        totals = []
        for _ in range(2):
            with query_count() as counted:
                browser.get(address)
            totals.append(counted.total)
        return min(totals)

    return count


def main(page, at=0):
    """The forms of the page itself, not of its frame."""
    forms = page.html.select("form")
    own = [n for n, form in enumerate(forms) if form.find_parent("main") and form.get("method") == "post"]
    return page.forms[own[at]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Laptop of Ann", "Phone"]),
        ("?q=crack", ["Laptop of Ann"]),
        ("?catalog={phones}", ["Phone"]),
        ("?status=new", ["Laptop of Ann", "Phone"]),
        ("?status=stolen", []),
        ("?status=nonsense&catalog=x&page=0", ["Laptop of Ann", "Phone"]),
        ("?organization={client}", ["Phone"]),
        ("?person={ann}", ["Laptop of Ann"]),
        ("?q=%00%25", []),
    ],
)
def test_a_list_shows_what_its_address_asks_for(root, work, make, laptop, query, expected):
    phones = make_catalog(work, CatalogValues("Phones", "assets"))
    client, ann = make.organization("Client Ltd"), make.customer("ann@client.example")
    create_asset(work, CreateAsset(phones, "Phone", organization_id=client.id))
    change_asset(work, laptop, AddAssetWatcher("HeldBy", ann.id))
    page = root.get("/assets" + query.format(phones=phones.id, client=client.id, ann=ann.id))
    assert names(page) == expected


def test_a_list_is_paged_and_costs_a_fixed_number_of_queries(jo, work, make, machines, may, cost):
    may(machines, "ShowAsset", "ShowCatalog")
    ann = make.customer("ann@client.example")
    create_asset(work, CreateAsset(machines, "First"))
    few = cost(jo, "/assets")
    for number in range(30):
        create_asset(work, CreateAsset(machines, f"Machine {number:02}", people=(("HeldBy", ann.id),)))
    page = jo.get("/assets")
    assert len(names(page)) == 25
    assert "26–31 of 31" in page.click("Next page")
    assert cost(jo, "/assets") == few <= 10


def test_a_page_costs_a_fixed_number_of_queries(root, work, make, machines, laptop, cost):
    change_asset(work, laptop, AddAssetWatcher("HeldBy", make.customer("one@client.example").id))
    few = cost(root, f"/assets/{laptop.id}")
    for number in range(10):
        ann = make.customer(f"c{number}@client.example")
        change_asset(work, laptop, AddAssetWatcher("HeldBy", ann.id))
    assert cost(root, f"/assets/{laptop.id}") == few


def test_without_the_right_there_is_nothing_to_see(jo, customer, laptop, make):
    assert names(jo.get("/assets")) == []
    jo.get("/assets/create", status=403)
    for browser in (jo, customer):
        for address in (f"/assets/{laptop.id}", f"/assets/{laptop.id}/modify", "/assets/999999"):
            assert browser.get(address, expect_errors=True).status_int in (403, 404)


def test_a20_a_hidden_asset_costs_the_same_queries_as_a_missing_one(jo, db, laptop, query_count):
    db.add(Ace(role="HeldBy", right_name="ShowAsset"))
    db.flush()
    asked = []
    for number in (laptop.id, 999_999):
        jo.get("/assets")  # what is remembered is looked at anew once in a second
        with query_count() as count:
            jo.get(f"/assets/{number}", status=404)
        asked.append([each for each in count.statements if "configurations" not in each])
    assert asked[0] == asked[1]


def test_who_may_only_look_can_change_nothing(jo, db, machines, laptop, may, token):
    may(machines, "ShowAsset")
    page = jo.get(f"/assets/{laptop.id}")
    assert page.html.select("main form, aside form") == []
    jo.get(f"/assets/{laptop.id}/modify", status=403)
    for given in ({"status": "stolen"}, {"type": "RefersTo", "other": "https://example.com"}):
        jo.post(f"/assets/{laptop.id}", {"csrf_token": token(jo), **given})
    assert db.scalar(select(Asset.status)) == "new"
    assert "ModifyAsset" in jo.get(f"/assets/{laptop.id}")


def test_the_menu_has_assets_for_who_holds_the_right(jo, may):
    assert "/assets" not in [link["href"] for link in jo.get("/").html.select(".rail a")]
    may(None, "ShowAssetsMenu")
    assert "/assets" in [link["href"] for link in jo.get("/").html.select(".rail a")]


def test_an_asset_is_made_changed_and_its_history_told(root, db, make, machines):
    make.organization("Client Ltd")
    make.staff("tess", real_name="Tess Teal")
    form = main(root.get("/assets/create"))
    form["name"], form["HeldBy"], form["owner"] = "Laptop", "ann@client.example", "tess"
    form["organization"].select(text="Client Ltd")
    page = form.submit("deed").follow()
    assert "Client Ltd" in page.html.select_one("main").text
    assert "Tess Teal" in page.html.select_one("aside").text
    form = main(page.click("Edit"))
    assert form["HeldBy"].value == "ann@client.example"
    form["name"], form["HeldBy"] = "Laptop 2", "bo@client.example"
    form["status"].select(text="in-use")
    page = form.submit("deed").follow()
    history = " ".join(page.html.select_one("section[aria-labelledby=asset-history]").text.split())
    for words in (
        "made the asset",
        "from Laptop to Laptop 2",
        "from new to in-use",
        "removed ann@client.example as holder",
    ):
        assert words in history


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "123"), ("HeldBy", "no such person"), ("owner", "a@client.example, b@client.example")],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(root, db, machines, field, value):
    form = main(root.get("/assets/create"))
    form["name"], form["description"] = "Laptop", "My words"
    form[field] = value
    page = form.submit("deed", status=422)
    assert page.html.select_one(f"#field-{field}-error")
    assert main(page)["description"].value.strip() == "My words"
    assert db.scalars(select(Asset)).all() == []


def test_a_move_is_one_click_and_only_possible_ones_are_offered(root, laptop):
    page = root.get(f"/assets/{laptop.id}")
    offered = [button.text.strip() for button in page.html.select("main button[name=status]")]
    assert offered == ["Set to allocated", "Set to in-use", "Set to stolen", "Set to deleted"]
    page = main(page).submit("status").follow()
    assert "allocated" in page.html.select_one(".ticket-head").text


def test_names_and_descriptions_are_escaped(root, work, machines):
    made = create_asset(work, CreateAsset(machines, "<b>bold</b>", "<script>alert(1)</script>"))
    page = root.get(f"/assets/{made.id}")
    assert page.html.select("main b script, main h1 b, main .prose script") == []
    assert "<b>bold</b>" in page.html.select_one("h1").text


def test_links_show_only_what_may_be_seen(root, jo, work, machines, laptop, may):
    secret = create_asset(work, CreateAsset(make_catalog(work, CatalogValues("Secret", "assets")), "Vault"))
    form = root.get(f"/assets/{laptop.id}").forms
    link = next(each for each in form.values() if "other" in each.fields)
    link["other"] = str(secret.id)
    assert "Vault" in link.submit().follow().html.select_one("aside").text
    may(machines, "ShowAsset")
    page = jo.get(f"/assets/{laptop.id}")
    assert "Vault" not in page
    assert f"asset:{secret.id}, not for you to see" in page


# --- tickets, people and organisations


def test_a_ticket_offers_assets_of_its_requestor_and_links_one(root, db, work, make, machines, laptop):
    ticket = make.ticket()
    ann = make.customer("ann@client.example")
    change_asset(work, laptop, AddAssetWatcher("HeldBy", ann.id))
    create_asset(work, CreateAsset(machines, "Somebody else's"))
    page = root.get(f"/ticket/{ticket.id}").click("Change", href="/assets$")
    assert "Laptop of Ann" in page
    assert "Somebody else's" not in page
    page = main(page).submit("asset").follow()
    assert db.scalar(select(Link.target)) == f"asset:{laptop.id}"
    assert "asset Laptop of Ann" in root.get(f"/ticket/{ticket.id}").html.select_one("#sidebar").text
    assert "Printer on fire" in root.get(f"/assets/{laptop.id}").html.select_one("main").text
    main(page).submit("remove")
    assert db.scalars(select(Link)).all() == []


def test_other_assets_are_found_by_words(root, make, laptop):
    ticket = make.ticket()
    assert "Laptop of Ann" in root.get(f"/ticket/{ticket.id}/assets?q=crack")
    assert "No asset has these words" in root.get(f"/ticket/{ticket.id}/assets?q=zebra")


def test_an_asset_that_one_may_not_see_is_neither_offered_nor_linked_nor_named(
    jo, root, db, make, laptop, may, token
):
    ticket = make.ticket()
    make.queue()
    assert "Laptop" not in jo.get(f"/ticket/{ticket.id}/assets?q=crack")
    jo.post(f"/ticket/{ticket.id}/assets", {"csrf_token": token(jo), "asset": str(laptop.id)})
    assert db.scalars(select(Link)).all() == []
    root.post(f"/ticket/{ticket.id}/assets", {"csrf_token": token(root), "asset": str(laptop.id)})
    for address in ("", "/assets", "/links"):
        page = jo.get(f"/ticket/{ticket.id}{address}")
        assert "Laptop" not in page
    assert f"asset:{laptop.id}, not for you to see" in page


def test_the_page_of_a_ticket_asks_one_thing_more_however_many_assets_are_linked(
    root, db, work, make, machines, laptop, cost, token
):
    ticket = make.ticket()
    asset = {"csrf_token": token(root)}
    none = cost(root, f"/ticket/{ticket.id}")
    for each in (laptop, *(create_asset(work, CreateAsset(machines, f"M{n}")) for n in range(5))):
        root.post(f"/ticket/{ticket.id}/assets", {**asset, "asset": str(each.id)})
    assert cost(root, f"/ticket/{ticket.id}") <= none + 1


def test_people_and_organisations_show_their_assets(root, work, make, machines):
    ann, client = make.customer("ann@client.example"), make.organization("Client Ltd")
    create_asset(work, CreateAsset(machines, "Laptop", people=(("HeldBy", ann.id),)))
    create_asset(work, CreateAsset(machines, "Server", organization_id=client.id))
    assert "Laptop" in root.get(f"/people/{ann.id}").html.select_one("main").text
    assert "Server" in root.get(f"/organisations/{client.id}").html.select_one("main").text


def test_those_pages_show_none_that_the_reader_may_not_see(jo, work, make, machines):
    ann = make.customer("ann@client.example")
    create_asset(work, CreateAsset(machines, "Laptop", people=(("HeldBy", ann.id),)))
    assert "Laptop" not in jo.get(f"/people/{ann.id}")


# --- the set-up


def test_a_catalog_is_made_and_changed_in_the_browser(root, db, make):
    form = main(root.get("/admin/catalogs").click("New catalog"))
    form["name"] = "Machines"
    form.submit("deed").follow()
    assert db.scalar(select(Catalog.lifecycle)) == "assets"
    form = main(root.get("/admin/catalogs").click("Machines"))
    form["Contact"] = "nobody like that"
    page = form.submit("deed", status=422)
    assert "no person and no group" in page.html.select_one("#field-Contact-error").text
    main(page)["Contact"] = "root"
    main(page).submit("deed", status=303)
    assert db.scalar(select(AssetWatcher.role)) == "Contact"


def test_a_role_of_assets_is_made_for_a_catalog_and_filled_on_its_assets(
    root, db, make, work, machines, laptop
):
    form = main(root.get("/admin/custom-roles/create?lookup=asset"))
    form["name"], form["entry_hint"], form["catalogs"] = "Supplier", "Who sold it", [str(machines.id)]
    assert "1 catalog" in form.submit("deed", value="save").follow().text
    role = next(each.role for each in roles_of(work.app, db).of_assets())
    form = main(root.get(f"/assets/{laptop.id}/modify"))
    assert "Who sold it" in root.get(f"/assets/{laptop.id}/modify")
    form[role] = "shop@sells.example"
    page = form.submit("deed").follow()
    assert "shop@sells.example" in page.html.select_one("aside").text
    assert "added shop@sells.example as Supplier" in page.html.select_one("main").text
    form = main(root.get(f"/admin/catalogs/{machines.id}"))
    form[role] = "root"
    form.submit("deed", status=303)
    rows = db.execute(select(AssetWatcher.role, AssetWatcher.catalog_id.is_not(None))).all()
    assert sorted(map(tuple, rows)) == [(role, False), (role, True)]
    phones = make_catalog(work, CatalogValues("Phones", "assets"))
    assert role not in main(root.get(f"/assets/create?catalog={phones.id}")).fields


def test_who_administers_one_catalog_changes_only_that_one(jo, work, machines, may):
    other = make_catalog(work, CatalogValues("Secret", "assets"))
    may(machines, "AdminCatalog")
    assert names(jo.get("/admin/catalogs")) == ["Machines"]
    jo.get(f"/admin/catalogs/{other.id}", status=404)
    jo.get("/admin/catalogs/create", status=403)


def test_a_new_asset_gets_the_fields_of_the_catalog_that_is_chosen(root, make, work, machines):
    phones = make_catalog(work, CatalogValues("Phones", "assets"))
    role = create_custom_role(
        work, RoleValues("Provider", lookup="asset", places=frozenset({phones.id}))
    ).role
    form = main(root.get(f"/assets/create?catalog={machines.id}"))
    form["name"], form["catalog"] = "Phone of Ann", str(phones.id)
    assert role not in form.fields
    form = main(form.submit("deed", value="catalog"))
    assert (form["name"].value, form["catalog"].value) == ("Phone of Ann", str(phones.id))
    form[role] = "telco@sells.example"
    assert "telco@sells.example" in form.submit("deed", value="save").follow().html.select_one("aside").text


def test_the_list_says_what_a_thing_is(root, work, laptop):
    assert "Has a crack" in root.get("/assets").html.select_one("td.subject").text
