"""Every mail of the corpora is read: nothing raises, nothing is lost, and other readers agree."""

import csv
import email
import hashlib
import json
import os
import re
import time
from collections.abc import Iterator
from email import policy
from email.message import Message as StdMessage
from functools import cache
from pathlib import Path

import pytest

from rtpy.content.part import Part, PartRole
from rtpy.content.plain import message_text
from rtpy.content.show import show_message
from rtpy.mail.message import IncomingMail, read_mail

CORPORA = Path(os.environ.get("RTPY_CORPORA", Path(__file__).parents[3] / "shared" / "corpora")) / "mail"


@cache
def listed() -> list[tuple[str, str, Path]]:
    manifest = CORPORA / "manifest.tsv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8") as lines:
        return [
            (row["folder"], row["kind"], CORPORA / row["folder"] / row["path"])
            for row in csv.DictReader(lines, delimiter="\t")
        ]


FOLDERS = sorted({folder for folder, kind, _ in listed() if kind in ("mail", "bounce")}) or ["corpora"]


@pytest.fixture(autouse=True)
def _corpora_are_here() -> None:
    if listed():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"The mail corpora are missing in {CORPORA}")
    pytest.skip(f"The mail corpora are not in {CORPORA}; set RTPY_CORPORA")


def mails_of(folder: str) -> Iterator[tuple[str, bytes]]:
    for name, kind, path in listed():
        if name == folder and kind in ("mail", "bounce"):
            yield str(path.relative_to(CORPORA)), path.read_bytes()


def words(text: str) -> str:
    return re.sub(r"\W+", "", text)


def same_bytes(data: bytes) -> str:
    """The blank lines at the end of a part belong to the boundary for some readers."""
    return hashlib.sha256(data.replace(b"\r\n", b"\n").strip(b"\n")).hexdigest()


def files(mail: IncomingMail) -> list[Part]:
    return [part for part in mail.message.parts if part.role in (PartRole.FILE, PartRole.INLINE)]


def all_words(mail: IncomingMail) -> str:
    return words(
        " ".join([*(p.text() for p in mail.message.parts if p.charset), message_text(mail.message.parts)])
    )


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_mail_is_read_and_shown_in_time(folder: str) -> None:
    for name, raw in mails_of(folder):
        begun = time.perf_counter()

        mail = read_mail(raw)
        show_message(mail.message.parts, lambda cid: None)

        assert time.perf_counter() - begun < 2, name
        assert [p.role for p in mail.message.parts].count(PartRole.BODY) <= 1, name
        for part in mail.message.parts:
            assert not part.charset or part.data.decode(part.charset, "replace") == part.text(), name


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_same_bytes_have_the_same_key_also_with_other_line_ends_and_traces(folder: str) -> None:
    for name, raw in mails_of(folder):
        if b"\r\n" in raw or b"\r" in raw or not re.match(rb"[A-Za-z-]+:", raw):
            continue
        again = b"Received: from elsewhere by here\r\n" + raw.replace(b"\n", b"\r\n")

        assert read_mail(raw).dedup_key == read_mail(again).dedup_key, name


# ── an independent parse: the standard library's ───────────────────────────────────────────────────────────────────

