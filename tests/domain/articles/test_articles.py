"""Articles, their classes and topics: who may change them, what is refused, what history and log say."""

import pytest
from sqlalchemy import select

from rtpy.changes.articles import (
    HTML,
    ArticleText,
    change_article,
    make_article,
    set_article_disabled,
    set_article_topics,
)
from rtpy.changes.classes import ClassValues, change_class, make_class, values_of
from rtpy.changes.topics import TopicValues, change_topic, delete_topic, make_topic
from rtpy.errors import Invalid, Refused
from rtpy.models import Ace, ArticleTopic, ConfigChange, Transaction
from rtpy.search.articles import ArticleFilter, known_topics, list_articles
from rtpy.search.things import name_things

PRIVILEGES = (
    "ShowArticle CreateArticle ModifyArticle ModifyArticleTopics DisableArticle AdminClass AdminTopics"
)


@pytest.fixture
def howto(work):
    return make_class(work, ClassValues("How to"))


@pytest.fixture
def article(work, howto):
    return make_article(work, howto, ArticleText("Reset a password", "In three steps", "One.\nTwo."))


@pytest.fixture
def worker(make, work_of, db):
    """Work of a technician with these rights on a class: `worker(howto, "ShowArticle")`."""

    def with_rights(article_class, *rights):
        user = make.staff("tess")
        db.add_all(
            Ace(principal_id=user.id, right_name=right, object_type="class", object_id=article_class.id)
            for right in rights
        )
        db.flush()
        return work_of("tess")

    return with_rights


def told(db, article):
    rows = db.scalars(
        select(Transaction)
        .where(Transaction.object_type == "article", Transaction.object_id == article.id)
        .order_by(Transaction.id)
    )
    return [(row.type, row.field, row.old_value, row.new_value) for row in rows]


def test_every_change_is_kept_with_what_was_there_before(db, work, article):
    change_article(work, article, ArticleText("Reset a password", "In two steps", "One.\nThree."))
    set_article_disabled(work, article, disabled=True)
    assert told(db, article) == [
        ("Create", "", "", ""),
        ("Set", "Summary", "In three steps", "In two steps"),
        ("Set", "Content", "One.\nTwo.", "One.\nThree."),
        ("Disabled", "", "", ""),
    ]


def test_saving_the_same_says_nothing(db, work, article):
    change_article(work, article, ArticleText("Reset a password", "In three steps", "One.\nTwo."))
    assert len(told(db, article)) == 1


