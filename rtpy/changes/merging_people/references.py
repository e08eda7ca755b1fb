"""What becomes of everything that points at a person who is merged into another: decided table by table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, delete, exists, func, select, update
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.db.base import Base


class Deed(StrEnum):
    """What a merge does with rows that point at the merged person."""

    MOVE = "move"
    """They point at the kept person afterwards."""
    LEAVE = "leave"
    """They stay as they were written, and are shown under the kept person's name."""
    DROP = "drop"
    """They are deleted."""
    OWN = "own"
    """Done by a step of its own, see `merge`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What happens to a column that points at people, and in which words the preview counts it (none: not shown).

    `same` are the columns by which two rows say the same: when the kept person has such a row already, the merged
    one's is left out. `only` are values that other columns must have.
    """

    deed: Deed
    what: str = ""
    same: tuple[str, ...] = ()
    only: tuple[tuple[str, object], ...] = ()
    stays: bool = False
    """With `same`: the merged person's row is kept where it is, not deleted."""


MOVE, LEAVE, DROP, OWN = Deed.MOVE, Deed.LEAVE, Deed.DROP, Deed.OWN

DECISIONS: dict[str, Decision] = {
    "tickets.owner_id": Decision(MOVE, "tickets owned"),
    "tickets.creator_id": Decision(MOVE, "tickets created"),
    "tickets.last_updated_by_id": Decision(MOVE),
    "watchers.principal_id": Decision(
        MOVE, "roles on tickets and queues", same=("ticket_id", "queue_id", "role")
    ),
    "aces.principal_id": Decision(
        MOVE, "rights granted in person", same=("role", "right_name", "object_type", "object_id")
    ),
    "organization_members.user_id": Decision(MOVE, "memberships in organisations", same=("organization_id",)),
    "user_addresses.user_id": Decision(MOVE, "further addresses"),
    "users.merged_into_id": Decision(MOVE, "people merged into this one before"),
    "drafts.user_id": Decision(MOVE, "unsent texts", same=("place",)),
    "bookmarks.user_id": Decision(MOVE, "bookmarks", same=("ticket_id",)),
    "read_marks.user_id": Decision(MOVE, same=("ticket_id",)),
    "saved_searches.owner_id": Decision(MOVE, "saved searches"),
    "saved_searches.creator_id": Decision(LEAVE),
    "search_pins.user_id": Decision(MOVE, same=("saved_search_id",)),
    "dashboards.owner_id": Decision(MOVE, "dashboards"),
    "dashboards.creator_id": Decision(LEAVE),
    "calendar_versions.creator_id": Decision(LEAVE),
    "home_dashboards.principal_id": Decision(DROP),
    "dashboard_subscriptions.user_id": Decision(MOVE, "dashboards by mail", same=("dashboard_id",)),
    "custom_field_contents.object_id": Decision(
        MOVE, "values of own fields", same=("custom_field_id",), only=(("object_type", "user"),), stays=True
    ),
    "recurrences.owner_id": Decision(MOVE, "owner of recurring tickets"),
    "recurrences.run_as_id": Decision(MOVE, "recurring tickets made in their name"),
    "webhooks.user_id": Decision(MOVE, "webhooks that see with their eyes"),
    "directory_people.user_id": Decision(MOVE, "entries in directories", same=("directory_id",)),
    "directory_runs.creator_id": Decision(LEAVE),
    "directory_holds.user_id": Decision(DROP),
    "directory_run_lines.user_id": Decision(LEAVE),
    "mail_hints.original_id": Decision(MOVE),
    "mail_hints.sender_id": Decision(MOVE),
    "sign_on_links.user_id": Decision(
        MOVE, "ways in over single sign-on", same=("provider_id", "issuer", "subject")
    ),
    "web_sessions.user_id": Decision(DROP, "logins that end"),
    "second_factors.user_id": Decision(DROP, "second factors that end"),
    "recovery_codes.user_id": Decision(DROP),
    "pending_logins.user_id": Decision(DROP),
    "login_events.user_id": Decision(MOVE),
    "notification_choices.user_id": Decision(DROP),
    "user_photos.user_id": Decision(DROP, "photos that go"),
    "digest_items.user_id": Decision(MOVE, same=("mail_id",)),
    "suppressed_addresses.creator_id": Decision(LEAVE),
    "feed_keys.user_id": Decision(DROP, "addresses of feeds that end"),
    "repeated_requests.user_id": Decision(DROP, "answers to requests sent twice, kept for a day"),
    "auth_tokens.user_id": Decision(DROP, "tokens of programs that end"),
    "password_resets.user_id": Decision(DROP, "new passwords asked for by mail"),
    "auth_tokens.creator_id": Decision(LEAVE),
    "group_members.member_id": Decision(OWN),
    "group_closure.member_id": Decision(OWN),
    "transactions.creator_id": Decision(LEAVE, "entries of histories written"),
    "transactions.time_worker_id": Decision(LEAVE),
    "custom_field_contents.creator_id": Decision(LEAVE),
    "articles.creator_id": Decision(LEAVE),
    "articles.last_updated_by_id": Decision(LEAVE),
    "assets.owner_id": Decision(MOVE, "assets owned"),
    "assets.creator_id": Decision(LEAVE),
    "assets.last_updated_by_id": Decision(LEAVE),
    "asset_watchers.principal_id": Decision(
        MOVE, "roles on assets and catalogs", same=("asset_id", "catalog_id", "role")
    ),
    "config_changes.creator_id": Decision(LEAVE),
    "template_versions.creator_id": Decision(LEAVE),
    "users.id": Decision(LEAVE),
    "groups.id": Decision(LEAVE),
}
"""By `table.column`; a test fails for a column that points at people and is not here."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a merge moves, leaves or drops, in the words of the decision. `doubles` are there already."""

    what: str
    deed: Deed
    rows: int
    doubles: int = 0


