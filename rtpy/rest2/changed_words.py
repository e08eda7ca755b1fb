"""RT's sentences for what a PUT did to a thing that is no ticket, field by field."""

from rtpy.errors import RtpyError

NO_VALUE = "(no value)"


def say_changed(label: str, field: str, old: str, new: str, quote: str) -> str:
    """`Queue 7: Description changed from "a" to "b"`; `label` is such as "Queue 7". RT quotes with ' or " by kind."""
    before = NO_VALUE if old in ("", "0") else f"{quote}{old}{quote}"
    after = f"{quote}{new}{quote}" if new or quote == '"' else NO_VALUE
    return f"{label}: {field} changed from {before} to {after}"


def say_disabled(kind: str, *, disabled: bool, is_news: bool) -> str:
    """What becomes of `Disabled`, without the number (RT): `Queue disabled`."""
    if not is_news:
        return "That is already the current value"
    return f"{kind} {'disabled' if disabled else 'enabled'}"


def say_refused(label: str, problem: RtpyError) -> str:
    """Why a change was not made: RT's two words where a right is missing, else our own sentence."""
    sentence = str(problem)
    return f"{label}: {'Permission Denied' if sentence.startswith('You may not') else sentence}"
