"""Known issues: who reads them, whom they affect, what is told, and what becomes of their tickets."""

from datetime import date

import pytest
from sqlalchemy import func, select

from rtpy.errors import Invalid, Refused
from rtpy.models import OutgoingMail, OutgoingRecipient
from rtpy.search.language.parser import parse
from rtpy.search.run import Search, find_all
from rtpy.search.searched import Target
from rtpy_portal.access.reader import Reader
from rtpy_portal.issues import updating, writing
from rtpy_portal.issues.affected import Counts, counts_of, join, leave_as, list_affected
from rtpy_portal.issues.closing import close_tickets
from rtpy_portal.issues.history import deeds_of
from rtpy_portal.issues.joining import MOST_TO_ADDRESS, ask_to_join, confirm
from rtpy_portal.issues.linking import link_from_page, link_tickets, tickets_of, unlink_ticket
from rtpy_portal.issues.mailing import SLICE, find_leaving, leave_token, write_slice
from rtpy_portal.issues.merging import merge_issues
from rtpy_portal.issues.reading import find_issue, issue_for, open_for, suggest
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.models import Issue, IssueAffected, IssueTicket, MemberRow


def bodies(db, address):
    """What mails to an address say, in their order."""
    query = select(OutgoingMail.body).join(OutgoingRecipient).where(OutgoingRecipient.address == address)
    return list(db.scalars(query.order_by(OutgoingMail.id)))


def send_all(work):
    """All rounds of the worker."""
    rounds = 0
    while write_slice(work):
        rounds += 1
        assert rounds < 100
    return rounds


def test_each_reader_reads_what_is_for_them(app, db, work, make, issue):
    firm, other = make.organization("Firm"), make.organization("Other")
    issue("For all")
    issue("For the firm", organizations=[firm])
    hidden = save_issue(work, None, IssueValues("Being written"))
    cases = {
        Reader(): ["For all"],
        Reader(frozenset({firm.id})): ["For all", "For the firm"],
        Reader(frozenset({other.id})): ["For all"],
        Reader(is_staff=True): ["For all", "For the firm"],
    }
    for reader, titles in cases.items():
        assert sorted(each.title for each in open_for(app, db, reader)) == titles
        found = [each.title for each in db.scalars(select(Issue)) if find_issue(db, reader, each.id)]
        assert sorted(found) == titles
        assert find_issue(db, reader, hidden.id) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Our mails are delayed", ["Mail delays"]),
        ("the printer is on fire", []),
        ("vpn", ["VPN drops"]),
        ("the and for", []),
        ("", []),
    ],
)
@pytest.mark.databases("sqlite")  # words are compared in Python
def test_open_issues_are_suggested_by_their_words(work, issue, tell, text, found):
    issue("Mail delays")
    issue("VPN drops", "The tunnel ends after an hour.")
    issue("Mail in other colours", kind="idea")
    tell(issue("Mail delays of last year"), "It is done.", "done")
    assert [each.title for each in suggest(work, Reader(), text)] == found


def test_suggestions_ask_nothing_of_the_database(work, issue, query_count):
    issue("Mail delays")
    suggest(work, Reader(), "mail")
    with query_count() as counted:
        suggest(work, Reader(), "mails are late")
    assert counted.statements == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (IssueValues(""), "title"),
        (IssueValues("Mail", audience="everyone"), "text"),
        (IssueValues("Mail", "Late", audience="organizations"), "organizations"),
        (
            IssueValues("Mail", "Late", audience="organizations", organization_ids=frozenset({9})),
            "organizations",
        ),
        (IssueValues("Mail", "Late", kind="rumour"), "kind"),
    ],
)
@pytest.mark.databases("sqlite")  # checked before anything is written
def test_what_is_missing_is_said_beside_its_field(work, values, field):
    with pytest.raises(Invalid) as wrong:
        save_issue(work, None, values)
    assert wrong.value.problems[0].field == field


def test_edits_keep_the_words_from_before(work, issue):
    made = issue("Mail delays", "Mail comes late.")
    save_issue(work, made, IssueValues("Mail delays", "Mail comes very late.", audience="everyone"))
    assert ("text", "Mail comes late.", "Mail comes very late.") in [
        (deed.what, deed.old, deed.new) for deed in deeds_of(work, made.id)
    ]


def test_only_who_may_manage_issues_writes_them(work_of, make, issue):
    make.staff("ann")
    with pytest.raises(Refused):
        save_issue(work_of("ann"), None, IssueValues("Mail"))


