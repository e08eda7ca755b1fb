"""A23, A27, A50, A51 and A72 for assets, articles, roles and lifecycles: what is hidden, numbers, words, the log."""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import select, text

import rtpy
from rtpy.changes.articles import ArticleText, make_article
from rtpy.changes.assets.people import AddAssetWatcher
from rtpy.changes.assets.pipeline import CreateAsset, change_asset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.classes import ClassValues, make_class
from rtpy.changes.custom_roles import RoleValues, create_custom_role
from rtpy.changes.lifecycles import stored
from rtpy.initialdata.all import SECTIONS
from rtpy.initialdata.reading import load, parse
from rtpy.mail.transport import SendmailTransport
from rtpy.models import Ace, Asset, ConfigChange, User
from tests.attacks.test_admin_text import WORDS
from tests.attacks.test_rights_and_records import CANARY, OTHER, changed, contents, logged, send, shown


@pytest.fixture
def shelf(work, make, db, jo):
    """Jo may do everything with assets and articles of one catalog and class, and knows nothing of two others."""
    ann, client = make.customer("ann@client.example", "Ann"), make.organization("Client", "client.example")
    open_catalog, hidden_catalog = (
        make_catalog(work, CatalogValues(name, "assets")) for name in ("Machines", f"{CANARY} vault")
    )
    open_class, hidden_class = (make_class(work, ClassValues(name)) for name in ("How to", f"{CANARY} plans"))
    role = create_custom_role(
        work, RoleValues("Supplier", lookup="asset", places=frozenset({open_catalog.id}))
    )
    seen = create_asset(work, CreateAsset(open_catalog, "Laptop", organization_id=client.id))
    hidden = create_asset(
        work,
        CreateAsset(
            hidden_catalog, f"{CANARY} safe", organization_id=client.id, people=(("HeldBy", ann.id),)
        ),
    )
    article = make_article(work, open_class, ArticleText("Reset", content="Turn it off."))
    secret = make_article(work, hidden_class, ArticleText(f"{CANARY} merger", content=CANARY))
    jo_id = db.scalar(select(User.id).where(User.name == "jo"))
    rights = {
        ("catalog", open_catalog.id): "ShowCatalog ShowAsset CreateAsset ModifyAsset AdminCatalog",
        ("class", open_class.id): "SeeClass ShowArticle CreateArticle ModifyArticle ModifyArticleTopics",
    }
    for (kind, number), names in rights.items():
        for name in names.split():
            db.add(Ace(principal_id=jo_id, right_name=name, object_type=kind, object_id=number))
    ticket = make.ticket()
    db.commit()
    return {
        "ann": ann.id,
        "client": client.id,
        "catalog": open_catalog.id,
        "hidden_catalog": hidden_catalog.id,
        "hidden_class": hidden_class.id,
        "seen": seen.id,
        "hidden": hidden.id,
        "article": article.id,
        "secret": secret.id,
        "ticket": ticket.id,
        "role": role.role,
        "missing": 987654,
    }


# --- A23 ------------------------------------------------------------------------------------------------------------


def body_of(browser, path):
    """A page without its frame, and without what differs from one time to the next."""
    return shown(browser, path).partition("<main")[2]


def test_a23_hidden_assets_and_articles_shape_no_page(jo, root, shelf):
    """Asked for words or numbers of what is hidden, the answer is as if it did not exist."""
    pairs = [
        (f"/assets?q={CANARY}", CANARY, OTHER),
        (f"/articles?q={CANARY}", CANARY, OTHER),
        (f"/search?q={CANARY}", CANARY, OTHER),
        ("/assets?q={hidden}", "{hidden}", "{missing}"),
        ("/assets?catalog={hidden_catalog}", "{hidden_catalog}", "{missing}"),
        ("/articles?class={hidden_class}", "{hidden_class}", "{missing}"),
        ("/ticket/{ticket}/assets?q=" + CANARY, CANARY, OTHER),
    ]
    for path, there, nowhere in pairs:
        found, other = (
            re.sub(rf"(?<![0-9a-z]){word.format(**shelf)}(?![0-9a-z])", "?", page)
            for word, page in (
                (there, body_of(jo, path.format(**shelf))),
                (nowhere, body_of(jo, path.replace(there, nowhere).format(**shelf))),
            )
        )
        assert found == other, path
        assert CANARY not in found, path
    for path in ("/assets", "/articles", "/organisations/{client}", "/people/{ann}", "/assets?person={ann}"):
        assert CANARY not in jo.get(path.format(**shelf)), path
    assert CANARY in root.get("/assets")
    assert CANARY in root.get("/articles")


