"""Sample data of plugins: loaded after the core's, removed before it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.db.base import Base
from rtpy.demo.made import Made, read_made, write_made
from rtpy.errors import Refused
from rtpy.plugins import callers_of, listed_of


def begin_brought(app: App) -> None:
    """Tell every plugin that tickets follow."""
    with app.work() as work:
        made = read_made(work.db)
        if made is not None:
            app.hooks.rtpy_begin_demo(work=work, made=made)


def load_brought(app: App) -> list[str]:
    """Let every plugin that has not done so load its sample data, each in a transaction; says which did."""
    return [plugin for plugin, call in callers_of(app.plugins, "rtpy_load_demo") if _load(app, plugin, call)]


def _load(app: App, plugin: str, call: Any) -> bool:
    with app.work() as work:
        made = read_made(work.db)
        if made is None or not made.is_complete or plugin in made.plugins:
            return False
        call(work=work, made=made)
        made.plugins.append(plugin)
        write_made(app, work.db, made)
    return True


def remove_brought(app: App, db: Session, made: Made, tickets: Iterable[int]) -> None:
    """Let all plugins remove their sample data and what they keep about the demo's tickets, before these go.

    Raises Refused when a plugin that has loaded some is not listed any more.
    """
    missing = sorted(set(made.plugins) - set(listed_of(app.plugins)))
    if missing:
        raise Refused(
            f"The plugin {missing[0]} has sample data here: enable it first, so that it can remove them."
        )
    app.hooks.rtpy_remove_demo(work=app.work_in(db), made=replace(made, tickets=list(tickets)))
    db.flush()  # plain statements follow


def brought_columns(app: App, *targets: str) -> list[Column[Any]]:
    """Columns of plugins' tables that point at one of `targets`, such as `users.id`."""
    names = [line.name for line in app.lines]
    return [
        key.parent
        for name, table in Base.metadata.tables.items()
        if any(line.owns(name, names) for line in app.lines)
        for key in table.foreign_keys
        if key.target_fullname in targets
    ]


def used_by_plugins(app: App, db: Session, ids: list[int], *targets: str) -> set[int]:
    """Which of the ids the plugins' tables still name."""
    columns = brought_columns(app, *targets)
    return {found for column in columns for found in db.scalars(select(column).where(column.in_(ids)))}
