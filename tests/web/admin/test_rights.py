"""Pages about rights: the matrix and what it saves, the explanation, and seeing as somebody else."""

import re
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from rtpy.changes.articles import ArticleText, make_article
from rtpy.changes.assets.pipeline import CreateAsset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.classes import ClassValues, make_class
from rtpy.changes.custom_roles import RoleValues, create_custom_role
from rtpy.changes.membership import add_member, create_group
from rtpy.models import (
    Ace,
    ConfigChange,
    CustomField,
    CustomFieldPlace,
    CustomRole,
    CustomRolePlace,
    Group,
    Principal,
    Ticket,
    User,
)
from rtpy.rights.holders import Holder
from tests.attacks.routes import all_routes

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def lab(make, db):
    """A queue without any grants, and a group with nobody in it."""
    queue = make.queue("Lab", granted=False)
    group = create_group(make.system, "Support")
    db.commit()
    return queue, group


@pytest.fixture
def matrix(lab):
    """Where the rights on the queue stand, with the group's column."""
    queue, group = lab
    return f"/admin/rights?kind=queue&id={queue.id}&with=p{group.id}"


def granted(db, queue, holder):
    db.expire_all()
    who = Ace.principal_id == holder.principal_id if holder.role is None else Ace.role == holder.role
    rows = db.scalars(
        select(Ace.right_name).where(Ace.object_type == "queue", Ace.object_id == queue.id, who)
    )
    return sorted(rows)


def form_of(page, button):
    return next(form for form in page.forms.values() if button in form.text)


def tick(page, *tokens, on=True):
    """Tick boxes of the matrix and ask for what would change."""
    form = form_of(page, "Save…")
    for box in form.fields["g"]:
        if box._value in tokens:
            box.checked = on
    return form.submit("deed", value="review")


def save(page):
    return form_of(page, "change nothing").submit("deed", value="save")


def test_ticked_boxes_are_told_first_and_granted_then(root, db, lab, matrix):
    queue, group = lab
    token = f"p{group.id}:ShowTicket"

    review = tick(root.get(matrix), token, "role.Cc:ReplyToTicket")
    assert "group Support: ShowTicket" in review.html.select_one("#main .list").text
    assert granted(db, queue, Holder(group.id)) == []
    page = save(review).follow()

    assert "2 rights changed on queue Lab." in page
    assert granted(db, queue, Holder(group.id)) == ["ShowTicket"]
    assert granted(db, queue, Holder(role="Cc")) == ["ReplyToTicket"]
    assert page.html.find("input", {"name": "g", "value": token}).has_attr("checked")


def test_cleared_boxes_are_revoked_and_others_stay(root, db, make, lab, matrix):
    queue, group = lab
    for right in ("ShowTicket", "SeeQueue", "OwnTicket"):
        db.add(Ace(principal_id=group.id, right_name=right, object_type="queue", object_id=queue.id))
    db.commit()

    save(tick(root.get(matrix), f"p{group.id}:ShowTicket", on=False))

    assert granted(db, queue, Holder(group.id)) == ["OwnTicket", "SeeQueue"]


def test_a_grant_of_somebody_else_meanwhile_stays(root, db, lab, matrix):
    queue, group = lab
    page = root.get(matrix)
    db.add(Ace(principal_id=group.id, right_name="SeeQueue", object_type="queue", object_id=queue.id))
    db.commit()

    save(tick(page, f"p{group.id}:ShowTicket"))

    assert granted(db, queue, Holder(group.id)) == ["SeeQueue", "ShowTicket"]


def test_nothing_ticked_changes_nothing_and_says_so(root, db, matrix):
    page = form_of(root.get(matrix), "Save…").submit("deed", value="review").follow()
    assert "Nothing was changed" in page
    assert (
        db.scalars(
            select(ConfigChange.id).where(ConfigChange.kind == "right").order_by(ConfigChange.id)
        ).all()
        == []
    )


def test_each_change_is_in_the_log_by_names(root, db, lab, matrix):
    _, group = lab
    save(tick(root.get(matrix), f"p{group.id}:ShowTicket"))
    logged = db.scalars(select(ConfigChange).where(ConfigChange.kind == "right")).one()
    assert (logged.name, logged.before, logged.after) == (
        "group Support on queue Lab",
        {"rights": []},
        {"rights": ["ShowTicket"]},
    )
    assert "ShowTicket" in root.get("/admin/log?kind=right")


