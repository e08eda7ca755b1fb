"""What webhooks can be told of."""

from rtpy.webhooks.events import BroughtEvent
from rtpy_portal.rights import SEE_RATINGS

RATED = "portal.rated"

EVENTS = {RATED: BroughtEvent("A customer rates a request", SEE_RATINGS)}
