"""A lifecycle as a value: statuses, moves, the rights and buttons of moves; reading files is not here.

Statuses compare without regard to case, are stored in lower case and shown as the configuration spells them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rtpy.errors import NotFound, Refused

ANY = "*"
"""Stands for every status in the rights and actions of moves."""
CREATION = ""
"""The key of `Lifecycle.moves` that lists the statuses in which something may be created."""
TICKET = "ticket"
ASSET = "asset"

_DEFAULTS = {
    "approved": "open",
    "denied": "rejected",
    "reminder_on_open": "open",
    "reminder_on_resolve": "resolved",
}
"""What RT takes where a lifecycle sets no default; `on_create` falls back to the first initial status."""


class Category(StrEnum):
    """Where in its life a status stands."""

    INITIAL = "initial"
    ACTIVE = "active"
    INACTIVE = "inactive"


class Update(StrEnum):
    """With which composer a move's button opens."""

    RESPOND = "Respond"
    COMMENT = "Comment"


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move, in lower case, and the right that it needs."""

    old: str
    new: str
    right: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button on a ticket: moves it from `old` to `new` at once, or opens the composer named by `update`."""

    old: str
    new: str
    label: str
    update: Update | None = None


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The statuses that a kind of ticket (or asset) goes through, and who may move it where.

    `initial`, `active`, `inactive` hold statuses as spelled, in order. All other statuses are lower case:
    `moves` says where one may go from each status (and from `CREATION`), `rights` and `mandatory` are keyed by
    (old, new) where either may be `ANY`; `mandatory` names the fields that must be filled for the move.
    """

    name: str
    type: str
    initial: tuple[str, ...]
    active: tuple[str, ...]
    inactive: tuple[str, ...]
    moves: Mapping[str, tuple[str, ...]]
    defaults: Mapping[str, str] = field(default_factory=dict)
    rights: Mapping[tuple[str, str], str] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    mandatory: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    is_disabled: bool = False

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every status in its order, as spelled."""
        return self.initial + self.active + self.inactive

    @property
    def right_names(self) -> frozenset[str]:
        """The rights that the moves name themselves; each is a right that can be granted on queues."""
        return frozenset(self.rights.values())

    def is_valid(self, status: str) -> bool:
        """Whether this lifecycle has such a status."""
        return self._spelled(status) is not None

    def shown(self, status: str) -> str:
        """The status as the configuration spells it; one that is not ours comes back as it is."""
        return self._spelled(status) or status

    def category(self, status: str) -> Category:
        """Whether a status is before, in or after the work on it. Raises Refused for an unknown status."""
        self._need(status)
        status = status.lower()
        if status in _lower(self.initial):
            return Category.INITIAL
        return Category.ACTIVE if status in _lower(self.active) else Category.INACTIVE

    def is_initial(self, status: str) -> bool:
        """Whether nobody has begun yet; False for an unknown status."""
        return status.lower() in _lower(self.initial)

    def is_active(self, status: str) -> bool:
        """Whether work is under way: the active statuses only, without the initial ones, as RT's IsActive."""
        return status.lower() in _lower(self.active)

    def is_inactive(self, status: str) -> bool:
        """Whether the work is done; False for an unknown status."""
        return status.lower() in _lower(self.inactive)

    def default(self, key: str) -> str | None:
        """The status for `on_create`, `approved`, `denied`, `reminder_on_open` or `reminder_on_resolve`.

        None when neither the file sets it nor RT's fallback is a status here.
        """
        if key in self.defaults:
            return self.defaults[key]
        fallback = self.initial[0].lower() if key == "on_create" else _DEFAULTS[key]
        return fallback if self.is_valid(fallback) else None

    @property
    def on_create(self) -> str:
        """The status of something new when nobody says another."""
        return self.defaults.get("on_create", self.initial[0].lower())

    def may_create(self, status: str) -> bool:
        """Whether something new may have this status from the start."""
        return status.lower() in self._creatable()

    def status_on_create(self, asked: str | None = None) -> str:
        """The status for something new, lower case: the one asked for, else the default.

        Raises Refused if it is unknown, or not a status to begin with.
        """
        if not asked:
            return self.on_create
        self._need(asked)
        if not self.may_create(asked):
            begins = self._listed(self._creatable()) or "none at all"
            raise Refused(f'Nothing can start with status "{self.shown(asked)}"; possible are: {begins}.')
        return asked.lower()

    def move(self, old: str, new: str) -> Move:
        """The move from one status to another with the right it needs.

        Raises Refused, saying what would be possible, if there is no such status or no such move.
        RT's order of rights: `A -> B`, `* -> B`, `A -> *`, `* -> *`, else its own default.
        """
        self._need(new)
        old, new = old.lower(), new.lower()
        possible = self.moves.get(old, ())
        if new in possible:
            return Move(old, new, self._right(old, new))
        if old == new:
            sentence = f'The status is "{self.shown(new)}" already'
        else:
            sentence = f'A {self.type} can not go from "{self.shown(old)}" to "{self.shown(new)}"'
        if possible:
            raise Refused(f'{sentence}; from "{self.shown(old)}" it can go to: {self._listed(possible)}.')
        raise Refused(f'{sentence}, and from "{self.shown(old)}" the lifecycle "{self.name}" leads nowhere.')

    def moves_from(self, status: str) -> tuple[Move, ...]:
        """Every move that is possible from a status, in the order of the configuration."""
        old = status.lower()
        return tuple(Move(old, new, self._right(old, new)) for new in self.moves.get(old, ()))

    def actions_from(self, status: str) -> tuple[Action, ...]:
        """The buttons for a status, each with `old` filled in; who may press them is the caller's question.

        RT's rule: only for listed moves, and an entry `* -> x` gives way to any `A -> x`.
        """
        old = status.lower()
        possible = self.moves.get(old, ())
        own = {action.new for action in self.actions if action.old == old}
        return tuple(
            Action(old, action.new, action.label, action.update)
            for action in self.actions
            if action.new in possible and (action.old == old or (action.old == ANY and action.new not in own))
        )

    def mandatory_for(self, old: str, new: str) -> tuple[str, ...]:
        """The fields that must be filled for a move, by every entry that fits it; `old` may be `CREATION`.

        Names of `rtpy.lifecycle.mandatory.FIELDS`, and custom fields as `CF.NAME`.
        """
        old, new = old.lower(), new.lower()
        fitting = ((ANY, ANY), (old, ANY), (ANY, new), (old, new))
        return tuple(dict.fromkeys(name for pair in fitting for name in self.mandatory.get(pair, ())))

    def first_active_from(self, status: str) -> str | None:
        """Where a ticket goes that is to be worked on; None if it is there already or there is no way.

        RT: the first listed move to an active status, unless the ticket has the first active status.
        """
        return self._first_from(status, _lower(self.active))

    def first_inactive_from(self, status: str) -> str | None:
        """Where a ticket goes that is done; None if it is there already or there is no way."""
        return self._first_from(status, _lower(self.inactive))

    def _first_from(self, status: str, wanted: tuple[str, ...]) -> str | None:
        if not wanted or status.lower() == wanted[0]:
            return None
        return next((new for new in self.moves.get(status.lower(), ()) if new in wanted), None)

    def _creatable(self) -> tuple[str, ...]:
        if CREATION in self.moves:
            return self.moves[CREATION]
        return tuple(status for status in _lower(self.statuses) if status != "deleted")

    def _right(self, old: str, new: str) -> str:
        for pair in ((old, new), (ANY, new), (old, ANY), (ANY, ANY)):
            if pair in self.rights:
                return self.rights[pair]
        if self.type == ASSET:
            return "ModifyAsset"
        return "DeleteTicket" if new == "deleted" else "ModifyTicket"

    def _need(self, status: str) -> None:
        if not self.is_valid(status):
            known = self._listed(self.statuses)
            raise Refused(f'The lifecycle "{self.name}" has no status "{status}"; it has: {known}.')

    def _spelled(self, status: str) -> str | None:
        wanted = status.lower()
        return next((known for known in self.statuses if known.lower() == wanted), None)

    def _listed(self, statuses: tuple[str, ...]) -> str:
        return ", ".join(self.shown(status) for status in statuses)


