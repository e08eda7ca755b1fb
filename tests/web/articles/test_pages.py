"""Articles in the browser: found, shown, written, made from a ticket, inserted into a reply; and their set-up."""

import pytest
from sqlalchemy import select

from rtpy.changes.articles import HTML, ArticleText, make_article, set_article_topics
from rtpy.changes.classes import ClassValues, make_class
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.topics import TopicValues, make_topic
from rtpy.content.part import plain_message
from rtpy.models import (
    Ace,
    Article,
    ArticleClass,
    Attachment,
    ClassPlace,
    Draft,
    Link,
    Topic,
    Transaction,
    User,
)

# Its statements are tried on both in tests/domain; that pages open on both, in tests/attacks.
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def howto(work):
    return make_class(work, ClassValues("How to"))


@pytest.fixture
def article(work, howto):
    return make_article(work, howto, ArticleText("Reset a password", "In three steps", "Press the button."))


@pytest.fixture
def may(db, jo):
    """Lets Jo do things in a class: `may(howto, "ShowArticle")`."""
    user = db.scalar(select(User).where(User.name == "jo"))

    def grant(article_class, *rights):
        kind, number = ("class", article_class.id) if article_class else ("system", 0)
        db.add_all(
            Ace(principal_id=user.id, right_name=right, object_type=kind, object_id=number)
            for right in rights
        )
        db.flush()

    return grant


@pytest.fixture
def cost(query_count):
    """What a page costs when all that is remembered is fresh: once in a second a look at the stamp comes on top."""

    def count(browser, address):
        browser.get(address)
        totals = []
        for _ in range(2):
            with query_count() as counted:
                browser.get(address)
            totals.append(counted.total)
        return min(totals)

    return count


def names(page):
    return [link.text for link in page.html.select("[data-open-item]")]


def main(page):
    """The form of the page itself, not of its frame."""
    forms = page.html.select("form")
    return page.forms[
        next(at for at, form in enumerate(forms) if form.find_parent("main") and form["method"] == "post")
    ]


def open_choice(page, kind="reply", text=None):
    """The button "Insert an article"; WebTest knows nothing of its formaction."""
    form = page.forms[kind]
    if text is not None:
        form["text"] = text
    form.action = page.html.select_one(f"#{kind} button[name=articles]")["formaction"]
    return form.submit("articles")


def composer(page, kind="reply"):
    return page.forms[kind]


# --- finding and reading


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Reset a password", "Zip a folder"]),
        ("?q=button", ["Reset a password"]),
        ("?class={other}", ["Zip a folder"]),
        ("?topic={topic}", ["Reset a password"]),
        ("?q=nothing", []),
        ("?class=x&topic=-1&page=0", ["Reset a password", "Zip a folder"]),
        ("?q=%00%25", []),
    ],
)
def test_a_list_shows_what_its_address_asks_for(root, work, article, query, expected):
    other = make_class(work, ClassValues("Other"))
    make_article(work, other, ArticleText("Zip a folder"))
    mail = make_topic(work, TopicValues("Mail"))
    below = make_topic(work, TopicValues("Outlook", parent_id=mail.id))
    set_article_topics(work, article, [below.id])
    assert names(root.get("/articles" + query.format(other=other.id, topic=mail.id))) == expected


def test_a_list_is_paged_and_costs_a_fixed_number_of_queries(jo, work, howto, may, cost):
    may(howto, "ShowArticle")
    make_article(work, howto, ArticleText("One"))
    few = cost(jo, "/articles")
    for number in range(30):
        make_article(work, howto, ArticleText(f"Article {number:02}"))
    page = jo.get("/articles")
    assert len(names(page)) == 25
    assert "26–31 of 31" in page.click("Next page")
    assert cost(jo, "/articles") == few <= 9


def test_without_the_right_there_is_neither_list_nor_page(jo, article):
    assert names(jo.get("/articles")) == []
    for address in ("", "/modify", "/history"):
        jo.get(f"/articles/{article.id}{address}", status=404)
    jo.get("/articles/999999", status=404)
    jo.get("/articles/create", status=403)


def test_lists_are_narrowed_to_classes_that_one_may_know_of(jo, howto, article, may):
    may(howto, "ShowArticle")
    assert jo.get("/articles").html.select("#articles-class option") == []
    may(howto, "SeeClass")
    assert [each.text for each in jo.get("/articles").html.select("#articles-class option")] == [
        "any",
        "How to",
    ]