def decisions_of(app: App) -> Mapping[str, Decision]:
    """Those of the core and of the plugins that are listed."""
    return DECISIONS | app.named("rtpy_user_references")


def count_references(app: App, db: Session, kept_id: int, merged_id: int) -> list[Count]:
    """What a merge would do, as far as there is something. One query for each decision with words."""
    found = []
    for name, decision in decisions_of(app).items():
        if not decision.what:
            continue
        table, column = _column(name)
        here = [_is(column, merged_id), *_only(table, decision)]
        rows = db.scalar(select(func.count()).select_from(table).where(*here)) or 0
        doubles = 0
        if rows and decision.same:
            double = _double(table, name, decision)
            doubles = (
                db.scalar(select(func.count()).select_from(table).where(*here, double), {"kept": kept_id})
                or 0
            )
        if rows:
            found.append(Count(decision.what, decision.deed, rows - doubles, doubles))
    return found


def move_references(app: App, db: Session, kept_id: int, merged_id: int) -> None:
    """Let everything that moves point at `kept_id`, and drop what is dropped. The caller holds the guard open."""
    connection = db.connection()
    for name, decision in decisions_of(app).items():
        if decision.deed not in (MOVE, DROP):
            continue
        table, column = _column(name)
        here = [_is(column, merged_id), *_only(table, decision)]
        if decision.deed is DROP:
            connection.execute(delete(table).where(*here))
            continue
        if decision.same and decision.stays:
            here.append(~_double(table, name, decision))
        elif decision.same:
            connection.execute(delete(table).where(*here, _double(table, name, decision)), {"kept": kept_id})
        connection.execute(
            update(table).where(*here).values({column.key: bindparam("new")}),
            {"kept": kept_id, "new": kept_id} if decision.stays else {"new": kept_id},
        )


def _column(name: str) -> tuple[Table, ColumnElement[Any]]:
    table, _, column = name.partition(".")
    found = Base.metadata.tables[table]
    return found, found.c[column]


def _is(column: ColumnElement[Any], merged_id: int) -> ColumnElement[bool]:
    return column == merged_id


def _only(table: Table, decision: Decision) -> list[ColumnElement[bool]]:
    return [table.c[column] == value for column, value in decision.only]


def _double(table: Table, name: str, decision: Decision) -> ColumnElement[bool]:
    """Has the kept person (parameter `kept`) a row that says the same?"""
    other = table.alias("other")
    column = name.partition(".")[2]
    alike = [other.c[each].is_not_distinct_from(table.c[each]) for each in decision.same]
    only = [other.c[each] == value for each, value in decision.only]
    return exists().where(other.c[column] == bindparam("kept"), *alike, *only).correlate(table)
