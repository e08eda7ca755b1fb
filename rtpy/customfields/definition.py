"""A custom field as a value: what it is, what it offers, where it applies."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rtpy.customfields.brought import BroughtKind
from rtpy.customfields.kinds import LOOKUPS, TYPES, TypeFacts

EVERYWHERE = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """An offered value; `category` groups it, or ties it to a value of the field that this one is based on."""

    name: str
    description: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """A custom field. `places` and `defaults` are by the id of a queue, class or catalog; 0 is everywhere."""

    id: int
    name: str
    lookup: str
    type: str
    max_values: int = 1
    render_type: str = ""
    pattern: str = ""
    entry_hint: str = ""
    validation_hint: str = ""
    description: str = ""
    grouping: str = ""
    based_on_id: int | None = None
    unique_values: bool = False
    canonicalizer: str = ""
    link_template: str = ""
    include_template: str = ""
    sort_order: int = 0
    disabled: bool = False
    choices: tuple[Choice, ...] = ()
    places: Mapping[int, int] = field(default_factory=dict)
    """Sort order by place."""
    defaults: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    brought: BroughtKind | None = None
    """Of a plugin's kind what it can do; `type` is then the core's type as which it counts."""
    kind_name: str = ""
    """Of a plugin's kind its name, also while that plugin is not listed."""

    @property
    def facts(self) -> TypeFacts:
        """What its type can do."""
        return self.brought.facts if self.brought is not None else TYPES[self.type]

    @property
    def type_name(self) -> str:
        """The type as it is stored and written: a plugin's kind by its own name."""
        return self.kind_name or self.type

    @property
    def is_single(self) -> bool:
        """It takes one value."""
        return self.max_values == 1

    @property
    def input_name(self) -> str:
        """Its name in forms and in problems: names of fields need not be unique, numbers are."""
        return f"cf_{self.id}"

    @property
    def container(self) -> str:
        """The kind of thing it can be applied to one by one: queue, catalog, class, or empty."""
        return LOOKUPS[self.lookup].container

    def applies(self, container_id: int) -> bool:
        """Does it stand on things of this queue, class or catalog?"""
        return not self.disabled and (EVERYWHERE in self.places or container_id in self.places)

    def order_in(self, container_id: int) -> tuple[int, int, int]:
        """Sorts fields as pages show them."""
        place = self.places.get(container_id, self.places.get(EVERYWHERE, 0))
        return place, self.sort_order, self.id

    def defaults_in(self, container_id: int) -> tuple[str, ...]:
        """What a new thing gets: the container's own values, else those of everywhere."""
        return self.defaults.get(container_id, self.defaults.get(EVERYWHERE, ()))

    def choice(self, text: str) -> Choice | None:
        """The offered value of that name, without regard to case."""
        wanted = text.casefold()
        return next((each for each in self.choices if each.name.casefold() == wanted), None)


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One value in its stored form. Of a file `content` is the name and the bytes lie under `sha256`."""

    content: str
    large: str = ""
    sha256: str | None = None
    content_type: str = ""
    size: int = 0
    id: int = 0
    """The row that holds it; 0 for one that is not stored yet. Two values are the same whatever row holds them."""

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What makes two values the same."""
        return self.content, self.large, self.sha256
