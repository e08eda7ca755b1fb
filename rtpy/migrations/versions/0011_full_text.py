"""The index of texts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

LANGUAGES = (
    "arabic danish dutch english finnish french german greek hungarian indonesian irish italian lithuanian nepali "
    "norwegian portuguese romanian russian spanish swedish tamil turkish"
).split()
"""Languages whose stems PostgreSQL knows."""

WATCHED = (
    # table, what is noted, its column, when it is noted
    ("tickets", "ticket", "id", ("subject", "description", "merged_into_id")),
    ("articles", "article", "id", ("name", "summary", "content", "format")),
    ("assets", "asset", "id", ("name", "description")),
    ("attachments", "transaction", "transaction_id", ()),
)


def upgrade() -> None:
    """Make the tables, the index itself, and the triggers that note what is written."""
    op.create_table(
        "search_documents",
        sa.Column("id", KEY, nullable=False, autoincrement=False),
        sa.Column("origin_id", KEY, nullable=False),
        sa.Column("transaction_id", KEY, nullable=True),
        sa.Column("attachment_id", KEY, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
    )
    op.create_index(
        "ix_search_documents_transaction_id",
        "search_documents",
        ["transaction_id"],
        sqlite_where=sa.text("transaction_id IS NOT NULL"),
        postgresql_where=sa.text("transaction_id IS NOT NULL"),
    )
    op.create_table(
        "search_pending",
        sa.Column("id", KEY, nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("object_id", KEY, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_pending")),
    )
    op.create_table(
        "search_state",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", sa.String(length=80), server_default="", nullable=False),
        sa.Column("lease_owner", sa.String(length=255), server_default="", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tickets_below", KEY, server_default="0", nullable=False),
        sa.Column("transactions_below", KEY, server_default="0", nullable=False),
        sa.Column("articles_below", KEY, server_default="0", nullable=False),
        sa.Column("assets_below", KEY, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_state")),
    )
    # Its empty version makes the worker begin: what is there already is read in the background.
    op.execute("INSERT INTO search_state (id) VALUES (1)")
    if op.get_bind().dialect.name == "postgresql":
        _upgrade_postgresql()
    else:
        _upgrade_sqlite()


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "postgresql":
        for table, *_ in WATCHED:
            op.execute(f"DROP TRIGGER {table}_note_search ON {table}")
            op.execute(f"DROP TRIGGER {table}_note_search_change ON {table}")
        op.execute("DROP FUNCTION rtpy_note_search()")
        for language in LANGUAGES:
            op.execute(f"DROP TEXT SEARCH CONFIGURATION IF EXISTS rtpy_{language}")
            op.execute(f"DROP TEXT SEARCH DICTIONARY IF EXISTS rtpy_{language}")
    else:
        for table, *_ in WATCHED:
            for deed in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_note_search_{deed}")
    for table in ("search_index", "search_state", "search_pending", "search_documents"):
        op.execute(f"DROP TABLE {table}")


def _upgrade_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5"
        "(words, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    for table, what, key, columns in WATCHED:
        note = (
            "INSERT INTO search_pending (what, object_id, since) "
            f"VALUES ('{what}', %s.{key}, strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now'))"
        )
        if columns:
            changed = " OR ".join(f"old.{each} IS NOT new.{each}" for each in columns)
            op.execute(
                f"CREATE TRIGGER {table}_note_search_update AFTER UPDATE OF {', '.join(columns)} ON {table} "
                f"WHEN {changed} BEGIN {note % 'new'}; END"
            )
        once = "" if columns else "WHEN new.position = 0 "
        op.execute(
            f"CREATE TRIGGER {table}_note_search_insert AFTER INSERT ON {table} {once}"
            f"BEGIN {note % 'new'}; END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_note_search_delete AFTER DELETE ON {table} BEGIN {note % 'old'}; END"
        )


def _upgrade_postgresql() -> None:
    op.execute("CREATE TABLE search_index (id bigint PRIMARY KEY, words tsvector NOT NULL)")
    op.execute("CREATE INDEX ix_search_index_words ON search_index USING gin (words)")
    # The planner guesses badly how many tickets some documents are of, unless it is told to count.
    op.execute("CREATE STATISTICS search_index_tickets ON (id >> 20) FROM search_index")
    op.execute("ALTER TABLE search_index ALTER COLUMN words SET STATISTICS 1000")
    op.execute(
        "CREATE FUNCTION rtpy_note_search() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN "
        "IF TG_OP = 'DELETE' THEN "
        " IF TG_ARGV[0] = 'transaction' THEN "
        "  INSERT INTO search_pending (what, object_id, since) VALUES (TG_ARGV[0], OLD.transaction_id, now()); "
        " ELSE INSERT INTO search_pending (what, object_id, since) VALUES (TG_ARGV[0], OLD.id, now()); END IF; "
        "ELSE "
        " IF TG_ARGV[0] = 'transaction' THEN "
        "  INSERT INTO search_pending (what, object_id, since) VALUES (TG_ARGV[0], NEW.transaction_id, now()); "
        " ELSE INSERT INTO search_pending (what, object_id, since) VALUES (TG_ARGV[0], NEW.id, now()); END IF; "
        "END IF; "
        "RETURN NULL; END $$"
    )
    for table, what, _, columns in WATCHED:
        run = f"EXECUTE FUNCTION rtpy_note_search('{what}')"
        if columns:
            changed = " OR ".join(f"OLD.{each} IS DISTINCT FROM NEW.{each}" for each in columns)
            op.execute(
                f"CREATE TRIGGER {table}_note_search_change AFTER UPDATE OF {', '.join(columns)} ON {table} "
                f"FOR EACH ROW WHEN ({changed}) {run}"
            )
            op.execute(
                f"CREATE TRIGGER {table}_note_search AFTER INSERT OR DELETE ON {table} FOR EACH ROW {run}"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_note_search AFTER INSERT ON {table} "
                f"FOR EACH ROW WHEN (NEW.position = 0) {run}"
            )
            op.execute(
                f"CREATE TRIGGER {table}_note_search_change AFTER DELETE ON {table} FOR EACH ROW {run}"
            )
    _languages()


def _languages() -> None:
    """Stems, but no words left out: what somebody looks for may consist of nothing else."""
    known = {name for (name,) in op.get_bind().execute(sa.text("SELECT dictname FROM pg_catalog.pg_ts_dict"))}
    for language in LANGUAGES:
        if f"{language}_stem" not in known:
            continue
        op.execute(
            f"CREATE TEXT SEARCH DICTIONARY rtpy_{language} (TEMPLATE = snowball, Language = {language})"
        )
        op.execute(f"CREATE TEXT SEARCH CONFIGURATION rtpy_{language} (COPY = pg_catalog.{language})")
        op.execute(
            f"ALTER TEXT SEARCH CONFIGURATION rtpy_{language} "
            f"ALTER MAPPING REPLACE {language}_stem WITH rtpy_{language}"
        )