def test_a23_a_link_to_what_is_hidden_is_a_number_and_no_name(jo, root, shelf, token):
    for other in ("asset:{hidden}", "a:{secret}"):
        path, given = "/ticket/{ticket}/links", {"kind": "RefersTo", "other": other.format(**shelf)}
        assert send(root, token, path.format(**shelf), **given).status_int == 303
    assert f"{CANARY} safe" in root.get("/ticket/{ticket}".format(**shelf))
    for path in (
        "/ticket/{ticket}",
        "/ticket/{ticket}/history",
        "/ticket/{ticket}/links",
        "/ticket/{ticket}/assets",
    ):
        assert CANARY not in jo.get(path.format(**shelf)), path


# --- A27 ------------------------------------------------------------------------------------------------------------

HIDDEN = {
    "link an asset": ("/assets/{seen}", {"type": "RefersTo", "other": "{hidden}"}),
    "link to a ticket": ("/ticket/{ticket}/assets", {"deed": "link", "asset": "{hidden}", "add": "{hidden}"}),
    "move": ("/assets/{seen}/modify", {"name": "Laptop", "catalog": "{hidden_catalog}"}),
    "create": ("/assets/create", {"name": "New", "catalog": "{hidden_catalog}"}),
    "change": ("/assets/{hidden}/modify", {"name": "Mine", "catalog": "{catalog}"}),
    "administer": ("/admin/catalogs/{hidden_catalog}", {"name": "Mine", "lifecycle": "assets"}),
    "article there": ("/articles/create", {"name": "New", "class": "{hidden_class}", "format": "text"}),
    "article moved": (
        "/articles/{article}/modify",
        {"name": "Reset", "class": "{hidden_class}", "format": "text"},
    ),
    "article": ("/articles/{secret}/modify", {"name": "Mine", "class": "{hidden_class}", "format": "text"}),
}


@pytest.mark.parametrize("case", HIDDEN)
def test_a27_the_number_of_a_hidden_thing_in_a_form_does_nothing(case, jo, root, shelf, token, db):
    path, given = HIDDEN[case]
    path, given = path.format(**shelf), {name: value.format(**shelf) for name, value in given.items()}
    if "article" in case and "modify" in path:
        form = root.get(path).html.select_one("main input[name=seen]")
        given["seen"] = form["value"]
    before = contents(db)
    answer = send(jo, token, path, **given)
    assert answer.status_int < 500
    assert changed(db, before) == []
    assert CANARY not in answer
    assert CANARY not in jo.get("/")
    assert send(root, token, path, **given).status_int == 303
    assert changed(db, before) != [], "the same form of somebody who may changes something"


def test_a27_a_role_of_an_asset_is_given_to_nobody_whose_it_cannot_be(jo, shelf, token, db, work):
    """By the name of the field: roles of other catalogs, of tickets, and those that do not exist."""
    other = create_custom_role(
        work, RoleValues("Keeper", lookup="asset", places=frozenset({shelf["hidden_catalog"]}))
    )
    of_tickets = create_custom_role(work, RoleValues("Approver"))
    db.commit()
    given = {"name": "Laptop", "catalog": str(shelf["catalog"])}
    path = f"/assets/{shelf['seen']}/modify"
    for role in (other.role, of_tickets.role, "CustomRole-987654", "Requestor", "AdminCc", "role"):
        before = contents(db)["asset_watchers"]
        assert send(jo, token, path, **given, **{role: "ann@client.example"}).status_int < 500
        assert contents(db)["asset_watchers"] == before, role
    assert send(jo, token, path, **given, **{shelf["role"]: "ann@client.example"}).status_int == 303
    assert (
        db.scalar(text("SELECT count(*) FROM asset_watchers WHERE role = :role"), {"role": shelf["role"]})
        == 1
    )


