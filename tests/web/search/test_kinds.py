"""Searching for assets, articles and entries of histories: found, shown, saved and exported like tickets."""

import csv
import io
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from rtpy.changes.articles import ArticleText, make_article
from rtpy.changes.assets.pipeline import CreateAsset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.classes import ClassValues, make_class
from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.owner import SetOwner
from rtpy.content.part import plain_message
from rtpy.models import Ace, ArticleClass, Catalog, CustomField, CustomFieldPlace, SavedSearch
from rtpy.search.columns.kinds import showing_of
from rtpy.search.columns.rows import rows_of
from rtpy.search.run import Search, find
from rtpy.search.searched import Target


@pytest.fixture
def field(db):
    def make(name, lookup):
        row = CustomField(name=name, type="Freeform", lookup=lookup, max_values=1)
        db.add(row)
        db.flush()
        db.add(CustomFieldPlace(custom_field_id=row.id, object_id=0))
        db.flush()
        return row.id

    return make


@pytest.fixture
def things(work, make, field):
    """An asset, an article, a ticket with a reply, a comment and a secret; `id` of the asset and the others."""
    kim = make.staff("kim", real_name="Kim Lee")
    serial, product, secret = field("Serial", "asset"), field("Product", "article"), field("Secret", "ticket")
    machines = make_catalog(work, CatalogValues("Machines", "assets"))
    people = (("HeldBy", make.customer("ann@client.example", "Ann").id),)
    fields = GivenFields({serial: ["=SN-1"]})
    laptop = create_asset(
        work, CreateAsset(machines, "Laptop", "grey", "in-use", people=people, fields=fields)
    )
    howto = make_class(work, ClassValues("How to"))
    text = ArticleText("Reset", "What to press", "Press both")
    article = make_article(work, howto, text, fields=GivenFields({product: ["gate"]}))
    ticket = make.ticket("Router down")
    change_ticket(work, ticket, Correspond(plain_message("We look at it"), minutes=15), SetOwner(kim))
    change_ticket(work, ticket, Comment(plain_message("canary")), SetCustomField(secret, ("hush",)))
    return laptop, article, ticket


def shown(page):
    """The rows, as texts."""
    rows = page.html.select("#tickets tbody tr")
    return [[" ".join(cell.text.split()) for cell in row.select("td")] for row in rows]


def links(page):
    return [link["href"] for link in page.html.select("#tickets [data-open-item]")]


def read(answer):
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))


def test_each_kind_has_its_columns_and_leads_to_its_pages(root, things):
    laptop, article, _ticket = things
    page = root.get("/search", {"Class": "assets"})
    assert shown(page)[0][:6] == [str(laptop.id), "Laptop", "in-use", "Machines", "", "Ann"]
    assert links(page) == [f"/assets/{laptop.id}"]
    page = root.get("/search", {"Class": "RT::Articles", "Query": "Class = 'How to' AND Content LIKE 'x y'"})
    assert shown(page) == []
    page = root.get("/search", {"Class": "articles"})
    assert shown(page)[0][:4] == [str(article.id), "Reset", "What to press", "How to"]
    assert links(page) == [f"/articles/{article.id}"]
    query = "TicketSubject = 'Router down' AND (Type = 'Correspond' OR Type = 'Set' OR Type = 'CustomField')"
    asked = {"Class": "RT::Transactions", "Query": query, "OrderBy": "id"}
    rows = shown(root.get("/search", asked))
    assert [(row[2], row[3], row[4], row[-1]) for row in rows] == [
        ("Router down", "Root", "replied", "15 min"),
        ("Router down", "Root", "gave it to Kim Lee", ""),
        ("Router down", "Root", "set Secret to hush", ""),
    ]
    first = links(root.get("/search", asked))[0]
    assert root.get(first.partition("#")[0]).html.select_one("#" + first.partition("#")[2])
    columns = {"Format": "Type, Field, OldValue, NewValue, Content, CF.{Serial}"}
    page = root.get("/search", asked | columns)
    assert "no custom field Serial of replies and comments" in page.html.select_one(".flash-warn").text


def test_a_form_a_heading_and_a_saved_search_stay_with_their_kind(root, things, db, token):
    page = root.get("/search", {"Class": "assets", "Query": "Catalog = 'Machines'"})
    answer = page.forms["builder"].submit("do", value="search")
    assert parse_qs(urlsplit(answer.location).query)["Class"] == ["assets"]
    answer = page.forms["columns"].submit()
    assert parse_qs(urlsplit(answer.location).query)["Class"] == ["assets"]
    assert "Asset/Display.html" in parse_qs(urlsplit(answer.location).query)["Format"][0]
    assert shown(page.click("^Name")) == shown(page)
    form = page.forms["save"]
    form["name"] = "Machines of ours"
    kept = form.submit("do", value="new").follow()
    assert shown(kept) == shown(page)
    row = db.scalar(select(SavedSearch))
    assert row.kind == "asset"
    assert "Machines of ours" in root.get("/search/saved").html.select_one("main li").text
    root.get(f"/search?saved={row.id}&show=chart&edit=1", status=200)
    given = {"csrf_token": token(root), "do": "queue", "queue": "1", "id": str(row.id)}
    assert "Choose a search for tickets" in root.post("/search/saved", given).follow().text
    given = {
        "csrf_token": token(root),
        "name": "All",
        "owner": "me",
        "pane": f"search:{row.id}",
        "rows": "5",
        "width": "full",
        "do": "save",
    }
    board = root.post("/dashboards/create", given).follow()
    assert board.html.select_one(".pane [data-open-item]").text == "Laptop"
    given |= {"pane": f"chart:{row.id}", "name": "Other"}
    pane = root.post("/dashboards/create", given).follow().html.select_one(".pane")
    assert "charts of tickets only" in pane.text


