"""Whom we bill and by which rates: roles, work types, rates, sellers, taxes, customers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "billing_roles",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("shown_name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("sort_order", KEY, server_default="0", nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_roles")),
        sa.UniqueConstraint("name", name=op.f("uq_billing_roles_name")),
    )
    op.create_table(
        "billing_work_types",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("shown_name", sa.String(length=60), server_default="", nullable=False),
        sa.Column("charge_mode", sa.String(length=12), nullable=True),
        sa.Column("hours", sa.String(length=4), server_default="any", nullable=False),
        sa.Column("is_on_site", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sort_order", KEY, server_default="0", nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_work_types")),
        sa.UniqueConstraint("name", name=op.f("uq_billing_work_types_name")),
    )
    op.create_table(
        "billing_workers",
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("role_id", KEY, nullable=True),
        sa.Column("week", sa.Text(), nullable=True),
        sa.Column("day_ends", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["role_id"], ["billing_roles.id"], name=op.f("fk_billing_workers_role_id_billing_roles")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_billing_workers_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_billing_workers")),
    )
    op.create_table(
        "billing_cost_rates",
        sa.Column("id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("role_id", KEY, nullable=True),
        sa.Column("amount", KEY, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["role_id"], ["billing_roles.id"], name=op.f("fk_billing_cost_rates_role_id_billing_roles")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_billing_cost_rates_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_cost_rates")),
    )
    op.create_index("ix_billing_cost_rates_who", "billing_cost_rates", ["user_id", "role_id", "valid_from"])
    op.create_table(
        "billing_sellers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("legal_name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("street", sa.String(length=255), server_default="", nullable=False),
        sa.Column("extra", sa.String(length=255), server_default="", nullable=False),
        sa.Column("postcode", sa.String(length=255), server_default="", nullable=False),
        sa.Column("city", sa.String(length=255), server_default="", nullable=False),
        sa.Column("region", sa.String(length=255), server_default="", nullable=False),
        sa.Column("country", sa.String(length=2), server_default="", nullable=False),
        sa.Column("vat_id", sa.String(length=255), server_default="", nullable=False),
        sa.Column("tax_number", sa.String(length=255), server_default="", nullable=False),
        sa.Column("registration", sa.String(length=255), server_default="", nullable=False),
        sa.Column("registration_scheme", sa.String(length=4), server_default="", nullable=False),
        sa.Column("endpoint", sa.String(length=255), server_default="", nullable=False),
        sa.Column("endpoint_scheme", sa.String(length=4), server_default="", nullable=False),
        sa.Column("contact", sa.String(length=255), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=255), server_default="", nullable=False),
        sa.Column("email", sa.String(length=255), server_default="", nullable=False),
        sa.Column("website", sa.String(length=255), server_default="", nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("zone", sa.String(length=60), server_default="UTC", nullable=False),
        sa.Column("language", sa.String(length=5), server_default="en", nullable=False),
        sa.Column("bank_accounts", sa.Text(), nullable=True),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_type", sa.String(length=20), server_default="", nullable=False),
        sa.Column("accent", sa.String(length=7), server_default="", nullable=False),
        sa.Column("footer", sa.Text(), server_default="", nullable=False),
        sa.Column("terms", sa.Text(), server_default="", nullable=False),
        sa.Column("payment_reference", sa.String(length=60), server_default="{number}", nullable=False),
        sa.Column("rounding", sa.String(length=10), server_default="half_up", nullable=False),
        sa.Column("payable_step", KEY, server_default="1", nullable=False),
        sa.Column("discount_keeps_base", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_exempt", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("exemption_text", sa.Text(), server_default="", nullable=False),
        sa.Column("is_sample", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", KEY, server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_sellers")),
        sa.UniqueConstraint("name", name=op.f("uq_billing_sellers_name")),
    )
    op.create_table(
        "billing_series",
        sa.Column("id", KEY, nullable=False),
        sa.Column("seller_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("year", KEY, nullable=False),
        sa.Column("pattern", sa.String(length=60), nullable=False),
        sa.Column("next_number", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["billing_sellers.id"], name=op.f("fk_billing_series_seller_id_billing_sellers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_series")),
        sa.UniqueConstraint("seller_id", "kind", "year", name=op.f("uq_billing_series_seller_id_kind_year")),
    )
    op.create_table(
        "billing_tax_rates",
        sa.Column("id", KEY, nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=12), server_default="", nullable=False),
        sa.Column("category", sa.String(length=2), nullable=False),
        sa.Column("rate", KEY, server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_tax_rates")),
    )
    op.create_index("ix_billing_tax_rates_class", "billing_tax_rates", ["tax_class", "place", "valid_from"])
    op.create_table(
        "billing_customers",
        sa.Column("organization_id", KEY, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("zone", sa.String(length=60), server_default="UTC", nullable=False),
        sa.Column("calendar_id", KEY, nullable=True),
        sa.Column("seller_id", KEY, nullable=True),
        sa.Column("is_own", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("customer_number", sa.String(length=255), server_default="", nullable=False),
        sa.Column("name", sa.String(length=255), server_default="", nullable=False),
        sa.Column("street", sa.String(length=255), server_default="", nullable=False),
        sa.Column("extra", sa.String(length=255), server_default="", nullable=False),
        sa.Column("postcode", sa.String(length=255), server_default="", nullable=False),
        sa.Column("city", sa.String(length=255), server_default="", nullable=False),
        sa.Column("region", sa.String(length=255), server_default="", nullable=False),
        sa.Column("country", sa.String(length=2), server_default="", nullable=False),
        sa.Column("vat_id", sa.String(length=255), server_default="", nullable=False),
        sa.Column("tax_number", sa.String(length=255), server_default="", nullable=False),
        sa.Column("registration", sa.String(length=255), server_default="", nullable=False),
        sa.Column("registration_scheme", sa.String(length=4), server_default="", nullable=False),
        sa.Column("endpoint", sa.String(length=255), server_default="", nullable=False),
        sa.Column("endpoint_scheme", sa.String(length=4), server_default="", nullable=False),
        sa.Column("contact", sa.String(length=255), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=255), server_default="", nullable=False),
        sa.Column("email", sa.String(length=255), server_default="", nullable=False),
        sa.Column("language", sa.String(length=5), server_default="en", nullable=False),
        sa.Column("buyer_reference", sa.String(length=255), server_default="", nullable=False),
        sa.Column("purchase_order", sa.String(length=255), server_default="", nullable=False),
        sa.Column("terms_days", KEY, server_default="30", nullable=False),
        sa.Column("tax_treatment", sa.String(length=20), server_default="", nullable=False),
        sa.Column("grouping", sa.String(length=12), server_default="ticket", nullable=False),
        sa.Column("is_annexed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("statement_detail", sa.String(length=8), server_default="balance", nullable=False),
        sa.Column("statement_rhythm", sa.String(length=10), server_default="", nullable=False),
        sa.Column("shows_names", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("account_owner_id", KEY, nullable=True),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("version", KEY, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["account_owner_id"], ["users.id"], name=op.f("fk_billing_customers_account_owner_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["calendars.id"],
            name=op.f("fk_billing_customers_calendar_id_calendars"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_billing_customers_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["billing_sellers.id"], name=op.f("fk_billing_customers_seller_id_billing_sellers")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_billing_customers")),
    )
    op.create_table(
        "billing_rates",
        sa.Column("id", KEY, nullable=False),
        sa.Column("rung", sa.String(length=10), nullable=False),
        sa.Column("scope_id", KEY, nullable=True),
        sa.Column("role_id", KEY, nullable=True),
        sa.Column("work_type_id", KEY, nullable=True),
        sa.Column("amount", KEY, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("version", KEY, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["role_id"], ["billing_roles.id"], name=op.f("fk_billing_rates_role_id_billing_roles")
        ),
        sa.ForeignKeyConstraint(
            ["work_type_id"],
            ["billing_work_types.id"],
            name=op.f("fk_billing_rates_work_type_id_billing_work_types"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_rates")),
    )
    op.create_index("ix_billing_rates_rung_scope_id", "billing_rates", ["rung", "scope_id"])
    op.create_table(
        "billing_surcharges",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("rung", sa.String(length=10), nullable=False),
        sa.Column("scope_id", KEY, nullable=True),
        sa.Column("operation", sa.String(length=10), nullable=False),
        sa.Column("value", KEY, nullable=False),
        sa.Column("currency", sa.String(length=3), server_default="", nullable=False),
        sa.Column("sort_order", KEY, server_default="0", nullable=False),
        sa.Column("is_last", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("role_id", KEY, nullable=True),
        sa.Column("work_type_id", KEY, nullable=True),
        sa.Column("hours", sa.String(length=4), server_default="any", nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=True),
        sa.Column("exceptions", sa.Boolean(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["role_id"], ["billing_roles.id"], name=op.f("fk_billing_surcharges_role_id_billing_roles")
        ),
        sa.ForeignKeyConstraint(
            ["work_type_id"],
            ["billing_work_types.id"],
            name=op.f("fk_billing_surcharges_work_type_id_billing_work_types"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_surcharges")),
    )
    op.create_index("ix_billing_surcharges_rung_scope_id", "billing_surcharges", ["rung", "scope_id"])
    op.create_table(
        "billing_rounding_rules",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("line_id", KEY, nullable=True),
        sa.Column("organization_id", KEY, nullable=True),
        sa.Column("work_type_id", KEY, nullable=True),
        sa.Column("grouping", sa.String(length=12), server_default="ticket_day", nullable=False),
        sa.Column("minimum", KEY, server_default="0", nullable=False),
        sa.Column("increment", KEY, server_default="0", nullable=False),
        sa.Column("direction", sa.String(length=8), server_default="up", nullable=False),
        sa.Column("grace", KEY, server_default="0", nullable=False),
        sa.Column("maximum", KEY, nullable=True),
        sa.Column("version", KEY, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_billing_rounding_rules_organization_id_organizations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["work_type_id"],
            ["billing_work_types.id"],
            name=op.f("fk_billing_rounding_rules_work_type_id_billing_work_types"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_rounding_rules")),
    )
    op.create_index(
        "ix_billing_rounding_rules_scope", "billing_rounding_rules", ["line_id", "organization_id"]
    )


def downgrade() -> None:
    """Take them away, the youngest first."""
    op.drop_table("billing_rounding_rules")
    op.drop_table("billing_surcharges")
    op.drop_table("billing_rates")
    op.drop_table("billing_customers")
    op.drop_table("billing_tax_rates")
    op.drop_table("billing_series")
    op.drop_table("billing_sellers")
    op.drop_table("billing_cost_rates")
    op.drop_table("billing_workers")
    op.drop_table("billing_work_types")
    op.drop_table("billing_roles")
