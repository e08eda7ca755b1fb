"""What a revision must keep to from the first release on, so that older code works on while it is applied."""

from collections.abc import Iterator

import sqlalchemy as sa

from rtpy.migrations.lines import Line
from rtpy.migrations.recording import Deed, deeds_of, plain_dialect
from rtpy.migrations.released import groups, releases_of
from rtpy.migrations.revisions import Kind, Revision

DIALECTS = ("postgresql", "sqlite")

NARROW = {
    "drop_table": "drops the table {table}",
    "drop_column": "drops the column {table}.{about}",
    "drop_default": "takes the default from {table}.{about}",
    "drop_key": "drops the key {about} of {table}",
    "rename": "renames in {table}",
    "not_null": "lets {table}.{about} refuse NULL",
    "alter_type": "changes the type of {table}.{about}",
    "add_needed_column": "adds {table}.{about}, which older code does not fill and which has no default",
    "add_rule": "adds the rule {about} to {table}, which older code does not know",
    "unique_index": "makes {table} unique by {about}, which older code does not know",
    "delete": "deletes rows of {table}",
}
"""What older code may stumble over, and how it is told."""


def broken_rules(line: Line) -> Iterator[str]:
    """What is wrong with the revisions of that line since its first release, as sentences.

    Tables that are new since the last release may be changed at will: nobody uses them.
    """
    yield from dict.fromkeys(_broken(line))  # most break on both databases


def _broken(line: Line) -> Iterator[str]:
    releases = tuple(releases_of(line))
    for group in groups(line):
        made: set[str] = set()
        contracts: list[Revision] = []
        for revision in group:
            yield from _about_words(revision, releases)
            if revision.declared == Kind.CONTRACT:
                contracts.append(revision)
            elif contracts:
                yield (
                    f"{revision.label} expands after {contracts[-1].label} contracts: put it before, so that "
                    "`rtpy migrate` can apply it while older nodes run."
                )
            for dialect in DIALECTS:
                yield from _about_deeds(revision, plain_dialect(dialect), made)


def _about_words(revision: Revision, releases: tuple[str, ...]) -> Iterator[str]:
    if revision.declared not in tuple(Kind):
        yield f'{revision.label} must say kind = "expand" or kind = "contract".'
    if revision.declared == Kind.CONTRACT and revision.last_used not in releases:
        yield (
            f"{revision.label} is a contract: it must say last_used, the release whose code last used what it takes "
            f"away, one of {', '.join(releases)}."
        )


def _about_deeds(revision: Revision, dialect: sa.Dialect, made: set[str]) -> Iterator[str]:
    try:
        deeds = deeds_of(revision, dialect)
    except Exception as error:
        yield (
            f"{revision.label} cannot be read without a database ({type(error).__name__}: {error}): let it ask for "
            "rows by statements whose results may be empty."
        )
        return
    made |= {deed.table for deed in deeds if deed.what == "create_table"}
    for deed in deeds:
        if deed.table in made:
            continue
        if revision.outside and not deed.is_step:
            yield (
                f"{revision.label} {_told(deed)} and says outside = True: then it consists of steps of "
                "rtpy.migrations.steps alone, for what else it does would be done twice after a kill."
            )
        if deed.is_step and not revision.outside:
            yield f"{revision.label} has a step that is committed by itself: it must say outside = True."
        if deed.what == "update" and not deed.is_step:
            yield (
                f"{revision.label} {_told(deed)}, which locks every row until it is done: use backfill of "
                "rtpy.migrations.steps."
            )
        if deed.what == "create_index" and not deed.is_step and dialect.name == "postgresql":
            yield (
                f"{revision.label} {_told(deed)} while nobody can write: use index_concurrently of "
                "rtpy.migrations.steps."
            )
        if deed.what in NARROW and revision.declared != Kind.CONTRACT:
            yield f"{revision.label} {_told(deed)}: that is for a contract."


def _told(deed: Deed) -> str:
    if deed.what in NARROW:
        return NARROW[deed.what].format(table=deed.table, about=deed.about)
    deeds = {"update": "writes the rows of", "create_index": "builds an index on"}
    return f"{deeds.get(deed.what, deed.what.replace('_', ' '))} {deed.table}"
