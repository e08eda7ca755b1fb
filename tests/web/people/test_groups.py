"""The pages about groups."""

import pytest
from sqlalchemy import select

from rtpy.changes.groups import make_group, put_into_group
from rtpy.models import Ace, GroupMember, Principal, User

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def main_form(page, about="/admin/"):
    """The last form of the page that posts to such an address."""
    forms = [form for form in page.forms.values() if form.method.upper() == "POST" and about in form.action]
    return next((form for form in forms if "member" in form.fields), forms[-1])


def grant_on(db, name, right, group):
    user = db.scalar(select(User).where(User.name == name))
    db.add(Ace(principal_id=user.id, right_name=right, object_type="group", object_id=group.id))
    db.flush()


def test_a_group_is_made_and_filled(root, make, work):
    make.staff("jo", real_name="Jo Bloggs")
    make_group(work, name="Printers")
    form = main_form(root.get("/admin/groups/create"))
    form["name"], form["description"] = "Night shift", "Who is up"
    page = form.submit("deed").follow()
    for member in ("jo@staff.example", "printers"):
        form = main_form(page)
        form["member"] = member
        page = form.submit("deed").follow()
    assert "Jo Bloggs" in page
    assert "Printers" in page
    assert "Night shift" in root.get("/admin/groups?q=who+is")


def test_a_circle_is_refused_beside_the_field_with_its_path(root, work):
    outer, inner = make_group(work, name="Outer"), make_group(work, name="Inner")
    put_into_group(work, outer, inner.id)
    form = main_form(root.get(f"/admin/groups/{inner.id}/members"))
    form["member"] = "outer"
    page = form.submit("deed", status=422)
    assert "Outer, which has the member Inner" in page.html.find(id="field-member-error").text


def test_people_through_other_groups_are_shown_with_the_way(root, work, make):
    outer, inner = make_group(work, name="Outer"), make_group(work, name="Inner")
    put_into_group(work, outer, inner.id)
    put_into_group(work, inner, make.staff("jo", real_name="Jo Bloggs").id)
    page = root.get(f"/admin/groups/{outer.id}/members")
    assert "In it through other groups" in page
    assert "Jo Bloggs" in page


def test_a_group_is_switched_off_renamed_and_remembers_it(root, work, db):
    group = make_group(work, name="Printers")
    page = main_form(root.get(f"/admin/groups/{group.id}")).submit("deed", value="disable").follow()
    assert "This group is switched off" in page
    assert db.get_one(Principal, group.id).disabled
    form = main_form(page)
    form["name"] = "Scanners"
    form.submit("deed", value="save").follow()
    history = root.get(f"/admin/groups/{group.id}/history")
    assert "switched it off" in history
    assert "from “Printers” to “Scanners”" in history


def test_a_taken_name_stands_beside_the_field(root, work):
    make_group(work, name="Printers")
    form = main_form(root.get("/admin/groups/create"))
    form["name"] = "PRINTERS"
    assert form.submit("deed", status=422).html.find(id="field-name-error")


def test_without_a_right_there_are_no_groups(jo, work):
    group = make_group(work, name="Printers")
    assert jo.get("/admin/groups", expect_errors=True).status_int == 403
    assert jo.get(f"/admin/groups/{group.id}/members", expect_errors=True).status_int == 404


def test_one_group_may_be_ones_own_to_fill(jo, work, make, db, token):
    mine, other = make_group(work, name="Printers"), make_group(work, name="Scanners")
    grant_on(db, "jo", "AdminGroupMembership", mine)
    make.customer("ann@client.example", "Ann Miller")
    page = jo.get("/admin/groups")
    assert "Printers" in page
    assert "Scanners" not in page
    form = main_form(jo.get(f"/admin/groups/{mine.id}/members"))
    form["member"] = "ann@client.example"
    assert "Ann Miller is in the group now." in form.submit("deed").follow()
    values = {"csrf_token": token(jo), "deed": "save", "name": "Other"}
    assert "AdminGroup" in jo.post(f"/admin/groups/{mine.id}", values, status=422)
    assert jo.post(f"/admin/groups/{other.id}", values, expect_errors=True).status_int == 404


def test_staff_join_and_leave_by_themselves(jo, work, db):
    group = make_group(work, name="Printers")
    grant_on(db, "jo", "ModifyOwnMembership", group)
    page = main_form(jo.get(f"/admin/groups/{group.id}/members")).submit("deed").follow()
    assert "You are in the group Printers now." in page
    page = main_form(page).submit("deed").follow()
    assert "no more" in page
    assert db.scalar(select(GroupMember.id).where(GroupMember.group_id == group.id)) is None


def test_the_list_costs_the_same_for_any_number_of_groups(root, work, query_count):
    make_group(work, name="g")
    root.get("/admin/groups")
    with query_count() as few:
        root.get("/admin/groups")
    for number in range(10):
        make_group(work, name=f"g{number}")
    root.get("/admin/groups")  # which groups ask for a second factor is read anew
    with query_count() as many:
        root.get("/admin/groups")
    assert many.total == few.total
