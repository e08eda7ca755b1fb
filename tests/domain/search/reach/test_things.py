"""Assets and articles in queries, with their people, topics, words and fields; only those that the reader may see."""

import pytest

from rtpy.changes.articles import ArticleText, make_article, set_article_disabled, set_article_fields
from rtpy.changes.assets.pipeline import CreateAsset, change_asset, create_asset
from rtpy.changes.assets.status import SetAssetStatus
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.classes import ClassValues, make_class
from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.topics import TopicValues, make_topic
from rtpy.search.fields.field import CannotSearch
from rtpy.search.searched import Target
from rtpy.search.text.indexing import index_some


@pytest.fixture
def catalogs(work):
    return {name: make_catalog(work, CatalogValues(name, "assets")) for name in ("Machines", "Licences")}


@pytest.fixture
def assets(app, work, make, catalogs, field):
    ann, jo = make.customer("ann@client.example", "Ann"), make.staff("jo")
    company = make.organization("Client Ltd", "client.example")
    serial = field("Serial", lookup="asset")
    machines, licences = catalogs["Machines"], catalogs["Licences"]
    made = {
        "laptop": create_asset(
            work,
            CreateAsset(
                machines,
                "Laptop of Ann",
                "A grey one",
                "in-use",
                owner_id=jo.id,
                organization_id=company.id,
                people=(("HeldBy", ann.id), ("Contact", jo.id)),
                fields=GivenFields({serial: ["SN-1"]}),
            ),
        ),
        "router": create_asset(work, CreateAsset(machines, "Router 100%", "In the cellar", "new")),
        "office": create_asset(
            work,
            CreateAsset(licences, "Office suite", fields=GivenFields({serial: ["SN-2"]})),
        ),
        "gone": create_asset(work, CreateAsset(machines, "Gone")),
    }
    change_asset(work, made["office"], SetAssetStatus("stolen"))
    change_asset(work, made["gone"], SetAssetStatus("deleted"))
    while index_some(app):
        pass
    return {name: asset.id for name, asset in made.items() if name != "gone"}


def test_assets_are_found(work, assets, check_table):
    check_table(
        work,
        assets,
        [
            ("Name = 'laptop of ann'", "laptop"),
            ("Name LIKE '100%'", "router"),
            ("Name NOT LIKE 'o'", ""),
            ("Description IS NULL", "office"),
            ("Status = 'in-use'", "laptop"),
            ("Status = '__Active__'", "laptop router"),
            ("Status = '__Inactive__'", "office"),
            ("Status != '__Active__'", "office"),
            ("Status IN ('__Inactive__', 'new')", "router office"),
            ("Status = 'deleted'", ""),
            ("Status LIKE 'use'", "laptop"),
            ("Catalog = 'machines'", "laptop router"),
            ("Catalog != 'Machines'", "office"),
            ("Catalog LIKE 'ch'", "laptop router"),
            ("Catalog = 'Nothing'", ""),
            ("Lifecycle = 'assets'", "laptop router office"),
            ("Owner = 'jo'", "laptop"),
            ("Owner = 'Nobody'", "router office"),
            ("Owner != 'jo'", "router office"),
            ("HeldBy = 'ann@client.example'", "laptop"),
            ("HeldBy.Name LIKE 'ann'", "laptop"),
            ("HeldBy IS NULL", "router office"),
            ("Contact.Name = 'jo'", "laptop"),
            ("Contacts.Name != 'jo'", "router office"),
            ("Watcher.Name = 'jo'", "laptop"),
            ("Organization = 'client ltd'", "laptop"),
            ("Organization IS NULL", "router office"),
            ("Creator = 'root'", "laptop router office"),
            ("Created = '2026-03-02'", "laptop router office"),
            ("LastUpdated > '2026-03-03'", ""),
            ("CF.{Serial} = 'sn-1'", "laptop"),
            ("CF.{Serial} != 'sn-1'", "router office"),
            ("CF.{Serial} IS NULL", "router"),
            ("CF.Machines.{Serial} = 'sn-2'", "office"),
            ("CustomFieldContent LIKE 'sn'", "laptop office"),
            ("Content LIKE 'cellar'", "router"),
            ("Content NOT LIKE 'cellar'", "laptop office"),
            (f"id = {assets['router']}", "router"),
            (f"id > {assets['laptop']}", "router office"),
            ("Linked IS NULL", "laptop router office"),
        ],
        Target.ASSETS,
    )


