"""Setting up topics: pages, order, set-up files, the first three."""

import pytest
from sqlalchemy import select

from rtpy.errors import Invalid
from rtpy_portal.asking.questions import Question, read_questions, read_translation, write_questions
from rtpy_portal.asking.sections import TOPICS
from rtpy_portal.models import Topic

# Reading and drawing forms does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")


def names(db):
    return list(db.scalars(select(Topic.name).order_by(Topic.position, Topic.id)))


def form_of(page):
    return next(form for form in page.forms.values() if "questions" in form.fields)


def test_a_new_portal_has_three_topics(db, browser):
    assert names(db) == ["General question", "Something is broken", "New person or device"]
    assert "Etwas geht nicht" in browser.get("/portal", headers={"Accept-Language": "de"}).text


def test_a_topic_is_made_changed_moved_and_switched_off(root, db, make, browser):
    queue = make.queue("Security")
    form = form_of(root.get("/admin/portal/topics/create"))
    form["name"], form["queue"] = "Security", str(queue.id)
    form["questions"], form["person"] = "Since when? *\nWhich? = A", "nobody at all"
    wrong = form.submit("deed", value="save", status=422)
    assert "write 2 to 40 choices" in wrong.html.find(id="field-questions-error").text
    assert "Nobody is known" in wrong.html.find(id="field-person-error").text
    form = form_of(wrong)
    form["questions"], form["person"], form["name.de"] = "Since when? *", "root", "Sicherheit"
    form.submit("deed", value="save", status=303)
    row = db.scalars(select(Topic).where(Topic.name == "Security")).one()
    assert (row.questions[0]["label"], row.person_role, row.words) == (
        "Since when?",
        "owner",
        {"de": {"name": "Sicherheit"}},
    )

    page = root.get("/admin/portal/topics")
    up = next(f for f in page.forms.values() if "topic" in f.fields and f["topic"].value == str(row.id))
    up.submit("deed", value="up", status=303)
    assert names(db)[2] == "Security"

    again = form_of(root.get(f"/admin/portal/topics/{row.id}"))
    assert (again["questions"].value, again["person"].value) == ("Since when? *", "root")
    again["disabled"] = True
    again.submit("deed", value="save", status=303)
    assert "Security" not in browser.get("/portal").html.main.text
    browser.get(f"/portal/ask/{row.id}", status=404)


def test_a_topic_for_an_organisation_is_there_for_its_people_alone(browser, another, make, enter, topic):
    make.organization("Client", "client.example")
    made = topic("Machines", for_organizations=True, organizations=("client",))
    member = enter(browser, make.customer("ann@client.example"))
    assert "Machines" in member.get("/portal").text
    for other in (another(), enter(another(), make.customer("bob@other.example"))):
        assert "Machines" not in other.get("/portal").text
        other.get(f"/portal/ask/{made.id}", status=404)


def test_topics_come_back_from_a_set_up_file(work, db, topic):
    topic(
        hint="Paper",
        questions="Which? * = A | B\nWhy?\n  only if Which? is B",
        words={"de": {"name": "Drucker"}},
    )
    entries = {each["name"]: each for each in TOPICS.dump(work)}
    before = entries["Printers"]
    row = db.scalars(select(Topic).where(Topic.name == "Printers")).one()
    row.hint, row.questions, row.words = "", [], {}
    TOPICS.save(work, TOPICS.whole(TOPICS.short(before)), None)
    assert next(each for each in TOPICS.dump(work) if each["name"] == "Printers") == before


def test_questions_are_read_as_they_are_written():
    text = "Which device? * = Laptop | Printer\nWhich printer?\n  only if Which device? is Printer\nAnything else?"
    read = read_questions(text)
    assert read[:2] == (
        Question("Which device?", ("Laptop", "Printer"), True),
        Question("Which printer?", (), False, 0, 1),
    )
    assert write_questions(read) == text
    assert read_translation(read, "Gerät? = Laptop | Drucker\nDrucker?\nSonst?", "q")[0][1] == (
        "Laptop",
        "Drucker",
    )


@pytest.mark.parametrize(
    "text",
    [
        "only if A is B",
        "A? = B | C\n only if A? is B",
        "A? = B",
        "A?\na?",
        "A?\nB?\n only if A? is C",
        "*",
        "x" * 201,
    ],
)
def test_what_makes_no_question_is_said(text):
    with pytest.raises(Invalid):
        read_questions(text)
