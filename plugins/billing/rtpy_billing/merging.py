"""What a merge of two people does with what billing knows of them."""

from rtpy.changes.merging_people.references import Decision, Deed

MOVE, LEAVE, DROP = Deed.MOVE, Deed.LEAVE, Deed.DROP

REFERENCES = {
    "billing_agreements.approver_id": Decision(MOVE, "agreements to approve work for"),
    "billing_agreements.customer_approver_id": Decision(MOVE, "agreements that they may agree to more for"),
    "billing_consents.asked_by_id": Decision(LEAVE),
    "billing_cost_rates.user_id": Decision(MOVE, "cost rates", same=("valid_from",)),
    "billing_customers.account_owner_id": Decision(MOVE, "customers they look after"),
    "billing_deliveries.actor_id": Decision(LEAVE),
    "billing_dismissals.actor_id": Decision(LEAVE),
    "billing_entries.approved_by_id": Decision(LEAVE),
    "billing_entries.checked_by_id": Decision(LEAVE),
    "billing_entries.entered_by_id": Decision(LEAVE),
    "billing_entries.worked_by_id": Decision(MOVE, "work entries"),
    "billing_entry_shares.user_id": Decision(MOVE, same=("entry_id",)),
    "billing_expenses.approved_by_id": Decision(LEAVE),
    "billing_expenses.reimburse_to_id": Decision(MOVE),
    "billing_expenses.user_id": Decision(MOVE, "expenses"),
    "billing_exports.actor_id": Decision(LEAVE),
    "billing_invoices.created_by_id": Decision(LEAVE),
    "billing_invoices.issued_by_id": Decision(LEAVE),
    # The next look at everything says whose it is.
    "billing_loose_ends.owner_id": Decision(DROP),
    "billing_movements.actor_id": Decision(LEAVE),
    "billing_payments.actor_id": Decision(LEAVE),
    "billing_runs.actor_id": Decision(LEAVE),
    "billing_statement_links.withdrawn_by_id": Decision(LEAVE),
    "billing_suggestions.user_id": Decision(MOVE),
    # The kept person may have one that runs: these stay in sight as loose ends.
    "billing_timers.user_id": Decision(LEAVE),
    "billing_workers.user_id": Decision(DROP),
}
