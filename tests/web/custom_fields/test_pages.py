"""Custom fields on pages: shown, changed in place, asked for on forms, hidden from who may not see them."""

import pytest
from sqlalchemy import select
from webtest import Upload

from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.pipeline import change_ticket
from rtpy.content.part import Part, PartRole
from rtpy.fields.contents import read_values
from rtpy.models import CustomFieldContent, Ticket, Transaction

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def ticket(make):
    return make.ticket("Printer on fire")


def edit(browser, path, name):
    """The small form beside a value, by the name of its input."""
    forms = browser.get(path).forms.values()
    return next(form for form in forms if name in form.fields and "deed" in form.fields)


def new_form(browser, **values):
    page = browser.get("/ticket/create")
    form = next(form for form in page.forms.values() if "requestor" in form.fields)
    for name, value in {"requestor": "ann@client.example", "subject": "Disk", **values}.items():
        form[name] = value
    return form


def values(work, ticket):
    return read_values(work, "ticket", ticket.id)


def test_a_field_is_changed_in_place_and_history_tells_it_by_name(root, work, ticket, field):
    serial = field("Serial number")
    form = edit(root, f"/ticket/{ticket.id}", f"cf_{serial}")
    form[f"cf_{serial}"] = "A<1>"
    page = form.submit(status=303).follow()
    assert "You set Serial number to A&lt;1&gt;." in page.text
    form = edit(root, f"/ticket/{ticket.id}", f"cf_{serial}")
    form[f"cf_{serial}"] = "B2"
    assert "changed Serial number from A&lt;1&gt; to B2" in form.submit(status=303).follow().text
    assert values(work, ticket) == {"Serial number": ("B2",)}
    assert "changed Serial number from A&lt;1&gt; to B2" in root.get(f"/ticket/{ticket.id}/history").text


def test_what_does_not_fit_is_told_and_not_kept(root, work, ticket, field):
    count = field("Count", pattern="(?#Digits)^[0-9]*$")
    form = edit(root, f"/ticket/{ticket.id}", f"cf_{count}")
    form[f"cf_{count}"] = "many"
    assert "What is asked for: Digits." in form.submit(status=303).follow().text
    assert values(work, ticket) == {"Count": ()}


def test_who_does_not_see_a_field_finds_nothing_of_it_on_the_page_or_in_history(jo, work, ticket, field):
    serial = field("Serial number")
    change_ticket(work, ticket, SetCustomField(serial, ("SECRET-1",)))
    for path in (f"/ticket/{ticket.id}", f"/ticket/{ticket.id}/history", "/ticket/create"):
        page = jo.get(path).text
        assert "Serial number" not in page
        assert "SECRET-1" not in page


def test_who_only_sees_a_field_gets_no_form_for_it(jo, make, db, work, ticket, field):
    serial = field("Serial number")
    change_ticket(work, ticket, SetCustomField(serial, ("A1",)))
    make.grant("AdminCc", "ModifyCustomField")
    from rtpy.models import User

    make.grant(db.scalars(select(User).where(User.name == "jo")).one(), "SeeCustomField")
    page = jo.get(f"/ticket/{ticket.id}")
    assert "A1" in page.text
    assert f'name="cf_{serial}"' not in page.text


def test_a_mandatory_field_without_a_value_is_marked(root, ticket, field):
    field("Serial number", pattern="(?#Mandatory).", grouping="Hardware")
    page = root.get(f"/ticket/{ticket.id}").text
    assert "<h2>Hardware</h2>" in page
    assert "1 missing" in page


@pytest.mark.parametrize(
    ("more", "chosen", "kept"),
    [
        ({"kind": "Select", "choices": ("a", "b")}, "b", ("b",)),
        ({"kind": "Select", "choices": ("a", "b"), "most": 0}, ["a", "b"], ("a", "b")),
        ({"kind": "Select", "choices": ("a", "b"), "render_type": "List"}, "b", ("b",)),
        ({"kind": "Select", "choices": ("off", "on"), "render_type": "Checkbox"}, True, ("on",)),
        ({"kind": "Select", "choices": ("off", "on"), "render_type": "Checkbox"}, False, ("off",)),
        ({"kind": "Combobox", "choices": ("a", "b")}, "own", ("own",)),
        ({"kind": "Freeform", "most": 0}, "a\nb\n", ("a", "b")),
        ({"kind": "Text"}, "one\n\ntwo", ("one\n\ntwo",)),
        ({"kind": "Date"}, "2026-03-31", ("2026-03-31",)),
        ({"kind": "DateTime"}, "2026-03-31T17:00", ("2026-03-31T17:00:00Z",)),
        ({"kind": "IPAddress"}, "10.0.0.1", ("10.0.0.1",)),
        ({"kind": "IPAddressRange"}, "10.0.0.0/30", ("10.0.0.0-10.0.0.3",)),
        ({"kind": "HTML"}, "<b>x</b><script>1</script>", ("<b>x</b>",)),
    ],
)
def test_every_type_has_an_input_whose_value_comes_back(root, work, ticket, field, more, chosen, kept):
    name = f"cf_{field('Thing', **more)}"
    form = edit(root, f"/ticket/{ticket.id}", name)
    form[name] = chosen
    form.submit(status=303)
    assert values(work, ticket)["Thing"] == kept
    before = form = edit(root, f"/ticket/{ticket.id}", name)
    before.submit(status=303)  # as it stands in the form
    assert values(work, ticket)["Thing"] == kept


