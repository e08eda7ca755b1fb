"""What administrators may set."""

import pytest

from rtpy.errors import Invalid
from rtpy_billing.settings import SETTINGS

ZONE = next(each for each in SETTINGS if each.name == "billing.zone")


@pytest.mark.parametrize("name", ["Europe/Nowhere", "Europe", "../passwd", "a" * 60, "Europe/Berlin\0"])
def test_a_zone_that_there_is_not_is_told(name):
    with pytest.raises(Invalid, match="is not a time zone"):
        ZONE.read(name)


def test_a_zone_is_taken():
    assert ZONE.read("Europe/Berlin") == "Europe/Berlin"