def test_rights_of_the_whole_system_are_shown_as_such(root, db, lab, make):
    queue, _ = lab
    jo = make.staff("jo")
    make.grant(jo, "ShowTicket")
    db.commit()

    page = root.get(f"/admin/rights?kind=queue&id={queue.id}")

    row = next(row for row in page.html.select(".matrix tbody tr") if "ShowTicket" in row.th.text)
    cell = row.find("td", {"data-label": "jo"})
    assert "everywhere" in cell.text
    assert "kind=system" in cell.a["href"]
    assert not cell.input.has_attr("checked")
    assert "user root" in page.html.select_one(".matrix-wrap + div").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [("support", "Support"), ("jo@staff.example", "jo"), ("nobody at all", "No person and no group")],
)
def test_somebody_is_added_by_name(typed, said, root, db, lab, make):
    queue, _ = lab
    make.staff("jo")
    db.commit()
    form = form_of(root.get(f"/admin/rights?kind=queue&id={queue.id}"), "Show their column")
    form["add"] = typed
    assert said in form.submit().html.select_one("#main").text


def test_custom_roles_have_a_column_where_they_apply(root, db, lab):
    queue, _ = lab
    role = CustomRole(name="Engineer")
    db.add(role)
    db.flush()
    db.add(CustomRolePlace(custom_role_id=role.id, object_type="queue", object_id=queue.id))
    db.commit()

    review = tick(root.get(f"/admin/rights?kind=queue&id={queue.id}"), f"role.{role.role}:ShowTicket")
    assert "role Engineer" in review
    save(review)

    assert granted(db, queue, Holder(role=role.role)) == ["ShowTicket"]
    other = root.get(f"/admin/rights?kind=queue&id={db.scalar(select(Ticket.queue_id).limit(1)) or 1}")
    assert "Engineer" not in other.html.select_one(".matrix").text


def test_a_queue_keeper_sees_and_changes_that_queue_only(another, enter, make, db, lab):
    queue, group = lab
    kim = make.staff("kim")
    make.grant(kim, "ModifyACL", "ShowTicket", queue=queue)
    db.commit()
    browser = enter(another(), kim)

    page = browser.get(f"/admin/rights?kind=queue&id={queue.id}&with=p{group.id}")
    boxes = {box["value"] for box in page.html.select("input[name=g]")}
    assert f"p{group.id}:ShowTicket" in boxes
    assert f"p{group.id}:SeeQueue" not in boxes  # not held, so not to give
    save(tick(page, f"p{group.id}:ShowTicket"))
    assert granted(db, queue, Holder(group.id)) == ["ShowTicket"]
    assert browser.get("/admin/rights?kind=queue&id=1", expect_errors=True).status_int == 403


def test_a_forged_save_is_refused_beside_the_list(another, enter, make, db, lab, token):
    queue, group = lab
    kim = make.staff("kim")
    make.grant(kim, "ModifyACL", queue=queue)
    db.commit()
    browser = enter(another(), kim)
    given = {"csrf_token": token(browser), "kind": "queue", "id": str(queue.id), "deed": "save"}

    for change in (f"+p{group.id}:ShowTicket", f"+p{kim.id}:SuperUser", "+role.Cc:DeleteTicket"):
        page = browser.post("/admin/rights", {**given, "change": change}, expect_errors=True)
        assert page.status_int == 422
        assert "You cannot grant" in page or "SuperUser" in page
    assert granted(db, queue, Holder(group.id)) == []


def test_the_last_super_user_cannot_be_unticked(root, db):
    root_id = db.scalar(select(User.id).where(User.name == "root"))
    page = root.get("/admin/rights?kind=system&category=admin")
    answer = form_of(tick(page, f"p{root_id}:SuperUser", on=False), "change nothing").submit(
        "deed", value="save", expect_errors=True
    )
    assert answer.status_int == 422
    assert "Nobody would be left" in answer
    assert "SuperUser" in db.scalars(select(Ace.right_name).where(Ace.principal_id == root_id)).all()


def test_staff_without_the_rights_see_none_of_it(jo):
    for address in ("/admin/rights", "/admin/rights/explain"):
        assert jo.get(address, expect_errors=True).status_int == 403


