"""What is known about a sender's address: a proof of it or against it, and the findings on which that rests."""

import re
from dataclasses import dataclass
from enum import StrEnum

from rtpy.mail.message import IncomingMail


class Proof(StrEnum):
    """How far a sender's address can be believed."""

    PASSED = "passed"
    FAILED = "failed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Findings:
    """What SPF, DKIM and DMARC said, in words for an administrator, and who looked.

    `by` is the name of the mail server, or OURSELVES; empty when nobody looked. `domain` is the one that our own look
    has proved, in lower case; empty when it proved none.
    """

    by: str = ""
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    domain: str = ""

    def facts(self) -> dict[str, str]:
        """As they are kept with the mail in the spool; only those that there are."""
        named = {"checked_by": self.by, "spf": self.spf, "dkim": self.dkim, "dmarc": self.dmarc}
        return {name: value for name, value in named.items() if value}

    def proves(self, mail: IncomingMail, address: str) -> Proof:
        """Did our own look prove that the domain of this address wrote the mail? It never speaks against a sender."""
        domain = address.lower().rpartition("@")[2]
        is_proved = bool(self.domain) and domain == self.domain and is_only_sender(mail, address)
        return Proof.PASSED if is_proved else Proof.NOTHING


OURSELVES = "this server"
FACTS = ("checked_by", "spf", "dkim", "dmarc")
"""Names of the facts in the spool."""


def is_only_sender(mail: IncomingMail, address: str) -> bool:
    """Is the address alone in From, and From there but once? Otherwise nobody knows whom a check was about."""
    names = {one.address.lower() for one in mail.from_}
    return names == {address.lower()} and len(_FROM.findall(mail.message.headers)) == 1


_FROM = re.compile(r"^from[ \t]*:", re.I | re.M)
