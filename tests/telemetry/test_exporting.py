"""Beginning and ending: what is asked for at the start, where spans go, and how long the end may take."""

import subprocess
import sys
import threading
import time

import pytest

from rtpy.config import BadConfig
from rtpy.config.config import Config
from rtpy.errors import Invalid
from rtpy.telemetry.exporting import headers_of, start_exporting, stop_exporting
from rtpy.telemetry.spans import collector as who_collects
from rtpy.telemetry.spans import span
from tests.webhooks.receiver import answer


def start(tmp_path, **options):
    start_exporting(
        Config.for_tests(tmp_path, **{f"telemetry.{name}": each for name, each in options.items()})
    )


def test_spans_go_to_the_endpoint_alone_with_its_headers(tmp_path, collector, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    there = f"http://{collector.receiver.place}/elsewhere"
    collector.receiver.replies = [answer(307, b"", f"Location: {there}")]
    start(tmp_path, endpoint=f"{collector.url}/otlp/", headers="Authorization=Bearer a%2Cb, X-Team=it")
    with span("work"):
        pass
    stop_exporting()
    (got,) = collector.receiver.got
    assert (got.method, got.path) == ("POST", "/otlp/v1/traces")
    assert (got.headers["authorization"], got.headers["x-team"]) == ("Bearer a,b", "it")


def test_the_end_does_not_wait_for_a_collector_that_says_nothing(tmp_path, collector, monkeypatch):
    monkeypatch.setattr("rtpy.telemetry.exporting.PATIENCE", 0.2)
    monkeypatch.setattr("rtpy.telemetry.wire.LAST", 8.0)
    is_over = threading.Event()
    collector.receiver.usual = lambda sock: is_over.wait(8)
    start(tmp_path, endpoint=collector.url)
    with span("work"):
        pass
    began = time.monotonic()
    stop_exporting()
    took = time.monotonic() - began
    is_over.set()
    assert took < 3
    assert who_collects() is None


def test_missing_libraries_are_said_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "rtpy.telemetry.collecting", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(
        Invalid, match=r"^telemetry\.endpoint is set, .*: install rtpy\[otel\], or leave it empty\.$"
    ):
        start(tmp_path, endpoint="https://otel.example.com")


def test_a_secret_header_does_not_go_unencrypted_to_another_machine(tmp_path):
    with pytest.raises(Invalid, match="https://"):
        start(tmp_path, endpoint="http://otel.example.com:4318", headers="Authorization=Bearer x")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sample", 1.5),
        ("sample", "much"),
        ("sample", True),
        ("endpoint", "http://u:p@otel"),
        ("headers", "x"),
    ],
)
def test_an_option_that_cannot_be_is_refused(tmp_path, name, value):
    with pytest.raises(BadConfig, match=f"telemetry.{name} must be"):
        Config.for_tests(tmp_path, **{f"telemetry.{name}": value})


def test_a_share_may_be_written_as_text(tmp_path):
    assert Config.for_tests(tmp_path, telemetry__sample="0.25").telemetry.sample == 0.25
    assert headers_of("") == {}


def test_who_wants_no_traces_loads_nothing_for_them():
    asked = (
        "import sys, rtpy.telemetry.statements; from rtpy.telemetry.exporting import exporting;"
        "from rtpy.telemetry.spans import span; from rtpy.config import load_config\n"
        "with exporting(load_config(environ={})), span('x') as told: assert not told.is_kept\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry', 'requests'))])"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60)
    assert told.stdout.strip() == "[]", told.stderr
