"""What targets, actions and times of steps are called."""

from rtpy_sla.clocks.words import Target
from rtpy_sla.ladder.step import Deed, DeedKind, Step

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
DEEDS = {
    DeedKind.NOTIFY_OWNER: "Notify the owner",
    DeedKind.NOTIFY_PERSON: "Notify a person",
    DeedKind.NOTIFY_GROUP: "Notify a group",
    DeedKind.NOTIFY_ROLE: "Notify a role",
    DeedKind.NOTIFY_LEVEL: "Notify level of escalation",
    DeedKind.RAISE_TO: "Raise the priority to",
    DeedKind.RAISE_BY: "Raise the priority by",
    DeedKind.ASSIGN: "Give it to",
    DeedKind.SET_STATUS: "Set the status",
    DeedKind.ADD_CC: "Add as Cc",
    DeedKind.ADD_ADMIN_CC: "Add as AdminCc",
    DeedKind.COMMENT: "Comment (internal)",
    DeedKind.WEBHOOK: "Tell webhooks",
}


def target_label(target: str) -> str:
    """A target's name for people; its word for one that is not known."""
    return TARGETS[Target(target)] if target in set(Target) else target


def deed_label(deed: Deed) -> str:
    """An action with what it takes: “Notify a group: Dispatch”."""
    return f"{DEEDS[deed.kind]}: {deed.value}" if deed.value else DEEDS[deed.kind]


def when_label(step: Step) -> str:
    """When a step comes: “at 75 %”, “30 min before it is due”, “when it is due”."""
    if step.percent is not None:
        return "when it is due" if step.percent == 100 else f"at {step.percent} %"
    if not step.seconds:
        return "when it is due"
    return f"{span_label(abs(step.seconds))} {'before it is due' if step.seconds < 0 else 'after it was due'}"


def span_label(seconds: int) -> str:
    """A length of time: “45 s”, “30 min”, “2 h”, “1 h 15 min”; 90 hours are “90 h”."""
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    parts = [f"{hours} h"] if hours else []
    if minutes or not hours:
        parts.append(f"{minutes} min")
    return " ".join(parts)