def test_the_matrix_costs_the_same_for_many_holders(root, db, lab, query_count, make):
    queue, _ = lab
    address = f"/admin/rights?kind=queue&id={queue.id}"
    root.get(address)
    with query_count() as few:
        root.get(address)
    for number in range(20):
        group = create_group(make.system, f"g{number}")
        db.add(Ace(principal_id=group.id, right_name="ShowTicket", object_type="queue", object_id=queue.id))
    db.commit()
    root.get(address)
    with query_count() as many:
        assert "g19" in root.get(address)
    assert many.total <= few.total


# --- explain -----------------------------------------------------------------------------------------------------


def test_every_chain_is_told(root, db, lab, make):
    queue, group = lab
    ann = make.customer("ann@client.example", "Ann Miller")
    inner = create_group(make.system, "Night shift")
    add_member(make.system, group, inner.id)
    add_member(make.system, inner, ann.id)
    db.add(Ace(principal_id=group.id, right_name="ShowTicket", object_type="queue", object_id=queue.id))
    make.grant("Requestor", "ShowTicket")
    make.grant(make.customer("ann@client.example"), "CreateTicket", queue=queue)
    ticket = make.ticket("Centrifuge", queue="Lab")
    db.commit()

    page = root.get(f"/admin/rights/explain?who=ann@client.example&right=ShowTicket&on=ticket&id={ticket.id}")

    assert f"Yes: Ann Miller holds ShowTicket on ticket #{ticket.id}." in page
    chains = [[step.text for step in chain.select(".step")] for chain in page.html.select("ol.chains li")]
    assert chains == [
        [
            "Ann Miller",
            "is in the group Night shift",
            "is in the group Support",
            "ShowTicket is granted to the group Support on the queue Lab",
        ],
        [
            "Ann Miller",
            f"is Requestor of ticket #{ticket.id}",
            "ShowTicket is granted to the role Requestor on the whole system",
        ],
    ]


def test_a_no_says_what_would_change_it(root, db, lab, make):
    queue, group = lab
    ann = make.customer("ann@client.example", "Ann Miller")
    off = create_group(make.system, "Old hands")
    add_member(make.system, off, ann.id)
    for each in (off, group):
        db.add(Ace(principal_id=each.id, right_name="SeeQueue", object_type="queue", object_id=queue.id))
    db.get(Principal, off.id).disabled = True
    db.commit()

    page = root.get("/admin/rights/explain?who=ann@client.example&right=seequeue&on=queue&id=lab")

    said = page.html.select_one("ul.chains").text
    assert "No: Ann Miller does not hold SeeQueue on the queue Lab." in page
    assert "Ann Miller would hold it through the group Old hands, which is switched off." in said
    assert "Put Ann Miller into the group Support" in said
    assert "Grant SeeQueue on the queue Lab or on the whole system to Ann Miller" in said


def explained(browser, query):
    page = browser.get(f"/admin/rights/explain?{query}")
    chains = [[step.text for step in chain.select(".step")] for chain in page.html.select("ol.chains li")]
    hints = [hint.text for hint in page.html.select("ul.chains li")]
    return page.html.select_one("#answer-title").text.strip(), chains, hints


@pytest.fixture
def shelf(work, make):
    """A catalog with an asset that Ann is asked about, and a class with an article."""
    machines = make_catalog(work, CatalogValues("Machines", "assets"))
    ann = make.customer("ann@client.example", "Ann Miller")
    laptop = create_asset(work, CreateAsset(machines, "Laptop", people=(("Contact", ann.id),)))
    howto = make_class(work, ClassValues("How to"))
    article = make_article(work, howto, ArticleText("Reset a password"))
    return machines, laptop, howto, article


