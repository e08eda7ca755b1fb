"""Who is proved to have written a mail: by our mail server's word, or by signatures that we check ourselves."""

import time

import authres
import pytest

from rtpy.config.config import Config
from rtpy.mail.message import read_mail
from rtpy.mail.trust.judge import RESOLVER
from rtpy.mail.trust.proof import Proof
from rtpy.mail.trust.resolver import Hurried
from rtpy.mail.trust.results import prove, read_results
from rtpy.mail.trust.signatures import check_signatures
from tests.mail.letters import letter
from tests.mail.signing import FIELDS, KEY, Names, signed

JO = "Jo <jo@staff.example>"
DKIM = "s1._domainkey.{}"


def look(raw, names=None):
    """What a mail's signatures prove: the domain and the words."""
    found = check_signatures(raw, Hurried(names or Names(), 5.0))
    return found.domain, found.dkim


def plain(**more):
    return letter("Hello.\n", sender=JO, message_id="<1@staff.example>", **more)


def test_a_signature_of_the_senders_domain_proves_it():
    assert look(signed(plain())) == ("staff.example", "pass (staff.example)")


PROVE_NOTHING = {
    "no signature": plain(),
    "the text was changed": signed(plain()).replace(b"Hello.", b"Pay me"),
    "the sender was changed": signed(plain()).replace(b"From: Jo ", b"From: Al "),
    "a second From on top": b"From: Boss <boss@staff.example>\r\n" + signed(plain()),
    "a second Subject on top": b"Subject: [rtpy #1]\r\n" + signed(plain()),
    "a second Content-Type": b"Content-Type: text/plain\r\nContent-Type: text/html\r\n" + signed(plain()),
    "two people in From": signed(letter(sender="jo@staff.example, mallory@evil.example")),
    "a length": signed(plain(), length=True) + b"Pay me.\r\n",
    "From is not signed": signed(plain(), fields=FIELDS).replace(b"h=from :", b"h=x-from :"),
    "Subject is not signed": signed(plain(), fields=(b"from", b"to")),
    "a header that ends twice": signed(plain()).replace(b"\r\n\r\n", b"\r\n \r\nPay me.\r\n\r\n", 1),
    "a line that is no field": b"Pay me\r\n" + signed(plain()),
    "a bare carriage return": b"X-A: b\rFrom: boss@staff.example\r\n" + signed(plain()),
    "somebody else's signature": signed(plain(), "evil.example"),
    "a NUL in the header": b"X-A: \x00\r\n" + signed(plain()),
}


@pytest.mark.parametrize("case", PROVE_NOTHING)
def test_what_somebody_could_have_tampered_with_proves_nothing(case):
    names = Names({DKIM.format("staff.example"): (KEY,), DKIM.format("evil.example"): (KEY,)})
    assert look(PROVE_NOTHING[case], names)[0] == ""


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ((), "no key"),
        ((KEY, KEY), "several keys"),
        ((KEY + "; t=y",), "the key is for tests"),
        ((KEY.replace("v=DKIM1", "t=s:y"),), "the key is for tests"),
        (("v=DKIM1; p=",), "fail"),
        ((KEY + ";" + " " * 2_000,), "the key is too long"),
        (("rubbish \xff",), "fail"),
    ],
)
def test_a_key_that_is_not_one_good_key_proves_nothing(keys, said):
    domain, words = look(signed(plain()), Names({DKIM.format("staff.example"): keys}))
    assert (domain, words.startswith(said)) == ("", True)


def test_a_silent_name_server_proves_nothing_and_accuses_nobody():
    assert look(signed(plain()), Names(silent=True)) == (
        "",
        "the name server did not answer (staff.example)",
    )


@pytest.mark.parametrize(
    ("sender", "signer", "records", "proved"),
    [
        ("jo@staff.example", "mail.staff.example", {}, False),
        ("jo@staff.example", "mail.staff.example", {"staff.example": "v=DMARC1; p=reject"}, True),
        ("jo@staff.example", "mail.staff.example", {"staff.example": "v=DMARC1; p=none; adkim=s"}, False),
        ("jo@staff.example", "mail.staff.example", {"staff.example": "v=DMARC2"}, False),
        ("jo@desk.staff.example", "staff.example", {"staff.example": "v=DMARC1; p=none"}, True),
        ("jo@desk.staff.example", "staff.example", {"desk.staff.example": "v=DMARC1; adkim=s"}, False),
        ("jo@desk.staff.example", "mail.staff.example", {"staff.example": "v=DMARC1"}, False),
        ("jo@staff.example", "evilstaff.example", {"staff.example": "v=DMARC1"}, False),
        ("jo@staff.example", "example", {"staff.example": "v=DMARC1"}, False),
        ("jo@gov.example", "evil.gov.example", {"example": "v=DMARC1"}, False),
    ],
)
def test_another_name_of_the_domain_signs_for_it_where_its_DMARC_record_lets_it(
    sender, signer, records, proved
):
    known = {f"_dmarc.{name}": (text,) for name, text in records.items()}
    raw = signed(letter(sender=sender, message_id="<2@x.example>"), signer)
    assert (look(raw, Names({DKIM.format(signer): (KEY,), **known}))[0] != "") is proved


def test_many_signatures_cost_few_questions():
    one = b"DKIM-Signature: v=1; a=rsa-sha256; d=staff.example; s=s%d; h=from:subject; bh=eA==; b=eA==\r\n"
    names = Names({})
    look(b"".join(one % number for number in range(2_000)) + plain(), names)
    assert len(names.asked) == 3


