"""What administrators set about the capture of time."""

from rtpy.config.setting import Setting, SettingKind

CAPTURE = "Logging time"

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "billing.overlap",
        SettingKind.CHOICE,
        "warn",
        "Two entries at the same time",
        "Of one person, by their clock times. Work for two customers at once can be right.",
        choices=(("allow", "Allow"), ("warn", "Allow and say so"), ("refuse", "Refuse")),
        section=CAPTURE,
    ),
    Setting(
        "billing.on_closed",
        SettingKind.CHOICE,
        "late",
        "Time on closed tickets",
        "It is marked as late either way. Minutes with a reply are always taken.",
        choices=(
            ("late", "Everybody who may log time"),
            ("right", "Only who approves time"),
        ),
        section=CAPTURE,
    ),
    Setting(
        "billing.day_minutes",
        SettingKind.NUMBER,
        8 * 60,
        "Minutes of a working day",
        "Expected from Monday to Friday of everybody for whom nothing else is set up; 0 expects nothing.",
        maximum=24 * 60,
        section=CAPTURE,
    ),
    Setting(
        "billing.day_ends",
        SettingKind.NUMBER,
        18,
        "End of the working day",
        "The hour at which a timer that still runs is asked about, for everybody without an hour of their own.",
        minimum=1,
        maximum=24,
        section=CAPTURE,
    ),
    Setting(
        "billing.suggest_words",
        SettingKind.NUMBER,
        120,
        "Words of a message",
        "Time is proposed for a reply or a comment of so many words that came without any; 0 proposes nothing.",
        maximum=10_000,
        section=CAPTURE,
    ),
    Setting(
        "billing.idle_minutes",
        SettingKind.NUMBER,
        120,
        "Minutes without a sign",
        "After so many minutes without anything done by its person, a timer that runs is asked about.",
        minimum=10,
        maximum=24 * 60,
        section=CAPTURE,
    ),
)
