"""The gateway's client: what it posts, and with which code it leaves (compared with RT's)."""

import http.server
import io
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rtpy.cli.mailgate import main
from rtpy.gateway.form import read_form

SCRIPT = Path(__file__).parents[2] / "sbin" / "rtpy-mailgate"
MAIL = b"From: ann@client.example\r\nSubject: x\n\n\xff\x00 body\r\n"


class Stub:
    """A server that gives one answer after the other, the last one for ever, and remembers what was posted."""

    def __init__(self):
        self.answers = [(200, "ok\n", {})]
        self.got = []
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                form = read_form(io.BytesIO(body), self.headers["Content-Type"], 10**7)
                stub.got.append((self.path, form, self.headers))
                status, text, headers = stub.answers[0] if len(stub.answers) == 1 else stub.answers.pop(0)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server():
    stub = Stub()
    yield stub
    stub.stop()


def run(server, *arguments, mail=MAIL, **environ):
    return main(["--url", server.url, *arguments], io.BytesIO(mail), environ)


def test_it_posts_every_byte_with_queue_and_action(server):
    assert run(server, "--queue", "General", "--action", "comment") == 0
    path, form, headers = server.got[0]
    assert (path, form.message) == ("/REST/1.0/NoAuth/mail-gateway", MAIL)
    assert form.fields == {"queue": "General", "action": "comment"}
    assert headers["User-Agent"].startswith("rt-mailgate/6.0.0")


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (200, "ok\n", 0),
        (200, "ok\nTicket: 7\n", 0),
        (200, "not ok - operation unsuccessful\n", 0),
        (200, "temporary failure - no queue\n", 75),
        (200, "", 75),
        (200, "<html>login</html>", 75),
        (404, "ok", 75),
        (413, "", 75),
        (429, "ok", 75),
        (500, "ok", 75),
        (503, "", 75),
    ],
)
def test_I5_exit_codes_are_those_of_RT(server, status, text, code):
    server.answers = [(status, text, {})]
    assert run(server) == code


def test_I5_a_refusal_bounces_only_when_that_is_asked_for(server):
    server.answers = [(200, "not ok - no\n", {})]
    assert run(server, "--bounce-refused") == 77


def test_a_redirect_is_posted_again_up_to_three_times(server):
    again = (302, "", {"Location": "/elsewhere"})
    server.answers = [again, again, again, (200, "ok\n", {})]
    assert (run(server), [path for path, _, _ in server.got][-1]) == (0, "/elsewhere")
    assert all(form.message == MAIL for _, form, _ in server.got)
    server.answers = [again]
    assert run(server) == 75


def test_no_server_is_a_temporary_failure(server):
    server.stop()
    assert run(server, "--timeout", "2") == 75


def test_no_url_is_a_wrong_usage(capsys):
    assert main(["--queue", "x"], io.BytesIO(MAIL), {}) == 1


def test_a_wrong_option_leaves_with_one(server):
    with pytest.raises(SystemExit) as left:
        run(server, "--extension", "colour")
    assert left.value.code == 1


def test_an_empty_mail_is_not_sent(server, capsys):
    assert (run(server, mail=b"\n"), server.got) == (0, [])
    assert "nothing was sent" in capsys.readouterr().err


@pytest.mark.parametrize("parameter", ["queue", "action", "ticket"])
def test_the_address_extension_becomes_the_parameter_and_a_header(server, parameter):
    run(server, "--extension", parameter, EXTENSION="77")
    form = server.got[0][1]
    assert (form.fields[parameter], form.message) == ("77", b"X-RT-Mail-Extension: 77\n" + MAIL)


def test_an_extension_cannot_add_header_lines(server):
    run(server, EXTENSION="a\nFrom: root@localhost")
    assert server.got[0][1].message.startswith(b"X-RT-Mail-Extension: aFrom: root@localhost\nFrom: ann")


def test_RTs_single_dashes_and_abbreviations_work(server):
    assert main(["-url", server.url, "-que", "General"], io.BytesIO(MAIL), {}) == 0
    assert server.got[0][1].fields["queue"] == "General"


def test_cookies_are_kept_in_the_jar(server, tmp_path):
    jar = tmp_path / "jar"
    server.answers = [(200, "ok\n", {"Set-Cookie": "RT_SID=abc"})]
    run(server, "--jar", str(jar))
    run(server, "--jar", str(jar))
    assert server.got[1][2]["Cookie"] == "RT_SID=abc"


def test_I5_its_own_spool_keeps_a_mail_and_hands_it_in_later(server, tmp_path):
    spool = tmp_path / "spool"
    server.answers = [(503, "", {}), (200, "ok\n", {})]
    assert run(server, "--spool", str(spool), "--queue", "General") == 0
    kept = list(spool.iterdir())
    assert (len(kept), kept[0].stat().st_mode & 0o777) == (1, 0o600)
    assert run(server, "--spool", str(spool), mail=b"From: b\n\nsecond") == 0
    assert [form.message for _, form, _ in server.got[1:]] == [b"From: b\n\nsecond", MAIL]
    assert (server.got[-1][1].fields["queue"], list(spool.iterdir())) == ("General", [])


def test_the_script_runs_without_anything_installed(server, tmp_path):
    script = tmp_path / "rtpy-mailgate"
    shutil.copy(SCRIPT, script)
    shutil.copy(SCRIPT.parents[1] / "rtpy" / "cli" / "mailgate.py", tmp_path)
    command = [sys.executable, "-I", "-S", str(script), "--url", server.url]
    done = subprocess.run(command, input=MAIL, env={"PATH": os.environ["PATH"]}, timeout=30)
    assert (done.returncode, server.got[0][1].message) == (0, MAIL)
