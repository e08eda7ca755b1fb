"""What plugins record on things that have no changes of their own."""

import pytest

from rtpy.changes.change import Record
from rtpy.changes.recording import record_on
from rtpy.content.part import plain_message
from rtpy.models import Attachment, Transaction


def test_what_is_said_on_a_thing_of_a_plugin_is_kept_with_it(work):
    entry = Record(Transaction(type="Deliver", field=""), message=plain_message("the invoice"))
    kept = record_on(work, "budget_report", 7, entry)
    assert (kept.object_type, kept.object_id, kept.creator_id) == ("budget_report", 7, work.actor.user_id)
    assert work.db.query(Attachment).filter_by(transaction_id=kept.id).count() == 1


@pytest.mark.parametrize("kind", ["ticket", "asset", "article"])
def test_what_has_changes_of_its_own_is_not_recorded_on_past_them(work, kind):
    with pytest.raises(ValueError, match=f"A change of the {kind}"):
        record_on(work, kind, 1, Record(Transaction(type="Deliver", field="")))
