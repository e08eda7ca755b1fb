"""A mail server's side of the faults: numbered mails posted to the gateway, tried again until they are taken."""

import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_MARK = "boundary-of-the-sender"


def numbered(token: str, *, body: str = "", **fields: str) -> bytes:
    """A mail with a token of its own in sender, Message-ID and text."""
    lines = {
        "From": f"Sender {token} <{token}@client.example>",
        "To": "rt@localhost",
        "Subject": f"Trouble {token}",
        "Message-ID": f"<{token}@client.example>",
        "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    head = "\r\n".join(f"{name}: {value}" for name, value in lines.items())
    return f"{head}\r\n\r\n{body or f'Something broke: {token}'}\r\n".encode()


@dataclass
class Sender:
    """Hands mails in and keeps when each answer `ok` came, and how long it took; seconds."""

    url: str
    answered: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)

    def once(self, raw: bytes) -> str:
        """One try: the answer's first line, or what went wrong."""
        parts = {"queue": b"General", "action": b"correspond", "message": raw}
        body = b"".join(
            f'--{_MARK}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b"\r\n"
            for name, value in parts.items()
        )
        request = urllib.request.Request(
            f"{self.url}/REST/1.0/NoAuth/mail-gateway",
            body + f"--{_MARK}--\r\n".encode(),
            {"Content-Type": f"multipart/form-data; boundary={_MARK}"},
        )
        try:
            with _OPENER.open(request, timeout=30) as answer:
                return str(answer.read().decode().partition("\n")[0])
        except (urllib.error.URLError, OSError) as error:
            return f"temporary failure: {error}"

    def until_taken(self, token: str, raw: bytes, deadline: float) -> bool:
        """Try again as a mail server does, until `ok` or `not ok`; False when the time (monotonic) is over."""
        while time.monotonic() < deadline:
            began = time.monotonic()
            answer = self.once(raw)
            if answer.startswith(("ok", "not ok")):
                self.took.append(time.monotonic() - began)
                self.answered[token] = time.monotonic()
                return True
            time.sleep(0.2)
        return False


def until(seconds: float) -> Iterator[None]:
    """Loop until the time is over, five times a second."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(0.2)