@dataclass(frozen=True, slots=True)
class Lifecycles:
    """Every lifecycle by its name (lower case), and the maps by which tickets change between two."""

    by_name: Mapping[str, Lifecycle]
    maps: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Lifecycle]:
        return iter(self.by_name.values())

    def __len__(self) -> int:
        return len(self.by_name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self.by_name

    def get(self, name: str) -> Lifecycle:
        """The lifecycle of that name, in any case. Raises NotFound."""
        try:
            return self.by_name[name.lower()]
        except KeyError:
            known = ", ".join(lifecycle.name for lifecycle in self)
            raise NotFound(f'There is no lifecycle "{name}"; there are: {known}.') from None

    def active_statuses(self, of_type: str = TICKET) -> tuple[str, ...]:
        """Initial and active statuses of all lifecycles, as searches for "active" mean it, lower case."""
        return _union(life.initial + life.active for life in self if life.type == of_type)

    def inactive_statuses(self, of_type: str = TICKET) -> tuple[str, ...]:
        """Inactive statuses of all lifecycles, lower case; a name may be active in another lifecycle."""
        return _union(life.inactive for life in self if life.type == of_type)

    def right_names(self) -> Mapping[str, frozenset[str]]:
        """Every right that the moves of any lifecycle name, with the types of these lifecycles."""
        found: dict[str, frozenset[str]] = {}
        for lifecycle in self:
            for name in lifecycle.right_names:
                found[name] = found.get(name, frozenset()) | {lifecycle.type}
        return found

    def map_status(self, from_lifecycle: str, to_lifecycle: str, status: str) -> str | None:
        """What a status becomes in another lifecycle; None if no map says it, then the change is impossible.

        RT asks for a map even when both lifecycles have the same statuses.
        """
        old, new = from_lifecycle.lower(), to_lifecycle.lower()
        if old == new:
            return status.lower()
        return self.maps.get((old, new), {}).get(status.lower())


def _lower(statuses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(status.lower() for status in statuses)


def _union(lists: Iterator[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(status.lower() for statuses in lists for status in statuses))
