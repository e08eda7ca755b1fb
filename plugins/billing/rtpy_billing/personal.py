"""What billing holds of people, and what the law wants kept."""

from rtpy.personal.declared import Deed, Kept, Personal

_LAW = "Invoices and what proves them must be kept for years by tax law, as they were issued."
_WORDS = "What people wrote about their work stays as it was written."
_FIRM = "It is about the firm, not about a person; change it by hand where it names one."

PERSONAL: tuple[Personal | Kept, ...] = (
    Personal("billing_timers", "user_id", "timers", ("label", "began"), Deed.DROP),
    Personal("billing_suggestions", "user_id", "suggestions of work", ("kind", "at"), Deed.DROP),
    Personal(
        "billing_entries",
        "worked_by_id",
        "work entries",
        ("worked_on", "worked_seconds", "note_customer", "created"),
        Deed.STAY,
    ),
    Personal("billing_expenses", "user_id", "expenses", ("spent_on", "text", "cost"), Deed.STAY),
    Kept("billing_invoices", ("note", "snapshot", "credit_reason", "purchase_order"), _LAW),
    Kept("billing_invoice_lines", ("heading", "text", "requests"), _LAW),
    Kept("billing_deliveries", ("recipient",), _LAW),
    Kept("billing_exports", ("content", "file_name"), _LAW),
    Kept("billing_payments", ("reference",), _LAW),
    Kept("billing_consents", ("text", "asked_of", "answered_by"), _LAW),
    Kept("billing_movements", ("note",), _LAW),
    Kept(
        "billing_entries",
        ("note_internal", "note_customer", "charge_reason", "write_off_reason", "returned_reason"),
        _WORDS,
    ),
    Kept("billing_expenses", ("text", "note_internal", "receipt", "receipt_name"), _LAW),
    Kept("billing_customers", ("name", "contact", "email", "phone", "notes"), _FIRM),
    Kept("billing_sellers", ("name", "legal_name", "contact", "email", "phone", "logo"), _FIRM),
)
