"""The form language of REST 1.0: text to forms and back, and the lists that stand in fields."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Value = str | tuple[str, ...]
"""Text of a field, or the items of a list."""


class Repeated(tuple[str, ...]):
    """The texts of a field that stands in a form several times; each may hold several items."""

    __slots__ = ()


WIDTH = 70
"""A list is broken after a comma before a line gets so long."""
DEEPEST_INDENT = 16
"""Continuations of longer names than that are indented by four blanks only, as in RT."""

_CF_NAME = r"[^,\n]+?"
FIELD = rf"(?:C(?:ustom)?F(?:ield)?-{_CF_NAME}|CF\.\{{{_CF_NAME}\}}|[a-z][a-z0-9_-]*)"
"""A field's name, without regard to case: a word, `CF.{Name}` or `CF-Name`."""
_CUSTOM = re.compile(r"CF\.\{(.*)\}|C(?:ustom)?F(?:ield)?-(.*)", re.IGNORECASE | re.DOTALL)
_LINE = re.compile(rf"({FIELD}):(?:[ \t]+(.*))?", re.IGNORECASE)
_FIELD = re.compile(FIELD, re.IGNORECASE)
_QUOTED = re.compile(
    r"""\s*(?:"(?P<double>(?:[^\\"]|\\.)*)"|'(?P<single>(?:[^\\']|\\.)*)')\s*(?:,|\Z)""",
)
_BRACES = re.compile(r"\s*q\{")
_END = re.compile(r"\s*(?:,|\Z)")
_PLAIN = re.compile(r"([^,]*)(?:,|\Z)")


@dataclass(frozen=True, slots=True)
class Form:
    """One form: lines of comment, fields in order, and what could not be read as a form.

    `raw` stands for a form of no fields at all: text that is written as it is.
    """

    comments: tuple[str, ...] = ()
    fields: tuple[tuple[str, Value], ...] = ()
    error: str = ""
    raw: str = ""

    def get(self, name: str) -> Value | None:
        """The field of that name, without regard to case."""
        wanted = name.lower()
        return next((value for each, value in self.fields if each.lower() == wanted), None)

    def text(self, name: str) -> str:
        """The field as text; empty when it is not there."""
        return as_text(self.get(name) or "")

    def only(self, names: Sequence[str]) -> "Form":
        """The form with `id` and these fields alone, in this order."""
        known = {plain_name(name): (name, value) for name, value in self.fields}
        wanted = dict.fromkeys(["id", *(plain_name(name) for name in names)])
        return Form(self.comments, tuple(known[name] for name in wanted if name in known), self.error)


def plain_name(name: str) -> str:
    """A field's name for comparing: lower case, a custom field as `cf.{name}`."""
    folded = name.strip().lower()
    custom = custom_name(folded)
    return folded if custom is None else f"cf.{{{custom}}}"


def custom_name(name: str) -> str | None:
    """The name of the custom field that a field's name means; None for a plain field."""
    found = _CUSTOM.fullmatch(name.strip())
    if found is None:
        return None
    return found[1] if found[1] is not None else found[2]


def as_text(value: Value) -> str:
    """The value as one text; of a list the items between commas."""
    if isinstance(value, Repeated):
        return ", ".join(value)
    return value if isinstance(value, str) else ", ".join(map(quoted, value))


def as_items(value: Value) -> list[str]:
    """The value as a list: split at commas and line ends outside of quotes."""
    if isinstance(value, Repeated):
        return [item for text in value for item in split_list(text)]
    return split_list(value) if isinstance(value, str) else list(value)


