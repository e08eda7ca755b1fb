"""The form of a mailbox."""

from collections.abc import Mapping, Sequence

from rtpy.mailboxes.settings import After, Encryption, Method
from rtpy.web.admin.editing import Section
from rtpy.web.forms import Field, Option

ENCRYPTIONS = (
    (Encryption.TLS, "TLS from the first byte (usually port 993)"),
    (Encryption.STARTTLS, "STARTTLS (usually port 143)"),
    (Encryption.NONE, "None: only for a server on this machine"),
)
METHODS = (
    (Method.PASSWORD, "With a password (or an app password)"),
    (Method.XOAUTH2, "With a token (XOAUTH2), as Microsoft 365 and Google want it"),
)
AFTERS = (
    (After.SEEN, "It is marked as read and stays"),
    (After.MOVE, "It is moved into another folder"),
    (After.DELETE, "It is deleted"),
)
ACTIONS = (("correspond", "Replies and new tickets"), ("comment", "Internal comments"))


def sections(given: Mapping[str, str], queues: Sequence[str], *, is_new: bool) -> list[Section]:
    """All fields with what was typed; secrets are never shown."""
    kept = "" if is_new else "Leave it empty to keep what is stored; another server or login needs it again. "

    def field(name: str, label: str, kind: str = "text", **more: object) -> Field:
        return Field(name, label, given.get(name, ""), kind, autocomplete="off", **more)  # type: ignore[arg-type]

    def select(name: str, label: str, choices: Sequence[tuple[str, str]], hint: str = "") -> Field:
        options = tuple(Option(value, text, given.get(name) == value) for value, text in choices)
        return Field(name, label, kind="select", options=options, hint=hint, required=True)

    def secret(name: str, label: str, hint: str = "") -> Field:
        return Field(name, label, "", "password", hint=kept + hint, autocomplete="new-password")

    names = tuple(dict.fromkeys((*queues, *([given["queue"]] if given.get("queue") else []))))
    return [
        Section(
            "Server",
            (
                field("name", "Name", required=True, hint="For you, such as Support mailbox."),
                field("host", "Server", required=True, hint="Such as imap.example.com."),
                select("tls", "Encryption", ENCRYPTIONS),
                field("port", "Port", "number", required=True),
                field(
                    "authority",
                    "Certificate of your own authority",
                    "textarea",
                    rows=3,
                    hint="As PEM, if no public authority has signed the server's certificate. Then only this one is "
                    "trusted here.",
                ),
            ),
        ),
        Section(
            "Login",
            (
                field("login", "Login", required=True, hint="Often the address of the mailbox."),
                select("method", "How", METHODS),
                secret("password", "Password"),
            ),
        ),
        Section(
            "Token",
            (
                field(
                    "token_url", "Where tokens come from", "url", hint="The token endpoint of the provider."
                ),
                field("client_id", "Client id"),
                secret("client_secret", "Client secret"),
                secret(
                    "refresh_token",
                    "Refresh token",
                    "Without one the client asks for itself (client credentials).",
                ),
                field("scope", "Scope", hint="Such as https://outlook.office365.com/.default."),
            ),
            help="Only for logins with a token.",
        ),
        Section(
            "Mails",
            (
                field("folder", "Folder", required=True),
                select("queue", "Into the queue", [(name, name) for name in names]),
                select("action", "As", ACTIONS),
                select("after", "When a mail was taken", AFTERS),
                field(
                    "move_to", "Moved into", hint="The folder for taken mails; it is made when there is none."
                ),
                field("seconds", "Seconds between two fetches", "number", required=True),
                Field(
                    "disabled",
                    "Switched off",
                    kind="checkbox",
                    checked=given.get("disabled") == "1",
                    hint="Nothing is fetched; mails wait in the folder.",
                ),
            ),
        ),
    ]
