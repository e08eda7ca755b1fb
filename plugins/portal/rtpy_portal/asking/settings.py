"""What administrators set about asking."""

from rtpy.config.setting import Setting, SettingKind

QUEUE = "portal.queue"
UPLOAD = "portal.upload_megabytes"
PER_HOUR = "portal.asked_per_hour"
ASKING = "Asking"

SETTINGS: tuple[Setting, ...] = (
    Setting(
        QUEUE,
        SettingKind.TEXT,
        "",
        "Queue for “Something else”",
        "The name of the queue for requests without a topic. Empty, or a name that there is not: the first open queue.",
        section=ASKING,
    ),
    Setting(
        UPLOAD,
        SettingKind.NUMBER,
        20,
        "Largest files of one request, in megabytes",
        "All files together. Whoever has larger ones is told so before anything is lost.",
        minimum=1,
        maximum=500,
        section=ASKING,
    ),
    Setting(
        PER_HOUR,
        SettingKind.NUMBER,
        300,
        "Requests an hour without a login",
        "From all people who are not logged in together. Beyond it, and beyond 20 from one network address or 6 for "
        "one mail address, the form asks for a mail instead.",
        minimum=1,
        maximum=100_000,
        section=ASKING,
    ),
)