def test_a28_a_role_that_is_taken_away_closes_the_asset_at_once(jo, shelf, work, db):
    number = shelf["hidden"]
    asset = work.db.get(Asset, number)
    db.add(
        Ace(role="Contact", right_name="ShowAsset", object_type="catalog", object_id=shelf["hidden_catalog"])
    )
    jo_id = db.scalar(select(User.id).where(User.name == "jo"))
    db.commit()
    assert jo.get(f"/assets/{number}", expect_errors=True).status_int == 404
    change_asset(work, asset, AddAssetWatcher("Contact", jo_id))
    db.commit()
    assert jo.get(f"/assets/{number}").status_int == 200
    db.execute(text("DELETE FROM asset_watchers WHERE principal_id = :who"), {"who": jo_id})
    db.commit()
    assert jo.get(f"/assets/{number}", expect_errors=True).status_int == 404


# --- A50 ------------------------------------------------------------------------------------------------------------

LISTS = {
    "/admin/rights/explain": {"who": "root", "right": "ShowAsset", "on": "asset", "id": "1", "field": ""},
    "/admin/catalogs": {"q": "", "page": "1", "disabled": "1"},
    "/admin/custom-roles": {"q": "", "page": "1", "disabled": "1"},
    "/admin/custom-roles/create": {"lookup": "asset"},
    "/assets": {"q": "", "person": "1", "organization": "1"},
    "/assets/create": {"catalog": "1", "organization": "1", "site": "1", "HeldBy": "x"},
    "/articles": {"q": "", "topic": "1", "class": "1"},
}


SOME_WORDS = (WORDS[1], WORDS[3], WORDS[6], "\x00", "9" * 400, "\u0663")
"""Those that are unlike each other; lists and forms of all kinds have the whole of them elsewhere."""


@pytest.mark.parametrize("path", LISTS)
def test_a50_no_parameter_about_things_is_sql(path, root, shelf, db):
    bad = []
    for name in LISTS[path]:
        for word in SOME_WORDS:
            answer = root.get(path, {**LISTS[path], name: word}, expect_errors=True)
            if answer.status_int >= 500 or "sqlalchemy" in answer.text.lower() or "argon2" in answer:
                bad.append((name, word, answer.status_int))
    assert bad == []


@pytest.mark.parametrize("word", SOME_WORDS)
def test_a50_no_field_of_a_form_about_things_is_sql(word, root, shelf, work, db, token):
    life = stored(work, "assets")
    forms = {
        "/assets/{seen}": ("status", "other", "remove", "type"),
        "/assets/{seen}/modify": (
            "name",
            "catalog",
            "status",
            "organization",
            "site",
            "owner",
            "{role}",
            "HeldBy",
        ),
        "/ticket/{ticket}/assets": ("add", "other", "remove"),
        "/admin/custom-roles/create": ("name", "lookup", "queues", "catalogs"),
        "/admin/catalogs/{catalog}": ("name", "lifecycle", "sort_order", "Contact", "{role}"),
        f"/admin/lifecycles/{life.id}": ("initial", "move", "becomes.new", "sort_order"),
    }
    for path, names in forms.items():
        for name in names:
            given = {"name": "Laptop", "catalog": str(shelf["catalog"]), "deed": "save"}
            given[name.format(**shelf)] = word
            assert send(root, token, path.format(**shelf), **given).status_int < 500, (path, name)
    db.expire_all()
    assert db.scalar(text("SELECT count(*) FROM assets")) == 2


# --- A51 ------------------------------------------------------------------------------------------------------------


def _is_text(node):
    return isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _is_of_a_module(function):
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)


