"""What keeps issued documents as they are: triggers of the database itself."""

from alembic import op

FROZEN = {
    "billing_invoices": (
        *(
            "kind",
            "seller_id",
            "organization_id",
            "agreement_id",
            "credits_id",
            "series_id",
            "sequence",
            "number",
        ),
        *("currency", "period_start", "period_end", "issued_on", "due_on", "net", "tax", "total", "snapshot"),
        *("purchase_order", "note", "issued"),
    ),
    "billing_invoice_lines": (
        *(
            "invoice_id",
            "position",
            "source",
            "agreement_line_id",
            "expense_id",
            "credits_line_id",
            "heading",
        ),
        *(
            "text",
            "seconds",
            "quantity",
            "quantity_base",
            "unit",
            "unit_price",
            "price_base",
            "discount",
            "net",
        ),
        *("tax_class", "account", "released", "bills", "period_start", "period_end"),
    ),
}
"""What of an issued document never changes, by table; the rest is about delivery, payment and credit."""
SAMPLE = "(SELECT is_sample FROM billing_sellers WHERE id = {seller})"
"""Documents of a sample seller go with the sample."""
BILLED_BY = "(SELECT seller_id FROM billing_invoices WHERE id = OLD.invoice_id)"
SAID = "an issued invoice is never changed: credit it"


def keep_what_is_issued() -> None:
    """The database itself refuses to change or delete an issued document and its lines."""
    if op.get_bind().dialect.name == "postgresql":
        _keep_on_postgresql()
        return
    state = "(SELECT state FROM billing_invoices WHERE id = {row}.invoice_id)"
    for table, columns in FROZEN.items():
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in columns)
        of_old = "OLD.state" if table == "billing_invoices" else state.format(row="OLD")
        of_sample = SAMPLE.format(seller="OLD.seller_id" if table == "billing_invoices" else BILLED_BY)
        back = " OR NEW.state = 'draft'" if table == "billing_invoices" else ""
        cases = [
            ("update", f"UPDATE ON {table}", f"{of_old} <> 'draft' AND ({changed}{back})"),
            ("delete", f"DELETE ON {table}", f"{of_old} <> 'draft' AND NOT {of_sample}"),
        ]
        if table == "billing_invoice_lines":
            cases.append(("insert", f"INSERT ON {table}", f"{state.format(row='NEW')} <> 'draft'"))
        for name, when, condition in cases:
            op.execute(
                f"CREATE TRIGGER {table}_issued_{name} BEFORE {when} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            )


def _keep_on_postgresql() -> None:
    for table, columns in FROZEN.items():
        changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in columns)
        if table == "billing_invoices":
            body = (
                "IF TG_OP = 'DELETE' THEN "
                f"IF OLD.state <> 'draft' AND NOT {SAMPLE.format(seller='OLD.seller_id')} THEN "
                f"RAISE EXCEPTION '{SAID}'; END IF; RETURN OLD; END IF; "
                f"IF OLD.state <> 'draft' AND (NEW.state = 'draft' OR {changed}) THEN "
                f"RAISE EXCEPTION '{SAID}'; END IF; "
            )
        else:
            body = (
                f"IF TG_OP = 'DELETE' THEN IF {SAMPLE.format(seller=BILLED_BY)} THEN RETURN OLD; END IF; END IF; "
                "SELECT state INTO found FROM billing_invoices WHERE id = "
                "CASE WHEN TG_OP = 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END; "
                f"IF found <> 'draft' THEN IF TG_OP <> 'UPDATE' OR ({changed}) THEN "
                f"RAISE EXCEPTION '{SAID}'; END IF; END IF; "
            )
        op.execute(
            f"CREATE FUNCTION {table}_issued() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"DECLARE found text; BEGIN {body}IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
        when = "UPDATE OR DELETE" if table == "billing_invoices" else "INSERT OR UPDATE OR DELETE"
        op.execute(
            f"CREATE TRIGGER {table}_issued BEFORE {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_issued()"
        )


def forget_what_is_issued() -> None:
    """Take away what is left of them when their tables are gone."""
    if op.get_bind().dialect.name == "postgresql":
        for table in FROZEN:
            op.execute(f"DROP FUNCTION {table}_issued()")
