"""All kinds of loose ends, in the order of the page."""

from rtpy_billing.loose_ends import answering, charging, collecting, logging_time, lost_mail
from rtpy_billing.loose_ends.values import Kind

KINDS: tuple[Kind, ...] = (
    *answering.KINDS,
    *lost_mail.KINDS,
    *logging_time.KINDS,
    *charging.KINDS,
    *collecting.KINDS,
)
BY_NAME = {kind.name: kind for kind in KINDS}
