"""Values of custom fields as pages show them: boxes of lines, each with the input that changes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from pyramid.request import Request

from rtpy.content.filenames import safe_filename
from rtpy.content.linkify import linkify
from rtpy.customfields.definition import FieldDefinition, FieldValue
from rtpy.customfields.kinds import FieldType, Lookup
from rtpy.customfields.parsing import is_mandatory
from rtpy.customfields.showing import fill_address, moment, plain_text, rich_text
from rtpy.fields.allowed import sees, sets
from rtpy.fields.contents import Contents
from rtpy.fields.definitions import fields_for
from rtpy.web.custom_fields.inputs import FieldInput, base_of, field_input
from rtpy.web.html import Html, show_size
from rtpy.web.times import show_day

COMMON = "More details"
"""The heading of fields that name none."""


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field: its values as HTML, empty when there are none; `input` is None where the reader may not change it."""

    label: str
    help: str
    value: Html
    input: FieldInput | None
    is_missing: bool
    """It is mandatory, and nothing is there."""


@dataclass(frozen=True, slots=True)
class FieldBox:
    """Fields under one heading."""

    title: str
    lines: tuple[FieldLine, ...]
    missing: int


def show_boxes(
    request: Request,
    lookup: str,
    object_id: int,
    held: Contents,
    *,
    container_id: int = 0,
    roles: frozenset[str] = frozenset(),
) -> list[FieldBox]:
    """The fields of one thing that the reader may see, in boxes by their heading. No query."""
    work = request.work
    boxes: dict[str, list[FieldLine]] = {}
    for definition in fields_for(request.app, request.db, lookup, container_id):
        if not sees(work, definition, container_id, roles):
            continue
        values = held.get(definition.id, [])
        may = sets(work, definition, container_id, roles)
        line = FieldLine(
            definition.name,
            definition.description,
            show_values(request, definition, values, object_id),
            _input(request, definition, values, held, container_id, roles) if may else None,
            not values and is_mandatory(definition),
        )
        boxes.setdefault(definition.grouping or COMMON, []).append(line)
    return [
        FieldBox(title, tuple(lines), sum(line.is_missing for line in lines))
        for title, lines in boxes.items()
    ]


def _input(
    request: Request,
    definition: FieldDefinition,
    values: Sequence[FieldValue],
    held: Contents,
    container_id: int,
    roles: frozenset[str],
) -> FieldInput:
    """Its own form: the field that it is based on is not in it, so only what goes with that one's value is offered."""
    base = base_of(request, definition, held)
    if base is not None and not sees(request.work, base.definition, container_id, roles):
        base = None  # what is offered would tell what it holds
    return field_input(definition, values, zone=request.zone, prefix="edit", base=base)


def show_values(
    request: Request, definition: FieldDefinition, values: Sequence[FieldValue], object_id: int
) -> Html:
    """The values of one field, each in its own line."""
    shown = [_show(request, definition, value, object_id) for value in values]
    if len(shown) < 2:
        return Html("".join(shown))
    return Html(f'<ul class="field-values">{"".join(f"<li>{each}</li>" for each in shown)}</ul>')


def show_plain(
    request: Request,
    lookup: str,
    container_id: int,
    held: Mapping[int, Sequence[FieldValue]],
    object_id: int,
    roles: frozenset[str] = frozenset(),
) -> tuple[tuple[str, Html], ...]:
    """The fields of a transaction that hold something and may be seen: their names and values."""
    return tuple(
        (definition.name, show_values(request, definition, held[definition.id], object_id))
        for definition in fields_for(request.app, request.db, lookup, container_id)
        if held.get(definition.id) and sees(request.work, definition, container_id, roles)
    )


def _show(request: Request, definition: FieldDefinition, value: FieldValue, object_id: int) -> str:
    if value.sha256:
        return _file(request, definition, value)
    rich = rich_text(definition.type, value)
    if rich is not None:
        return f'<div class="prose">{rich}</div>'
    text = plain_text(definition.type, value)
    words = _words(request, definition, text)
    places = {
        "id": str(object_id),
        "WebDomain": request.domain,
        "WebPort": request.host_port,
        "WebPath": request.script_name,
        "WebBaseURL": request.host_url,
        "WebURL": f"{request.application_url}/",
    }
    link = fill_address(definition.link_template, text, places)
    if link:
        words = f'<a href="{escape(link)}" rel="noopener noreferrer nofollow">{words}</a>'
    more = fill_address(definition.include_template, text, places)
    if more:
        words += (
            f' <a class="meta" href="{escape(more)}" rel="noopener noreferrer nofollow">more'
            f'<span class="visually-hidden"> about {escape(text[:80])}</span></a>'
        )
    return words


def _words(request: Request, definition: FieldDefinition, text: str) -> str:
    if definition.brought is not None and definition.brought.show is not None:
        return escape(definition.brought.shown(text))
    if definition.type == FieldType.DATETIME:
        return str(request.when(moment(text)))
    if definition.type == FieldType.DATE and (day := _day(text)) is not None:
        return str(show_day(day))
    if definition.type == FieldType.TEXT:
        return f'<span class="plain">{linkify(text)}</span>'
    choice = definition.choice(text) if definition.facts.has_choices else None
    title = f' title="{escape(choice.description)}"' if choice and choice.description else ""
    plain = escape(text) if definition.link_template else linkify(text)
    return f"<span{title}>{plain}</span>" if title else plain


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # kept before the field was one of dates
        return None


def _file(request: Request, definition: FieldDefinition, value: FieldValue) -> str:
    name = safe_filename(value.content)
    url = file_url(request, definition, value.id, name)
    size = show_size(value.size)
    if definition.type == FieldType.IMAGE:
        return (
            f'<a href="{escape(url)}"><img class="field-picture" src="{escape(url)}" '
            f'alt="{escape(value.content)}" loading="lazy"></a>'
        )
    words = f'<span class="name">{escape(value.content)}</span><small>{size}</small>'
    return f'<a class="chip" href="{escape(url)}">{words}</a>'


def file_url(request: Request, definition: FieldDefinition, row: int, name: str) -> str:
    """Where the bytes of a value are: for tickets and messages below the ticket, which decides who may read them."""
    route = "custom_field.file"
    if definition.lookup in (Lookup.TICKET, Lookup.TRANSACTION) and "id" in request.matchdict:
        route = "ticket.field_file"
        return str(request.route_path(route, id=request.matchdict["id"], row=row, filename=name))
    return str(request.route_path(route, row=row, filename=name))
