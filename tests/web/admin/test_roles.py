"""The pages of custom roles and of who watches a queue."""

import pytest
from sqlalchemy import select

from rtpy.changes.custom_roles import RoleValues, create_custom_role
from rtpy.changes.membership import create_group
from rtpy.models import CustomRole, CustomRolePlace, Watcher

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def queue(make):
    return make.queue()


def form_of(page):
    return next(form for form in page.forms.values() if "name" in form.fields)


def test_a_role_is_made_changed_switched_off_and_deleted(root, db, make, queue):
    sales = make.queue("Sales")
    form = form_of(root.get("/admin/custom-roles/create"))
    form["name"], form["single"], form["queues"] = "Approver", "one", [str(queue.id)]
    assert "Approver" in form.submit("deed", value="save").follow().text
    role = db.scalar(select(CustomRole))
    assert (role.max_values, role.disabled) == (1, False)
    form = form_of(root.get(f"/admin/custom-roles/{role.id}"))
    assert form["queues"].value == [str(queue.id)]
    form["queues"], form["enabled"] = [str(sales.id)], False
    form.submit("deed", value="save")
    db.expire_all()
    assert db.scalar(select(CustomRolePlace.object_id)) == sales.id
    assert "Approver" not in root.get("/admin/custom-roles").html.select_one("main").text
    assert "Approver" in root.get("/admin/custom-roles?disabled=1").text
    form_of(root.get(f"/admin/custom-roles/{role.id}")).submit("deed", value="delete")
    assert db.scalar(select(CustomRole)) is None


def test_a_wrong_name_stands_beside_its_field_and_keeps_the_rest(root, queue):
    form = form_of(root.get("/admin/custom-roles/create"))
    form["name"], form["description"], form["queues"] = "Cc", "Signs", [str(queue.id)]
    page = form.submit("deed", value="save", status=422)
    assert "always there" in page.html.select_one("#field-name-error").text
    again = form_of(page)
    assert (again["description"].value, again["queues"].value) == ("Signs", [str(queue.id)])


@pytest.mark.parametrize("address", ["/admin/custom-roles", "/admin/custom-roles/create"])
def test_it_takes_the_right(jo, make, address, db):
    jo.get(address, status=403)


def test_a_role_that_is_not_there_is_not_found(root):
    root.get("/admin/custom-roles/4711", status=404)


def test_the_queues_watchers_are_added_and_removed(root, db, make, queue):
    role = create_custom_role(make.system, RoleValues("Approver", places=frozenset({queue.id})))
    create_group(make.system, "Network")

    def press(name, who, value=None):
        form = next(
            form
            for form in root.get(f"/admin/queues/{queue.id}/watchers").forms.values()
            if name in form.fields and form["role"].value == who
        )
        if value:
            form["add"] = value
            return form.submit().follow()
        return form.submit(name).follow()

    press("add", "AdminCc", "group:Network")
    page = press("add", role.role, "vera@client.example")
    assert "vera@client.example" in page.text
    assert len(db.scalars(select(Watcher).where(Watcher.queue_id == queue.id)).all()) == 2
    press("remove", "AdminCc")
    rows = db.scalars(select(Watcher).where(Watcher.queue_id == queue.id)).all()
    assert [row.role for row in rows] == [role.role]


def test_one_may_watch_a_queue_oneself(jo, db, make, queue):
    page = jo.get(f"/admin/queues/{queue.id}/watchers")
    form = next(
        form for form in page.forms.values() if "join" in form.fields and form["role"].value == "AdminCc"
    )
    page = form.submit("join").follow()
    assert "Watch it no longer" in page.text
    assert "add" not in {name for form in page.forms.values() for name in form.fields}
    form = next(form for form in page.forms.values() if "leave" in form.fields)
    form.submit("leave")
    assert db.scalars(select(Watcher).where(Watcher.queue_id == queue.id)).all() == []


def test_watchers_of_a_queue_one_may_not_see_are_not_found(another, enter, make):
    hidden = make.queue("Hidden", granted=False)
    enter(another(), make.staff("kim")).get(f"/admin/queues/{hidden.id}/watchers", status=404)