def test_files_hold_what_the_reader_may_see_and_no_formula(root, jo, make, db, things):
    laptop, _article, ticket = things
    asked = {"Class": "assets", "Format": "id, Name, HeldBy, CF.{Serial}, Owner"}
    answer = root.get("/search/results.csv", asked)
    assert "assets-2026-03-02.csv" in answer.headers["Content-Disposition"]
    assert read(answer)[1] == [str(laptop.id), "Laptop", "Ann", "'=SN-1", "Nobody in particular"]
    assert root.get("/search/results.xlsx", asked).body.startswith(b"PK")
    assert "1 asset," in root.get("/search/results.print", asked).text
    assert read(jo.get("/search/results.csv", {"Class": "assets"}))[1:] == []
    asked = {"Class": "articles", "Format": "Name, Topics, CF.{Product}, Creator"}
    assert read(root.get("/search/results.csv", asked))[1] == ["Reset", "", "gate", "Root"]
    make.revoke("SeeCustomField", make.queue())
    make.revoke("ShowTicketComments", make.queue())
    asked = {"Class": "transactions", "Query": f"TicketId = {ticket.id}", "OrderBy": "id"}
    asked["Format"] = "Type, Field, NewValue, Content, TimeTaken"
    mine = read(root.get("/search/results.csv", asked))
    assert ["Comment", "", "", "canary", "0"] in mine
    assert ["CustomField", "Secret", "hush", "", "0"] in mine
    assert ["Set", "Owner", "Kim Lee", "", "0"] in mine
    theirs = read(jo.get("/search/results.csv", asked))
    assert ["Correspond", "", "", "We look at it", "15"] in theirs
    assert "canary" not in str(theirs)
    assert "hush" not in str(theirs)


def test_a_field_is_shown_on_the_things_alone_on_which_it_may_be_read(make, db, things, work, work_of):
    laptop, _, _ = things
    office = make_catalog(work, CatalogValues("Office", "assets"))
    fields = GivenFields({db.scalar(select(CustomField.id).where(CustomField.name == "Serial")): ["SN-2"]})
    create_asset(work, CreateAsset(office, "Chair", fields=fields))
    reader = make.staff("reader")
    db.add_all(
        Ace(right_name=right, principal_id=reader.id, object_type="catalog", object_id=number)
        for right, number in (
            ("ShowAsset", laptop.catalog_id),
            ("ShowAsset", office.id),
            ("SeeCustomField", office.id),
        )
    )
    db.flush()
    mine = work_of("reader")
    column = showing_of(Target.ASSETS).named(mine, "CF.{Serial}")
    ids = find(mine, Search(Target.ASSETS)).ids
    rows = rows_of(mine, ids, [column], Search().zone, Target.ASSETS)
    assert [row.values for row in rows] == [((),), (("SN-2",),)]


def test_a_page_of_many_takes_as_many_queries_as_one_of_few(root, db, work, things, query_count):
    laptop, article, ticket = things
    kinds = ({"Class": "transactions", "Query": "id > 0"}, {"Class": "assets"}, {"Class": "articles"})
    columns = ("Description, Content, OldValue, TimeWorker", "HeldBy, Owner", "Topics, Creator")
    counts = []
    for turn in range(2):
        for asked, format_ in zip(kinds, columns, strict=True):
            root.get("/search", asked | {"Format": format_})
            with query_count() as count:
                root.get("/search", asked | {"Format": format_})
            counts.append(count.total)
        for number in range(5):
            change_ticket(work, ticket, Correspond(plain_message(f"{number}")))
            create_asset(work, CreateAsset(db.get(Catalog, laptop.catalog_id), f"Asset {turn}-{number}"))
            make_article(
                work, db.get(ArticleClass, article.class_id), ArticleText(f"Article {turn}-{number}")
            )
    assert counts[:3] == counts[3:]
    assert max(counts) < 20


def test_a_linked_thing_has_its_name_for_who_may_see_it(root, jo, work, things):
    laptop, article, ticket = things
    for uri in (f"asset:{laptop.id}", f"a:{article.id}", "https://client.example/x"):
        change_ticket(work, ticket, AddLink("RefersTo", uri))
    asked = {"Query": f"id = {ticket.id}", "Format": "RefersTo, '__RefersTo.{Asset}__'"}
    for browser, name in ((root, "asset Laptop"), (jo, f"asset:{laptop.id}")):
        cells = browser.get("/search", asked).html.select("#tickets tbody td")
        assert name in cells[0].text
        assert name in cells[1].text
        for path in ("", "/history"):
            assert f"refers to {name}" in browser.get(f"/ticket/{ticket.id}{path}").text
        assert ("article Reset" in cells[0].text) == (browser is root)
    urls = [link["href"] for link in root.get("/search", asked).html.select("#tickets td:first-child a")]
    assert urls == [f"/assets/{laptop.id}", f"/articles/{article.id}", "https://client.example/x"]
