"""Templates of mails: RT's form (header lines, an empty line, a body) in the language Liquid; rendering only.

Admins write them, so they get no Python: they see plain values that `rtpy.mail.drops` makes, and loops, lengths and
memory are limited. RT's simple variables (`{$TicketSubject}`) are understood too; RT's Perl is refused with a reason.
What a mail said goes in as a value and is never read as a template (A49).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, wraps
from typing import Any

from liquid import Environment
from liquid.exceptions import FilterArgumentError, LiquidError
from liquid.template import BoundTemplate

from rtpy.content.linkify import paragraphs
from rtpy.content.plain import html_to_text
from rtpy.errors import Invalid, Problem

WHOLE_BODY = 2_000_000
"""Characters that a template may write."""
LONGEST_RANGE = 1_000
_LONGEST_NUMBER = 333
"""Bits: numbers multiplied by each other again and again would take hours."""

SIMPLE = (
    *(
        f"Ticket{name}"
        for name in (
            "Id Subject Description Type InitialPriority FinalPriority Priority TimeEstimated TimeWorked TimeLeft "
            "Status Told Starts Started Due Resolved RequestorAddresses AdminCcAddresses CcAddresses QueueId "
            "QueueName OwnerId OwnerName OwnerEmailAddress"
        ).split()
    ),
    *(
        f"Transaction{name}"
        for name in (
            "Id TimeTaken Type Field OldValue NewValue Data Content Subject Description BriefDescription"
        ).split()
    ),
    "rtname",
)
"""RT's simple variables that are filled in; others stay as they are written, as in RT."""


class Form(StrEnum):
    """What a template says its body is: nothing, text only, HTML, or text that is to have an HTML twin."""

    ANY = ""
    TEXT = "text"
    HTML = "html"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template with its values in. `headers` have lower-case names; `html` is empty for a plain text mail."""

    headers: dict[str, str]
    body: str
    html: str
    form: Form = Form.ANY

    @property
    def is_empty(self) -> bool:
        """An empty template means: send nothing."""
        return not self.body.strip()


@dataclass(frozen=True, slots=True)
class _Parsed:
    headers: tuple[tuple[str, BoundTemplate], ...]
    body: BoundTemplate
    form: Form
    names: frozenset[str]


def render_template(content: str, values: Mapping[str, Any]) -> Rendered:
    """Fill in a template. Raises Invalid with a sentence for the administrator.

    A header `Content-Type: text/html` says that the body is HTML (values are escaped, a text twin is made of it);
    `Content-Type: multipart/alternative` that it is text, of which an HTML twin with links is made, `text/plain` that
    it stays text.
    """
    parsed = _parse(content)
    try:
        headers = {name: " ".join(value.render(values).split()) for name, value in parsed.headers}
        body = parsed.body.render(values)
    except LiquidError as error:
        sentence = f"The template cannot be filled in{_place(error)}: {_said(error)}."
        raise Invalid(Problem("template", sentence)) from error
    if parsed.form is Form.HTML:
        return Rendered(headers, html_to_text(body), body if body.strip() else "", parsed.form)
    return Rendered(headers, body, paragraphs(body) if parsed.form is Form.BOTH else "", parsed.form)


def _place(error: LiquidError) -> str:
    token = error.token
    return f", line {line_of(token.source, token.start_index) + 1} of the text" if token else ""


def _said(error: LiquidError) -> str:
    """Its first line; the rest draws the place."""
    return str(error).partition("\n")[0].strip().rstrip(".")


def names_in(content: str) -> frozenset[str]:
    """The top names that a template may use, so that only those values are made. Raises Invalid."""
    return _parse(content).names


def check_template(content: str) -> None:
    """Raises Invalid with what is wrong in a template: for the page where it is edited."""
    _parse(content)
    perl = re.search(
        r"\{\s*(?:\$(?:Ticket|Transaction|Argument|Requestor)\s*->|[^{}%]*\bmy\s+\$|loc\()", content
    )
    if perl:
        raise Invalid(
            Problem(
                "template",
                f"“{perl[0]}…” is Perl, which rtpy does not run: write {{{{ ticket.subject }}}} or so.",
            )
        )


def bodies_of(content: str) -> Iterator[tuple[str, int, BoundTemplate]]:
    """Each part of a template that is written in the language: its text, its first line (from 1), and read.

    Raises Invalid. For checks of what is named in it.
    """
    text = content.replace("\r\n", "\n")
    head, body = _split(text)
    first = text[: len(text) - len(body)].count("\n") + 1
    for number, (name, value) in enumerate(head.items(), start=1):
        if name != "content-type":
            yield value, number, _compile(_LANGUAGES[False], value, number)
    yield body, first, _compile(_LANGUAGES[False], body, first)


def unknown_simple(content: str) -> list[tuple[int, str]]:
    """Line and name of what looks like one of RT's simple variables and is none."""
    return [
        (line_of(content, found.start()) + 1, found[1])
        for found in re.finditer(r"\{\s*\$([A-Za-z]\w*)\s*\}", content)
        if found[1] not in SIMPLE
    ]


def line_of(source: str, index: int) -> int:
    """In which line, from 0, a place of the text is."""
    return source.count("\n", 0, max(index, 0))


