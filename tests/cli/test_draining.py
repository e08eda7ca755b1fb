"""The end of the web server: what it has in hand is answered whole, nothing new comes in, and not for ever."""

import socket
import threading
import time

import pytest
from waitress.server import create_server

from rtpy.cli.draining import run_until

LARGE = b"x" * 20_000_000
"""Far more than the buffers of a connection hold."""


@pytest.fixture
def serving(request):
    """A server whose requests wait for `go`; `stop` ends it."""
    go, stop, begun = threading.Event(), threading.Event(), threading.Semaphore(0)

    def application(environ, start_response):
        begun.release()
        go.wait(20)
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(LARGE)))])
        return [LARGE]

    server = create_server(application, host="127.0.0.1", port=0, threads=1)
    thread = threading.Thread(target=run_until, args=(server, stop), kwargs={"patience": request.param})
    thread.start()
    yield server.effective_port, go, stop, begun, thread
    go.set()
    stop.set()
    thread.join(15)
    assert not thread.is_alive()


def ask(port):
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    connection.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
    return connection


def read_all(connection):
    found = bytearray()
    while some := connection.recv(1_000_000):
        found += some
    return bytes(found)


def refuses(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("serving", [10.0], indirect=True)
def test_p13_what_is_in_hand_and_what_waits_for_a_thread_is_answered_whole(serving):
    port, go, stop, begun, thread = serving
    with ask(port) as first, ask(port) as waiting, socket.create_connection(("127.0.0.1", port)) as idle:
        assert begun.acquire(timeout=10)
        stop.set()
        deadline = time.monotonic() + 10
        while not refuses(port) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert refuses(port), "nothing new is taken in"
        idle.settimeout(10)
        assert idle.recv(10) == b"", "whoever asks for nothing is let go"
        assert thread.is_alive()
        go.set()
        answers = []
        readers = [
            threading.Thread(target=lambda each=each: answers.append(read_all(each)))
            for each in (first, waiting)
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(10)
        assert [answer.endswith(LARGE) for answer in answers] == [True, True]
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize("serving", [1.0], indirect=True)
def test_p13_a_request_that_never_ends_is_not_waited_for(serving, caplog):
    port, _go, stop, begun, thread = serving
    with ask(port):
        assert begun.acquire(timeout=10)
        began = time.monotonic()
        stop.set()
        thread.join(15)
        assert not thread.is_alive()
        assert 0.9 < time.monotonic() - began < 10
    assert "cut off" in caplog.text