def test_people_and_organisations_are_counted_until_they_leave(db, work, make, issue, member):
    firm, made = make.organization("Firm"), issue()
    ann, bob, eve = (make.customer(f"{name}@firm.example") for name in ("ann", "bob", "eve"))
    for each in (ann, bob):
        member(firm, each)
    join(work, made, ann.id, "No orders")
    join(work, made, ann.id)
    join(work, made, bob.id)
    join(work, made, eve.id)
    assert counts_of(db, [made.id]) == {made.id: Counts(3, 1)}
    assert [each.impact for each in list_affected(db, made.id) if each.name == ann.display_name] == [
        "No orders"
    ]
    leave_as(work, made, bob.id)
    assert counts_of(db, [made.id]) == {made.id: Counts(2, 1)}


def test_requestors_of_linked_tickets_are_affected_and_go_with_the_link(db, work, make, issue):
    made, ticket = issue(), make.ticket("CANARY-SUBJECT", requestor="ann@firm.example")
    assert link_tickets(work, made, [ticket.id]) == 1
    assert link_tickets(work, made, [ticket.id]) == 0
    assert counts_of(db, [made.id]) == {made.id: Counts(1, 0)}
    unlink_ticket(work, ticket.id)
    assert counts_of(db, [made.id]) == {}
    with pytest.raises(Invalid):
        link_tickets(work, made, [ticket.id + 1000])


def test_an_update_is_mailed_once_to_whoever_is_subscribed_and_may_read_it(
    db, work, make, issue, tell, member
):
    firm = make.organization("Firm")
    made = issue("VPN drops", organizations=[firm])
    ann, bob, eve = (make.customer(f"{name}@firm.example") for name in ("ann", "bob", "eve"))
    ann.lang = "de"
    member(firm, ann)
    member(firm, bob)
    for each in (ann, bob, eve):
        join(work, made, each.id)
    leave_as(work, made, bob.id)
    tell(made, "It is the gateway.", "cause_found", date(2026, 3, 2), date(2026, 3, 4))
    send_all(work)
    assert send_all(work) == 0
    (told,) = bodies(db, "ann@firm.example")
    assert "It is the gateway." in told
    assert "Wir haben die Ursache gefunden" in told
    assert bodies(db, "bob@firm.example") == bodies(db, "eve@firm.example") == []
    mail = db.scalars(select(OutgoingMail)).one()
    assert ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") in [tuple(each) for each in mail.headers]


@pytest.mark.databases("sqlite")  # slices are counted, not timed
def test_many_are_told_in_slices(db, work, issue, tell):
    made = issue()
    db.add_all(
        IssueAffected(
            issue_id=made.id, address=f"p{n}@a.example", subscribed=True, confirmed=work.now, created=work.now
        )
        for n in range(SLICE + 3)
    )
    db.flush()
    tell(made, "We look.", "looking")
    tell(made, "Not told by mail.", mails=False)
    assert send_all(work) == 2
    assert db.scalar(select(func.count()).select_from(OutgoingRecipient)) == SLICE + 3


def test_a_moved_day_stays_in_sight(work, issue, tell):
    made = issue()
    tell(made, "", "planned", date(2026, 3, 2), None)
    moved = tell(made, "The part is late.", "planned", date(2026, 3, 9), None)
    assert (moved.old_from, moved.planned_from) == (date(2026, 3, 2), date(2026, 3, 9))


@pytest.mark.parametrize(
    ("text", "stage", "last"),
    [("", "heard", None), ("x", "declined", None), ("x", "planned", date(2026, 1, 1))],
)
@pytest.mark.databases("sqlite")  # checked before anything is written
def test_an_update_that_says_nothing_sensible_is_refused(issue, tell, text, stage, last):
    with pytest.raises(Invalid):
        tell(issue(), text, stage, date(2026, 2, 1) if last else None, last)


def test_an_address_counts_once_it_is_confirmed_and_as_the_person_that_we_know(db, work, make, issue):
    made, ann = issue(), make.customer("ann@firm.example")
    for address in ("ann@firm.example", "new@nowhere.example"):
        assert ask_to_join(work, made, address, "No mail", "en", place="192.0.2.1")
    assert counts_of(db, [made.id]) == {}
    for row in list(db.scalars(select(IssueAffected).order_by(IssueAffected.id))):
        confirm(work, row)
    assert counts_of(db, [made.id]) == {made.id: Counts(2, 0)}
    people = {row.user_id: row.address for row in db.scalars(select(IssueAffected))}
    assert people == {ann.id: None, None: "new@nowhere.example"}


@pytest.mark.databases("sqlite")  # the counters are the core's
def test_an_address_is_not_flooded(db, work, issue):
    made = issue()
    for _ in range(MOST_TO_ADDRESS + 3):
        assert ask_to_join(work, made, "ann@firm.example", "", "en", place="192.0.2.1")
    assert len(bodies(db, "ann@firm.example")) == MOST_TO_ADDRESS


def test_the_way_out_of_a_mail_is_for_one_alone(work, make, issue):
    row = join(work, issue(), make.customer("ann@firm.example").id)
    assert find_leaving(work, leave_token(work, row)) is row
    assert find_leaving(work, "nonsense") is None