def test_why_is_told_of_assets_articles_and_all_that_rights_are_held_on(root, db, work, make, lab, shelf):
    machines, laptop, howto, _ = shelf
    _, group = lab
    field = CustomField(name="Serial", lookup="asset", type="Freeform", max_values=1)
    db.add(field)
    db.flush()
    db.add(CustomFieldPlace(custom_field_id=field.id, object_id=0))
    role = create_custom_role(work, RoleValues("Supplier", lookup="asset"))
    add_member(make.system, group, make.customer("ann@client.example").id)
    here = {"catalog": machines, "class": howto, "group": group, "custom_field": field}
    grants = [
        ("Contact", "ShowAsset", "catalog"),
        (role.role, "ShowAsset", None),
        (group, "ShowArticle", "class"),
        (group, "SeeGroup", "group"),
        ("Contact", "SeeCustomField", "custom_field"),
    ]
    for holder, right, kind in grants:
        who = {"role": holder} if isinstance(holder, str) else {"principal_id": holder.id}
        where = {"object_type": kind, "object_id": here[kind].id} if kind else {}
        db.add(Ace(right_name=right, **who, **where))
    db.commit()
    asset = f"asset #{laptop.id}"

    def ask(right, on, number, **more):
        return explained(
            root, urlencode({"who": "ann@client.example", "right": right, "on": on, "id": number, **more})
        )

    assert ask("ShowAsset", "asset", laptop.id) == (
        f"Yes: Ann Miller holds ShowAsset on {asset}.",
        [
            [
                "Ann Miller",
                f"is Contact of {asset}",
                "ShowAsset is granted to the role Contact on the catalog Machines",
            ]
        ],
        [],
    )
    said, chains, _ = ask("SeeCustomField", "asset", f"asset:{laptop.id}", field="serial")
    assert said == f"Yes: Ann Miller holds SeeCustomField on the custom field Serial of {asset}."
    assert chains[0][-1] == "SeeCustomField is granted to the role Contact on the custom field Serial"
    said, _, hints = ask("SeeCustomField", "asset", laptop.id)
    assert said.startswith("No")
    said, chains, _ = ask("ShowArticle", "article", "reset a PASSWORD")
    assert (said[:3], chains[0][1]) == ("Yes", "is in the group Support")
    assert ask("SeeGroup", "group", "support")[0] == "Yes: Ann Miller holds SeeGroup on the group Support."
    _, _, hints = ask("ShowAsset", "catalog", "machines")
    assert (
        "Make Ann Miller Contact of an asset, for that asset: who is there holds ShowAsset already." in hints
    )
    assert any(
        "The role Supplier holds ShowAsset on the whole system, but does not apply" in each for each in hints
    )
    _, _, hints = ask("SeeCustomField", "custom_field", "serial")
    assert (
        "Make Ann Miller Contact of an asset, for that asset: who is there holds SeeCustomField already."
        in hints
    )


def test_who_may_see_no_rights_there_is_told_nothing_about_an_asset(another, enter, make, db, lab, shelf):
    kim = make.staff("kim")
    machines, laptop, _, _ = shelf
    make.grant(kim, "ModifyACL", queue=lab[0])
    db.commit()
    browser = enter(another(), kim)
    for visible in (False, True):
        if visible:
            db.add(
                Ace(principal_id=kim.id, right_name="ShowAsset", object_type="catalog", object_id=machines.id)
            )
            db.commit()
        page = browser.get(
            f"/admin/rights/explain?who=kim&right=ShowAsset&on=asset&id={laptop.id}", expect_errors=True
        )
        assert page.status_int == (403 if visible else 422)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("who=root&right=ShowAsset&on=asset&id=99999", "an asset that you may see"),
        ("who=root&right=ShowArticle&on=article&id=none", "an article that you may see"),
        ("who=root&right=SeeCustomField&on=system&field=Serial", "One custom field is asked about on"),
        ("who=nemo&right=ShowTicket&on=system", "Give the login name"),
        ("who=root&right=Fly&on=system", "Choose a right"),
        ("who=root&right=ShowTicket&on=ticket&id=99999", "a ticket that you may see"),
        ("who=root&right=ShowTicket&on=queue&id=Nowhere", "There is no such queue"),
        ("who=root&right=AdminGroup&on=queue&id=General", "it is held on group"),
        ("who=root&right=ShowTicket&on=%00%27&id=1", "Choose one of the list"),
    ],
)
def test_a_question_without_sense_is_told_beside_its_field(query, said, root):
    page = root.get(f"/admin/rights/explain?{query}", expect_errors=True)
    assert page.status_int == 422
    assert said in page.html.select_one("#main").text


# --- seeing as somebody else --------------------------------------------------------------------------------------


def look(browser, who):
    form = form_of(browser.get("/admin/rights/explain"), "See as this person")
    form["who"] = who
    return form.submit("deed", value="look", expect_errors=True)


