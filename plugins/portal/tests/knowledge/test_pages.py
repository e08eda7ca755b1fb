"""Pages on which staff write, publish and find knowledge."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.content.part import plain_message
from rtpy.models import Article, User
from rtpy_portal.knowledge.publishing import ask_review
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.knowledge.writing import change_page, values_of
from rtpy_portal.models import Book, Chapter, Page

pytestmark = pytest.mark.databases(
    "sqlite"
)  # what is asked of the database is tested on both where it is written


def form_with(answer, name):
    """The form of a page that has a field or button of that name."""
    return next(form for form in answer.forms.values() if name in form.fields)


def press(form, value, name="deed", status=None):
    return form.submit(name, value=value, status=status)


@pytest.fixture
def ann(db, make, another, enter):
    """A browser with Ann, who is staff and may write."""
    make.staff("ann")
    return enter(another(), db.scalars(select(User).where(User.name == "ann")).one())


def write_page(browser, status=None, **values):
    form = form_with(browser.get("/knowledge/page/create"), "title")
    for name, value in values.items():
        form[name] = value
    return form.submit(status=status)


def test_a_page_is_written_previewed_and_published(db, root):
    made = write_page(root, title="Set up mail", content="Open **Settings**.").follow()
    assert made.html.select_one(".prose strong").text == "Settings"
    page = db.scalar(select(Page))
    assert "This is a preview" in root.get(f"/knowledge/page/{page.id}/preview").text
    done = press(form_with(made, "at"), "publish").follow()
    db.expire_all()
    assert page.published_version == 1
    assert f"/portal/knowledge/page/{page.id}/set-up-mail" in done.text


def test_what_is_wrong_stands_beside_what_was_typed(root):
    answer = write_page(root, 422, title="", content="Long text", audience="organizations", review_by="soon")
    assert form_with(answer, "title")["content"].value == "Long text"
    assert "2026-12-31" in answer.html.select_one(".problems").text


def test_who_only_writes_asks_for_a_review_and_finds_no_button_to_publish(db, ann, root):
    page = write_page(ann, title="Set up mail", content="Words.").follow()
    assert "publish-at" not in page.text
    press(form_with(page, "note"), "ask_review")
    assert "Set up mail" in root.get("/knowledge?show=review").html.table.text
    number = db.scalar(select(Page.id))
    token = form_with(page, "note")["csrf_token"].value
    refused = ann.post(f"/knowledge/page/{number}", {"csrf_token": token, "deed": "publish"}, status=422)
    assert "PublishKnowledge" in refused.text


def test_customers_see_none_of_it(db, make, another, enter, published):
    page = published("Set up mail")
    jo = enter(another(), make.customer("jo@example.com"))
    for url in ("/knowledge", f"/knowledge/page/{page.id}", f"/knowledge/page/{page.id}/preview"):
        assert jo.get(url, status="*").status_int in (303, 403, 404)


def test_what_readers_do_not_see_yet_is_shown_as_a_difference(root, work, published):
    page = published("Prices", "Old line.")
    change_page(work, page, replace(values_of(work, page), content="New line."))
    shown = root.get(f"/knowledge/page/{page.id}").html.select_one("pre.diff")
    assert (shown.find("ins").text.strip(), shown.find("del").text.strip()) == ("+ New line.", "- Old line.")


def test_an_earlier_version_is_taken_up_again(root, work, published):
    page = published("Prices", "First.")
    form = form_with(root.get(f"/knowledge/page/{page.id}/versions"), "take")
    change_page(work, page, replace(values_of(work, page), content="Second."))
    press(form, "1", "take").follow()
    assert values_of(work, page).content == "First."


def test_a_page_is_translated(db, root, published):
    page = published("Set up mail")
    link = root.get(f"/knowledge/page/{page.id}").html.find(
        "a", string=lambda text: text and "Translate" in text
    )
    form = form_with(
        root.get(link["href"] if link else f"/knowledge/page/create?original={page.id}"), "title"
    )
    assert form["lang"].value == "de"
    form["title"] = "Post einrichten"
    form.submit().follow()
    other = db.scalar(select(Page).where(Page.lang == "de"))
    assert (other.original_id, other.title) == (page.id, "Post einrichten")


def test_books_and_chapters_are_made_and_only_empty_ones_deleted(db, root, published):
    form = form_with(root.get("/knowledge/book/create"), "name")
    form["name"] = "For customers of Acme"
    made = press(form, "save").follow()
    book = db.scalar(select(Book).order_by(Book.id.desc()))
    assert book.slug == "for-customers-of-acme"
    chapter = form_with(made, "chapter_name")
    chapter["chapter_name"] = "Printing"
    made = press(chapter, "chapter").follow()
    assert db.scalars(select(Chapter.name).where(Chapter.book_id == book.id).order_by(Chapter.id)).all() == [
        "First steps",
        "Printing",
    ]
    press(form_with(made, "name"), "delete")
    assert db.scalar(select(Book.id).where(Book.name == "For customers of Acme")) is None
    published("Set up mail")
    first = db.scalar(select(Book))
    refused = press(form_with(root.get(f"/knowledge/book/{first.id}"), "name"), "delete", status=422)
    assert "Pages stand in the book" in refused.text


def test_whoever_writes_a_page_is_proposed_as_its_owner(ann):
    form = form_with(ann.get("/knowledge/page/create"), "title")
    assert form["owner"].value != ""


@pytest.fixture
def ticket(make, work, db):
    """A request of Jo Miller's of Acme, with an answer, and a comment that nobody else may read."""
    make.organization("Acme Tools", "acme.example")
    jo = make.customer("jo@acme.example", "Jo Miller")
    made = make.ticket(
        "Printer of Jo Miller is silent", requestor=jo.email_address, text="It prints nothing."
    )
    answer = (
        "Hello Jo,\nwrite to help@acme.example or call +49 89 123456.\nThen press Start.\n\nRegards\nRoot"
    )
    change_ticket(work, made, Correspond(plain_message(answer)))
    change_ticket(work, made, Comment(plain_message("CANARY they never pay")))
    return made


