"""Checking the DKIM signatures of a mail ourselves (RFC 6376), as far as they can prove who stands in From.

It can only prove: a broken signature or a silent name server says nothing against a sender, since forwarders break
signatures and networks fail.
"""

import logging
import re
from dataclasses import dataclass

import dkim

from rtpy.mail.addresses import parse_addresses
from rtpy.mail.trust.alignment import speaks_for
from rtpy.mail.trust.proof import OURSELVES, Findings
from rtpy.mail.trust.resolver import Hurried, Unanswered

log = logging.getLogger("rtpy.mail.trust")

MOST_TRIED = 3
"""Signatures of one mail that are checked; the others are not looked at."""
LARGEST = 30 * 1024 * 1024
"""Bytes of a mail that is checked."""
LONGEST_HEADER, MOST_LINES, MOST_SIGNED, LONGEST_KEY = 256 * 1024, 5_000, 200, 1_500
"""Bytes and lines of a header, names in a signature, characters of a key: beyond them the library takes long."""
_ALONE = frozenset(
    {"from", "subject", "to", "cc", "date", "message-id", "reply-to", "content-type", "mime-version"}
)
"""Fields of which a mail has one at most: of two, one signed and one not, a reader may show the wrong one."""
_SIGNED = frozenset({"from", "subject"})
"""Fields that a signature must cover."""


def check_signatures(raw: bytes, resolver: Hurried) -> Findings:
    """What the signatures prove about the domain in From; asks the domain name system. Never raises."""
    header = _plain_header(raw)
    if header is None or len(raw) > LARGEST or _takes_too_long(raw):
        return Findings(OURSELVES, dkim="cannot be checked")
    names = [name for name, _ in header]
    if any(names.count(name) > 1 for name in _ALONE) or "from" not in names:
        return Findings(OURSELVES, dkim="cannot be checked: a field stands there twice")
    senders = parse_addresses(dict(header)["from"])
    domain = senders[0].address.rpartition("@")[2].lower().rstrip(".") if len(senders) == 1 else ""
    signatures = [value for name, value in header if name == "dkim-signature"]
    if not domain or not signatures:
        return Findings(OURSELVES, dkim="no signature" if domain else "cannot be checked: not one sender")
    said: list[str] = []
    for index, text in enumerate(signatures):
        signature = _read(text)
        if signature is None or not _could_speak_for(signature.domain, domain):
            continue
        if len(said) == MOST_TRIED:
            break
        try:
            problem = _problem(signature, raw, index, resolver)
            if problem is None and not speaks_for(signature.domain, domain, resolver):
                problem = f"not aligned with {domain}"
        except Unanswered:
            problem = "the name server did not answer"
        except Exception as error:  # the library raises whatever broken signatures make it raise
            log.info("a signature of %s could not be checked: %s", signature.domain, error)
            problem = "cannot be checked"
        if problem is None:
            words = f"pass ({signature.domain})"
            return Findings(OURSELVES, dkim=words, dmarc=f"pass ({domain})", domain=domain)
        said.append(f"{problem} ({signature.domain})")
    return Findings(OURSELVES, dkim=", ".join(said)[:300] or "no signature of the sender’s domain")


@dataclass(frozen=True, slots=True)
class _Signature:
    """The tags that matter here."""

    domain: str
    selector: str
    algorithm: str
    signed: frozenset[str]
    has_length: bool
    is_long: bool
    identity: str


def _read(text: str) -> _Signature | None:
    """A signature's tags; None when the name of its key cannot be asked for."""
    tags: dict[str, str] = {}
    for tag in text[:20_000].split(";"):
        name, equals, value = tag.partition("=")
        if equals:
            tags.setdefault(name.strip(), "".join(value.split()))
    domain, selector = tags.get("d", "").lower().rstrip("."), tags.get("s", "")
    if not (_NAME.fullmatch(domain) and "." in domain and _NAME.fullmatch(selector)):
        return None
    return _Signature(
        domain,
        selector,
        tags.get("a", "").lower(),
        frozenset(tags.get("h", "").lower().split(":")),
        "l" in tags,
        tags.get("h", "").count(":") >= MOST_SIGNED,
        tags.get("i", "").lower().rpartition("@")[2] or domain,
    )


def _could_speak_for(signer: str, domain: str) -> bool:
    return signer == domain or domain.endswith(f".{signer}") or signer.endswith(f".{domain}")


def _problem(signature: _Signature, raw: bytes, index: int, resolver: Hurried) -> str | None:
    """Why this signature proves nothing; None when it is good. May raise what the library raises."""
    if signature.algorithm not in ("rsa-sha256", "ed25519-sha256"):
        return "an algorithm that proves nothing"
    if signature.is_long:
        return "signs too many fields"
    if signature.has_length:
        return "signs a part of the text only"
    if not signature.signed >= _SIGNED:
        return "does not sign From and Subject"
    keys = resolver.texts(f"{signature.selector}._domainkey.{signature.domain}")
    if len(keys) != 1:
        return "several keys" if keys else "no key"
    if len(keys[0]) > LONGEST_KEY:
        return "the key is too long"
    flags = _flags(keys[0])
    if "y" in flags:
        return "the key is for tests"
    if "s" in flags and signature.identity != signature.domain:
        return "signed for another name"
    key = keys[0].encode("utf-8", "replace")
    checker = dkim.DKIM(raw, minkey=1024)
    is_good = checker.verify(idx=index, dnsfunc=lambda name, timeout=5: key)
    return None if is_good else "fail"


def _takes_too_long(raw: bytes) -> bool:
    """The library's time grows with the square of a run of blanks."""
    return sum((found.end() - found.start()) ** 2 for found in _BLANKS.finditer(raw)) > 200_000_000


def _flags(key: str) -> set[str]:
    for tag in key.split(";"):
        name, _, value = tag.partition("=")
        if name.strip() == "t":
            return {"".join(flag.split()).lower() for flag in value.split(":")}
    return set()


def _plain_header(raw: bytes) -> list[tuple[str, str]] | None:
    """The fields of a header in which nobody can disagree where it ends and what its lines are; else None.

    Our reader is kinder to broken mails than the library that checks signatures: of one that they would understand
    differently, a good signature proves nothing.
    """
    found = _END.search(raw[:LONGEST_HEADER])
    if found is None or raw[:1] in b" \t\r\n" or b"\x00" in raw[: found.start()]:
        return None
    lines = _LINE_END.split(raw[: found.start()])
    if len(lines) > MOST_LINES:
        return None
    fields: list[tuple[str, str]] = []
    for number, line in enumerate(lines):
        if b"\r" in line or not line.strip():
            return None
        if line[:1] in (b" ", b"\t"):
            if not fields:
                return None
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip().decode('utf-8', 'replace')}")
        elif match := _FIELD.match(line):
            value = line[match.end() :].strip().decode("utf-8", "replace")
            fields.append((match[1].decode("ascii").lower(), value))
        elif number or not line.startswith(b"From "):
            return None
    return fields


_END = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_FIELD = re.compile(rb"([!-9;-~]{1,200}):")
_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?", re.I)
_BLANKS = re.compile(rb"[ \t]{50,}")