def test_the_menu_has_articles_for_who_holds_the_right(jo, may):
    assert "/articles" not in [link["href"] for link in jo.get("/").html.select(".rail a")]
    may(None, "ShowArticlesMenu")
    assert "/articles" in [link["href"] for link in jo.get("/").html.select(".rail a")]


def test_customers_see_no_articles(customer, article):
    for address in ("/articles", f"/articles/{article.id}"):
        assert customer.get(address, expect_errors=True).status_int in (403, 404)


def test_html_of_an_article_cannot_run_even_if_it_got_into_the_database(root, db, work, howto):
    made = make_article(work, howto, ArticleText("Sly", content="<p>Hi</p>", format=HTML))
    made.content = (
        '<p>Hi</p><script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:x">y</a>'
    )
    db.flush()
    body = root.get(f"/articles/{made.id}").html.select_one("main .prose")
    assert "Hi" in body.text
    assert body.select("script, img, [onerror]") == []
    assert [link.get("href") for link in body.select("a")] == [None]


def test_names_are_escaped(root, work, howto):
    made = make_article(work, howto, ArticleText("<b>bold</b>", "<i>", "<u>plain</u>"))
    page = root.get(f"/articles/{made.id}")
    assert page.html.select("main b, main i, main u") == []


# --- writing


def test_an_article_is_written_changed_and_its_history_told(root, howto, db, work):
    make_topic(work, TopicValues("Mail"))
    form = main(root.get("/articles/create"))
    form["name"], form["summary"], form["content"] = "Reset", "Short", "One\nTwo"
    form["topics"] = True
    page = form.submit("deed").follow()
    assert "The article Reset is written." in page
    assert "Mail" in page.html.select_one(".aside").text
    form = main(page.click("Edit"))
    form["content"] = "One\nThree"
    page = form.submit("deed").follow().click("History$")
    diff = page.html.select_one("pre.diff")
    assert (diff.ins.text.strip(), diff.find("del").text.strip()) == ("+ Three", "- Two")
    assert "put it under Mail" in page


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(root, article):
    form = main(root.get("/articles/create"))
    form["name"], form["content"] = "reset a PASSWORD", "My long text"
    page = form.submit("deed", status=422)
    assert "There is an article" in page.html.select_one("#field-name-error").text
    assert main(page)["content"].value.strip() == "My long text"


def test_an_edit_does_not_overwrite_what_somebody_else_wrote_meanwhile(root, db, work, clock, article):
    from datetime import timedelta

    from rtpy.changes.articles import change_article

    form = main(root.get(f"/articles/{article.id}/modify"))
    clock.advance(timedelta(minutes=1))
    work.now = clock.now()
    change_article(work, article, ArticleText("Reset a password", "In three steps", "Theirs"))
    form["content"] = "Mine"
    page = form.submit("deed", status=422)
    assert "Somebody changed the article meanwhile" in page.html.select_one(".problems").text
    main(page).submit("deed")
    assert db.scalar(select(Article.content)) == "Mine"


def test_who_may_only_change_topics_cannot_change_the_text(jo, db, work, howto, article, may):
    make_topic(work, TopicValues("Mail"))
    may(howto, "ShowArticle", "ModifyArticleTopics")
    form = main(jo.get(f"/articles/{article.id}/modify"))
    assert "content" not in form.fields
    form["topics"] = True
    form.submit("deed", status=303)
    assert article.content == "Press the button."


def test_history_needs_its_own_right(jo, howto, article, may):
    may(howto, "ShowArticle")
    jo.get(f"/articles/{article.id}/history", status=403)
    may(howto, "ShowArticleHistory")
    assert "wrote the article" in jo.get(f"/articles/{article.id}/history")


def test_switching_off_needs_its_right(jo, db, howto, article, may, token):
    may(howto, "ShowArticle", "ModifyArticle")
    deed = {"csrf_token": token(jo), "deed": "disable"}
    assert "DisableArticle" in jo.post(f"/articles/{article.id}", deed).follow()
    may(howto, "DisableArticle")
    jo.post(f"/articles/{article.id}", deed)
    assert db.scalar(select(Article.disabled).execution_options(populate_existing=True))


# --- made from a ticket