def bomb(head=b"", text=b"x", fields=b"from:subject"):
    mark = b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=staff.example; s=s1; h=%s; bh=eA==; b=eA==\r\n"
    return mark % fields + head + b"From: jo@staff.example\r\nSubject: x\r\n\r\n" + text


BOMBS = {
    "folded lines": bomb(head=b"X-A: b\r\n" + b" c\r\n" * 200_000),
    "fields": bomb(head=b"X-A: b\r\n" * 100_000),
    "a long line": bomb(head=b"X-A: " + b"b" * 2_000_000 + b"\r\n"),
    "signed names": bomb(fields=b":".join([b"from", b"subject", *[b"x-a"] * 50_000])),
    "blanks in the text": bomb(text=b" " * 2_000_000 + b"x"),
    "runs of blanks": bomb(text=(b" " * 3_000 + b"x") * 700),
    "blanks in a field": bomb(head=b"X-A:" + b"\t " * 100_000 + b"b\r\n"),
    "lines without an end": bomb(text=b"\r" * 2_000_000),
}


@pytest.mark.parametrize("case", BOMBS)
def test_A63_a_hostile_mail_takes_no_time_to_check(case):
    began = time.monotonic()
    assert look(BOMBS[case])[0] == ""
    assert time.monotonic() - began < 1.5


def test_no_more_time_than_allowed_is_spent_on_questions():
    class Slow:
        def texts(self, name, seconds):
            time.sleep(min(seconds, 0.3))
            return ()

    many = b"".join(
        b"DKIM-Signature: v=1; a=rsa-sha256; d=staff.example; s=s%d; h=from:subject; bh=eA==; b=eA==\n" % n
        for n in range(3)
    )
    began = time.monotonic()
    check_signatures(many + plain(), Hurried(Slow(), 0.2))
    assert time.monotonic() - began < 0.5


# --- our mail server's word -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "results",
    [
        "spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=a.example; dkim=pass (signature was verified) header.d=a.example"
        ";dmarc=pass action=none header.from=a.example;compauth=pass reason=100",
        "dkim=pass header.i=@a.example header.s=s1 header.b=abc; spf=softfail smtp.mailfrom=x@a.example",
        "none",
    ],
)
def test_an_ordinary_field_is_read_as_the_library_reads_it(results):
    theirs = {}
    for each in authres.AuthenticationResultsHeader.parse(f"Authentication-Results: mx.h; {results}").results:
        theirs.setdefault(each.method, each.result)
    ours = read_results(read_mail(letter(authentication_results=f"mx.h; {results}")), "mx.h")
    mine = {name: getattr(ours, name).partition(" ")[0] for name in ("spf", "dkim", "dmarc")}
    assert mine == {name: theirs.get(name, "") for name in ("spf", "dkim", "dmarc")}


@pytest.mark.parametrize("filling", ["(", '("', "; dmarc=", "\\(", "; a=b c=d"])
def test_a_hostile_field_takes_no_time_and_proves_nothing(filling):
    mail = read_mail(letter(sender=JO, authentication_results="mx.h; dkim=x " + filling * 30_000))
    began = time.monotonic()
    assert prove(mail, "jo@staff.example", "mx.h") is not Proof.PASSED
    assert time.monotonic() - began < 0.5


# --- a mail that comes in ---------------------------------------------------------------------------------------


@pytest.fixture
def options():
    return {"mail__check_dkim": True, "mail__trust_staff": "proved"}


@pytest.fixture
def config(tmp_path, database_engine, options):
    url = database_engine.url.render_as_string(hide_password=False)
    return Config.for_tests(tmp_path, database__url=url, **options)


@pytest.fixture
def names(app):
    app.caches[RESOLVER] = known = Names()
    return known


@pytest.fixture
def ticket(make, db):
    made = make.ticket()
    make.staff("jo")
    db.commit()
    return made


@pytest.mark.parametrize("sign", [signed, bytes])
def test_staff_who_must_be_proved_are_let_in_by_their_signature_only(send, names, spooled, ticket, sign):
    raw = letter("on it", sender="jo@staff.example", subject=f"[rtpy #{ticket.id}] Printer")
    row = spooled(send(sign(raw)))
    assert (row.ticket_id == ticket.id, row.state) == (sign is signed, "done")
    assert row.transport.get("dkim", "") == ("pass (staff.example)" if sign is signed else "no signature")


def test_no_question_is_asked_while_a_transaction_is_open(app, send, ticket, monkeypatch):
    open_sessions = []
    make = app.sessions

    class Counting:
        def texts(self, name, seconds):
            open_sessions.append(counted)
            return (KEY,)

    counted = 0

    def watched():
        nonlocal counted
        session = make()
        close = session.close
        counted += 1

        def closing():
            nonlocal counted
            counted -= 1
            close()

        session.close = closing
        return session

    app.caches[RESOLVER] = Counting()
    monkeypatch.setattr(app, "sessions", watched)
    send(signed(letter(sender="jo@staff.example")))
    assert open_sessions == [0]


def test_facts_that_a_caller_of_the_gateway_makes_up_do_not_count(send, names, spooled, ticket):
    raw = letter("on it", sender="jo@staff.example", subject=f"[rtpy #{ticket.id}] Printer")
    answer = send(raw, transport={"dkim": "pass (staff.example)", "envelope_sender": "jo@staff.example"})
    assert spooled(answer).ticket_id != ticket.id
    assert spooled(answer).transport == {
        "checked_by": "this server",
        "dkim": "no signature",
        "envelope_sender": "jo@staff.example",
    }
