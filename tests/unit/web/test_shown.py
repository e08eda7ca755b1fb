"""What fields and composers say about themselves."""

from dataclasses import replace

import pytest

from rtpy.web.forms import Field
from rtpy.web.shown import Composer, Recipient, Who

ANN, BEN, JO = (Recipient(f"{name}@example.com", name, "copy") for name in ("Ann", "Ben", "Jo"))


@pytest.mark.parametrize(
    ("recipients", "label"),
    [
        ((ANN,), "Send reply to Ann"),
        ((ANN, BEN), "Send reply to Ann, 1 other"),
        ((ANN, BEN, JO), "Send reply to Ann, 2 others"),
        ((replace(ANN, ticked=False), BEN), "Send reply to Ben"),
        ((), "Record reply, nobody gets a mail"),
    ],
)
def test_the_send_button_says_who_gets_the_reply(recipients, label):
    assert Composer("/reply", "/comment", Who("reply-who", recipients)).send_label == label


@pytest.mark.parametrize(
    ("field", "ids"),
    [
        (Field("a", "A"), None),
        (Field("a", "A", hint="h"), "field-a-hint"),
        (Field("a", "A", hint="h", error="e"), "field-a-hint field-a-error"),
    ],
)
def test_a_field_is_described_by_its_hint_and_its_error(field, ids):
    assert field.described_by == ids