def test_text_is_shown_as_its_type_says_and_never_as_a_script(root, work, ticket, field):
    wiki, html = field("Wiki", "Wikitext"), field("Page", "HTML")
    link = field("Link", link_template="https://wiki.example.com/__CustomField__")
    bare = field("Bare", link_template="__CustomField__")
    evil = "<script>alert(1)</script>"
    change_ticket(
        work,
        ticket,
        SetCustomField(wiki, (f"'''bold''' {evil}",)),
        SetCustomField(html, (f"<em>ok</em>{evil}",)),
        SetCustomField(link, ("a b/c",)),
        SetCustomField(bare, ("javascript:alert(1)",)),
    )
    page = root.get(f"/ticket/{ticket.id}").text
    assert "<strong>bold</strong>" in page
    assert "<em>ok</em>" in page
    assert "<script>alert" not in page
    assert 'href="https://wiki.example.com/a%20b%2Fc"' in page
    assert 'href="javascript' not in page


# --- files ---


def test_a_picture_is_uploaded_shown_and_taken_away(root, work, db, ticket, field):
    name = f"cf_{field('Photo', 'Image')}"
    form = edit(root, f"/ticket/{ticket.id}", name)
    form[name] = Upload("rack.png", PNG, "image/png")
    page = form.submit(status=303).follow()
    source = page.html.find("img", class_="field-picture")["src"] if hasattr(page, "html") else None
    answer = root.get(source)
    assert answer.body == PNG
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    form = edit(root, f"/ticket/{ticket.id}", name)
    form[f"{name}_remove"] = True
    form.submit(status=303)
    assert values(work, ticket) == {"Photo": ()}


def test_a_file_of_a_field_is_sent_to_who_sees_the_field_on_a_ticket_they_see(
    root, jo, work, db, ticket, make, field
):
    file = field("Report", "Binary")
    part = Part("text/html", b"<script>1</script>", PartRole.FILE, "x.html")
    change_ticket(work, ticket, SetCustomField(file, (part,)))
    row = db.scalars(select(CustomFieldContent)).one().id
    answer = root.get(f"/ticket/{ticket.id}/field/{row}/x.html")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    other = make.ticket()
    root.get(f"/ticket/{other.id}/field/{row}/x.html", status=404)
    root.get(f"/field/{row}/x.html", status=404)
    jo.get(f"/ticket/{ticket.id}/field/{row}/x.html", status=404)


# --- a new ticket ---


def test_a_new_ticket_is_asked_for_its_fields_with_their_defaults(root, work, db, field):
    size = field("Size", "Select", choices=("Small", "Large"), default=("Large",))
    serial = field("Serial", pattern="(?#Mandatory).")
    form = new_form(root)
    assert form[f"cf_{size}"].value == "Large"
    page = form.submit(status=422)
    assert "Serial is needed: give it a value." in page.text
    form = next(form for form in page.forms.values() if "requestor" in form.fields)
    form[f"cf_{serial}"] = "A1"
    form.submit(status=303)
    made = db.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
    assert values(work, made) == {"Size": ("Large",), "Serial": ("A1",)}


def test_the_fields_of_another_queue_are_shown_before_the_ticket_is_made(root, db, make, field):
    hardware = make.queue("Hardware")
    serial = field("Serial", queue=hardware)
    form = new_form(root)
    assert f"cf_{serial}" not in form.fields
    form["queue"] = str(hardware.id)
    page = form.submit("deed", status=200)
    assert f'name="cf_{serial}"' in page.text
    page = form.submit(status=422)
    assert "The queue Hardware has fields of its own" in page.text
    form = next(form for form in page.forms.values() if "requestor" in form.fields)
    form.submit(status=303)