# Parts that the standard library reads otherwise, and why ours is right (or no worse).
OTHERWISE = {
    "cpython/test/test_email/data/msg_31.txt": "boundary in the header is not the one used; we use the used one",
    "enmime/testdata/low-quality/bad-header-wrap.raw": "a folded line lost its blank; we still undo base64",
    "enmime/testdata/low-quality/malformed-base64-attach.raw": "base64 goes on in the next line behind padding",
    "enmime/testdata/mail/mime-bad-content-transfer-encoding.raw": "text that claims to be base64 stays text",
    "flanker/tests/fixtures/messages/mailformed-headers.eml": "boundary is damaged; we find the part",
    "mime4j/core/src/test/resources/mimetools-testmsgs/multi-clen.msg": "folded boundary; we find the parts",
    "mime4j/core/src/test/resources/mimetools-testmsgs/multi-digest.msg": "folded boundary; we find the parts",
    "mime4j/core/src/test/resources/mimetools-testmsgs/sig-uu.msg": "uuencode is undone into a file",
    "mime4j/core/src/test/resources/mimetools-testmsgs/uu-junk.msg": "uuencode is undone into files",
    "mime4j/core/src/test/resources/testmsgs/multipartemptypart.msg": "an empty part; the epilogue is no text",
    "mimekit/UnitTests/TestData/messages/issue358.txt": "the header is damaged; we find its parts",
    "rt/t/data/emails/notes-uuencoded": "uuencode is undone into a file",
    "zammad/test/data/mail/mail025.box": "uuencode is undone into a file",
    "rspamd/test/functional/messages/btc2.eml": "boundary in the header is not the one used",
    "rspamd/test/functional/messages/btc3.eml": "boundary in the header is not the one used",
    "rspamd/test/functional/messages/btc4.eml": "boundary in the header is not the one used",
    "php-mime/tests/mails/issue84": "a folded line lost its blank; we read the header to its end",
    "webklex/tests/messages/issue-40.eml": "a folded line lost its blank; we read the header to its end",
    "rspamd/test/functional/messages/phish_sender2.eml": "a line lost its blank; we read the header to its end",
    "rspamd/test/functional/messages/phish_sender4.eml": "a line lost its blank; we read the header to its end",
    "zammad/test/data/mail/mail054.box": "folded lines lost their blanks; we read the header to its end",
    "sisimai/maildir/mac/lhost-mailmarshalsmtp-01.eml": "bare carriage returns become line feeds",
    "rspamd/test/functional/messages/phish_sender.eml": "boundary in the header is not the one used",
    "rspamd/test/functional/messages/phish_sender6.eml": "boundary in the header is not the one used",
    "sisimai/maildir/bsd/lhost-apachejames-01.eml": "a folded line lost its blank; we find the boundary",
    "sisimai/maildir/bsd/lhost-office365-09.eml": "a folded line lost its blank; we find the boundary",
    "sisimai/maildir/bsd/lhost-office365-10.eml": "a folded line lost its blank; we find the boundary",
    "spamscope/tests/mails/mail_malformed_3": "boundary is damaged; we find the part",
    "stalwart/resources/eml/malformed/004.eml": "boundaries in the headers are not the ones used",
    "stalwart/resources/eml/malformed/019.eml": "random damage; we find more parts",
    "stalwart/resources/eml/thirdparty/002.eml": "rubbish behind base64 is no part of the text",
    "stalwart/resources/eml/thirdparty/003.eml": "blanks around the transfer encoding; we undo it",
}


def leaves(message: StdMessage) -> Iterator[StdMessage]:
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            yield from leaves(part)
    elif not message.get_content_type().startswith("message/"):
        yield message


@pytest.mark.parametrize("folder", FOLDERS)
def test_parts_agree_with_the_standard_library(folder: str) -> None:
    wrong = []
    for name, raw in mails_of(folder):
        mail = read_mail(raw)
        ours = {same_bytes(part.data) for part in mail.message.parts}
        for leaf in leaves(email.message_from_bytes(raw, policy=policy.compat32)):
            data = leaf.get_payload(decode=True)
            if not isinstance(data, bytes) or not data.strip() or same_bytes(data) in ours:
                continue
            charset = leaf.get_content_charset() or "utf-8"
            try:
                text = words(data.decode(charset, "replace"))
            except LookupError:
                text = words(data.decode("utf-8", "replace"))
            if not (
                leaf.get_content_maintype() in ("text", "multipart") and text and text in all_words(mail)
            ):
                wrong.append((name, leaf.get_content_type(), len(data)))

    assert [one for one in wrong if one[0] not in OTHERWISE] == []


# ── subjects and senders: the standard library's where it does not lose or break text ──────────────────────────────

