"""Scales: round steps for an axis, and values in words."""

from math import ceil, floor, log10

from rtpy.charts.chart import Unit

STEPS_OF_TIME = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 720, 1440, 2880, 7200, 10080, 20160, 43200)
"""Minutes that people count in; beyond the last, round multiples of a day."""
DAY = 1440
NOTHING = 1e-9
"""What is smaller is drawn as nothing: quotients of such values are zero, or none."""


def ticks(lowest: float, highest: float, unit: Unit = Unit.NUMBER, most: int = 6) -> tuple[float, ...]:
    """Round values from one not above `lowest` and 0 to one not below `highest`, at most `most` steps apart.

    Counts get whole steps. There are at least two.
    """
    low, high = min(lowest, 0.0), max(highest, 0.0)
    if high - low < NOTHING:
        low, high = 0.0, 60.0 if unit is Unit.SECONDS else 1.0
    step = _step((high - low) / most, unit)
    first, last = floor(low / step), ceil(high / step)
    return tuple(step * place for place in range(first, last + 1))


def in_words(value: float | None, unit: Unit) -> str:
    """`1,234`, `2.5`, `1 h 15 min`, `3 d 4 h`, or a dash for None. Times show their two largest parts."""
    if value is None:
        return "–"
    if unit is Unit.NUMBER:
        return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    minutes = value / 60 if unit is Unit.SECONDS else value
    sign = "-" if minutes < 0 else ""
    whole = round(abs(minutes))
    if unit is Unit.SECONDS and 0 < abs(value) < 60:
        return f"{sign}{abs(value):.0f} s"
    if unit is Unit.MINUTES:
        return sign + _two((whole // 60, "h"), (whole % 60, "min"))
    days, rest = divmod(whole, DAY)
    if days:
        rest = round(rest / 60) * 60
        days, rest = (days + 1, 0) if rest == DAY else (days, rest)
        return sign + _two((days, "d"), (rest // 60, "h"))
    return sign + _two((rest // 60, "h"), (rest % 60, "min"))


def _two(*parts: tuple[int, str]) -> str:
    said = [f"{number:,} {word}" for number, word in parts if number]
    return " ".join(said) or f"0 {parts[-1][1]}"


def _step(least: float, unit: Unit) -> float:
    if unit is Unit.NUMBER:
        return max(1.0, _round_up(least))
    in_minutes = least / 60 if unit is Unit.SECONDS else least
    known = next((float(step) for step in STEPS_OF_TIME if step >= in_minutes), None)
    step = known if known is not None else _round_up(in_minutes / DAY) * DAY
    return step * 60 if unit is Unit.SECONDS else step


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 …"""
    size = 10.0 ** floor(log10(value))
    return next(factor * size for factor in (1.0, 2.0, 5.0, 10.0) if factor * size >= value * (1 - 1e-9))