# --- messages ---


def test_a_reply_carries_the_fields_of_messages(root, work, db, ticket, field):
    place = field("Where", "Select", lookup="transaction", choices=("on site", "remote"))
    page = root.get(f"/ticket/{ticket.id}")
    form = page.forms["reply"]
    form["text"] = "Fixed."
    form[f"cf_{place}"] = "on site"
    page = form.submit(status=303).follow()
    said = db.scalars(select(Transaction).where(Transaction.type == "Correspond")).one()
    assert read_values(work, "transaction", said.id) == {"Where": ("on site",)}
    assert "<dt>Where</dt><dd>on site</dd>" in page.text


def test_what_was_chosen_is_still_there_when_a_reply_cannot_be_sent(root, ticket, field):
    place = field("Where", lookup="transaction", pattern="(?#Mandatory).")
    form = root.get(f"/ticket/{ticket.id}").forms["reply"]
    form["text"] = "Fixed."
    page = form.submit(status=422)
    assert "Where is needed" in page.text
    assert page.forms["reply"]["text"].value == "Fixed."
    assert f"cf_{place}" in page.forms["reply"].fields


# --- other things ---


@pytest.mark.parametrize("kind", ["user", "organization", "queue", "group"])
def test_a_field_of_another_thing_is_changed_on_its_page_and_recorded(root, db, work, make, field, kind):
    from rtpy.changes.membership import create_group

    thing = {
        "user": lambda: make.customer("ann@client.example"),
        "organization": lambda: make.organization("Acme"),
        "queue": make.queue,
        "group": lambda: create_group(work, "Support"),
    }[kind]()
    db.flush()
    number = field("Contract", lookup=kind)
    path = {"user": f"/people/{thing.id}", "organization": f"/organisations/{thing.id}"}
    form = edit(root, path.get(kind, f"/fields/{kind}/{thing.id}"), f"cf_{number}")
    form[f"cf_{number}"] = "C-7"
    assert "C-7" in form.submit(status=303).follow().text
    told = db.scalars(select(Transaction).where(Transaction.type == "CustomField")).one()
    assert (told.object_type, told.object_id, told.new_value) == (kind, thing.id, "C-7")


def test_staff_without_the_right_sees_no_field_of_a_person(jo, make, field):
    field("Birthday", "Date", lookup="user")
    ann = make.customer("ann@client.example")
    assert "Birthday" not in jo.get(f"/people/{ann.id}").text
    assert "Birthday" not in jo.get(f"/fields/user/{ann.id}").text


def test_fields_cost_the_page_of_a_ticket_one_query(root, ticket, field, query_count):
    root.get(f"/ticket/{ticket.id}")
    with query_count() as without:
        root.get(f"/ticket/{ticket.id}")
    for number in range(10):
        field(f"Field {number}")
    root.get(f"/ticket/{ticket.id}")
    with query_count() as with_fields:
        root.get(f"/ticket/{ticket.id}")
    assert with_fields.total == without.total + 1


def test_a_field_based_on_another_offers_what_goes_with_its_value(root, work, ticket, field):
    maker = field("Maker", "Select", choices=("Dell", "HP"))
    model = field(
        "Model", "Select", choices=(("XPS", "Dell"), ("Elite", "HP"), ("Other", "")), based_on_id=maker
    )

    def offered(page):
        return [each["value"] for each in page.html.select(f"select[name=cf_{model}] option")]

    new = root.get("/ticket/create")
    based = new.html.select_one(f"[data-based-on=cf_{maker}]")
    assert offered(new) == ["", "Other", "XPS", "Elite"]  # the page's script narrows it, the server checks it
    assert [each["data-goes-with"] for each in based.select("optgroup")] == ["Dell", "HP"]
    assert "The choices depend on “Maker”." in based.text
    for value, choices in (("Dell", ["", "Other", "XPS"]), ("HP", ["", "Other", "Elite"])):
        change_ticket(work, ticket, SetCustomField(maker, (value,)))
        assert offered(root.get(f"/ticket/{ticket.id}")) == choices
    change_ticket(work, ticket, SetCustomField(model, ("Elite",)))
    change_ticket(work, ticket, SetCustomField(maker, ("Dell",)))
    assert offered(root.get(f"/ticket/{ticket.id}")) == [
        "",
        "Other",
        "XPS",
        "Elite",
    ]  # what is kept stays there