def field_list(text: str) -> list[str] | None:
    """The names in a parameter `fields`; None when it is no list of names."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    return names if names and all(_FIELD.fullmatch(name) for name in names) else None


def split_list(text: str) -> list[str]:
    """The items of a list as people write it: `a, "b, c"`, quotes of either kind, `q{…}`, one or many lines."""
    items: list[str] = []
    for line in text.split("\n"):
        at, closing, end = 0, -1, None
        while at < len(line):
            if opening := _BRACES.match(line, at):
                if (
                    closing < opening.end()
                ):  # looked for once: a line may open a thousand braces and close none
                    closing = line.find("}", opening.end()) % (len(line) + 1)
                    end = _END.match(line, closing + 1) if closing < len(line) else None
                if end is not None:
                    items.append(line[opening.end() : closing])
                    at = end.end()
                    continue
            found = _QUOTED.match(line, at)
            if found is not None:
                items.append(_unquoted(found))
            else:
                found = _PLAIN.match(line, at)
                assert found is not None  # it fits everything
                items.append(found[1].strip())
            at = found.end()
    return [item for item in items if item]


def quoted(item: str) -> str:
    """An item as it stands in a list: in quotes when it would be split or read as quoted."""
    if "," not in item and item[:1] not in ("'", '"') and not item.startswith("q{") and item == item.strip():
        return item
    return "'" + item.replace("\\", "\\\\").replace("'", "\\'") + "'"


def parse_forms(text: str) -> list[Form]:
    """The forms of a text, empty ones left out. Never raises: what is no form is in `error`, marked by `>> `."""
    forms = (_parse(lines) for lines in _separated(text.replace("\r\n", "\n")))
    return [form for form in forms if form.fields or form.comments or form.error]


def write_forms(forms: Iterable[Form]) -> str:
    """The text of forms, as RT writes it."""
    return "\n--\n\n".join(map(write_form, forms))


def write_form(form: Form) -> str:
    """The text of one form."""
    if form.raw:
        return form.raw
    head = "".join(f"{line}\n" for line in form.comments)
    if head and (form.fields or form.error):
        head += "\n"
    return head + (form.error or _write_fields(form.fields))


def _separated(text: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in text.split("\n"):
        if line.rstrip() == "--":
            yield lines
            lines = []
        else:
            lines.append(line)
    yield lines


def _parse(lines: list[str]) -> Form:
    at, comments = 0, []
    while at < len(lines) and not lines[at]:
        at += 1
    while at < len(lines) and lines[at].startswith("#"):
        comments.append(lines[at].rstrip())
        at += 1
    found: dict[str, tuple[str, list[str]]] = {}
    while at < len(lines):
        line = lines[at]
        at += 1
        field = _LINE.fullmatch(line)
        if field is not None:
            first, end = field[2] or "", at
            while end < len(lines) and _goes_on(lines[end]):
                end += 1
            found.setdefault(field[1].lower(), (field[1], []))[1].append(_value(first, lines[at:end]))
            at = end
        elif line.strip():
            marked = line if line.startswith(">>") else f">> {line}"
            rest = "\n".join([marked, *lines[at:]]).rstrip("\n")
            return Form(tuple(comments), (), _write_fields(_fields(found)) + rest + "\n")
    return Form(tuple(comments), _fields(found))


def _goes_on(line: str) -> bool:
    """Does the line belong to the field above it? RT loses lines that are not indented and no field; here they stay."""
    return not line or line[0].isspace() or (line[0] not in "#>" and _LINE.fullmatch(line) is None)


def _fields(found: dict[str, tuple[str, list[str]]]) -> tuple[tuple[str, Value], ...]:
    return tuple(
        (name, values[0] if len(values) == 1 else Repeated(values)) for name, values in found.values()
    )


def _value(first: str, rest: list[str]) -> str:
    """The text of a field of its first line and the lines that go on, without their common indentation."""
    indents = [line[: len(line) - len(line.lstrip())] for line in rest if line.strip() and line[0].isspace()]
    common = min(indents, key=len, default="")
    lines = [first, *(line.removeprefix(common) if line.strip() else "" for line in rest)]
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(line.rstrip("\r") for line in lines)


def _unquoted(found: "re.Match[str]") -> str:
    double: str | None = found["double"]
    text, quote = (found["single"], "'") if double is None else (double, '"')
    return re.sub(rf"\\([\\{quote}])", r"\1", text)


def _write_fields(fields: Iterable[tuple[str, Value]]) -> str:
    """Blocks of several lines stand between empty lines."""
    written: list[str] = []
    for name, value in _lines(fields):
        block = _write_text(name, value) if isinstance(value, str) else _write_list(name, value)
        if "\n" in block:
            if written and not written[-1].endswith("\n\n"):
                written.append("\n")
            written.append(f"{block}\n\n")
        else:
            written.append(f"{block}\n")
    return "".join(written)


def _lines(fields: Iterable[tuple[str, Value]]) -> Iterator[tuple[str, Value]]:
    for name, value in fields:
        if isinstance(value, Repeated):
            yield from ((name, text) for text in value)
        else:
            yield name, value


def _write_text(name: str, value: str) -> str:
    return f"{name}: " + value.replace("\n", "\n" + _indent(name))


def _write_list(name: str, items: Sequence[str]) -> str:
    if not items:
        return f"{name}:"
    text, length = f"{name}: ", len(name) + 2
    for at, item in enumerate(map(quoted, items)):
        if at and length + len(item) + 2 >= WIDTH:
            text += f",\n{_indent(name)}{item}"
            length = len(_indent(name)) + len(item)
        else:
            text += f"{', ' if at else ''}{item}"
            length += len(item) + (2 if at else 0)
    return text


def _indent(name: str) -> str:
    width = len(name) + 2
    return " " * (width if width <= DEEPEST_INDENT else 4)