@pytest.fixture
def talked(make, work):
    ticket = make.ticket("Printer on fire", text="It burns.\n\n> old quote")
    change_ticket(work, ticket, Comment(plain_message("The customer is a fool.")))
    change_ticket(work, ticket, Correspond(plain_message("Pull the plug.")))
    return ticket


def test_an_article_from_a_ticket_has_no_comments_unless_they_are_ticked(root, talked, howto):
    page = root.get(f"/ticket/{talked.id}").click("Make an article")
    marked = {
        label.text.strip(): box.has_attr("checked")
        for label, box in (
            (card.select_one(".card-head"), card.select_one("input[type=checkbox]"))
            for card in page.html.select("main form section.card")
        )
    }
    assert [ticked for words, ticked in marked.items() if "Internal comment" in words] == [False]
    assert [ticked for words, ticked in marked.items() if "Internal comment" not in words] == [True, True]
    content = main(main(page).submit())["content"].value
    assert content.strip() == "It burns.\n\nPull the plug."


def test_a_comment_that_is_ticked_by_hand_is_in_it_and_that_is_said(root, talked, howto):
    form = main(root.get(f"/ticket/{talked.id}/article"))
    for box in form.fields["message"]:
        box.checked = True
    page = form.submit()
    assert "The customer is a fool." in main(page)["content"].value
    assert "Internal comments are among these words." in page


def test_who_may_not_read_comments_cannot_get_one_by_its_number(jo, db, make, talked, howto, may, token):
    may(howto, "CreateArticle")
    make.revoke("ShowTicketComments", talked.queue)
    for ace in db.scalars(select(Ace).where(Ace.right_name == "ShowTicketComments")):
        db.delete(ace)
    comment = db.scalar(select(Transaction.id).where(Transaction.type == "Comment"))
    page = jo.post(f"/ticket/{talked.id}/article", {"csrf_token": token(jo), "message": str(comment)})
    assert main(page)["content"].value.strip() == ""


def test_messages_of_other_tickets_do_not_get_in(root, db, make, talked, howto, token):
    other = make.ticket("Other", text="Secret of others")
    number = db.scalar(
        select(Transaction.id).where(
            Transaction.object_type == "ticket",
            Transaction.object_id == other.id,
            Transaction.type == "Create",
        )
    )
    page = root.post(f"/ticket/{talked.id}/article", {"csrf_token": token(root), "message": str(number)})
    assert "Secret of others" not in page


def test_the_new_article_refers_to_its_ticket(root, db, app, talked, howto):
    form = main(main(root.get(f"/ticket/{talked.id}/article")).submit())
    form["name"] = "Fires"
    form.submit("deed")
    made = db.scalar(select(Article).where(Article.name == "Fires"))
    link = db.scalar(select(Link).where(Link.type == "RefersTo"))
    assert link.base == f"fsck.com-article://{app.config.organization}/article/{made.id}"
    assert link.local_target_id == talked.id
    assert "Printer on fire" in root.get(f"/articles/{made.id}").html.select_one(".aside").text


# --- inserted into a reply


def test_an_article_comes_into_the_reply_below_what_was_typed_and_is_linked_when_sent(
    root, db, app, make, article
):
    ticket = make.ticket()
    page = root.get(f"/ticket/{ticket.id}")
    composer(page)["minutes"], composer(page)["cc"] = "7", "bo@client.example"
    choice = open_choice(page, text="Dear Ann,")
    assert "Press the button." in choice
    page = main(choice).submit("insert")
    form = composer(page)
    assert form["text"].value.strip() == "Dear Ann,\n\nPress the button."
    assert (form["minutes"].value, form["cc"].value) == ("7", "bo@client.example")
    assert "Reset a password" in page.html.select_one("#reply").text
    assert db.scalars(select(Link)).all() == []
    form.submit().follow()
    assert (
        db.scalar(select(Link.target)) == f"fsck.com-article://{app.config.organization}/article/{article.id}"
    )
    assert "Reset a password" in root.get(f"/ticket/{ticket.id}").html.select_one("#sidebar").text


def test_searching_keeps_what_was_typed(root, work, make, howto, article):
    make_article(work, howto, ArticleText("Zip a folder", content="Zip."))
    choice = main(open_choice(root.get(f"/ticket/{make.ticket().id}"), text="Dear Ann,"))
    choice["q"] = "zip"
    found = choice.submit()
    assert "Press the button." not in found
    assert composer(main(found).submit("insert"))["text"].value.strip() == "Dear Ann,\n\nZip."


