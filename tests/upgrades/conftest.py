"""A line of revisions of a plugin `sample` that has moved on: what an older and a newer version of it ship."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from rtpy.db.session import make_engine
from rtpy.migrations.lines import Line
from rtpy.migrations.run import upgrade

HEAD = '"""{sentence}"""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\nfrom rtpy.migrations import steps\n\n'
WORDS = 'revision = "{number}"\ndown_revision = {before}\n{more}\n\n\ndef upgrade():\n    {body}\n'

STORY = (
    # sentence, what it says of itself, what it does
    (
        "Make the table",
        'kind = "expand"',
        'op.create_table("sample_marks", sa.Column("id", sa.Integer(), primary_key=True), '
        'sa.Column("word", sa.String(40)))',
    ),
    (
        "Room for the length",
        'kind = "expand"',
        'op.add_column("sample_marks", sa.Column("length", sa.Integer()))',
    ),
    (
        "Fill the lengths in",
        'kind = "expand"\noutside = True',
        'steps.backfill("sample_marks", "UPDATE sample_marks SET length = length(word) + coalesce(length, 0) "\n'
        '        "WHERE id > :low AND id <= :high", batch=100)',
    ),
    (
        "Find them by length",
        'kind = "expand"\noutside = True',
        'steps.index_concurrently("ix_sample_marks_length", "sample_marks", ["length"])',
    ),
    (
        "Forget the words",
        'kind = "contract"\nlast_used = "0.1.0"',
        'op.execute("ALTER TABLE sample_marks DROP COLUMN word")',
    ),
)
"""Five revisions; the third would count twice what it does twice."""

ROWS = 950


def write_revision(folder: Path, number: int, sentence: str, more: str, body: str) -> None:
    """A file of the revision with that number, which follows the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    before = f'"{number - 1:04}"' if number > 1 else "None"
    words = WORDS.format(number=f"{number:04}", before=before, more=more, body=body)
    (folder / f"{number:04}_step.py").write_text(HEAD.format(sentence=sentence) + words)


@pytest.fixture
def shipped(tmp_path: Path) -> Callable[[int], Line]:
    """`shipped(2)`: the line as a version ships it that ends with the second revision."""

    def ship(until: int) -> Line:
        folder = tmp_path / f"version {until}" / "migrations" / "versions"
        if not folder.exists():
            for number, told in enumerate(STORY[:until], 1):
                write_revision(folder, number, *told)
        return Line("sample", folder)

    return ship


@pytest.fixture
def engine(new_database: Callable[[Path], AbstractContextManager[str]], tmp_path: Path) -> Iterator[Engine]:
    """A database of its own, with the tables of the core."""
    with new_database(tmp_path) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def older(engine: Engine, shipped: Callable[[int], Line]) -> Engine:
    """The same, with the first revision of the sample and with rows in its table."""
    upgrade(engine, [shipped(1)])
    with engine.begin() as connection:
        rows = [{"id": 3 * number, "word": "x" * (number % 7)} for number in range(1, ROWS + 1)]
        connection.execute(text("INSERT INTO sample_marks (id, word) VALUES (:id, :word)"), rows)
    return engine


def copy_of(line: Line, to: Path) -> Line:
    """The same revisions in another folder."""
    shutil.copytree(line.versions.parent, to / "migrations")
    return Line(line.name, to / "migrations" / "versions")