def test_a51_no_shell_runs_anywhere():
    """Programs are started with a list of words, never by a line that a shell would read."""
    found = []
    for path in Path(rtpy.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            # No call of a name alone is one of these, and to write all of them out takes seconds.
            name = ast.unparse(node.func) if _is_of_a_module(node.func) else ""
            with_shell = any(each.arg == "shell" for each in node.keywords)
            by_line = name in ("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput")
            a_line = name.startswith("subprocess.") and node.args and _is_text(node.args[0])
            if with_shell or by_line or a_line:
                found.append(f"{path.name}: {ast.unparse(node)[:80]}")
    assert found == []


@pytest.mark.parametrize(
    "address", ["-oQ/tmp@b.example", "-C/etc/passwd@b.example", "|id@b.example", "`id`@b.example"]
)
def test_a51_an_address_that_is_an_option_may_be_kept_and_is_never_handed_on(
    address, root, make, token, db, tmp_path
):
    """Such a name before the @ is allowed by RFC 5321: the account may have it, no program ever sees it."""
    send(root, token, "/admin/users/create", name="eve", email_address=address)
    ticket = make.ticket(requestor="eve@ok.example")
    db.commit()
    send(root, token, f"/ticket/{ticket.id}/people", role="Cc", add=address)
    send(root, token, f"/ticket/{ticket.id}/reply", text="Done.", kind="reply")
    told = set(db.scalars(text("SELECT address FROM outgoing_recipients")))
    assert "eve@ok.example" in told
    program = tmp_path / "sendmail"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > {tmp_path}/arguments\ncat > /dev/null\n')
    program.chmod(0o755)
    SendmailTransport(str(program)).deliver("rt@b.example", sorted(told | {address}), b"x\r\n")
    assert address not in (tmp_path / "arguments").read_text().split("|")


# --- A72 ------------------------------------------------------------------------------------------------------------


def test_a72_roles_catalogs_fields_and_lifecycles_are_written_down_with_who_changed_them(
    root, jo, shelf, work, db, token
):
    boss = db.scalar(select(User.id).where(User.name == "root"))
    role_id, life = shelf["role"].rpartition("-")[2], stored(work, "assets")
    machines = {"name": "Machines", "lifecycle": "assets"}
    deeds = {
        "custom_role": (f"/admin/custom-roles/{role_id}", {"name": "Seller", "enabled": "1"}),
        "catalog": (f"/admin/catalogs/{shelf['catalog']}", {**machines, "Contact": "jo"}),
        "right": (
            "/admin/rights",
            {"kind": "catalog", "id": str(shelf["catalog"]), "deed": "save", "change": "+role.HeldBy:ShowAsset"},
        ),
        "lifecycle": (f"/admin/lifecycles/{life.id}/rules", {"rights.0.old": "*", "rights.0.new": "*",
                                                             "rights.0.right": "MoveAsset"}),
    }  # fmt: skip
    for kind, (path, given) in deeds.items():
        before = len(logged(db))
        assert send(root, token, path, **{"deed": "save", **given}).status_int == 303, kind
        fresh = logged(db)[before:]
        assert {(row[0], row[3]) for row in fresh} == {(kind, boss)}, kind
    before = len(logged(db))
    for path, given in deeds.values():
        send(jo, token, path, **{"deed": "save", **given, "name": "Mine"})
    fresh = [row for row in logged(db)[before:] if row[0] != "catalog"]
    assert fresh == [], "nobody else changed any of it"


def test_a72_what_a_file_changes_is_written_down_like_what_a_form_changes(work, db):
    before = len(logged(db))
    load(
        work,
        parse(
            '[[groups]]\nname = "Loaded"\n[[rights]]\nholder = "group:Loaded"\nrights = ["SeeQueue"]\n',
            SECTIONS,
        ),
        SECTIONS,
    )
    fresh = logged(db)[before:]
    assert [(kind, action) for kind, action, *_ in fresh] == [("group", "create"), ("right", "change")]
    assert {creator for *_, creator in fresh} == {work.actor.user_id}
    assert db.scalars(select(ConfigChange.face).order_by(ConfigChange.id.desc())).first() == work.actor.face