def test_pages_are_as_the_other_one_sees_them(root, db, make):
    make.staff("jo", real_name="Jo Bloggs")
    make.queue("Board", granted=False)
    hidden = make.ticket("Merger", queue="Board", requestor="root")
    db.commit()

    page = look(root, "jo").follow()

    assert "Jo Bloggs" in page.html.select_one(".seeing-as").text
    assert "Merger" not in root.get("/tickets")
    missing = root.get(f"/ticket/{hidden.id}", expect_errors=True)
    assert missing.status_int == 404
    assert "Jo Bloggs" in missing.html.select_one(".seeing-as").text
    assert root.get("/admin", expect_errors=True).status_int == 403

    form_of(root.get("/"), "Be yourself again").submit("deed", value="leave")
    assert "Merger" in root.get("/tickets")
    assert root.get("/").html.select_one(".seeing-as") is None


def test_nothing_can_be_written_meanwhile(root, db, make, wsgi, token):
    jo, ticket = make.staff("jo"), make.ticket()
    make.grant(jo, "SuperUser")
    db.commit()
    look(root, "jo")
    secret = token(root)
    before = db.scalars(select(ConfigChange.id)).all()

    open_routes = {"admin.rights.see_as", "logout", "mail-gateway"}
    refused = set()
    for route in all_routes(wsgi):
        if route.name not in open_routes:
            answer = root.post(
                re.sub(r"\{(\w+)(:(\{[^}]*\}|[^{}])*)?\}", str(ticket.id), route.pattern),
                {"csrf_token": secret, "text": "hello", "deed": "save", "name": "x", "status": "resolved"},
                expect_errors=True,
            )
            assert answer.status_int in (403, 404, 405), route.name
            refused |= {route.name} if "You only look" in answer else set()
    assert {"ticket.reply", "ticket.modify", "people.create", "admin.rights.list", "sessions"} <= refused
    db.expire_all()
    assert db.get(Ticket, ticket.id).status == "new"
    assert db.scalars(select(ConfigChange.id)).all() == before
    assert "Nothing was changed" in root.post(
        f"/ticket/{ticket.id}/comment", {"csrf_token": secret, "text": "hello"}, expect_errors=True
    )


def test_looking_is_in_the_log_with_the_administrators_name(root, db, make):
    make.staff("jo")
    db.commit()
    look(root, "jo")
    form_of(root.get("/"), "Be yourself again").submit("deed", value="leave")
    rows = db.execute(
        select(User.name, ConfigChange.name, ConfigChange.action)
        .join(User, User.id == ConfigChange.creator_id)
        .where(ConfigChange.kind == "see_as")
        .order_by(ConfigChange.id)
    ).all()
    assert [tuple(row) for row in rows] == [("root", "jo", "create"), ("root", "jo", "delete")]


@pytest.mark.parametrize("who", ["ann@client.example", "nemo", "root", "off"])
def test_only_enabled_staff_can_be_seen_as(who, root, db, make):
    make.customer("ann@client.example")
    db.get(Principal, make.staff("off").id).disabled = True
    db.commit()
    assert look(root, who).status_int == 400
    assert root.get("/").html.select_one(".seeing-as") is None


def test_only_a_super_user_may_look(another, enter, make, db, token):
    kim = make.staff("kim")
    make.staff("jo")
    make.grant(kim, "ModifyACL", "AdminUsers", "ShowConfigTab")
    db.commit()
    browser = enter(another(), kim)
    given = {"csrf_token": token(browser), "deed": "look", "who": "jo"}
    assert browser.post("/admin/rights/see_as", given, expect_errors=True).status_int == 403


@pytest.mark.parametrize("lost", ["jo is disabled", "root is no super-user any more", "jo left the staff"])
def test_it_ends_when_it_may_not_be_any_more(lost, root, db, make):
    jo = make.staff("jo")
    db.commit()
    look(root, "jo")
    if lost == "jo is disabled":
        db.get(Principal, jo.id).disabled = True
    elif lost == "jo left the staff":
        from rtpy.changes.membership import remove_member

        group = db.scalars(select(Group).where(Group.name == "Privileged")).one()
        remove_member(make.system, group, jo.id)
    else:
        make.grant(make.staff("other"), "SuperUser")
        root_id = db.scalar(select(User.id).where(User.name == "root"))
        for ace in db.scalars(select(Ace).where(Ace.principal_id == root_id)):
            db.delete(ace)
    db.commit()
    page = root.get("/")
    assert page.html.select_one(".seeing-as") is None
    assert "root" in page.html.select_one(".topbar").text.lower()
