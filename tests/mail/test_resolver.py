"""Asking a real name server, one of the test's own."""

import socket
import threading
import time

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from rtpy.mail.trust.resolver import DnsResolver, Hurried, Unanswered


@pytest.fixture
def server():
    """A name server on a free port: knows two names, denies others, says nothing about `silent.example`."""
    box = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    box.bind(("127.0.0.1", 0))
    box.settimeout(0.2)
    ended = threading.Event()

    def serve():
        while not ended.is_set():
            try:
                data, peer = box.recvfrom(4096)
            except TimeoutError:
                continue
            question = dns.message.from_wire(data)
            name = question.question[0].name.to_text()
            if name.startswith("silent"):
                continue
            answer = dns.message.make_response(question)
            answer.flags |= dns.flags.RA
            if name == "key.example.":
                answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", '"v=DKIM1; " "p=abc"'))
            elif name == "broken.example.":
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif name != "empty.example.":
                answer.set_rcode(dns.rcode.NXDOMAIN)
            box.sendto(answer.to_wire(), peer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield box.getsockname()[1]
    ended.set()
    thread.join()
    box.close()


@pytest.fixture
def resolver(server, monkeypatch):
    made = dns.resolver.Resolver(configure=False)
    made.nameservers, made.port = ["127.0.0.1"], server
    monkeypatch.setattr(dns.resolver, "Resolver", lambda: made)
    return DnsResolver()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("key.example", ("v=DKIM1; p=abc",)), ("empty.example", ()), ("missing.example", ())],
)
def test_texts_come_in_one_piece(resolver, name, expected):
    assert resolver.texts(name, 2.0) == expected


@pytest.mark.parametrize("name", ["silent.example", "broken.example", "a..b", "x" * 70 + ".example"])
def test_no_answer_is_said_so_in_time(resolver, name):
    began = time.monotonic()
    with pytest.raises(Unanswered):
        resolver.texts(name, 0.5)
    assert time.monotonic() - began < 1.5


def test_one_budget_for_all_questions(resolver):
    hurried = Hurried(resolver, 0.3)
    for _ in range(2):
        with pytest.raises(Unanswered):
            hurried.texts("silent.example")
