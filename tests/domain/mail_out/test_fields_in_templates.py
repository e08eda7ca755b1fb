"""Custom fields stand in mails as people write them, not as they are stored."""

from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.defining import FieldSettings, create_field
from rtpy.changes.customfields.ticket import set_fields_of
from rtpy.changes.pipeline import change_ticket
from rtpy.content.part import Message
from rtpy.mail.fields import fields_for_templates, read_field
from rtpy.mail.occasion import Occasion
from rtpy.models import Transaction
from rtpy.testing.people import Factory
from rtpy.work import Work


def test_addresses_and_ranges_of_addresses_are_readable(work: Work, make: Factory) -> None:
    ticket = make.ticket()
    address = create_field(work, FieldSettings("Gateway", type="IPAddress"), everywhere=True)
    span = create_field(work, FieldSettings("Network", type="IPAddressRange"), everywhere=True)
    given = GivenFields({address.id: ("10.0.0.1",), span.id: ("10.0.0.0/24",)})
    change_ticket(work, ticket, *set_fields_of(work, ticket, given))
    occasion = Occasion(work.as_system(), ticket, Transaction(type="Comment"), Message())
    assert fields_for_templates(occasion) == {"Gateway": "10.0.0.1", "Network": "10.0.0.0-10.0.0.255"}
    assert read_field(occasion, "gateway") == "10.0.0.1"
