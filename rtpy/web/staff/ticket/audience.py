"""Who would get a message or hear of a change of status: shown before it is sent, by the functions that send it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pyramid.request import Request

from rtpy.changes.reading import Reader, read_one_time
from rtpy.content.part import Message
from rtpy.http.resources import TicketResource
from rtpy.mail.occasion import Occasion
from rtpy.scrips.preview import Preview, occasion_of, who_gets
from rtpy.web import shown
from rtpy.web.staff.forms import texts_named, texts_of
from rtpy.web.staff.ticket.choices import allowed_moves

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


def show_who(
    region: str, preview: Preview, *, boxes: bool = False, unticked: Sequence[str] = ()
) -> shown.Who:
    """The values of the macro `who`: customers first."""
    folded = {address.lower() for address in unticked}
    recipients = [
        shown.Recipient(
            each.address,
            each.name,
            each.why,
            each.address.lower() not in folded,
            typed=each.why.startswith("one-time"),
        )
        for each in sorted(preview.told, key=lambda each: each.is_staff)
    ]
    return shown.Who(region, tuple(recipients), preview.left_out, boxes)


def unticked_in(resource: TicketResource, request: Request, kind: str) -> tuple[str, ...]:
    """Who was shown in the form and not ticked; without the list nobody."""
    if "recipients_shown" not in request.POST:
        return ()
    ticked = {address.lower() for address in texts_named(request, "to")}
    everybody = audience_of_form(resource, kind, texts_of(request)).recipients
    return tuple(each.address for each in everybody if not each.typed and each.address.lower() not in ticked)


def of_status(resource: TicketResource, status: str) -> list[Occasion]:
    """The change of status, if the reader may make it; else nothing."""
    work, ticket = resource.work, resource.ticket
    if not status or status == ticket.status or status not in allowed_moves(resource):
        return []
    return [occasion_of(work, ticket, "Status", None, ticket.status, status)]
