"""An agreement in another currency than the customer pays in covers nothing: it is refused, and old ones are told."""

import pytest

from rtpy.errors import Invalid, Refused
from rtpy_billing.agreements.saving import save_agreement
from rtpy_billing.agreements.states import activate
from rtpy_billing.loose_ends.collecting import find_other_currency
from rtpy_billing.loose_ends.looking import look_at
from rtpy_billing.models import Customer
from rtpy_billing.setting_up.customers import save_customer, typed_customer


def test_it_is_refused_wherever_it_could_come_about(agree, boss, client, db, work_of, make):
    terms = {"organization": "Client", "name": "Dollars", "starts_on": "2026-01-01", "anchor": "1"}
    with pytest.raises(Invalid, match="pays in EUR"):
        save_agreement(boss, None, {**terms, "currency": "USD"})
    draft, _ = agree("block", {"quantity": "1"}, active=False)
    root = work_of()
    with pytest.raises(Invalid, match=f"Agreed in another currency: {draft.number}"):
        save_customer(root, client, {**typed_customer(db, client), "currency": "USD"})
    db.delete(db.get(Customer, client.id))
    db.flush()
    with pytest.raises(Invalid, match="Agreed in another currency"):
        save_customer(root, client, {**typed_customer(db, client), "currency": "USD"})
    db.add(Customer(organization_id=client.id, currency="USD"))
    db.flush()
    with pytest.raises(Refused, match="the customer pays in USD"):
        activate(boss, draft)


def test_one_from_before_is_a_loose_end_and_its_page_says_so(agree, boss, client, db, make, another, enter):
    agreement, _ = agree("block", {"quantity": "1"})
    look = look_at(boss)
    assert list(find_other_currency(look)) == []
    db.get(Customer, client.id).currency = "CHF"
    db.flush()
    (end,) = find_other_currency(look)
    assert (end.thing_id, end.detail) == (
        agreement.id,
        f"{agreement.number} Support: in EUR, the customer pays in CHF",
    )
    seller = make.staff("sales")
    make.grant(seller, "SeeMoney")
    assert "it covers nothing" in enter(another(), seller).get(f"/billing/agreements/{agreement.id}")
