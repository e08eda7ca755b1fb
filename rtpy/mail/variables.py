"""The variables of templates, in words, and the check that a template names none that is not there."""

from collections.abc import Iterable
from difflib import get_close_matches

from rtpy.errors import Invalid, Problem
from rtpy.mail.template import SIMPLE, bodies_of, line_of, unknown_simple

VARIABLES = {
    "ticket.id": "number",
    "ticket.tag": "what stands in subjects, such as [rtpy #7]",
    "ticket.subject": "subject, or (no subject)",
    "ticket.status": "status as it is shown",
    "ticket.queue": "name of the queue",
    "ticket.queue_description": "description of the queue",
    "ticket.owner": "name of the owner, or Nobody",
    "ticket.priority": "number",
    "ticket.created": "time in UTC",
    "ticket.due": "time in UTC, or empty",
    "ticket.url": "address of the staff's page",
    "ticket.requestors": "list of addresses",
    "transaction.id": "number",
    "transaction.type": "Create, Correspond, Comment, Status, Set …",
    "transaction.field": "what was set",
    "transaction.old_value": "from what",
    "transaction.new_value": "to what",
    "transaction.description": "what happened, in a few words",
    "transaction.minutes": "minutes worked",
    "transaction.created": "time in UTC",
    "message.text": "what was said, as plain text",
    "message.subject": "subject of the mail that came in",
    "message.files": "list of file names",
    "actor.name": "who did it",
    "last_reply.text": "the last reply of the staff, unless it goes out at the same time",
    "last_reply.name": "who wrote that",
    "forward.text": "what is forwarded: who wrote when, and what; empty for other transactions",
    "fields": 'custom fields of the ticket by name: {{ fields["Cost centre"] }}',
    "rtname": "short name of the site",
    "organization": "domain name of the site",
    "web_url": "address of the site, with a slash at its end",
}
"""What a template may use, in the order of the page; a test holds it against `rtpy.mail.drops`."""

_TOPS = {name.partition(".")[0] for name in VARIABLES}
_PARTS = frozenset({"size", "first", "last"})


def check_variables(content: str) -> None:
    """Raises Invalid with every variable that is not there: its line, and the nearest name that is."""
    problems: dict[str, None] = {}
    for line, name in unknown_simple(content):
        hint = _nearest(name, [f"{{${each}}}" for each in SIMPLE])
        problems[f"Line {line}: there is no variable {{${name}}}.{hint}"] = None
    for source, first_line, template in bodies_of(content):
        for variables in template.analyze().globals.values():
            for variable in variables:
                name = _unknown(list(variable.segments))
                if name:
                    line = first_line + line_of(source, variable.span.index)
                    hint = _nearest(name, VARIABLES)
                    problems[f"Line {line}: there is no variable “{name}”.{hint}"] = None
    if problems:
        raise Invalid(*(Problem("content", sentence) for sentence in problems))


def _unknown(segments: list[object]) -> str:
    """The name as it was written when there is no such variable, else empty."""
    names = [str(each) for each in segments if not isinstance(each, list)]
    top = names[0]
    if top == "rt":
        return "" if len(names) > 1 and names[1] in SIMPLE else ".".join(names)
    if top not in _TOPS:
        return ".".join(names)
    if top == "fields" or top in VARIABLES or len(segments) == 1:
        return ""
    if isinstance(segments[1], list):
        return f"{top}[…]"
    two = f"{top}.{names[1]}"
    if two not in VARIABLES:
        return two
    further = [each for each in segments[2:] if not isinstance(each, int) and each not in _PARTS]
    return f"{two}.{further[0]}" if further else ""


def _nearest(name: str, known: Iterable[str]) -> str:
    found = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" Did you mean {found[0]}?" if found else ""
