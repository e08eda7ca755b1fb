"""The inputs of custom fields, as custom_fields.pt draws them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from itertools import groupby

from pyramid.request import Request

from rtpy.customfields.definition import Choice, FieldDefinition, FieldValue
from rtpy.customfields.kinds import FieldType
from rtpy.customfields.matching import BadPattern, comment_of, compile_pattern
from rtpy.customfields.parsing import PICTURES, is_mandatory
from rtpy.customfields.showing import moment, plain_text
from rtpy.fields.allowed import sets
from rtpy.fields.contents import Contents, as_texts
from rtpy.fields.definitions import all_fields, fields_for
from rtpy.web.forms import Option
from rtpy.web.html import show_size


@dataclass(frozen=True, slots=True)
class FieldInput:
    """One input. `kind` is line, lines (one value a line), text, select, choices, switch, combo, day, moment or file.

    `groups` are the choices under their categories; `files` are (row, name with size) that are there already.
    `based_on` is the name of the input whose value a category goes with, for the page's script.
    """

    id: str
    field_id: int
    name: str
    label: str
    kind: str
    value: str = ""
    groups: tuple[tuple[str, tuple[Option, ...]], ...] = ()
    files: tuple[tuple[int, str], ...] = ()
    hint: str = ""
    error: str = ""
    required: bool = False
    many: bool = False
    size: int | None = None
    accept: str | None = None
    on: bool = False
    based_on: str = ""

    @property
    def described_by(self) -> str | None:
        """Ids of hint and error for aria-describedby."""
        ids = [f"{self.id}-{part}" for part, text in (("hint", self.hint), ("error", self.error)) if text]
        return " ".join(ids) or None

    @property
    def invalid(self) -> str | None:
        """The value of aria-invalid."""
        return "true" if self.error else None


@dataclass(frozen=True, slots=True)
class Base:
    """The field that another one is based on, and its values; None when the same form may change them."""

    definition: FieldDefinition
    held: Sequence[str] | None = None

    def offers(self, choice: Choice) -> bool:
        """Does a choice go with the values? The server refuses the others."""
        if self.held is None or not choice.category:
            return True
        return choice.category.casefold() in {text.casefold() for text in self.held}


def base_of(request: Request, definition: FieldDefinition, held: Contents | None = None) -> Base | None:
    """What a field is based on, if anything; `held` are the values of the thing, when they stand outside the form."""
    base = all_fields(request.app, request.db).get(definition.based_on_id or 0)
    if base is None or base.disabled:
        return None
    return Base(base, None if held is None else as_texts(base, held.get(base.id, ())))


def field_input(
    definition: FieldDefinition,
    values: Sequence[FieldValue] = (),
    *,
    zone: tzinfo,
    typed: Sequence[str] | None = None,
    error: str = "",
    prefix: str = "field",
    base: Base | None = None,
) -> FieldInput:
    """The input of a field with its present values, or with what was `typed` and could not be kept."""
    texts = list(typed) if typed is not None else [_typeable(definition, each, zone) for each in values]
    made = FieldInput(
        f"{prefix}-{definition.input_name}",
        definition.id,
        definition.input_name,
        definition.name,
        _kind(definition),
        value="\n".join(texts),
        hint=_hint(definition, base),
        error=error,
        required=is_mandatory(definition),
        many=not definition.is_single,
    )
    if definition.facts.is_file:
        return replace(
            made,
            value="",
            files=tuple((each.id, f"{each.content} ({show_size(each.size)})") for each in values),
            accept=",".join(PICTURES) if definition.type == FieldType.IMAGE else None,
        )
    if made.kind == "switch":
        off, on = definition.choices[0].name, definition.choices[1].name
        chosen = texts[0].casefold() == on.casefold() if texts else False
        return replace(made, value=on, on=chosen, groups=(("", (Option(off, off),)),))
    if definition.facts.has_choices:
        groups = _groups(definition, {text.casefold() for text in texts}, base)
        size = min(max(len(definition.choices) + 1, 3), 8) if definition.render_type == "Select box" else None
        based_on = base.definition.input_name if base and base.held is None else ""
        return replace(made, groups=groups, size=size, based_on=based_on)
    return made


def creation_inputs(
    request: Request,
    lookup: str,
    container_id: int = 0,
    wrong: Mapping[str, str] | None = None,
    prefix: str = "field",
    roles: frozenset[str] = frozenset(),
) -> list[FieldInput]:
    """The inputs for a new thing, with defaults or with what was posted; only of fields that the actor may set."""
    work = request.work
    inputs = []
    for definition in fields_for(request.app, request.db, lookup, container_id):
        if not sets(work, definition, container_id, roles, creating=True):
            continue
        typed = posted_texts(request, definition)
        defaults = () if definition.facts.is_file else definition.defaults_in(container_id)
        inputs.append(
            field_input(
                definition,
                zone=request.zone,
                typed=typed if typed is not None else defaults,
                error=(wrong or {}).get(definition.input_name, ""),
                prefix=prefix,
                base=base_of(request, definition),
            )
        )
    return inputs


def posted_texts(request: Request, definition: FieldDefinition) -> list[str] | None:
    """What the posted form says in this field; None when the form did not show it."""
    if str(definition.id) not in request.POST.getall("cf_shown"):
        return None
    texts = [
        each.replace("\x00", "")
        for each in request.POST.getall(definition.input_name)
        if isinstance(each, str)
    ]
    if _kind(definition) == "switch" and not texts:
        return [definition.choices[0].name]  # a box without its tick says nothing
    if _kind(definition) == "lines":
        return [line for text in texts for line in text.splitlines()]
    return texts


def problem_links(inputs: Collection[FieldInput], wrong: Mapping[str, str]) -> list[tuple[str | None, str]]:
    """The problems of these inputs for the list at the top of a form."""
    return [(each.id, wrong[each.name]) for each in inputs if each.name in wrong]


def _kind(definition: FieldDefinition) -> str:
    simple = {
        FieldType.TEXT: "text",
        FieldType.WIKITEXT: "text",
        FieldType.HTML: "text",
        FieldType.IMAGE: "file",
        FieldType.BINARY: "file",
        FieldType.DATE: "day",
        FieldType.DATETIME: "moment",
    }
    if definition.type in simple:
        return simple[FieldType(definition.type)]
    if definition.type == FieldType.SELECT:
        if definition.render_type == "Checkbox" and definition.is_single and len(definition.choices) >= 2:
            return "switch"
        return "choices" if definition.render_type == "List" else "select"
    if not definition.is_single:
        return "lines"
    return "combo" if definition.facts.has_choices else "line"


def _typeable(definition: FieldDefinition, value: FieldValue, zone: tzinfo) -> str:
    if definition.type == FieldType.DATETIME:
        return moment(value.content).astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    return plain_text(definition.type, value)


def _groups(
    definition: FieldDefinition, chosen: Collection[str], base: Base | None
) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    """Choices by category in the order of the list; a chosen value that is no longer listed comes last."""
    offered = [
        each
        for each in definition.choices
        if base is None or base.offers(each) or each.name.casefold() in chosen
    ]
    ordered = sorted(offered, key=lambda each: each.category)
    groups = [
        (
            category,
            tuple(
                Option(
                    each.name,
                    f"{each.name} – {each.description}" if each.description else each.name,
                    each.name.casefold() in chosen,
                )
                for each in group
            ),
        )
        for category, group in groupby(ordered, key=lambda each: each.category)
    ]
    return tuple(groups)


def _hint(definition: FieldDefinition, base: Base | None) -> str:
    words = [definition.entry_hint]
    if not definition.entry_hint:
        words = [definition.brought.hint if definition.brought else _HINTS.get(definition.type, "")]
        if not definition.is_single and _kind(definition) == "lines":
            words.append("One value a line.")
    rule = definition.validation_hint or comment_of(definition.pattern)
    if rule and rule.casefold() != "mandatory" and _is_good(definition.pattern):
        words.append(f"{rule.rstrip('.')}.")
    if base is not None:
        words.append(f"The choices depend on “{base.definition.name}”.")
    return " ".join(filter(None, words))


def _is_good(pattern: str) -> bool:
    try:
        compile_pattern(pattern)
    except BadPattern:
        return False
    return True


_HINTS: dict[str, str] = {
    FieldType.IP_ADDRESS: "Such as 192.0.2.10 or 2001:db8::10.",
    FieldType.IP_ADDRESS_RANGE: "Such as 192.0.2.0/24 or 192.0.2.10-192.0.2.20.",
    FieldType.WIKITEXT: "'''bold''', ''italic'', = heading =, * list, [https://… link].",
}
