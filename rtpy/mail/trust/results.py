"""The Authentication-Results of our own mail server (RFC 8601): what it found out about the sender.

Read by hand and not with authres: that one leaves out what it cannot read, such as a quote that never closes, and
falls over brackets inside brackets; here both mean that somebody tries to speak for the server.
"""

import re
from collections.abc import Iterator

from rtpy.mail.message import IncomingMail
from rtpy.mail.trust.proof import Findings, Proof, is_only_sender

LONGEST = 4_000
"""Characters of the field that are read."""


def prove(mail: IncomingMail, address: str, authserv_id: str) -> Proof:
    """What the server named `authserv_id` says in its Authentication-Results about a sender's `address`.

    Only the first such field counts: a careful mail server removes those that a sender wrote under its name. It must
    speak of this address: one that is known by Reply-To, or that stands in From beside others, is never proved.
    """
    results = _results(mail, authserv_id)
    if results is None:
        return Proof.NOTHING
    proofs = {_result_on(address.lower(), result) for result in results.split(";")}
    if Proof.FAILED in proofs or set(results) & set('"()'):
        return Proof.FAILED
    if Proof.PASSED in proofs:
        return Proof.PASSED if is_only_sender(mail, address) else Proof.FAILED
    return Proof.NOTHING


def read_results(mail: IncomingMail, authserv_id: str) -> Findings:
    """The same field in words: each method with its verdict and the name it is about. Decides nothing."""
    results = _results(mail, authserv_id)
    if results is None:
        return Findings()
    words: dict[str, str] = {}
    for method, verdict, facts in _parsed(results):
        about = next((facts[name] for name in _ABOUT.get(method, ()) if facts.get(name)), "")
        said = f"{verdict} ({about[:120]})" if about else verdict
        words[method] = f"{words[method]}, {said}"[:300] if method in words else said[:300]
    return Findings(authserv_id, words.get("spf", ""), words.get("dkim", ""), words.get("dmarc", ""))


def _results(mail: IncomingMail, authserv_id: str) -> str | None:
    """The first field under that name, in lower case, without what the sender chose; None when there is none."""
    if not authserv_id:
        return None
    for field in _FIELD.finditer(mail.message.headers):
        server, _, rest = field[1].lower().partition(";")
        if server.split()[:1] == [authserv_id.lower()]:
            # Quoted words and comments hold what the sender chose, such as `"x; dmarc=pass"@evil.example`.
            return _CHOSEN.sub(" ", rest[:LONGEST])
    return None


def _parsed(results: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    for result in results.split(";"):
        words = result.split()
        method, _, verdict = (words[0] if words else "").partition("=")
        if verdict:
            yield method, verdict[:40], dict(word.split("=", 1) for word in words[1:] if "=" in word)


def _result_on(address: str, result: str) -> Proof:
    """One result, such as `dmarc=pass header.from=staff.example`: the domain, or the login, must be the address's."""
    for method, verdict, facts in _parsed(result):
        if method == "dmarc" and verdict.endswith("fail"):
            return Proof.FAILED
        if method == "dmarc" and verdict == "pass":
            domain = facts.get("header.from", "").rpartition("@")[2].rstrip(".")
            return Proof.PASSED if domain in ("", address.rpartition("@")[2]) else Proof.FAILED
        accounts = (facts.get("smtp.auth"), facts.get("smtp.mailfrom"))
        if method == "auth" and verdict == "pass" and address in accounts:
            return Proof.PASSED
    return Proof.NOTHING


_ABOUT = {
    "spf": ("smtp.mailfrom", "smtp.helo"),
    "dkim": ("header.d", "header.i"),
    "dmarc": ("header.from",),
}
_CHOSEN = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)', re.S)
_FIELD = re.compile(r"^authentication-results[ \t]*:((?:.*\n?)(?:[ \t].*\n?)*)", re.I | re.M)
