"""Words find tickets, transactions, articles and assets, alike on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from rtpy.changes.articles import ArticleText, change_article, make_article
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.models import Article, ArticleClass, SearchDocument, SearchPending, SearchState, Ticket, Transaction
from rtpy.search.text import matching
from rtpy.search.text.matching import Where, article_matches, ticket_matches, transaction_matches
from rtpy.search.text.snippets import best_first, snippets
from rtpy.search.text.state import progress


def _file(name: str, data: bytes, content_type: str = "text/plain") -> Part:
    return Part(content_type, data, PartRole.FILE, filename=name, charset="utf-8")


def test_words_are_found_in_subjects_messages_and_files(work, make, index, find):
    ticket = make.ticket("Drucker im Büro", text="Er druckt alles grün. Kontakt: ann@client.example")
    other = make.ticket("Scanner", text="Scans are fine, the switch sw-07.lan.example is not.")
    notes = plain_message("See the file.", files=(_file("network plan.txt", b"patch panel seventeen"),))
    change_ticket(work, other, Correspond(notes))
    index()

    for text, where, expected in (
        ("drucker", Where.ANYWHERE, [ticket]),
        ("DRUCKER buro", Where.ANYWHERE, [ticket]),
        ("Büro grun", Where.ANYWHERE, [ticket]),
        ("drucker scans", Where.ANYWHERE, []),
        ("scanner panel", Where.ANYWHERE, [other]),
        ("druck", Where.ANYWHERE, []),
        ("druck*", Where.ANYWHERE, [ticket]),
        ('"druckt alles"', Where.ANYWHERE, [ticket]),
        ('"alles druckt"', Where.ANYWHERE, []),
        ('"alles gru"*', Where.ANYWHERE, [ticket]),
        ("ann@client.example", Where.ANYWHERE, [ticket]),
        ("sw-07.lan", Where.ANYWHERE, [other]),
        ("lan.sw-07", Where.ANYWHERE, []),
        ("fine -switch", Where.ANYWHERE, []),
        ("-drucker", Where.ANYWHERE, [other]),
        ("network", Where.FILES, [other]),
        ("seventeen", Where.FILES, [other]),
        ("seventeen", Where.MESSAGES, []),
        ("scanner", Where.SUBJECT, [other]),
        ("scanner", Where.FILES, []),
        ("scans", Where.MESSAGES, [other]),
        ("", Where.ANYWHERE, []),
        ('*** "" -', Where.ANYWHERE, []),
    ):
        assert find("root", text, where) == sorted(each.id for each in expected), (text, where)


def test_a_common_word_finds_the_same_as_a_rare_one(make, index, find, monkeypatch):
    tickets = [make.ticket(f"Number {number}", text="the same words everywhere") for number in range(4)]
    index()
    rare = find("root", "same words -2"), find("root", "everywhere", Where.SUBJECT)

    monkeypatch.setattr(matching, "is_common", lambda *_: True)

    assert (find("root", "same words -2"), find("root", "everywhere", Where.SUBJECT)) == rare
    assert rare == ([each.id for each in tickets if each is not tickets[2]], [])


def test_transactions_are_found_by_what_was_said_and_by_their_files(work, make, index, db, monkeypatch):
    ticket = make.ticket(text="first words")
    message = plain_message("second words", files=(_file("invoice.txt", b"third words"),))
    reply = change_ticket(work, ticket, Correspond(message)).transactions[0]
    index()

    for common in (False, True):
        monkeypatch.setattr(matching, "is_common", lambda *_, common=common: common)
        for text, expected in (
            ("second third invoice", [reply.id]),
            ("first second", []),
            ("third -second", []),
        ):
            query = select(Transaction.id).where(transaction_matches(work, text))
            assert list(db.scalars(query)) == expected, text
        found = db.scalars(
            select(Transaction.type).where(transaction_matches(work, "words")).order_by(Transaction.id)
        )
        assert list(found) == ["Create", "Correspond"]


def test_articles_are_found_and_follow_their_changes(work, index, db):
    class_ = ArticleClass(name="Notes", created=work.now)
    db.add(class_)
    db.flush()
    article = make_article(
        work, class_, ArticleText("VPN for guests", content="<p>Use the <b>tun</b>nel.</p>", format="html")
    )
    index()

    def found(text: str) -> list[int]:
        return list(db.scalars(select(Article.id).where(article_matches(work, text))))

    assert found("vpn tunnel") == [article.id]
    change_article(work, article, ArticleText("Wireless for guests", content="Ask at the desk."))
    index()
    assert found("vpn") == found("tunnel") == []
    assert found("wireless desk") == [article.id]


def test_a_changed_subject_is_found_and_the_old_one_is_not(work, make, index, find):
    ticket = make.ticket("Printer on fire", text="Help")
    index()

    change_ticket(work, ticket, SetSubject("Scanner under water"))

    assert find("root", "printer") == [ticket.id], "until the worker has been there"
    index()
    assert find("root", "printer") == []
    assert find("root", '"scanner under water"') == [ticket.id]


def test_texts_go_along_when_their_ticket_is_merged(work, make, index, find, db):
    old, new = make.ticket("Old one", text="alpha"), make.ticket("New one", text="beta")
    index()

    change_ticket(work, old, MergeInto(new))
    late = plain_message("gamma")
    index()
    change_ticket(work, new, Correspond(late))
    index()

    assert find("root", "alpha beta gamma old") == [new.id]
    last = make.ticket("Last one", text="delta")
    change_ticket(work, new, MergeInto(last))
    index()
    assert find("root", "alpha beta gamma delta") == [last.id]
    assert progress(db).is_done


def test_what_is_deleted_is_forgotten(work, make, index, find, db):
    from rtpy.changes.guard import changing

    keep, gone = make.ticket("Keep", text="alpha"), make.ticket("Gone", text="alpha")
    number = gone.id
    index()
    db.expunge(gone)

    with changing(db):
        for table, column in (
            ("watchers", "ticket_id"),
            ("scrip_runs", "ticket_id"),
            ("outgoing_mails", "ticket_id"),
        ):
            _run(db, f"DELETE FROM {table} WHERE {column} = {number}")
        _run(db, f"DELETE FROM transactions WHERE object_type = 'ticket' AND object_id = {number}")
        _run(db, f"DELETE FROM tickets WHERE id = {number}")
    index()

    assert find("root", "alpha") == [keep.id]
    assert db.scalars(select(SearchDocument.id).where(SearchDocument.origin_id == number)).all() == []


def _run(db, statement: str) -> None:
    from sqlalchemy import text

    db.execute(text(statement))


def test_quotations_in_replies_are_left_to_the_message_that_they_quote(work, make, index, find):
    ticket = make.ticket(text="The original. > with marks")
    reply = "Thanks, it works.\n\n-- \nAnn, phone 4711\n\nOn Monday, root wrote:\n> quotedword here\n> and there\n"
    change_ticket(work, ticket, Correspond(plain_message(reply)))
    index()

    assert find("root", "works") == [ticket.id]
    assert find("root", "original marks") == [ticket.id]
    assert find("root", "quotedword") == []


def test_everything_that_was_there_before_is_read_in_the_background(app, work, make, index, find, db):
    tickets = [make.ticket(f"Before {number}", text="long ago") for number in range(3)]
    index()
    db.query(SearchState).update({"version": ""})
    db.query(SearchPending).delete()
    db.flush()

    index()

    assert find("root", "before ago") == [each.id for each in tickets]
    assert progress(db).is_done


def test_an_index_for_another_language_is_made_anew(app, make, index, find, db, config, monkeypatch):
    from dataclasses import replace

    ticket = make.ticket("Printing troubles", text="The printers print.")
    index()
    assert find("root", "trouble") == []

    english = replace(config, search=replace(config.search, language="english"))
    monkeypatch.setattr(app, "config", english)
    index()

    assert find("root", "trouble printer") == [ticket.id]
    assert find("root", '"the printer prints"') == [ticket.id], "no word is too common"


def test_excerpts_show_what_was_found_of_each_ticket_in_two_queries(work, make, index, query_count):
    long = "Lorem ipsum dolor. " * 40 + "Here the toner\nleaks onto the   carpet. " + "Sit amet. " * 40
    one, two, three = make.ticket("One", text=long), make.ticket("Toner again"), make.ticket("Three")
    index()
    snippets(work, "warm", [one.id])

    with query_count() as count:
        found = snippets(work, "toner leak*", [one.id, two.id, three.id])

    assert count.total == 2
    assert set(found) == {one.id, two.id}
    pieces = found[one.id].pieces
    assert [said for said, is_hit in pieces if is_hit] == ["toner", "leaks"]
    shown = "".join(said for said, _ in pieces)
    assert "Here the toner leaks onto the carpet." in shown
    assert shown.startswith("…")
    assert len(shown) < 260
    assert found[two.id].pieces == (("Toner", True), (" again", False))
    assert found[one.id].transaction_id is not None


def test_the_best_fitting_tickets_come_first(work, make, index):
    weak = make.ticket("Other things", text="a toner " + "and many other words " * 30)
    strong = make.ticket("Toner", text="toner toner")
    none = make.ticket("Nothing")
    index()

    assert best_first(work, "toner", [none.id, weak.id, strong.id]) == [strong.id, weak.id, none.id]


HOSTILE = (
    "' OR 1=1 --", '"', '"a', "a AND", "NOT", "NEAR(a b)", "a:b", "words:a", "{words}: a", "^a", "a + b", "(((", "*",
    "-*", "a**", "'", "''", "\\", "a\\'b", "|", "&", "!a", "a:*", "<->", "a<2>b", "%", "%%s", "%(x)s", ":x", "\x00",
    "a\x00b", "\ud800", "a\ud800b", "\u202e", "x" * 5000, "a " * 3000, '"' * 3000, "-" * 3000, "𝔘𝔫𝔦", "漢字", "ก็",
    "e\u0301" * 100, "1e400", "9" * 400, "\t\n", "$$", "to_tsquery('a')", "a;DROP TABLE tickets", "\uffff", "𐀀",
)  # fmt: skip


@pytest.mark.parametrize("common", [False, True])
def test_hostile_text_never_raises(work, make, index, db, monkeypatch, common):
    ticket = make.ticket("".join(text for text in HOSTILE if text.isprintable())[:150])
    index()
    if common:
        monkeypatch.setattr(matching, "is_common", lambda *_: True)

    for text in HOSTILE:
        for where in Where:
            db.scalars(select(Ticket.id).where(ticket_matches(work, text, where))).all()
        db.scalars(select(Transaction.id).where(transaction_matches(work, text))).all()
        db.scalars(select(Article.id).where(article_matches(work, text))).all()
        snippets(work, text, [ticket.id])
        best_first(work, text, [ticket.id])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_any_text_gives_an_answer(work, db, text):
    db.scalars(select(Ticket.id).where(ticket_matches(work, text))).all()


def test_any_message_is_taken_in(work, make, index, find, db):
    ticket = make.ticket(text="start")
    for text in (*HOSTILE, "".join(f"w{number} " for number in range(200_000))):
        clean = text.encode("utf-8", "replace").decode()
        change_ticket(work, ticket, Comment(plain_message(f"{clean} endmark")))
    index()

    assert find("root", "endmark w4711") == [ticket.id]
    assert progress(db).is_done


def test_what_is_common_is_told_by_counts_and_by_the_newest_tickets(work, make, index, db, monkeypatch):
    from rtpy.db.statistics import refresh_statistics
    from rtpy.search.text import postgresql, sqlite
    from rtpy.search.text.index import index_of
    from rtpy.search.text.words import Search

    for number in range(8):
        make.ticket(f"Number {number}", text="old words" if number < 4 else "new")
    index()
    refresh_statistics(db)
    for module in (sqlite, postgresql):
        monkeypatch.setattr(module, "COMMON", 2)
    monkeypatch.setattr(matching, "SAMPLE", 4)

    def common(word: str) -> bool:
        return matching.is_common(work, index_of(work.app, db), Search((word,)))

    assert [common(word) for word in ("number", "new", "words", "nothing")] == [True, True, False, False]