def test_an_article_in_a_comment_stays_in_the_comment(root, make, article):
    page = root.get(f"/ticket/{make.ticket().id}")
    page = main(open_choice(page, "comment", "Look:")).submit("insert")
    assert composer(page, "comment")["text"].value.strip() == "Look:\n\nPress the button."
    assert "Press" not in composer(page)["text"].value


def test_the_draft_is_kept_on_the_way(root, db, make, article):
    ticket = make.ticket()
    choice = open_choice(root.get(f"/ticket/{ticket.id}"), text="Dear Ann,")
    assert db.scalar(select(Draft.fields).where(Draft.place == f"ticket:{ticket.id}:reply")) == {
        "text": "Dear Ann,"
    }
    back = choice.click("Back without an article")
    assert composer(back)["text"].value.strip() == "Dear Ann,"


def test_above_the_signature(root, db, make, article):
    db.scalar(select(User).where(User.name == "root")).signature = "Root Ltd"
    db.flush()
    page = main(open_choice(root.get(f"/ticket/{make.ticket().id}"))).submit("insert")
    assert composer(page)["text"].value.strip() == "Press the button.\n\n-- \nRoot Ltd"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (ClassValues("How to", takes_title=True, takes_summary=True), "Reset\n\nSoon\n\nBold & more"),
        (ClassValues("How to", takes_title=True, takes_content=False), "Reset"),
    ],
)
def test_the_class_says_what_gets_in_and_html_becomes_text(root, work, make, values, expected):
    text = ArticleText("Reset", "Soon", "<p><b>Bold</b> &amp; more</p>", HTML)
    make_article(work, make_class(work, values), text)
    page = main(open_choice(root.get(f"/ticket/{make.ticket().id}"))).submit("insert")
    assert composer(page)["text"].value.strip() == expected


def test_a_class_that_does_not_link_leaves_no_link_and_one_that_sets_the_subject_sets_it(
    root, db, work, make
):
    quiet = make_class(work, ClassValues("Quiet", links=False, sets_subject=True))
    make_article(work, quiet, ArticleText("Opening hours", content="Nine to five."))
    ticket = make.ticket()
    page = main(open_choice(root.get(f"/ticket/{ticket.id}"))).submit("insert")
    composer(page).submit().follow()
    assert db.scalars(select(Link)).all() == []
    sent = select(Attachment.subject).join(Transaction).where(Transaction.type == "Correspond")
    assert db.scalar(sent) == "Opening hours"


def test_words_that_a_page_of_a_plugin_offers_come_into_the_reply_and_nothing_typed_is_lost(
    root, make, token
):
    ticket = make.ticket()
    given = {"csrf_token": token(root), "kind": "reply", "text": "Dear Ann,", "minutes": "7"}
    page = root.post(f"/ticket/{ticket.id}/articles", {**given, "put": "Read this: https://desk.example/7"})
    form = composer(page)
    assert form["text"].value.strip() == "Dear Ann,\n\nRead this: https://desk.example/7"
    assert form["minutes"].value == "7"


def test_only_classes_of_the_queue_are_offered(root, db, work, make, token):
    desk = make.queue("Desk")
    only = make_class(work, ClassValues("Desk only", queues=frozenset({desk.id})))
    made = make_article(work, only, ArticleText("Desk article", content="For the desk."))
    here, there = make.ticket(), make.ticket(queue="Desk")
    assert "Insert an article" not in root.get(f"/ticket/{here.id}")
    assert "Desk article" in root.get(f"/ticket/{there.id}/articles")
    forged = {"csrf_token": token(root), "insert": str(made.id), "kind": "reply", "text": "x"}
    assert (
        "For the desk." not in root.post(f"/ticket/{here.id}/articles", forged).html.select_one("#reply").text
    )


def test_an_article_that_one_may_not_read_cannot_be_inserted_nor_linked(jo, db, make, article, token):
    ticket = make.ticket()
    forged = {"csrf_token": token(jo), "insert": str(article.id), "kind": "reply", "text": "x"}
    assert "Press the button." not in jo.post(f"/ticket/{ticket.id}/articles", forged)
    jo.post(f"/ticket/{ticket.id}/reply", {"csrf_token": token(jo), "text": "x", "article": str(article.id)})
    assert db.scalars(select(Link)).all() == []


