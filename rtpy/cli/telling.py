"""Progress of long work on standard error: a bar on a terminal, elsewhere a line for each tenth."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

Tell = Callable[[str, int, int], None]
"""What is done, how much of it, of how much (0: not known)."""


@contextmanager
def telling() -> Iterator[Tell]:
    """Takes steps one after the other: `tell("Indexing", 5, 20)`."""
    if sys.stderr.isatty():
        with _bar() as bar:
            yield bar
    else:
        yield _lines()


def _lines() -> Tell:
    step, tenth = "", 0

    def tell(what: str, done: int, total: int) -> None:
        nonlocal step, tenth
        if what != step:
            step, tenth = what, 0
            if not total:
                click.echo(what, err=True)
        if total and done * 10 // total > tenth:
            tenth = min(done * 10 // total, 10)
            click.echo(f"{what}: {tenth * 10} %", err=True)

    return tell


@contextmanager
def _bar() -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}  # Any: ids of rich

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total or None)
            bar.update(tasks[what], completed=done, total=total or None)

        yield tell
