"""A server that speaks as much S3 as the store of attachments does, over TLS, for tests; it checks every signature."""

import hashlib
import hmac
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from rtpy.testing.certificates import make_certificates

ACCESS_KEY = "access"
SECRET_KEY = "not a real secret"


class Bucket:
    """What lies in the one bucket `files`; `fails` is a status with which every call is answered, 0: none."""

    def __init__(self, url: str, authority: Path) -> None:
        self.url = url
        self.authority = authority
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.fails = 0
        self.calls: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    bucket: Bucket
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if self._is_refused(b""):
            return
        if parse_qs(asked.query).get("list-type"):
            self._answer(200, self._list(parse_qs(asked.query)), "application/xml")
        else:
            self._send_object()

    def do_HEAD(self) -> None:
        if not self._is_refused(b""):
            self._send_object()

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self._is_refused(data):
            self.bucket.objects[self._key()] = (data, datetime.now(UTC))
            self._answer(200, b"")

    def do_DELETE(self) -> None:
        if not self._is_refused(b""):
            self.bucket.objects.pop(self._key(), None)
            self._answer(204, b"")

    def log_message(self, format: str, *args: object) -> None:
        """Tests read other things."""

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/files/")

    def _is_refused(self, body: bytes) -> bool:
        self.bucket.calls.append(self.command)
        if self.bucket.fails:
            self._error(self.bucket.fails, "SlowDown")
        elif not urlsplit(self.path).path.startswith("/files"):
            self._error(404, "NoSuchBucket")
        elif not _is_signed(self.command, self.path, dict(self.headers.items()), body):
            self._error(403, "SignatureDoesNotMatch")
        else:
            return False
        return True

    def _send_object(self) -> None:
        found = self.bucket.objects.get(self._key())
        if found is None:
            self._error(404, "NoSuchKey")
        else:
            self._answer(200, found[0], written=found[1])

    def _list(self, asked: dict[str, list[str]]) -> bytes:
        """Two a page, so that paging is tried."""
        after = asked.get("continuation-token", [""])[0]
        prefix = asked.get("prefix", [""])[0]
        keys = sorted(key for key in self.bucket.objects if key.startswith(prefix) and key > after)
        items = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.bucket.objects[key][0])}</Size>"
            f"<LastModified>{self.bucket.objects[key][1]:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for key in keys[:2]
        )
        more = f"<NextContinuationToken>{escape(keys[1])}</NextContinuationToken>" if len(keys) > 2 else ""
        cut = str(len(keys) > 2).lower()
        return (
            '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<IsTruncated>{cut}</IsTruncated>{items}{more}</ListBucketResult>"
        ).encode()

    def _error(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code></Error>".encode(), "application/xml")

    def _answer(
        self,
        status: int,
        body: bytes,
        kind: str = "application/octet-stream",
        written: datetime | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if written:
            self.send_header("Last-Modified", format_datetime(written, usegmt=True))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _is_signed(method: str, target: str, headers: dict[str, str], body: bytes) -> bool:
    """Is the signature (version 4) the one that our secret gives, and the body the one that was signed?"""
    lower = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    kind, _, rest = lower.get("authorization", "").partition(" ")
    fields = dict(each.strip().partition("=")[::2] for each in rest.split(","))
    if kind != "AWS4-HMAC-SHA256" or lower.get("x-amz-content-sha256") not in (
        hashlib.sha256(body).hexdigest(),
        "UNSIGNED-PAYLOAD",
    ):
        return False
    access, day, region, service, ending = fields["Credential"].split("/")
    asked = urlsplit(target)
    names = fields["SignedHeaders"].split(";")
    canonical = "\n".join(
        (
            method,
            quote(unquote(asked.path), safe="/-_.~"),
            "&".join(sorted(asked.query.split("&"))),
            *(f"{name}:{lower[name]}" for name in names),
            "",
            ";".join(names),
            lower["x-amz-content-sha256"],
        )
    )
    scope = "/".join((day, region, service, ending))
    text = "\n".join(
        (kind, lower["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest())
    ).encode()
    key = f"AWS4{SECRET_KEY}".encode()
    for piece in (day, region, service, ending):
        key = hmac.digest(key, piece.encode(), "sha256")
    expected = hmac.new(key, text, "sha256").hexdigest()
    return access == ACCESS_KEY and hmac.compare_digest(expected, fields["Signature"])


@contextmanager
def running_bucket(folder: Path) -> Iterator[Bucket]:
    """A server on a free port of this machine until the end of the block; its certificates lie in `folder`."""
    certificates = make_certificates(folder)
    authority = folder / "authority.pem"
    authority.write_text(certificates.authority)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    bucket = Bucket(f"https://127.0.0.1:{server.server_address[1]}", authority)
    server.RequestHandlerClass.bucket = bucket  # type: ignore[attr-defined]
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
