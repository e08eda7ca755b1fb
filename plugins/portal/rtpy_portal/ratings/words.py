"""The words of ratings: scores, reasons, and what they are called."""

from collections.abc import Callable
from enum import IntEnum, StrEnum

from rtpy_portal.words import Say


class Score(IntEnum):
    """How it went, as numbers for searches: the higher the better."""

    BAD = 1
    FAIR = 2
    GOOD = 3

    @property
    def word(self) -> str:
        """As addresses and forms have it."""
        return self.name.lower()


SCORES = {each.word: each for each in reversed(Score)}
"""By their words, the best first."""
FACES = {
    Score.GOOD: "\N{SMILING FACE WITH SMILING EYES}",
    Score.FAIR: "\N{NEUTRAL FACE}",
    Score.BAD: "\N{DISAPPOINTED FACE}",
}
LABELS = {Score.GOOD: "Good", Score.FAIR: "Fair", Score.BAD: "Bad"}
"""For staff."""


class Reason(StrEnum):
    """What was wrong, when it was bad."""

    SLOW = "slow"
    UNSOLVED = "unsolved"
    UNCLEAR = "unclear"
    UNFRIENDLY = "unfriendly"
    COST = "cost"


REASONS = {
    Reason.SLOW: "Too slow",
    Reason.UNSOLVED: "Not solved",
    Reason.UNCLEAR: "Unclear",
    Reason.UNFRIENDLY: "Unfriendly",
    Reason.COST: "Too expensive",
}
"""For staff."""

_SCORES: dict[Score, Callable[[Say], str]] = {
    Score.GOOD: lambda say: say("It went well"),
    Score.FAIR: lambda say: say("It was all right"),
    Score.BAD: lambda say: say("It did not go well"),
}
_REASONS: dict[Reason, Callable[[Say], str]] = {
    Reason.SLOW: lambda say: say("It took too long"),
    Reason.UNSOLVED: lambda say: say("It is not solved"),
    Reason.UNCLEAR: lambda say: say("I did not understand what you wrote"),
    Reason.UNFRIENDLY: lambda say: say("It was not friendly"),
    Reason.COST: lambda say: say("It cost too much"),
}


def say_score(say: Say, score: Score) -> str:
    """What a customer reads beside the face."""
    return _SCORES[score](say)


def say_reason(say: Say, reason: Reason) -> str:
    """What a customer can choose as a reason."""
    return _REASONS[reason](say)
