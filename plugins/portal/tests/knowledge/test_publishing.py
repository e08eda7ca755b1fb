"""What is written, published and withdrawn, and what readers see meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from rtpy.errors import Conflict, Invalid, Refused
from rtpy.models import Article
from rtpy_portal.access.reader import Reader
from rtpy_portal.knowledge.publishing import (
    PUBLISHING,
    ask_review,
    find_version,
    publish,
    send_back,
    take_up,
    unschedule,
    withdraw,
)
from rtpy_portal.knowledge.reading import find_page, in_language, readable, was_withdrawn
from rtpy_portal.knowledge.values import Audience
from rtpy_portal.knowledge.working_copy import published_texts
from rtpy_portal.knowledge.writing import change_page, delete_draft, move_page, stamp_of, values_of
from rtpy_portal.models import Book, Page, PageVersion, PageWord

ANYBODY = Reader()
STAFF = Reader(is_staff=True)


def seen(db, reader=ANYBODY):
    db.flush()
    return set(db.scalars(select(Page.title).where(readable(reader))))


def test_a_draft_is_shown_to_nobody_not_even_to_staff(db, write):
    page = write("Set up mail")
    assert seen(db, STAFF) == set()
    assert find_page(db, STAFF, page.id) is None


def test_what_is_written_after_publishing_is_not_shown_until_it_is_published_too(db, work, published):
    page = published("Set up mail", "First words.")
    change_page(work, page, replace(values_of(work, page), title="Mail, again", content="Canary"))
    shown = find_page(db, ANYBODY, page.id)
    assert (shown.title, shown.content, page.state) == ("Set up mail", "<p>First words.</p>", "draft")
    (inserted,) = published_texts(work, [page.article_id]).values()
    assert (inserted.name, inserted.content) == ("Set up mail", "First words.")
    publish(work, page)
    assert find_page(db, ANYBODY, page.id).title == "Mail, again"
    assert page.slug == "mail-again"


def test_what_is_set_for_later_comes_when_its_moment_comes_and_not_what_was_written_since(
    app, db, work, clock, published
):
    page = published("Prices", "Old.")
    change_page(work, page, replace(values_of(work, page), content="New."))
    publish(work, page, at=work.now + timedelta(hours=2))
    change_page(work, page, replace(values_of(work, page), content="Newer still."))
    db.commit()
    assert PUBLISHING.run(app) == 0
    assert find_page(db, ANYBODY, page.id).content == "<p>Old.</p>"
    clock.advance(timedelta(hours=2))
    assert PUBLISHING.run(app) == 1
    db.expire_all()
    assert find_page(db, ANYBODY, page.id).content == "<p>New.</p>"
    assert (page.publish_at, page.state) == (None, "draft")


def test_what_was_set_for_later_can_be_taken_back(db, work, write):
    page = write("Prices")
    publish(work, page, at=work.now + timedelta(days=1))
    unschedule(work, page)
    assert (page.publish_at, page.scheduled_version, page.state) == (None, None, "draft")


def test_a_withdrawn_page_is_gone_everywhere_and_only_those_it_was_for_are_told(db, work, make, published):
    firm = make.organization("Acme").id
    page = published("Prices", audience=Audience.ORGANIZATIONS, organization_ids=frozenset({firm}))
    assert db.scalar(select(PageWord.word).where(PageWord.page_id == page.id))
    withdraw(work, page)
    mine = Reader(frozenset({firm}))
    assert find_page(db, mine, page.id) is None
    assert was_withdrawn(db, mine, page.id)
    assert not was_withdrawn(db, ANYBODY, page.id)
    assert db.scalar(select(PageWord.word).where(PageWord.page_id == page.id)) is None
    assert db.get(Article, page.article_id).disabled


@pytest.mark.parametrize(
    ("audience", "reader", "may"),
    [
        ("everyone", "anybody", True),
        ("everyone", "acme", True),
        ("organizations", "anybody", False),
        ("organizations", "acme", True),
        ("organizations", "other", False),
        ("organizations", "staff", True),
        ("staff", "anybody", False),
        ("staff", "acme", False),
        ("staff", "staff", True),
    ],
)
def test_a_page_is_for_its_audience(db, make, published, audience, reader, may):
    acme, other = make.organization("Acme").id, make.organization("Other").id
    readers = {
        "anybody": ANYBODY,
        "acme": Reader(frozenset({acme})),
        "other": Reader(frozenset({other})),
        "staff": STAFF,
    }
    chosen = frozenset({acme}) if audience == "organizations" else frozenset()
    page = published("Prices", audience=Audience(audience), organization_ids=chosen)
    assert (find_page(db, readers[reader], page.id) is not None) is may


def test_a_book_that_is_switched_off_hides_its_pages(db, published):
    published("Prices")
    db.scalar(select(Book)).disabled = True
    assert seen(db, STAFF) == set()


def test_a_translation_takes_the_place_of_its_original_in_its_language_and_says_when_it_is_older(
    db, work, published
):
    first = published("Set up mail")
    other = published("Post einrichten", original=first, lang="de")
    german, french = Reader(lang="de"), Reader(lang="fr")
    listed = {
        each.lang: set(db.scalars(select(Page.title).where(readable(each), in_language(each))))
        for each in (ANYBODY, german, french)
    }
    assert listed == {"en": {"Set up mail"}, "de": {"Post einrichten"}, "fr": {"Set up mail"}}
    shown = find_page(db, german, other.id)
    assert [each.title for each in shown.translations] == ["Set up mail"]
    assert not shown.is_behind
    change_page(work, first, replace(values_of(work, first), content="New."))
    publish(work, first)
    assert find_page(db, german, other.id).is_behind
    change_page(work, other, values_of(work, other), says_original=True)
    assert not find_page(db, german, other.id).is_behind


def test_a_page_cannot_be_there_twice_in_a_language(published, write):
    first = published("Set up mail")
    with pytest.raises(Invalid, match="in that language already"):
        write("Again", original=first, lang="en")


def test_pages_may_share_a_title_though_articles_may_share_no_name(db, write):
    pages = [write("VPN"), write("vpn"), write("VPN")]
    names = [db.get(Article, each.article_id).name for each in pages]
    assert [each.title for each in pages] == ["VPN", "vpn", "VPN"]
    assert names == ["VPN", "vpn (2)", "VPN (3)"]


def test_who_saves_over_the_words_of_another_is_told(work, clock, write):
    page = write("Prices")
    stamp = stamp_of(work, page)
    values = values_of(work, page)
    work.now += timedelta(minutes=1)
    change_page(work, page, replace(values, content="One."), seen=stamp)
    with pytest.raises(Conflict):
        change_page(work, page, replace(values, content="Two."), seen=stamp)


def test_nothing_is_published_that_the_publisher_has_not_read(db, work, write):
    page = write("Prices")
    read = stamp_of(work, page)
    work.now += timedelta(minutes=1)
    change_page(work, page, replace(values_of(work, page), content="Something else."))
    with pytest.raises(Conflict):
        publish(work, page, seen=read)
    assert page.published_version is None


def test_a_writer_without_rights_on_articles_writes_and_asks_but_does_not_publish(make, work_of, write):
    make.staff("ann")
    ann = work_of("ann")
    page = write("Prices", by=ann)
    change_page(ann, page, replace(values_of(ann, page), content="More."))
    ask_review(ann, page, "Is the second step right?")
    assert (page.state, page.review_note) == ("review", "Is the second step right?")
    with pytest.raises(Refused, match="PublishKnowledge"):
        publish(ann, page)
    send_back(ann, page)
    assert page.state == "draft"


def test_a_writer_cannot_open_a_published_page_to_others(make, work_of, work, published):
    make.staff("ann")
    page = published("Prices", audience=Audience.STAFF)
    ann = work_of("ann")
    change_page(ann, page, replace(values_of(ann, page), audience=Audience.EVERYONE, content="More."))
    assert page.audience == "staff"
    change_page(work, page, replace(values_of(work, page), audience=Audience.EVERYONE))
    assert page.audience == "everyone"


def test_customers_may_not_write(make, work_of, write):
    customer = make.customer("jo@example.com")
    with pytest.raises(Refused):
        write("Prices", by=work_of(customer.name))


def test_an_earlier_version_can_be_taken_up_again(db, work, published):
    page = published("Prices", "First.")
    change_page(work, page, replace(values_of(work, page), content="Second."))
    publish(work, page)
    take_up(work, page, find_version(work, page, 1))
    assert values_of(work, page).content == "First."
    assert find_page(db, ANYBODY, page.id).content == "<p>Second.</p>"
    assert db.scalars(select(PageVersion.number).order_by(PageVersion.number)).all() == [1, 2]


def test_only_what_was_never_published_can_be_deleted(db, work, write, published):
    draft, page = write("One"), published("Two")
    delete_draft(work, draft)
    with pytest.raises(Refused, match="withdraw"):
        delete_draft(work, page)
    db.flush()
    assert db.scalars(select(Page.title)).all() == ["Two"]


def test_pages_have_an_order_in_their_chapter(db, work, published):
    one, two, three = published("One"), published("Two"), published("Three")
    move_page(work, three, up=True)
    db.flush()
    shown = find_page(db, ANYBODY, three.id)
    assert [each.title for each in shown.siblings] == ["One", "Three", "Two"]
    assert (shown.before.page_id, shown.after.page_id) == (one.id, two.id)


def test_a_page_is_read_with_few_queries(db, published, query_count):
    pages = [published(f"Page {n}") for n in range(5)]
    published("Seite", original=pages[0], lang="de")
    db.flush()
    with query_count() as count:
        find_page(db, ANYBODY, pages[0].id)
    assert count.total <= 4
