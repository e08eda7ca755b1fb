"""Directories of people (LDAP, Active Directory), and who of us stands in which."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _string(name: str, length: int, *, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), server_default=default, nullable=False)


def _number(name: str, default: str = "0") -> sa.Column[int]:
    return sa.Column(name, KEY, server_default=default, nullable=False)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _json(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


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
        "directories",
        sa.Column("id", KEY, nullable=False),
        _string("name", 200),
        _string("kind", 20, default="openldap"),
        _flag("disabled"),
        _number("position"),
        _json("urls"),
        _string("tls", 20, default="starttls"),
        _flag("plain_ok"),
        _text("ca"),
        _text("bind_dn"),
        _text("bind_password_sealed"),
        _text("base_dn"),
        _text("person_filter"),
        _text("active_filter"),
        _json("login_attributes"),
        _string("unique_attribute", 100, default="entryUUID"),
        _json("attributes"),
        _text("required_group_dn"),
        _text("group_base_dn"),
        _text("group_filter"),
        _string("group_name_attribute", 100, default="cn"),
        _string("group_member_attribute", 100, default="member"),
        _string("manager_attribute", 255, default=""),
        sa.Column("manager_field_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        _flag("privileged"),
        _flag("take_over"),
        _flag("local_fallback"),
        _flag("sync_people"),
        _flag("sync_groups"),
        _number("sync_minutes", "60"),
        _number("sync_threshold", "20"),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        _points("directories", "manager_field_id", "custom_fields"),
        _points("directories", "organization_id", "organizations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directories")),
        sa.UniqueConstraint("name", name=op.f("uq_directories_name")),
    )
    op.create_table(
        "directory_people",
        sa.Column("id", KEY, nullable=False),
        sa.Column("directory_id", KEY, nullable=False),
        _string("unique_id", 200),
        sa.Column("user_id", KEY, nullable=False),
        _text("dn"),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        _points("directory_people", "directory_id", "directories", cascade=True),
        _points("directory_people", "user_id", "users", cascade=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_people")),
        sa.UniqueConstraint(
            "directory_id", "unique_id", name=op.f("uq_directory_people_directory_id_unique_id")
        ),
    )
    op.create_index(op.f("ix_directory_people_user_id"), "directory_people", ["user_id"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("directory_people")
    op.drop_table("directories")