def test_a_ticket_becomes_a_draft_without_comments_names_and_addresses(db, root, ticket):
    page = root.get(f"/ticket/{ticket.id}")
    assert f"/ticket/{ticket.id}/knowledge" in page.text
    shown = root.get(f"/ticket/{ticket.id}/knowledge")
    form = form_with(shown, "title")
    text = form["title"].value + form["content"].value
    for word in ("CANARY", "Jo", "Miller", "acme", "123456", "Regards"):
        assert word not in text
    assert "Then press Start." in text
    assert "[mail address]" in text
    assert "[phone number]" in text
    form.submit().follow()
    made = db.scalar(select(Page))
    article = db.get(Article, made.article_id)
    assert article.disabled
    assert f"/articles/{article.id}" in root.get(f"/ticket/{ticket.id}").text
    assert f"/knowledge/page/{made.id}" in root.get(f"/articles/{article.id}").text


def test_only_pages_that_the_customers_may_read_are_offered_for_a_reply(root, make, ticket, published):
    other = make.organization("Other").id
    published("Silent printer", "Press Start.", audience=Audience.STAFF)
    published(
        "Silent printer of others", audience=Audience.ORGANIZATIONS, organization_ids=frozenset({other})
    )
    open_to_all = published("A silent printer prints again")
    shown = root.get(f"/ticket/{ticket.id}/knowledge/links?q=silent+printer")
    assert [each.text for each in shown.html.select(".list .title")] == ["A silent printer prints again"]
    form = form_with(shown, "put")
    given = {"csrf_token": form["csrf_token"].value, "kind": "reply", "text": "Please read"}
    put = shown.html.find("button", attrs={"name": "put"})
    composer = root.post(put["formaction"], {**given, "put": put["value"]})
    text = composer.html.find("textarea", attrs={"name": "text"}).text
    assert text.strip().startswith("Please read")
    assert f"/portal/knowledge/page/{open_to_all.id}/" in text


def test_what_waits_stands_on_the_first_page(root, work, write, published, clock):
    page = write("Set up mail")
    ask_review(work, page)
    due = published("Prices", owner_id=work.actor.user_id, review_by=clock.now().date())
    shown = root.get("/").html.select_one("[aria-labelledby=portal-waiting]").text
    assert "1 page waits for a review" in shown
    assert due.title in shown


def test_lists_cost_the_same_for_one_page_and_for_many(root, published, query_count):
    published("Page 0")
    root.get("/knowledge")
    with query_count() as one:
        root.get("/knowledge")
    for number in range(1, 6):
        published(f"Page {number}")
    root.get("/knowledge")
    with query_count() as many:
        root.get("/knowledge")
    assert many.total == one.total
