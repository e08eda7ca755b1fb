"""Providers of single sign-on, and who of us is known to which."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _string(name: str, length: int, *, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=default, nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _points(table: str, column: str, target: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        [f"{target}.id"],
        name=op.f(f"fk_{table}_{column}_{target}"),
        ondelete="CASCADE" if cascade else None,
    )


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "sign_on_providers",
        sa.Column("id", KEY, nullable=False),
        _string("name", 200),
        *(_text(name) for name in ("issuer", "client_id", "client_secret", "scopes")),
        _string("name_claim", 255, default=""),
        _string("verified_claim", 255, default=""),
        _text("domains"),
        _flag("makes_people"),
        _flag("for_staff"),
        _string("group_claim", 255, default=""),
        _text("group_map"),
        sa.Column("organization_id", KEY, nullable=True),
        _flag("disabled"),
        _moment("created"),
        _points("sign_on_providers", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_providers")),
        sa.UniqueConstraint("name", name=op.f("uq_sign_on_providers_name")),
    )
    op.create_table(
        "sign_on_links",
        sa.Column("id", KEY, nullable=False),
        sa.Column("provider_id", KEY, nullable=False),
        _string("issuer", 500),
        _string("subject", 255, default=""),
        sa.Column("user_id", KEY, nullable=False),
        _moment("created"),
        _moment("used", nullable=True),
        _points("sign_on_links", "provider_id", "sign_on_providers", cascade=True),
        _points("sign_on_links", "user_id", "users", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_on_links")),
        sa.UniqueConstraint(
            "provider_id",
            "issuer",
            "subject",
            "user_id",
            name=op.f("uq_sign_on_links_provider_id_issuer_subject_user_id"),
        ),
    )
    op.create_index("ix_sign_on_links_user_id", "sign_on_links", ["user_id"])
    op.create_index(
        "uq_sign_on_links_subject",
        "sign_on_links",
        ["provider_id", "issuer", "subject"],
        unique=True,
        sqlite_where=sa.text("subject != ''"),
        postgresql_where=sa.text("subject != ''"),
    )
    op.create_table(
        "sign_ons",
        _string("state_hash", 64),
        _string("browser_hash", 64),
        sa.Column("provider_id", KEY, nullable=False),
        _text("wanted"),
        _moment("expires"),
        _points("sign_ons", "provider_id", "sign_on_providers", cascade=True),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_sign_ons")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("sign_ons")
    op.drop_table("sign_on_links")
    op.drop_table("sign_on_providers")