def test_closing_answers_and_closes_the_linked_tickets_with_one_mail_for_each_customer(db, work, make, issue):
    made = issue()
    tickets = [make.ticket(f"Mail {n}", requestor="ann@firm.example") for n in range(3)]
    link_tickets(work, made, [each.id for each in tickets])
    db.query(OutgoingRecipient).delete()
    done = close_tickets(work, made, [each.id for each in tickets[:2]], "Mail is quick again.")
    assert [each.refused for each in done] == ["", ""]
    assert [each.status for each in tickets] == ["resolved", "resolved", "new"]
    waiting = db.scalars(
        select(OutgoingRecipient).where(
            OutgoingRecipient.address == "ann@firm.example", OutgoingRecipient.state == "queued"
        )
    ).all()
    assert len(waiting) == 1


def test_duplicates_become_one(db, work, make, issue):
    first, second = issue("Mail slow"), issue("Mail delays")
    ticket = make.ticket("Late", requestor="bob@firm.example")
    link_tickets(work, first, [ticket.id])
    ann = make.customer("ann@firm.example")
    for each in (first, second):
        join(work, each, ann.id)
    merge_issues(work, first, second)
    assert counts_of(db, [first.id, second.id]) == {second.id: Counts(2, 0)}
    assert [each.id for each in tickets_of(work, second.id)] == [ticket.id]
    assert find_issue(db, Reader(), first.id) is second
    with pytest.raises(Refused):
        merge_issues(work, first, second)


def test_tickets_are_found_by_their_issue_by_staff_alone(work, work_of, make, issue):
    make.customer("ann@firm.example")
    made, ticket = issue(), make.ticket("Late", requestor="ann@firm.example")
    other = make.ticket("Other", requestor="ann@firm.example")
    link_tickets(work, made, [ticket.id])

    def found(asking, query):
        return list(find_all(asking, Search(Target.TICKETS, parse(query).node)))

    assert found(work, f"KnownIssue = {made.id}") == [ticket.id]
    assert found(work, "KnownIssue IS NULL") == [other.id]
    assert found(work_of("ann@firm.example"), f"KnownIssue = {made.id}") == []
    assert issue_for(work, ticket.id, Reader()) is made


def test_the_answer_to_a_new_request_names_the_known_issue_that_it_is_about(db, make, issue):
    firm = make.organization("Firm")
    issue("Mail delays")
    issue("VPN drops", organizations=[firm])
    subjects = {"Our mails are delayed": True, "Mail me an invoice": False, "VPN drops again": False}
    told = {}
    for subject in subjects:
        make.ticket(subject, requestor="ann@client.example")
        told[subject] = "It may be this" in bodies(db, "ann@client.example")[-1]
    assert told == subjects


def test_people_of_a_mail_domain_are_told_and_those_for_whom_it_is_closed_are_not(
    db, work, make, issue, tell
):
    firm = make.organization("Firm", "firm.example")
    made = issue("VPN drops", organizations=[firm])
    ann, bob = (make.customer(f"{name}@mail.firm.example") for name in ("ann", "bob"))
    for each in (ann, bob):
        join(work, made, each.id)
    db.add(MemberRow(organization_id=firm.id, user_id=bob.id, is_off=True))
    tell(made, "We look.", "looking")
    send_all(work)
    assert [len(bodies(db, each.email_address)) for each in (ann, bob)] == [1, 0]


def test_a_request_from_the_page_of_an_issue_is_linked_where_it_may_be_read(db, work, make, issue):
    firm = make.organization("Firm")
    seen, hidden = issue("Mail delays"), issue("VPN drops", organizations=[firm])
    pages = {
        f"/portal/issues/{seen.id}": seen.id,
        f"/portal/issues/{hidden.id}": None,
        "/portal/issues/x": None,
    }
    for page, linked in pages.items():
        ticket = make.ticket("Help", requestor="ann@client.example")
        link_from_page(work, Reader(), ticket, page, is_known=True)
        assert db.scalar(select(IssueTicket.issue_id).where(IssueTicket.ticket_id == ticket.id)) == linked
    assert counts_of(db, [seen.id]) == {seen.id: Counts(1, 0)}


def test_webhooks_are_told_of_the_life_of_an_issue(monkeypatch, issue, tell):
    heard = []

    def announce(_work, event, payload):
        heard.append((event, payload["stage"]))

    for module in (writing, updating):
        monkeypatch.setattr(module, "announce", announce)
    made = issue()
    tell(made, "We look.", "looking")
    tell(made, "It works.", "done")
    assert heard == [
        ("portal.issue_opened", "heard"),
        ("portal.issue_updated", "looking"),
        ("portal.issue_closed", "done"),
    ]