class _Language(Environment):
    loop_iteration_limit = 5_000
    output_stream_limit = WHOLE_BODY
    local_namespace_limit = 200_000
    context_depth_limit = 20


_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:")
_SIMPLE = re.compile(r"\{\s*\$(" + "|".join(SIMPLE) + r")\s*\}")
_RANGE = re.compile(r"\(\s*([^()\s]+)\s*\.\.\s*([^()\s]+)\s*\)")
_NAME = re.compile(r"[A-Za-z_]+")
_FORMS = {"text/plain": Form.TEXT, "text/html": Form.HTML, "multipart/alternative": Form.BOTH}


def _languages() -> dict[bool, _Language]:
    made = {}
    for escaping in (False, True):
        language = _Language(autoescape=escaping)
        for tag in ("include", "render"):
            del language.tags[tag]
        # A format of "%999999999d" would fill the memory; dates come as words.
        for name in ("date", "safe"):
            del language.filters[name]
        language.filters.update({name: _bounded(name, deed) for name, deed in language.filters.items()})
        made[escaping] = language
    return made


def _bounded(
    name: str, deed: Callable[..., Any]
) -> Callable[..., Any]:  # Any: filters take and give all kinds
    """The filter, stopped before it makes a text that is too long: a few `replace` in a row would make gigabytes."""

    @wraps(deed)
    def bounded(value: Any, *args: Any, **named: Any) -> Any:
        if name.startswith("replace") and args:
            text, new = str(value), str(args[1]) if len(args) > 1 else ""
            old = str(args[0])
            _need_room(len(text) + (text.count(old) if old else len(text) + 1) * len(new))
        elif name == "join" and isinstance(value, (list, tuple)):
            glue = len(str(args[0])) if args else 1
            length = 0
            for item in value:
                length += glue + (len(item) if isinstance(item, str) else 20)
                _need_room(length)
        result = deed(value, *args, **named)
        if isinstance(result, str):
            _need_room(len(result))
        elif isinstance(result, int) and result.bit_length() > _LONGEST_NUMBER:
            raise FilterArgumentError("a number with more than a hundred digits or so", token=None)
        return result

    return bounded


def _need_room(length: int) -> None:
    if length > WHOLE_BODY:
        raise FilterArgumentError(f"a text longer than {WHOLE_BODY} characters", token=None)


_LANGUAGES = _languages()
FILTERS = frozenset(_LANGUAGES[False].filters)
"""Names of the filters that templates can use."""


@lru_cache(maxsize=512)
def _parse(content: str) -> _Parsed:
    source = content.replace("\r\n", "\n")
    head, body = _split(source)
    first_line = line_of(source, len(source) - len(body)) + 1
    form = _FORMS.get(head.pop("content-type", "").partition(";")[0].strip().lower(), Form.ANY)
    text, page = _LANGUAGES[False], _LANGUAGES[True]
    return _Parsed(
        headers=tuple((name, _compile(text, value)) for name, value in head.items()),
        body=_compile(page if form is Form.HTML else text, body, first_line),
        form=form,
        names=frozenset(_NAME.findall(_SIMPLE.sub("{{ rt.x }}", content))),
    )


def _split(content: str) -> tuple[dict[str, str], str]:
    if not _HEADER.match(content) or "\n\n" not in content:
        return {}, content.removeprefix(
            "\n"
        )  # without an empty line it is a text that begins like “Dear Ann: …”
    lines, _, body = content.partition("\n\n")
    headers: dict[str, str] = {}
    last = ""
    for line in lines.split("\n"):
        if line[:1] in " \t" and last:
            headers[last] += " " + line.strip()
        elif _HEADER.match(line):
            name, _, value = line.partition(":")
            last = name.lower()
            headers[last] = value.strip()
        else:
            raise Invalid(
                Problem(
                    "template", f"“{line[:60]}” stands among the headers: put an empty line above the text."
                )
            )
    return headers, body


def _compile(language: _Language, source: str, first_line: int = 1) -> BoundTemplate:
    for found in _RANGE.finditer(source):
        low, high = found[1], found[2]
        if not (
            low.isdecimal() and high.isdecimal() and len(high) < 7 and int(high) - int(low) <= LONGEST_RANGE
        ):
            line = first_line + line_of(source, found.start())
            raise Invalid(
                Problem(
                    "template",
                    f"Line {line}: the range ({low}..{high}) is not allowed: "
                    f"two numbers at most {LONGEST_RANGE} apart.",
                )
            )
    try:
        return language.from_string(_SIMPLE.sub(r"{{ rt.\1 }}", source))
    except LiquidError as error:
        line = first_line + _line_of_error(language, source, error)
        sentence = f"The template cannot be read, line {line}: {_said(error)}."
        raise Invalid(Problem("template", sentence)) from error


def _line_of_error(language: _Language, source: str, error: LiquidError) -> int:
    """From the error, else the first expression that cannot be read by itself; from 0."""
    if error.token is not None and error.token.start_index > 0:
        return line_of(error.token.source, error.token.start_index)
    for found in re.finditer(r"\{\{.*?\}\}", source, re.DOTALL):
        try:
            language.from_string(found[0])
        except LiquidError:
            return line_of(source, found.start())
    return 0
