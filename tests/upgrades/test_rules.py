"""What revisions may do once something is released, and the command that notes a release."""

import re

import pytest

from rtpy.errors import Conflict, Invalid
from rtpy.migrations.lines import Line
from rtpy.migrations.release import freeze
from rtpy.migrations.released import releases_of
from rtpy.migrations.rules import broken_rules
from tests.upgrades.conftest import write_revision

EXPAND = 'kind = "expand"'
CONTRACT = 'kind = "contract"\nlast_used = "0.1.0"'
OUTSIDE = 'kind = "expand"\noutside = True'

MAKE = 'op.create_table("sample_marks", sa.Column("id", sa.Integer(), primary_key=True))'


@pytest.fixture
def released(tmp_path):
    """A line whose first revision, which says nothing of itself, was released in 0.1.0."""
    folder = tmp_path / "migrations" / "versions"
    write_revision(folder, 1, "Make the table", "", MAKE)
    assert freeze("0.1.0", [Line("sample", folder)]) == ["sample stands at 0001 in 0.1.0."]
    return folder


def wrong_with(folder, *revisions):
    """What the rules say of these revisions after the first: words and deed of each."""
    for number, (words, body) in enumerate(revisions, 2):
        write_revision(folder, number, "Go on", words, body)
    fresh = folder.parent.parent / f"{len(list(folder.iterdir()))} again"
    (fresh / "migrations").parent.mkdir()
    folder.parent.rename(fresh / "migrations")
    return list(broken_rules(Line("sample", fresh / "migrations" / "versions")))


ADD = 'op.add_column("sample_marks", sa.Column("a", sa.Integer(), {}))'
NEW = 'op.create_table("sample_new", sa.Column("id", sa.Integer(), primary_key=True)); '


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (EXPAND, ADD.format("")),
        (EXPAND, ADD.format('nullable=False, server_default="0"')),
        (EXPAND, NEW + 'op.create_index("uq_x", "sample_new", ["id"], unique=True)'),
        (EXPAND, 'op.execute("DROP TRIGGER sample_marks_note ON sample_marks")'),
        (EXPAND, 'op.drop_index("ix_x", "sample_marks")'),
        (
            EXPAND,
            'op.alter_column("sample_marks", "a", existing_type=sa.String(10), type_=sa.String(20))',
        ),
        (
            EXPAND,
            'with op.batch_alter_table("sample_marks") as batch: batch.add_column(sa.Column("a", sa.Text()))',
        ),
        (
            EXPAND,
            'found = op.get_bind().execute(sa.text("SELECT id FROM sample_marks")).all()\n    assert found == []',
        ),
        (OUTSIDE, 'steps.backfill("sample_marks", "UPDATE sample_marks SET a = 1 WHERE id > :low")'),
        (OUTSIDE, 'steps.index_concurrently("ix_x", "sample_marks", ["a"])'),
        (CONTRACT, 'op.drop_column("sample_marks", "a")'),
        (CONTRACT, 'op.drop_table("sample_marks")'),
    ],
)
def test_what_may_be_done(released, words, body):
    assert wrong_with(released, (words, body)) == []


@pytest.mark.parametrize(
    ("words", "body", "sentence"),
    [
        ("", ADD.format(""), 'must say kind = "expand" or kind = "contract"'),
        (
            EXPAND,
            'op.drop_column("sample_marks", "a")',
            "drops the column sample_marks.a: that is for a contract",
        ),
        (EXPAND, 'op.drop_table("sample_marks")', "drops the table sample_marks"),
        (EXPAND, 'op.rename_table("sample_marks", "sample_b")', "renames in sample_marks"),
        (EXPAND, ADD.format("nullable=False"), "older code does not fill and which has no default"),
        (EXPAND, 'op.alter_column("sample_marks", "a", nullable=False)', "lets sample_marks.a refuse NULL"),
        (EXPAND, 'op.alter_column("sample_marks", "a", new_column_name="b")', "renames in sample_marks"),
        (
            EXPAND,
            'op.alter_column("sample_marks", "a", type_=sa.Integer())',
            "changes the type of sample_marks.a",
        ),
        (EXPAND, 'op.alter_column("sample_marks", "a", server_default=None)', "takes the default from"),
        (
            EXPAND,
            'with op.batch_alter_table("sample_marks") as batch: batch.drop_column("a")',
            "drops the column sample_marks.a",
        ),
        (
            EXPAND,
            'op.create_index("uq_x", "sample_marks", ["a"], unique=True)',
            "makes sample_marks unique by uq_x",
        ),
        (EXPAND, 'op.create_check_constraint("ck_x", "sample_marks", "a > 0")', "adds the rule ck_x to"),
        (EXPAND, 'op.drop_constraint("uq_x", "sample_marks", type_="unique")', "drops the key uq_x of"),
        (EXPAND, 'op.execute("ALTER TABLE sample_marks\\n DROP COLUMN a")', "drops the column"),
        (
            EXPAND,
            'op.get_bind().execute(sa.text("DELETE FROM sample_marks"))',
            "deletes rows of sample_marks",
        ),
        (
            EXPAND,
            'op.execute("UPDATE sample_marks SET a = 1")',
            "locks every row until it is done: use backfill",
        ),
        (
            EXPAND,
            'op.create_index("ix_x", "sample_marks", ["a"])',
            "nobody can write: use index_concurrently",
        ),
        (EXPAND, 'steps.index_concurrently("ix_x", "sample_marks", ["a"])', "it must say outside = True"),
        (OUTSIDE, ADD.format(""), "consists of steps of rtpy.migrations.steps alone"),
        ('kind = "contract"', 'op.drop_table("sample_marks")', "must say last_used, .* one of 0.1.0"),
        (
            EXPAND,
            'assert op.get_bind().scalar(sa.text("SELECT 1")) == 1',
            "cannot be read without a database",
        ),
    ],
)
def test_what_may_not_be_done_and_how_it_is_told(released, words, body, sentence):
    told = wrong_with(released, (words, body))
    assert len(told) == 1
    assert re.search(sentence, told[0])
    assert told[0].startswith("sample 0002 ")


def test_in_a_release_contracts_come_last(released):
    drop = (CONTRACT, 'op.drop_column("sample_marks", "a")')
    add = (EXPAND, ADD.format(""))
    assert wrong_with(released, add, drop) == []


def test_an_expansion_behind_a_contract_could_not_be_applied_while_older_nodes_run(released):
    drop = (CONTRACT, 'op.drop_column("sample_marks", "a")')
    told = wrong_with(released, drop, (EXPAND, ADD.format("")))
    assert [sentence.partition(":")[0] for sentence in told] == [
        "sample 0003 expands after sample 0002 contracts"
    ]


def test_a_release_is_noted_once_and_only_when_the_rules_are_kept(released):
    line = Line("sample", released)
    assert releases_of(line) == {"0.1.0": "0001"}
    with pytest.raises(Conflict, match=r"has the release 0\.1\.0 already"):
        freeze("0.1.0", [line])
    with pytest.raises(Invalid, match=r"one is no release"):
        freeze("one", [line])

    write_revision(released, 2, "Go on", "", 'op.drop_table("sample_marks")')
    newer = Line("sample", released.parent / "versions")
    from rtpy.migrations.revisions import revisions_of

    revisions_of.cache_clear()  # as a new process would read it
    with pytest.raises(Conflict, match=r"Not released: sample 0002 must say kind"):
        freeze("0.2.0", [newer])
    assert releases_of(line) == {"0.1.0": "0001"}
