"""People and organisations: found, shown, and their accounts kept by administrators."""

import pytest
from sqlalchemy import select

from rtpy.models import Organization, OrganizationMember, Principal, Transaction, User

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


def form_to(page, ending, **having):
    """The form whose address ends so and that has a button of that value."""
    for form in page.forms.values():
        deeds = [field.value_if_submitted() for field in form.fields.get("deed", ())]
        if form.action.endswith(ending) and having.get("deed") in (None, *deeds):
            return form
    raise AssertionError(f"no form to {ending}")


def test_people_are_found_by_a_part_of_name_or_address(root, make):
    make.customer("ann@client.example", "Ann Miller")
    make.customer("bo@other.example", "Bo Dahl")
    assert "Ann Miller" in root.get("/people?q=mill")
    assert "Bo Dahl" not in root.get("/people?q=mill")
    assert "Nobody found" in root.get("/people?q=zzz")
    assert "Ann Miller" not in root.get("/people?kind=staff")


def test_a_persons_page_lists_requests_that_the_reader_may_see(jo, make):
    make.ticket("Seen by Jo", requestor="ann@client.example")
    make.queue("Secret", granted=False)
    make.ticket("Hidden from Jo", queue="Secret", requestor="ann@client.example")
    ann = make.customer("ann@client.example")
    page = jo.get(f"/people/{ann.id}")
    assert "Seen by Jo" in page
    assert "Hidden from Jo" not in page


def test_staff_without_admin_users_change_no_account(jo, make, token):
    ann = make.customer("ann@client.example")
    assert not [
        form for form in jo.get(f"/people/{ann.id}").forms.values() if form.action.endswith("/modify")
    ]
    values = {"csrf_token": token(jo), "deed": "disable"}
    assert jo.post(f"/people/{ann.id}/modify", values, expect_errors=True).status_int == 403
    assert jo.get("/people/create", expect_errors=True).status_int == 403


def test_an_account_is_made_and_can_log_in(root, another, login):
    form = form_to(root.get("/people/create"), "/people/create")
    form["name"], form["real_name"], form["email_address"] = "eva", "Eva Stein", "eva@staff.example"
    form["password"] = "a long enough one"
    page = form.submit().follow()
    assert "Eva Stein has an account now." in page
    login(another(), "eva", "a long enough one")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "root", "is taken"),
        ("name", "two words", "without blanks"),
        ("email_address", "not an address", "not a mail address"),
        ("password", "short", "12 to"),
    ],
)
def test_a_bad_account_form_comes_back_as_it_was(root, db, field, value, said):
    form = form_to(root.get("/people/create"), "/people/create")
    form["name"], form["real_name"] = "eva", "Eva Stein"
    form[field] = value
    page = form.submit(status=422)
    assert said in page
    assert page.html.find("input", {"name": "real_name"})["value"] == "Eva Stein"
    assert db.scalar(select(User).where(User.name == "eva")) is None


def test_switching_off_is_recorded(root, make, db):
    ann = make.customer("ann@client.example", "Ann")
    page = form_to(root.get(f"/people/{ann.id}"), "/modify", deed="disable").submit("deed").follow()
    assert "switched off" in page
    db.expire_all()
    assert db.get_one(Principal, ann.id).disabled
    kinds = select(Transaction.type).where(Transaction.object_type == "user", Transaction.object_id == ann.id)
    assert "Disabled" in db.scalars(kinds).all()


def test_a31_an_administrator_of_people_cannot_change_a_super_user(jo, make, db, token):
    make.grant(db.scalar(select(User).where(User.name == "jo")), "AdminUsers")
    root_id = db.scalar(select(User.id).where(User.name == "root"))
    values = {"csrf_token": token(jo), "deed": "password", "password": "taken over now"}
    assert jo.post(f"/people/{root_id}/modify", values, expect_errors=True).status_int == 403


def test_an_organisation_is_made_with_domains_sites_and_members(root, make, db):
    form = form_to(root.get("/organisations"), "/organisations/create")
    form["name"], form["domains"] = "Client Ltd", "client.example, @client.test"
    page = form.submit().follow()
    assert "client.example, client.test" in page.html.select_one("aside dl").text
    form = form_to(page, "/modify", deed="site")
    form["site"] = "Main street"
    page = form.submit("deed", value="site").follow()
    form = form_to(page, "/modify", deed="member")
    form["member"] = "Bo <bo@elsewhere.example>"
    page = form.submit("deed", value="member").follow()
    assert "bo@elsewhere.example" in page
    member = db.scalars(select(OrganizationMember)).one()
    page = form_to(page, "/modify", deed="remove").submit("deed", value="remove").follow()
    assert db.scalars(select(OrganizationMember).where(OrganizationMember.id == member.id)).all() == []


def test_a_domain_of_another_organisation_is_refused(root, make, db):
    make.organization("First", "client.example")
    form = form_to(root.get("/organisations"), "/organisations/create")
    form["name"], form["domains"] = "Second", "client.example"
    assert "belongs to First already" in form.submit(status=422)
    assert db.scalar(select(Organization).where(Organization.name == "Second")) is None


def test_the_lists_cost_a_fixed_number_of_queries(root, make, query_count):
    for number in range(3):
        make.organization(f"Org {number}", f"org{number}.example")
        make.customer(f"c{number}@org{number}.example")
    root.get("/people"), root.get("/organisations")
    with query_count() as few:
        root.get("/people"), root.get("/organisations")
    for number in range(3, 12):
        make.organization(f"Org {number}", f"org{number}.example")
        make.customer(f"c{number}@org{number}.example")
    with query_count() as many:
        root.get("/people"), root.get("/organisations")
    assert many.total == few.total
