"""Billed time: minimum, increment, grace and maximum of a group, and how the group's time is shared out."""

from collections.abc import Sequence

from rtpy_billing.money import apportion
from rtpy_billing.pricing.line import Fact
from rtpy_billing.pricing.values import RoundingRule
from rtpy_billing.pricing.words import Direction


def billed(rule: RoundingRule, worked: int) -> tuple[int, dict[str, Fact]]:
    """Seconds billed for a group's seconds worked, and each stage that changed them.

    Rounds durations, never clock times. Increments count from the minimum up. Grace forgives the first seconds of an
    increment that was begun, but never all of the time. Nothing worked, and less than nothing (corrections), stays.
    """
    stages: dict[str, Fact] = {}
    time = worked
    if worked <= 0:
        return worked, stages
    if time < rule.minimum:
        time = stages["minimum"] = rule.minimum
    elif rule.increment and time > rule.minimum:
        time = rule.minimum + in_increments(rule, time - rule.minimum)
        if time != worked:
            stages["increment"] = time
    if rule.maximum is not None and time > rule.maximum:
        time = stages["maximum"] = rule.maximum
    return time, stages


def in_increments(rule: RoundingRule, over: int) -> int:
    """The seconds over the minimum in whole increments; `over` is more than nought."""
    count, rest = divmod(over, rule.increment)
    match rule.direction:
        case Direction.UP:
            forgiven = rest <= rule.grace and (count > 0 or rule.minimum > 0)
            count += 1 if rest and not forgiven else 0
        case Direction.NEAREST:
            count += 1 if 2 * rest >= rule.increment else 0
        case Direction.DOWN:
            pass
    return count * rule.increment


def shares(pool: int, worked: Sequence[int]) -> list[int]:
    """`pool` seconds for stretches of these lengths, in their order; sums exactly.

    In proportion to what was worked, largest remainder first, the earlier of equals first, in whole minutes where the
    pool is such. Corrections (negative) count second for second as long as there is work to take them from.
    """
    if pool == sum(worked):
        return list(worked)
    negative = sum(seconds for seconds in worked if seconds < 0)
    if negative == 0:
        return weighted(pool, worked)
    if pool - negative >= 0 and any(seconds > 0 for seconds in worked):
        rest = iter(weighted(pool - negative, [seconds for seconds in worked if seconds >= 0]))
        return [seconds if seconds < 0 else next(rest) for seconds in worked]
    return weighted(pool, [max(-seconds, 0) for seconds in worked])


def weighted(pool: int, weights: Sequence[int]) -> list[int]:
    """In proportion, by the minute if that goes up."""
    if pool % 60 == 0:
        return [60 * part for part in apportion(pool // 60, weights)]
    return apportion(pool, weights)
