"""The variables of templates, in words, and the check that all names in a template are there."""

from collections.abc import Collection, Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches

from liquid.template import BoundTemplate

from rtpy.errors import Invalid, Problem
from rtpy.mail.template import FILTERS, SIMPLE, bodies_of, line_of, unknown_simple

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


def check_names(content: str, fields: Collection[str]) -> None:
    """Raises Invalid with every variable, custom field and filter that is not there: its line, and names like it.

    `fields` are the names of the custom fields of tickets. What a template makes itself (loops, assign, capture) is
    not followed.
    """
    problems: dict[tuple[int, str], None] = {}
    for line, name in unknown_simple(content):
        hint = did_you_mean(name, SIMPLE, "{{${}}}")
        problems[line, f"there is no variable {{${name}}}.{hint}"] = None
    for source, first_line, template in bodies_of(content):
        for index, sentence in _unknown_names(template, fields):
            problems[first_line + line_of(source, index), sentence] = None
    if problems:
        found = sorted(problems, key=lambda each: each[0])
        raise Invalid(*(Problem("content", f"Line {line}: {sentence}") for line, sentence in found))


def did_you_mean(name: str, known: Iterable[str], form: str = "{}") -> str:
    """A question with at most three names like this one, each written as in `form`; empty when there are none."""
    near = get_close_matches(name, list(known), n=3, cutoff=0.6)
    if not near:
        return ""
    alike = [SequenceMatcher(None, each, name).ratio() for each in near]
    found = [form.format(each) for each, how in zip(near, alike, strict=True) if how > alike[0] - 0.06]
    words = " or ".join(filter(None, (", ".join(found[:-1]), found[-1])))
    return f" Did you mean {words}?"


def _unknown_names(template: BoundTemplate, fields: Collection[str]) -> Iterator[tuple[int, str]]:
    """Where in the text, and a sentence, for each name that is not there."""
    named = template.analyze()
    for variables in named.globals.values():
        for variable in variables:
            sentence = _wrong_variable(list(variable.segments), fields)
            if sentence:
                yield variable.span.index, sentence
    for name, spans in named.filters.items():
        if name not in FILTERS:
            for span in spans:
                yield span.index, f"there is no filter “{name}”.{did_you_mean(name, FILTERS)}"


def _wrong_variable(segments: list[object], fields: Collection[str]) -> str:
    """What is wrong with a path as it was written; empty when it leads to something."""
    if segments[0] == "fields" and len(segments) > 1:
        name = segments[1]
        if not isinstance(name, str) or name in fields or name in _PARTS:
            return ""
        return f"there is no custom field “{name}” of tickets.{did_you_mean(name, fields)}"
    name = _unknown(segments)
    if not name:
        return ""
    if name.endswith("]"):
        return f"there is no variable “{name}”: write its part as it is."
    top, _, part = name.partition(".")
    if top in _TOPS and top not in VARIABLES:
        parts = [each.partition(".")[2] for each in VARIABLES if each.startswith(f"{top}.")]
        hint = did_you_mean(part, parts, f"{top}.{{}}")
    else:
        hint = did_you_mean(name, VARIABLES) or did_you_mean(top, _TOPS, f"{{}}.{part}" if part else "{}")
    return f"there is no variable “{name}”.{hint}"


def _unknown(segments: list[object]) -> str:
    """The name as it was written when there is no such variable, else empty."""
    names = [str(each) for each in segments if not isinstance(each, list)]
    top = names[0]
    if top == "rt":
        return "" if len(names) > 1 and names[1] in SIMPLE else ".".join(names)
    if top not in _TOPS:
        return ".".join(names)
    if len(segments) == 1:
        return ""
    whole, rest = top, segments[1:]
    if top not in VARIABLES:
        if isinstance(rest[0], list):
            return f"{top}[…]"
        whole, rest = f"{top}.{names[1]}", rest[1:]
        if whole not in VARIABLES:
            return whole
    further = [each for each in rest if not isinstance(each, int) and each not in _PARTS]
    return f"{whole}.{further[0]}" if further else ""