def test_assets_and_their_fields_are_found_only_where_they_may_be_seen(
    work_of, make, assets, catalogs, check_table, found, grant_on
):
    may = make.staff("may")
    assert found(work_of("may"), "", Target.ASSETS) == []
    grant_on(may, "ShowAsset", "catalog", catalogs["Machines"].id)
    seen = {name: assets[name] for name in ("laptop", "router")}
    table = [
        ("Catalog = 'Machines'", ""),  # not one that may is told of
        ("Name LIKE 'o'", "laptop router"),
    ]
    check_table(work_of("may"), seen, table, Target.ASSETS)
    assert set(found(work_of("may"), "Name LIKE 'o' OR Name LIKE 'suite'", Target.ASSETS)) == set(
        seen.values()
    )
    grant_on(may, "ShowCatalog", "catalog", catalogs["Machines"].id)
    grant_on(may, "SeeCustomField", "catalog", catalogs["Machines"].id)
    table = [("Catalog = 'Machines'", "laptop router"), ("CF.{Serial} = 'sn-1'", "laptop")]
    check_table(work_of("may"), seen, table, Target.ASSETS)
    assert found(work_of("may"), "", Target.ASSETS, order=[("CF", ("Serial",))]) == [
        assets["laptop"],
        assets["router"],
    ]


@pytest.fixture
def classes(work):
    return {name: make_class(work, ClassValues(name)) for name in ("How to", "Internal")}


@pytest.fixture
def articles(app, work, classes, field):
    network = make_topic(work, TopicValues("Network"))
    vpn = make_topic(work, TopicValues("VPN", parent_id=network.id))
    product = field("Product", lookup="article")
    howto, internal = classes["How to"], classes["Internal"]
    made = {
        "reset": make_article(
            work, howto, ArticleText("Reset a password", "In three steps", "Press the button.")
        ),
        "dial": make_article(work, howto, ArticleText("Dial in", "", "Start the client."), topics=[vpn.id]),
        "plan": make_article(work, internal, ArticleText("Plan", "", "Canary inside."), topics=[network.id]),
        "old": make_article(work, howto, ArticleText("Old", "", "Press nothing.")),
    }
    set_article_fields(work, made["dial"], GivenFields({product: ["Gate"]}))
    set_article_disabled(work, made["old"], disabled=True)
    while index_some(app):
        pass
    return {name: article.id for name, article in made.items() if name != "old"}


def test_articles_are_found(work, articles, check_table, found):
    check_table(
        work,
        articles,
        [
            ("Name = 'dial in'", "dial"),
            ("Name STARTSWITH 're'", "reset"),
            ("Summary LIKE 'three'", "reset"),
            ("Summary IS NULL", "dial plan"),
            ("Class = 'how to'", "reset dial"),
            ("Class != 'How to'", "plan"),
            ("Class LIKE 'inter'", "plan"),
            ("Topic = 'network'", "dial plan"),
            ("Topic = 'VPN'", "dial"),
            ("Topic = 'Network / VPN'", "dial"),
            ("Topic != 'VPN'", "reset plan"),
            ("Topic IS NULL", "reset"),
            ("Topic IS NOT NULL", "dial plan"),
            ("Topic LIKE 'net'", "dial plan"),
            ("Content LIKE 'press'", "reset"),
            ("Content LIKE 'press OR client'", ""),
            ("Content NOT LIKE 'press'", "dial plan"),
            ("CF.{Product} = 'gate'", "dial"),
            ("CF.{Product} IS NULL", "reset plan"),
            ("CF.Internal.{Product} = 'gate'", "dial"),
            ("Created = '2026-03-02'", "reset dial plan"),
            ("LastUpdated < '2026-03-02'", ""),
            ("Creator = 'root'", "reset dial plan"),
            (f"id IN ({articles['reset']}, {articles['plan']})", "reset plan"),
        ],
        Target.ARTICLES,
    )
    assert len(found(work, "Disabled = 1", Target.ARTICLES)) == 1
    assert set(found(work, "Disabled != 1", Target.ARTICLES)) == set(articles.values())
    with pytest.raises(CannotSearch, match="1 or 0"):
        found(work, "Disabled = 'x'", Target.ARTICLES)


def test_articles_are_found_only_where_they_may_be_read(work_of, make, articles, classes, found, grant_on):
    may = make.staff("may")
    assert found(work_of("may"), "", Target.ARTICLES) == []
    grant_on(may, "ShowArticle", "class", classes["How to"].id)
    seen = {articles["reset"], articles["dial"]}
    for text, expected in {
        "": seen,
        "Content LIKE 'canary'": set(),
        "NOT (Content LIKE 'canary')": seen,
        "Class = 'Internal'": set(),
        "Topic = 'Network'": {articles["dial"]},
    }.items():
        assert set(found(work_of("may"), text, Target.ARTICLES)) == expected, text


def test_things_are_sorted(work, assets, articles, found):
    names = [("laptop", "office", "router"), ("dial", "plan", "reset")]
    for target, ids, ordered in ((Target.ASSETS, assets, names[0]), (Target.ARTICLES, articles, names[1])):
        assert found(work, "", target, order=[("Name",)]) == [ids[name] for name in ordered]
    assert found(work, "", Target.ASSETS, order=[("Catalog",), ("Name",)])[0] == assets["office"]
    assert found(work, "", Target.ARTICLES, order=[("Class",), ("Name",)])[-1] == articles["plan"]
