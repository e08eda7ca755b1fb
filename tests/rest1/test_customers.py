"""What customers may not reach through REST 1.0: other people's mailboxes, and names of queues."""

import pytest
from sqlalchemy import func, select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.queue import SetQueue
from rtpy.models import OrganizationMember, OutgoingRecipient, Transaction, User

NO = "neither takes part in this request"


@pytest.fixture
def mine(make, db, customer):
    """A request of Ann's, who is a member of the Guild."""
    guild = make.organization("Guild", "guild.example")
    ann = make.customer("ann@client.example")
    db.add(OrganizationMember(organization_id=guild.id, user_id=ann.id))
    make.grant("Requestor", "ShowTicket", queue=make.queue())
    return make.ticket(cc=("supplier@parts.example",))


def test_a_customer_mails_only_theirs(mine, customer, root, db):
    def say(action="correspond", **copies):
        lines = [f"Action: {action}", "Text: x", *(f"{name}: {value}" for name, value in copies.items())]
        return customer(f"ticket/{mine.id}/comment", {"content": "\n".join(lines)})

    counts = [select(func.count(each.id)) for each in (User, Transaction, OutgoingRecipient)]
    for copies in (
        {"Cc": "victim@x.example"},
        {"Bcc": "victim@x.example"},
        {"Cc": "boss@guild.example", "Bcc": "supplier@parts.example, victim@x.example"},
    ):
        before = [db.scalar(each) for each in counts]
        answer = say(**copies)
        assert answer.status == "400 Bad Request", copies
        assert answer.text.startswith(f"# victim@x.example {NO}"), answer.text
        assert [db.scalar(each) for each in counts] == before
    assert say(Cc="boss@guild.example", Bcc="supplier@parts.example").lines == ["# Correspondence added"]
    made = {"content": "id: ticket/new\nQueue: General\nSubject: x\nRequestor: victim@x.example\nText: buy"}
    before = [db.scalar(each) for each in counts]
    answer = customer("ticket/new", made)
    assert answer.lines[0] == "# Could not create ticket."
    assert NO in answer.text
    assert [db.scalar(each) for each in counts] == before
    own = {"content": "id: ticket/new\nQueue: General\nSubject: x\nCc: boss@guild.example\nText: buy"}
    assert customer("ticket/new", own).lines[-1].endswith(" created.")
    answer = root("ticket/new", made)
    assert answer.lines[-1].endswith(" created."), answer.text


def test_a_queue_that_one_may_not_see_has_no_name_in_the_history(mine, customer, root, jo, make, work):
    secret = make.queue("Secret", granted=False)
    change_ticket(work, mine, SetQueue(secret))
    change_ticket(work, mine, SetQueue(make.queue()))
    assert "Queue changed from General to Secret by root" in root(f"ticket/{mine.id}/history").text
    for path in (f"ticket/{mine.id}/history", f"ticket/{mine.id}/history?format=l"):
        seen = jo(path).text
        assert f"Queue changed from General to {secret.id}" in seen, seen
        assert f"Queue changed from {secret.id} to General" in seen
        assert "Secret" not in seen
