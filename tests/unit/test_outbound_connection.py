"""One request outwards over a real socket: bounded in time and size, led nowhere else, encrypted and verified."""

import ssl
import subprocess
import time
from ipaddress import ip_address

import pytest

from rtpy.outbound.allowed import read_allowed
from rtpy.outbound.connection import LONGEST_HEAD, NoAnswer, ask
from rtpy.outbound.target import read_target
from tests.webhooks.receiver import answer, dripping, huge, receiving, reset, silent

LOOPBACK = read_allowed(("127.0.0.0/8",))


def post(url, *, seconds=2.0, most=1000, body=b"{}", **more):
    more = {"allowed": LOOPBACK, **more}
    return ask(
        "POST", read_target(url), headers={"X-One": "1"}, body=body, seconds=seconds, most=most, **more
    )


def test_a_request_and_its_answer():
    with receiving(answer(202, b"thanks", "X-Two: 2")) as receiver:
        found = post(receiver.url, body=b'{"a": 1}')
    assert (found.status, found.body, found.is_cut, found.header("x-two")) == (202, b"thanks", False, "2")
    (got,) = receiver.got
    assert (got.method, got.path, got.body) == ("POST", "/hook?key=1", b'{"a": 1}')
    assert got.headers == {
        "host": receiver.place,
        "accept-encoding": "identity",
        "connection": "close",
        "x-one": "1",
        "content-length": "8",
    }


ANSWERS = {
    "redirect": (answer(302, b"", "Location: http://127.0.0.1:1/"), 302, b"", False),
    "no length": (b"HTTP/1.0 200 OK\r\n\r\nhello", 200, b"hello", False),
    "chunked": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        200,
        b"abc",
        False,
    ),
    "short": (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc", 200, b"abc", True),
    "long": (answer(200, b"x" * 1001), 200, b"x" * 1000, True),
    "bad chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc", 200, b"", True),
    "after 100": (b"HTTP/1.1 100 Continue\r\n\r\n" + answer(201, b"y"), 201, b"y", False),
}


@pytest.mark.parametrize(("reply", "status", "body", "is_cut"), ANSWERS.values(), ids=ANSWERS)
def test_answers_of_all_kinds(reply, status, body, is_cut):
    with receiving(reply) as receiver:
        found = post(receiver.url)
    assert (found.status, found.body[:1000], found.is_cut) == (status, body, is_cut)
    assert receiver.connections == 1


BAD = {
    "reset": (reset, "reset|without an answer|closed"),
    "silent": (silent, "no answer within"),
    "empty": (b"", "without an answer"),
    "not http": (b"SSH-2.0-OpenSSH_9\r\n", "HTTP"),
    "dripping head": (dripping(b"HTTP/1.1 200 OK\r\nX-Long: "), "no answer within"),
    "long head": (b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * LONGEST_HEAD, "HTTP|too long|closed"),
    "long line": (b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 300_000, "HTTP|too long|closed"),
    "endless 100": (b"HTTP/1.1 100 Continue\r\n\r\n" * 9000, "HTTP|too long|closed"),
}


@pytest.mark.parametrize(("reply", "words"), BAD.values(), ids=BAD)
def test_what_is_no_answer_is_said(reply, words):
    with receiving(reply) as receiver, pytest.raises(NoAnswer, match=words):
        post(receiver.url, seconds=0.4)


@pytest.mark.parametrize("reply", [dripping(), huge], ids=["slow", "huge"])
def test_A45_a_slow_or_huge_body_is_cut(reply):
    began = time.monotonic()
    with receiving(reply) as receiver:
        found = post(receiver.url, seconds=0.5)
        took = time.monotonic() - began
    assert (found.status, found.is_cut) == (200, True)
    assert set(found.body) == {ord("x")}
    assert len(found.body) <= 1000
    assert took < 1.5


def test_nobody_listens():
    with receiving() as receiver:
        pass
    with pytest.raises(NoAnswer, match="refused"):
        post(receiver.url)


def test_a_slow_lookup_is_given_up():
    def slow(host, port, seconds):
        raise TimeoutError(f"the name {host} was not found within {seconds:.0f} seconds")

    with pytest.raises(NoAnswer, match=r"the name .* was not found"):
        post("https://hooks.example.com/", resolver=slow)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of hooks.example.com that signs itself, with its key."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    about = ("-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=DNS:hooks.example.com")
    command = ("openssl", "req", "-x509", *curve, "-keyout", key, "-out", cert, *about)
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    return cert, key


@pytest.fixture
def encrypted(certificate):
    """A receiver over TLS, which notes the name that it is asked for."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*certificate)
    names = []
    server.sni_callback = lambda _sock, name, _context: names.append(name)
    with receiving(wrap=lambda sock: server.wrap_socket(sock, server_side=True)) as receiver:
        yield receiver, names


def to_loopback(host, port, seconds):
    return [ip_address("127.0.0.1")]


def test_tls_is_verified_under_the_name_that_was_typed(encrypted, certificate):
    receiver, names = encrypted
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    url = f"https://hooks.example.com:{receiver.port}/x"
    found = post(url, resolver=to_loopback, context=trusting)
    assert found.status == 200
    assert names == ["hooks.example.com"]
    assert receiver.got[0].headers["host"] == f"hooks.example.com:{receiver.port}"


@pytest.mark.parametrize(
    ("host", "trusted", "words"),
    [
        ("hooks.example.com", False, "self.signed|not valid"),
        ("other.example.com", True, "mismatch|not valid"),
    ],
)
def test_tls_with_a_certificate_that_does_not_fit_sends_nothing(encrypted, certificate, host, trusted, words):
    receiver, _ = encrypted
    context = ssl.create_default_context(cafile=str(certificate[0])) if trusted else None
    with pytest.raises(NoAnswer, match=words):
        post(f"https://{host}:{receiver.port}/", resolver=to_loopback, context=context)
    assert receiver.got == []