DEEDS = {
    "create": (
        "CreateArticle",
        lambda work, howto, article: make_article(work, howto, ArticleText("Another")),
    ),
    "change": (
        "ModifyArticle",
        lambda work, howto, article: change_article(work, article, ArticleText("Renamed")),
    ),
    "disable": (
        "DisableArticle",
        lambda work, howto, article: set_article_disabled(work, article, disabled=True),
    ),
    "change the class": (
        "AdminClass",
        lambda work, howto, article: change_class(work, howto, ClassValues("Renamed")),
    ),
    "make a topic": (
        "AdminTopics",
        lambda work, howto, article: make_topic(work, TopicValues("Mail", class_id=howto.id)),
    ),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_deed_needs_its_right_and_no_other(deed, howto, article, worker):
    right, do = DEEDS[deed]
    with pytest.raises(Refused, match=right):
        do(worker(howto, *(each for each in PRIVILEGES.split() if each != right)), howto, article)


@pytest.mark.parametrize("deed", DEEDS)
def test_with_its_right_on_the_class_a_deed_is_done(deed, howto, article, worker):
    right, do = DEEDS[deed]
    do(worker(howto, right), howto, article)


def test_topics_need_their_own_right(howto, article, worker, work):
    topic = make_topic(work, TopicValues("Mail"))
    with pytest.raises(Refused, match="ModifyArticleTopics"):
        set_article_topics(worker(howto, "ModifyArticle"), article, [topic.id])


def test_rights_on_one_class_open_no_other(work, howto, worker):
    other = make_class(work, ClassValues("Internal"))
    tess = worker(howto, *PRIVILEGES.split())
    with pytest.raises(Refused, match="Internal"):
        make_article(tess, other, ArticleText("Sly"))
    with pytest.raises(Refused, match="AdminClass"):
        make_class(tess, ClassValues("Mine"))


def test_to_another_class_takes_the_right_there_and_topics_of_the_old_one_go(
    db, work, howto, article, worker
):
    other = make_class(work, ClassValues("Internal"))
    of_howto = make_topic(work, TopicValues("Desk", class_id=howto.id))
    of_all = make_topic(work, TopicValues("Mail"))
    set_article_topics(work, article, [of_howto.id, of_all.id])
    text = ArticleText("Reset a password", "In three steps", "One.\nTwo.")
    with pytest.raises(Refused, match="Internal"):
        change_article(worker(howto, "ModifyArticle"), article, text, other)
    change_article(work, article, text, other)
    assert article.class_id == other.id
    assert list(db.scalars(select(ArticleTopic.topic_id))) == [of_all.id]
    assert told(db, article)[-2:] == [("Set", "Class", "How to", "Internal"), ("DeleteTopic", "", "Desk", "")]


def test_a_topic_of_another_class_is_refused(work, article):
    other = make_class(work, ClassValues("Internal"))
    foreign = make_topic(work, TopicValues("Secret", class_id=other.id))
    with pytest.raises(Invalid):
        set_article_topics(work, article, [foreign.id])
    with pytest.raises(Invalid):
        set_article_topics(work, article, [999_999])


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (ArticleText(""), "name"),
        (ArticleText("n" * 201), "name"),
        (ArticleText("reset A PASSWORD"), "name"),
        (ArticleText("ok", summary="s" * 256), "summary"),
        (ArticleText("ok", content="c" * 1_000_001), "content"),
        (ArticleText("ok", format="rtf"), "format"),
    ],
)
def test_a_text_that_does_not_do_is_refused_by_its_field(work, howto, article, text, field):
    with pytest.raises(Invalid) as invalid:
        make_article(work, howto, text)
    assert [problem.field for problem in invalid.value.problems] == [field]


def test_html_is_sanitised_before_it_is_stored(work, howto):
    made = make_article(
        work,
        howto,
        ArticleText("Sly", content="<p onclick=x()>Hi<script>alert(1)</script></p>", format=HTML),
    )
    assert made.content == "<p>Hi</p>"


def test_a_class_that_is_off_takes_no_new_article(work, howto):
    change_class(work, howto, ClassValues("How to", disabled=True))
    with pytest.raises(Refused, match="switched off"):
        make_article(work, howto, ArticleText("Late"))


def test_classes_are_logged_by_names(db, work, make, howto):
    change_class(
        work, howto, ClassValues("How to", takes_title=True, queues=frozenset({make.queue("Desk").id}))
    )
    last = db.scalars(select(ConfigChange).order_by(ConfigChange.id.desc())).first()
    assert (last.kind, last.name) == ("class", "How to")
    assert last.before == {"inserts": ["content"], "queues": ["*"]}
    assert last.after == {"inserts": ["title", "content"], "queues": ["Desk"]}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (ClassValues(""), "name"),
        (ClassValues("HOW TO"), "name"),
        (ClassValues("New", takes_content=False), "takes_content"),
        (ClassValues("New", queues=frozenset({999_999})), "queues"),
        (ClassValues("New", sort_order=10**7), "sort_order"),
    ],
)
def test_a_class_that_does_not_do_is_refused_by_its_field(work, howto, values, field):
    with pytest.raises(Invalid) as invalid:
        make_class(work, values)
    assert [problem.field for problem in invalid.value.problems] == [field]


