"""How staff read the names of targets, verdicts and balls."""

from rtpy_sla.clocks.words import Ball, Target, Unit, Verdict

TARGETS = {
    Target.ACKNOWLEDGE: "Taking",
    Target.FIRST_RESPONSE: "First response",
    Target.NEXT_RESPONSE: "Next response",
    Target.UPDATE: "Regular update",
    Target.RESOLUTION: "Resolution",
    Target.WAITING: "Customer's waiting time",
    Target.EFFORT: "Work of the team",
    Target.INTERNAL: "Internal hand-over",
    Target.SUPPLIER: "Supplier",
    Target.PROMISE: "Promise",
}
ORDER = tuple(TARGETS)
VERDICTS = {
    Verdict.MET: "met",
    Verdict.MISSED: "missed",
    Verdict.EXCUSED: "excused",
    Verdict.OPEN: "open",
    Verdict.NONE: "not counted",
}
BALLS = {
    Ball.US: "us",
    Ball.CUSTOMER: "the customer",
    Ball.THIRD: "a third party",
    Ball.SCHEDULED: "nobody, until an agreed date",
}
UNITS = {
    Unit.BUSINESS: "business hours",
    Unit.WALL: "hours by the clock",
    Unit.DAYS: "business days",
}
ENDS = {
    "status": "the status was changed",
    "hand": "it was taken back by hand",
    "customer": "the customer wrote",
    "time": "the agreed moment came",
    "closed": "the ticket was closed",
}
NO_CAUSE = "(no reason chosen)"