def test_a_message_that_cannot_be_sent_keeps_its_articles(root, db, make, article):
    page = main(open_choice(root.get(f"/ticket/{make.ticket().id}"), text="Dear Ann,")).submit("insert")
    composer(page)["cc"] = "not an address"
    page = composer(page).submit(status=422)
    assert "Reset a password" in page.html.select_one("#reply").text
    composer(page)["cc"] = ""
    composer(page).submit().follow()
    assert db.scalar(select(Link.target)).endswith(f"/article/{article.id}")


def test_without_modifyticket_the_message_goes_out_without_a_link(jo, db, make, howto, article, may):
    may(howto, "ShowArticle")
    ticket = make.ticket()
    make.revoke("ModifyTicket", ticket.queue)
    page = main(open_choice(jo.get(f"/ticket/{ticket.id}"))).submit("insert")
    composer(page).submit().follow()
    assert db.scalar(select(Transaction.id).where(Transaction.type == "Correspond"))
    assert db.scalars(select(Link)).all() == []


def test_the_page_of_a_ticket_asks_nothing_more_for_articles(root, work, make, cost):
    ticket = make.ticket()
    before = cost(root, f"/ticket/{ticket.id}")
    make_article(work, make_class(work, ClassValues("How to")), ArticleText("Reset", content="Press."))
    work.db.flush()
    assert "Insert an article" in root.get(f"/ticket/{ticket.id}")
    assert cost(root, f"/ticket/{ticket.id}") == before


# --- the set-up


def test_a_class_is_made_and_changed_in_the_browser(root, db, make):
    make.queue("Desk")
    form = main(root.get("/admin/classes").click("New class"))
    form["name"], form["takes_title"] = "How to", True
    form.submit("deed").follow()
    made = db.scalar(select(ArticleClass))
    assert (made.name, made.takes_title, made.links) == ("How to", True, True)
    form = main(root.get("/admin/classes").click("How to"))
    form["queues"].select_multiple(texts=["Desk"])
    form["takes_title"] = form["takes_content"] = False
    page = form.submit("deed", status=422)
    assert "Say what gets into a message" in page.html.select_one("#field-takes_content-error").text
    main(page)["takes_summary"] = True
    main(page).submit("deed", status=303)
    assert "Desk" in root.get("/admin/classes")


def test_topics_are_made_moved_renamed_and_deleted_in_the_browser(root, db):
    for name in ("Mail", "Outlook"):
        form = main(root.get("/admin/topics/create"))
        form["name"] = name
        form.submit("deed", status=303)
    form = main(root.get("/admin/topics").click("Outlook"))
    form["parent_id"].select(text="Mail")
    form.submit("deed", status=303)
    page = root.get("/admin/topics")
    assert names(page) == ["Mail", "Mail / Outlook"]
    form = main(page.click("^Mail$"))
    assert "Mail / Outlook" not in [text for _, _, text in form["parent_id"].options]
    assert "There are topics below Mail" in form.submit("deed", value="delete", status=422)
    main(root.get("/admin/topics").click("Mail / Outlook")).submit("deed", value="delete")
    assert [topic.name for topic in db.scalars(select(Topic))] == ["Mail"]


def test_who_administers_one_class_changes_only_that_one(jo, db, work, howto, may, token):
    other = make_class(work, ClassValues("Internal"))
    make_topic(work, TopicValues("Global"))
    may(howto, "AdminClass", "AdminTopics")
    assert names(jo.get("/admin/classes")) == ["How to"]
    assert names(jo.get("/admin/topics")) == []
    jo.get(f"/admin/classes/{other.id}", status=404)
    jo.get("/admin/classes/create", status=403)
    form = main(jo.get("/admin/topics/create"))
    form["name"] = "Mine"
    form.submit("deed", status=303)
    assert names(jo.get("/admin/topics")) == ["Mine"]


def test_queues_that_the_form_does_not_show_stay(jo, db, work, make, may):
    hidden, shown = make.queue("Hidden", granted=False), make.queue("General")
    desk = make_class(work, ClassValues("Desk", queues=frozenset({hidden.id, shown.id})))
    may(desk, "AdminClass")
    form = main(jo.get(f"/admin/classes/{desk.id}"))
    assert "Hidden" not in [text for _, _, text in form["queues"].options]
    form["queues"].select_multiple(texts=[])
    form.submit("deed", status=303)
    assert db.scalars(select(ClassPlace.queue_id)).all() == [hidden.id]
