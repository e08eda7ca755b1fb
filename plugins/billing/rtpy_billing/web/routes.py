"""Every address of billing's pages: `billing.NOUN.DEED` is the module `rtpy_billing/web/NOUN/DEED.py`."""

from rtpy.web.routes import ID, Address

LINE = r"{line:\d{1,18}}"
LINE_KIND = "{kind:[a-z_]{1,20}}"

ADDRESSES: tuple[Address, ...] = (
    Address("billing.entries.list", "/billing/time"),
    Address("billing.entries.create", "/billing/time/log"),
    Address("billing.entries.submit", "/billing/time/submit"),
    Address("billing.entries.modify", f"/billing/time/{ID}"),
    Address("billing.loose_ends.board", "/billing/loose-ends"),
    Address("billing.customers.list", "/admin/billing/customers"),
    Address("billing.customers.modify", f"/admin/billing/customers/{ID}"),
    Address("billing.sellers.list", "/admin/billing/sellers"),
    Address("billing.sellers.create", "/admin/billing/sellers/create"),
    Address("billing.sellers.modify", f"/admin/billing/sellers/{ID}"),
    Address("billing.sellers.logo", f"/admin/billing/sellers/{ID}/logo"),
    Address("billing.sellers.numbers", f"/admin/billing/sellers/{ID}/numbers"),
    Address("billing.taxes.list", "/admin/billing/taxes"),
    Address("billing.taxes.create", "/admin/billing/taxes/create"),
    Address("billing.taxes.modify", f"/admin/billing/taxes/{ID}"),
    Address("billing.customer.display", f"/billing/customer/{ID}"),
    Address("billing.agreements.list", "/billing/agreements"),
    Address("billing.agreements.create", "/billing/agreements/create"),
    Address("billing.agreements.display", f"/billing/agreements/{ID}"),
    Address("billing.agreements.modify", f"/billing/agreements/{ID}/modify"),
    Address("billing.agreements.deed", f"/billing/agreements/{ID}/deed"),
    Address("billing.agreements.line.kinds", f"/billing/agreements/{ID}/lines/create"),
    Address("billing.agreements.line.create", f"/billing/agreements/{ID}/lines/create/{LINE_KIND}"),
    Address("billing.agreements.line.modify", f"/billing/agreements/{ID}/lines/{LINE}"),
    Address("billing.agreements.ledger", f"/billing/agreements/{ID}/lines/{LINE}/ledger"),
    Address("billing.statements.display", f"/billing/customer/{ID}/statement"),
    Address("billing.statements.pdf", f"/billing/customer/{ID}/statement.pdf"),
    Address("billing.consents.answer", "/billing/consent/{token:[A-Za-z0-9_-]{40,50}}"),
)

__all__ = ["ADDRESSES", "ID"]