def test_a_class_is_read_back_as_it_was_given(work, make):
    given = ClassValues(
        "Desk", "For all", 7, False, True, False, True, True, False, True, frozenset({make.queue().id})
    )
    assert values_of(work, make_class(work, given)) == given


def test_topics_are_a_tree_without_circles(app, db, work):
    mail = make_topic(work, TopicValues("Mail"))
    outlook = make_topic(work, TopicValues("Outlook", parent_id=mail.id))
    deep = make_topic(work, TopicValues("Calendar", parent_id=outlook.id))
    assert [each.label for each in known_topics(app, db).values()] == [
        "Mail",
        "Mail / Outlook",
        "Mail / Outlook / Calendar",
    ]
    for parent in (mail, outlook, deep):
        with pytest.raises(Invalid, match="below itself"):
            change_topic(work, mail, TopicValues("Mail", parent_id=parent.id))
    change_topic(work, deep, TopicValues("Calendar", parent_id=mail.id))
    db.flush()
    assert known_topics(app, db)[deep.id].label == "Mail / Calendar"


def test_a_topic_below_another_is_of_its_class_and_stays_there(work, howto):
    top = make_topic(work, TopicValues("Desk", class_id=howto.id))
    below = make_topic(work, TopicValues("Phones", parent_id=top.id))
    assert below.class_id == howto.id
    with pytest.raises(Invalid, match="another class"):
        change_topic(work, below, TopicValues("Phones", parent_id=make_topic(work, TopicValues("All")).id))


def test_a_topic_with_others_below_is_not_deleted_and_articles_stay(db, work, article):
    top = make_topic(work, TopicValues("Mail"))
    below = make_topic(work, TopicValues("Outlook", parent_id=top.id))
    set_article_topics(work, article, [below.id])
    with pytest.raises(Refused, match="below Mail"):
        delete_topic(work, top)
    delete_topic(work, below)
    delete_topic(work, top)
    assert db.scalars(select(ArticleTopic)).all() == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ArticleFilter(), ["Reset a password", "Zip a folder"]),
        (ArticleFilter(words="three"), ["Reset a password"]),
        (ArticleFilter(words="two reset"), ["Reset a password"]),
        (ArticleFilter(words="reset zip"), []),
        (ArticleFilter(words="%"), []),
        (ArticleFilter(with_disabled=True), ["Old", "Reset a password", "Zip a folder"]),
    ],
)
def test_articles_are_found_by_words(db, work, howto, article, wanted, found):
    make_article(work, howto, ArticleText("Zip a folder"))
    set_article_disabled(work, make_article(work, howto, ArticleText("Old")), disabled=True)
    page = list_articles(db, work.rights.of("ShowArticle"), wanted)
    assert ([row.name for row in page.rows], page.total) == (found, len(found))


def test_only_articles_of_classes_that_one_may_read_are_found(db, work, howto, article, worker):
    other = make_class(work, ClassValues("Internal"))
    make_article(work, other, ArticleText("Root password"))
    tess = worker(howto, "ShowArticle")
    assert [row.name for row in list_articles(db, tess.rights.of("ShowArticle"), ArticleFilter()).rows] == [
        "Reset a password"
    ]


def test_links_are_named_in_one_query_and_only_for_who_may_read(
    app, work, howto, article, worker, query_count
):
    hidden = make_article(work, make_class(work, ClassValues("Internal")), ArticleText("Root password"))
    full = f"fsck.com-article://{app.config.organization}/article/{article.id}"
    uris = [full, f"a:{article.id}", f"a:{hidden.id}", "a:999999", "https://example.com", "asset:77"]
    tess = worker(howto, "ShowArticle")
    tess.rights.of("ShowArticle")
    with query_count() as count:
        named = name_things(tess, uris)
    assert count.total == 1
    assert {uri: each.name for uri, each in named.items()} == {
        full: "Reset a password",
        f"a:{article.id}": "Reset a password",
        f"a:{hidden.id}": "",
        "a:999999": "",
        "asset:77": "",
    }
