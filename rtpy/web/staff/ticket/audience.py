"""Who would get a message or hear of a change of status: shown before it is sent, by the functions that send it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pyramid.request import Request

from rtpy.changes.reader import Reader, address_of
from rtpy.changes.reading import read_one_time
from rtpy.changes.ticket.create import CreateTicket, one_line
from rtpy.content.part import Message
from rtpy.errors import RtpyError
from rtpy.http.resources import TicketResource
from rtpy.mail.occasion import Occasion
from rtpy.scrips.preview import Preview, creation_of, occasion_of, who_gets
from rtpy.web import shown
from rtpy.web.staff.forms import texts_named
from rtpy.web.staff.ticket.choices import allowed_moves
from rtpy.work import Work

MOST_SPARED = 500
KINDS = {"reply": "Correspond", "comment": "Comment"}


@dataclass(frozen=True, slots=True)
class Audience:
    """Who gets a reply, and who gets a comment; each with a box to tick."""

    of_reply: shown.Who
    of_comment: shown.Who


def find_audience(resource: TicketResource) -> Audience:
    """For a reply and a comment in which nothing is typed yet. One query more than for one of them at most."""
    reply, comment = (occasion_of(resource.work, resource.ticket, kind, Message()) for kind in KINDS.values())
    _ = reply.people  # read once, for both
    comment.memo["people"] = reply.memo["people"]
    return Audience(
        show_who("reply-who", who_gets(reply), boxes=True),
        show_who("comment-who", who_gets(comment), boxes=True),
    )


def audience_of_form(
    resource: TicketResource, kind: str, given: Mapping[str, str], unticked: Sequence[str] = ()
) -> shown.Who:
    """For what stands in the form: its copies, and the mails about its change of status too."""
    work, ticket = resource.work, resource.ticket
    reader = Reader(work, given)
    named = read_one_time(reader, kind)
    message = Message(one_time_cc=named.cc, one_time_bcc=named.bcc, outsiders=named.outsiders)
    occasions = [
        occasion_of(work, ticket, KINDS[kind], message),
        *of_status(resource, given.get("status", "")),
    ]
    who = show_who(f"{kind}-who", who_gets(*occasions), boxes=True, unticked=unticked)
    return replace(who, wrong=" ".join(problem.message for problem in reader.problems))


def audience_of_new(work: Work, given: Mapping[str, str]) -> shown.Who:
    """For a new ticket as it stands in the form: its people may not be known yet."""
    who = shown.Who("create-who")
    reader = Reader(work, given)
    queue, owner = reader.queue(), reader.user("owner")
    requestors, copies = reader.people("requestor", ours=False), reader.people("cc", ours=False)
    if queue is None or reader.problems:
        wrong = " ".join(problem.message for problem in reader.problems)
        return replace(who, wrong=wrong or "Choose the queue that the ticket goes into.")
    create = CreateTicket(queue, one_line(reader.text("subject")), owner=owner, status=reader.word("status"))
    try:
        ticket, _remarks = create.build(work)
    except RtpyError as refused:
        return replace(who, wrong=str(refused))
    named = [(address_of(work, each), each.name) for each in requestors]
    occasion = creation_of(work, ticket, named, [address_of(work, each) for each in copies], Message())
    return show_who(who.id, who_gets(occasion))


def show_who(
    region: str, preview: Preview, *, boxes: bool = False, unticked: Sequence[str] = ()
) -> shown.Who:
    """The values of the macro `who`: customers first, one-time copies last."""
    folded = {address.lower() for address in unticked}
    recipients = [
        shown.Recipient(
            each.address,
            each.name,
            each.why,
            each.address.lower() not in folded,
            typed=each.why.startswith("one-time"),
        )
        for each in sorted(preview.told, key=lambda each: (each.why.startswith("one-time"), each.is_staff))
    ]
    return shown.Who(region, tuple(recipients), preview.left_out, boxes)


def unticked_in(request: Request) -> tuple[str, ...]:
    """Who was shown in the form and not ticked. Who was not shown, because of a change made since, is not left out."""
    ticked = {address.lower() for address in texts_named(request, "to")}
    shown_there = dict.fromkeys(texts_named(request, "shown"))
    return tuple(address for address in shown_there if address and address.lower() not in ticked)[
        :MOST_SPARED
    ]


def of_status(resource: TicketResource, status: str) -> list[Occasion]:
    """The change of status, if the reader may make it; else nothing."""
    work, ticket = resource.work, resource.ticket
    if not status or status == ticket.status or status not in allowed_moves(resource):
        return []
    return [occasion_of(work, ticket, "Status", None, ticket.status, status)]