OTHER_SUBJECT = {
    "flanker/tests/fixtures/messages/long-header.eml": "cut at 10,000 characters",
    "flanker/tests/fixtures/messages/spam/broken-headers.eml": "a control character is left out",
    "stalwart/resources/eml/malformed/019.eml": "first line is damaged; we read on",
    "php-mime/tests/mails/issue84": OTHERWISE["php-mime/tests/mails/issue84"],
    "webklex/tests/messages/issue-40.eml": OTHERWISE["webklex/tests/messages/issue-40.eml"],
    "rspamd/test/functional/messages/phish_sender2.eml": OTHERWISE[
        "rspamd/test/functional/messages/phish_sender2.eml"
    ],
    "rspamd/test/functional/messages/phish_sender4.eml": OTHERWISE[
        "rspamd/test/functional/messages/phish_sender4.eml"
    ],
    "zammad/test/data/mail/mail054.box": OTHERWISE["zammad/test/data/mail/mail054.box"],
    "spamscope/tests/mails/mail_test_9": "GB 18030, of which the standard library knows a part under that name",
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_subjects_agree_with_the_standard_library(folder: str) -> None:
    wrong = []
    for name, raw in mails_of(folder):
        try:
            message = email.message_from_bytes(raw, policy=policy.default)
            theirs = " ".join(str(message["subject"] or "").replace("\0", "").split())
        except (ValueError, IndexError, LookupError, TypeError, AttributeError):
            continue
        ours = " ".join(read_mail(raw).subject.split())
        if theirs != ours and "\ufffd" not in theirs and name not in OTHER_SUBJECT:
            wrong.append((name, theirs, ours))

    assert wrong == []


# ── zammad's own expectations ───────────────────────────────────────────────────────────────────────────────────────

ZAMMAD = "zammad/test/data/mail"
ZAMMAD_OTHERWISE = {
    ("mail019", "from_email"): "From holds no address; zammad takes Reply-To, as our sender does",
    ("mail050", "from_email"): "zammad gives nothing for an address that can be read",
    ("mail076", "from_email"): "a bracket without its partner is no part of an address",
    ("mail087", "from_email"): "`Test test@example.com` is a name and an address",
    ("mail015", "files"): "zammad leaves the file out",
    ("mail025", "files"): "uuencode is undone",
    ("mail038", "files"): "zammad verifies the signature and drops it",
    ("mail040", "files"): "zammad verifies the signature and drops it",
    ("mail041", "files"): "zammad opens the envelope and drops it",
    ("mail053", "files"): "the parts of a delivery report are listed",
    ("mail062", "files"): "zammad makes up names, and files from HTML parts",
    ("mail063", "files"): "the parts of a delivery report are listed",
    ("mail080", "files"): "zammad makes up a name",
    ("mail087", "files"): "zammad lists a part that is not there",
}


def scalar(value: str) -> str:
    """A YAML scalar of the flat kinds that occur there."""
    value = value.strip()
    if value.startswith('"'):
        value = re.sub(r"\\\n\s*\\?", "", value)
        return json.loads(
            re.sub(r"\\x(..)|\\_", lambda m: f"\\u00{m[1] or 'a0'}", " ".join(value.split("\n")))
        )
    return value[1:-1].replace("''", "'") if value.startswith("'") else value


def zammad_expectations() -> Iterator[tuple[str, dict[str, str], list[str], IncomingMail]]:
    for path in sorted((CORPORA / ZAMMAD).glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        fields = {
            match[1]: scalar(match[2])
            for match in re.finditer(r"(?m)^(subject|from_email): ?(.*(?:\n  .*)*)", text)
        }
        names = [scalar(name) for name in re.findall(r"(?m)^\s*(?:- |  )filename: (.*)$", text)]
        yield path.stem, fields, names, read_mail(path.with_suffix(".box").read_bytes())


def test_zammads_expectations_hold() -> None:
    wrong = []
    for name, fields, names, mail in zammad_expectations():
        ours = {
            "subject": " ".join(mail.subject.split()),
            "from_email": mail.from_[0].address if mail.from_ else "",
            "files": sorted(part.filename for part in files(mail)),
        }
        theirs = {
            "subject": " ".join(fields.get("subject", "").split()),
            "from_email": fields.get("from_email", ""),
            "files": sorted(one for one in names if one != "message.html"),
        }
        wrong += [
            (name, key, theirs[key], ours[key])
            for key in ours
            if theirs[key] != ours[key] and (name, key) not in ZAMMAD_OTHERWISE
        ]

    assert wrong == []


# ── mime4j's decoded parts, byte for byte ───────────────────────────────────────────────────────────────────────────

MIME4J_OTHERWISE = {
    "frag_decoded_1_2_1_2_1_2_1_2.bin": "cut off in the midst of base64: we keep its last two bytes",
    "multi-frag_decoded_1_3_2.bin": "letters of a damaged boundary stand in the base64",
    "sig-uu_decoded_1.txt": "uuencode is undone into a file",
    "uu-junk_decoded_1_2.txt": "uuencode is undone into files",
    "weird-boundary_decoded_1_1.txt": "a boundary that ends in blanks, which RFC 2046 forbids",
}


def test_mime4js_decoded_parts_are_ours() -> None:
    wrong = []
    for path in sorted((CORPORA / "mime4j").rglob("*_decoded_*")):
        source = path.with_name(re.sub(r"_decoded_.*", ".msg", path.name))
        wanted = path.read_bytes()
        if path.name in MIME4J_OTHERWISE or not source.exists() or not wanted.strip():
            continue
        mail = read_mail(source.read_bytes())
        carried = [part.data for part in files(mail) if part.content_type == "message/rfc822"]
        if same_bytes(wanted) in {same_bytes(part.data) for part in mail.message.parts}:
            continue
        if words(wanted.decode("latin-1")) in all_words(mail) or words(
            wanted.decode("utf-8", "replace")
        ) in all_words(mail):
            continue
        if not any(holds(data, wanted) for data in carried):
            wrong.append(path.name)

    assert wrong == []


def holds(carried: bytes, wanted: bytes) -> bool:
    """Whether a mail carried as a file holds the part, at any depth."""
    inner = read_mail(carried)
    if words(wanted.decode("latin-1")) in words(carried.decode("latin-1")):
        return True
    return any(
        same_bytes(part.data) == same_bytes(wanted)
        or words(wanted.decode("latin-1")) == words(part.data.decode("latin-1"))
        or (part.content_type == "message/rfc822" and holds(part.data, wanted))
        for part in inner.message.parts
    )


# ── stalwart's parse ────────────────────────────────────────────────────────────────────────────────────────────────

STALWART_OTHERWISE = {
    "malformed/020": "the second text is found behind a missing boundary, where stalwart shows its source",
}


def test_stalwarts_texts_and_names_are_ours() -> None:
    wrong = []
    root = CORPORA / "stalwart" / "resources" / "eml"
    for path in sorted(root.rglob("*.json")):
        name = str(path.relative_to(root))[:-5]
        theirs = json.loads(path.read_text(encoding="utf-8"))
        mail = read_mail(path.with_suffix(".eml").read_bytes())
        texts = all_words(mail)
        for index in {*theirs["text_body"], *theirs["html_body"]}:
            body = theirs["parts"][index]["body"]
            text = (body.get("Text") or body.get("Html") or "") if isinstance(body, dict) else ""
            if words(text) not in texts and name not in STALWART_OTHERWISE:
                wrong.append((name, "text", text[:80]))
        for header in theirs["parts"][0]["headers"]:
            if header["name"] == "subject" and header["value"]["Text"].split() != mail.subject.split():
                wrong.append((name, "subject", header["value"]["Text"]))
        named = {file_name(theirs["parts"][index]) for index in theirs["attachments"]} - {""}
        if not named <= {part.filename for part in files(mail)}:
            wrong.append((name, "names", str(named)))

    assert wrong == []


def file_name(part: dict) -> str:
    values = [header["value"] for header in part["headers"] if isinstance(header["value"], dict)]
    attributes = [a for value in values for a in (value.get("ContentType") or {}).get("attributes") or []]
    return next((a["value"] for a in attributes if a["name"] in ("filename", "name")), "")
