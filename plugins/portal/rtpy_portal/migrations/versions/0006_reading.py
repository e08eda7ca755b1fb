"""Finding pages, votes on them, questions under them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_searching()
    _make_votes()
    _make_questions()


def downgrade() -> None:
    """Take them away."""
    for name in (
        "question_keys",
        "answers",
        "questions",
        "page_votes",
        "searches",
        "synonyms",
        "page_words",
    ):
        op.drop_table(f"portal_{name}")


def _make_searching() -> None:
    op.create_table(
        "portal_page_words",
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("stem", sa.String(length=40), nullable=False),
        sa.Column("weight", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["portal_pages.id"],
            name=op.f("fk_portal_page_words_page_id_portal_pages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("page_id", "word", name=op.f("pk_portal_page_words")),
    )
    op.create_index("ix_portal_page_words_stem", "portal_page_words", ["stem", "page_id", "weight"])
    op.create_index(
        "ix_portal_page_words_word",
        "portal_page_words",
        ["word", "page_id", "weight"],
        postgresql_ops={"word": "varchar_pattern_ops"},
    )
    op.create_table(
        "portal_synonyms",
        sa.Column("id", KEY, nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("position", KEY, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_synonyms")),
    )
    op.create_table(
        "portal_searches",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.String(length=100), nullable=False),
        sa.Column("times", KEY, server_default="0", nullable=False),
        sa.Column("found", KEY, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day", "words", name=op.f("pk_portal_searches")),
    )


def _make_votes() -> None:
    op.create_table(
        "portal_page_votes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("browser_hash", sa.String(length=64), nullable=True),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=20), server_default="", nullable=False),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.Column("version", KEY, server_default="0", nullable=False),
        sa.Column("voted", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["portal_pages.id"],
            name=op.f("fk_portal_page_votes_page_id_portal_pages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_portal_page_votes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_page_votes")),
        sa.UniqueConstraint(
            "page_id", "browser_hash", name=op.f("uq_portal_page_votes_page_id_browser_hash")
        ),
        sa.UniqueConstraint("page_id", "user_id", name=op.f("uq_portal_page_votes_page_id_user_id")),
    )
    op.create_index(op.f("ix_portal_page_votes_user_id"), "portal_page_votes", ["user_id"])


def _make_questions() -> None:
    op.create_table(
        "portal_questions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("shown_name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("address", sa.String(length=255), server_default="", nullable=False),
        sa.Column("lang", sa.String(length=10), server_default="en", nullable=False),
        sa.Column("wants_mail", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("asked", MOMENT, nullable=False),
        sa.Column("decided", MOMENT, nullable=True),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.Column("in_page", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_portal_questions_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["portal_pages.id"],
            name=op.f("fk_portal_questions_page_id_portal_pages"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_portal_questions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_questions")),
    )
    op.create_index("ix_portal_questions_page_id", "portal_questions", ["page_id", "state"])
    op.create_index("ix_portal_questions_state", "portal_questions", ["state", "asked"])
    op.create_index(op.f("ix_portal_questions_user_id"), "portal_questions", ["user_id"])
    op.create_table(
        "portal_answers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("question_id", KEY, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("shown_name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("is_staff", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("written", MOMENT, nullable=False),
        sa.Column("decided", MOMENT, nullable=True),
        sa.Column("decided_by_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_portal_answers_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["portal_questions.id"],
            name=op.f("fk_portal_answers_question_id_portal_questions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_portal_answers_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_answers")),
    )
    op.create_index("ix_portal_answers_question_id", "portal_answers", ["question_id", "state"])
    op.create_index("ix_portal_answers_state", "portal_answers", ["state", "written"])
    op.create_index(op.f("ix_portal_answers_user_id"), "portal_answers", ["user_id"])
    op.create_table(
        "portal_question_keys",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("question_id", KEY, nullable=False),
        sa.Column("deed", sa.String(length=8), nullable=False),
        sa.Column("made", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["portal_questions.id"],
            name=op.f("fk_portal_question_keys_question_id_portal_questions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_portal_question_keys")),
    )
    op.create_index(op.f("ix_portal_question_keys_question_id"), "portal_question_keys", ["question_id"])
