"""What the sample consultancy promises: gold for three customers, a standard for all others, and one ladder."""

from typing import Any

OFFICE_HOURS = "Office hours"
OFFICE = {
    "zone": "Europe/Berlin",
    **{f"day_{at}": "08:00-18:00" for at in range(5)},
    "country": "DE",
    "region": "BE",
}

GOLD, STANDARD, LADDER = "Gold", "Standard", "Before a promise breaks"
GOLD_CUSTOMERS = ("Belmont Logistics GmbH", "Hartwig Maschinenbau GmbH", "Praxis Dr. Okafor & Kollegen")
URGENT = 80
"""From this priority gold counts around the clock."""

MINUTE, HOUR = 60, 3600
GOLD_TERMS = {
    "first_response": 8 * HOUR,
    "next_response": 8 * HOUR,
    "update": 20 * HOUR,
    "resolution": 40 * HOUR,
}
URGENT_TERMS = {"first_response": 30 * MINUTE, "next_response": HOUR, "resolution": 8 * HOUR}
STANDARD_TERMS = {"first_response": 20 * HOUR, "next_response": 20 * HOUR, "resolution": 80 * HOUR}
PAUSES = ["customer", "scheduled", "third"]

STEPS: list[dict[str, Any]] = [
    {
        "key": "reminder",
        "percent": 75,
        "do": [{"kind": "notify_owner"}, {"kind": "notify_group", "value": "Helpdesk"}],
    },
    {
        "key": "management",
        "percent": 100,
        "do": [{"kind": "notify_owner"}, {"kind": "notify_group", "value": "Management"}],
    },
]
QUIET = {"from": "20:00", "to": "07:00", "from_priority": URGENT}

EXCUSE = "The customer had agreed to wait until the migration was over."
PROMISE = "We tell you what the repair costs"


def terms_of(amounts: dict[str, int]) -> dict[str, dict[str, Any]]:
    """Terms as versions of policies keep them."""
    return {
        target: {"amount": amount, "unit": "business", "pauses": PAUSES} for target, amount in amounts.items()
    }
