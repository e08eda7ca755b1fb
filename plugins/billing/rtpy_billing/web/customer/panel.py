"""What stands on an organisation's page."""

from collections.abc import Mapping
from typing import Any

from rtpy_billing.invoicing.unbilled import unbilled_sums
from rtpy_billing.money import shown
from rtpy_billing.rights import SEE_MONEY


def show_customer_panel(request: Any, organization: Any) -> Mapping[str, Any] | None:
    """What is unbilled and unpaid, with the way to the billing page; nothing for who may not see money. One query."""
    if not request.work.rights.system(SEE_MONEY):
        return None
    sums = unbilled_sums(request.db, organization.id)
    return {
        "url": request.route_path("billing.customer.display", id=organization.id),
        "unbilled": [shown(amount, currency) for currency, amount in sums.ready],
        "waiting": [shown(amount, currency) for currency, amount in sums.waiting],
    }
