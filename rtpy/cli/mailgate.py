"""The mail gateway's client: reads a mail on standard input and posts it, a drop-in for RT's `rt-mailgate`.

Only the standard library of Python 3.6 is used, so that it starts fast and runs on a mail server without rtpy.
Exit codes: 0 taken in (or refused by policy: the sender must not get a bounce), 75 try again later, 1 wrong usage.
"""

import argparse
import http.client
import http.cookiejar
import json
import os
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any, BinaryIO, Dict, List, Mapping, NoReturn, Optional, Sequence, Tuple

PATH = "/REST/1.0/NoAuth/mail-gateway"
AGENT = "rt-mailgate/6.0.0 rtpy-mailgate"
TRY_LATER = 75
REFUSED = 77
REDIRECTS = 3
MOST_SPOOLED = 100
"""Mails of the spool that one run hands in."""


class TryLater(Exception):
    """The mail was not taken in, and may be the next time; `str()` says why."""


def main(
    argv: Optional[Sequence[str]] = None,
    stdin: Optional[BinaryIO] = None,
    environ: Optional[Mapping[str, str]] = None,
) -> int:
    """Run with the arguments `argv`; the exit code."""
    options = _parser().parse_args(_modern(sys.argv[1:] if argv is None else argv))
    environ = os.environ if environ is None else environ
    if not options.url:
        _parser().print_usage(sys.stderr)
        print("rtpy-mailgate: --url is needed: the address of the server", file=sys.stderr)
        return 1
    # All of it before connecting: a sender that breaks off hands in nothing.
    message = (stdin or sys.stdin.buffer).read()
    if not message.strip():
        print("rtpy-mailgate: no mail on standard input, nothing was sent", file=sys.stderr)
        return 0
    fields, message = _describe(options, message, environ)
    try:
        try:
            answer = post(options, fields, message)
        except TryLater as trouble:
            print(f"rtpy-mailgate: {trouble}", file=sys.stderr)
            return _keep(options.spool, fields, message) if options.spool else TRY_LATER
        _say(options, f"the server says: {answer.splitlines()[0]}")
        if options.spool:
            _hand_in_spooled(options)
    except OSError as trouble:
        print(f"rtpy-mailgate: {trouble}", file=sys.stderr)
        return TRY_LATER
    if answer.startswith("not ok"):
        print(f"rtpy-mailgate: {answer.splitlines()[0]}", file=sys.stderr)
        return REFUSED if options.bounce_refused else 0
    return 0


def post(options: argparse.Namespace, fields: Mapping[str, str], message: bytes) -> str:
    """Hand in one mail; the answer's text, which begins with `ok` or `not ok`. Raises TryLater for all else."""
    boundary, body = _form(fields, message)
    url = options.url.rstrip("/") + PATH
    opener = _opener(options)
    for _ in range(REDIRECTS + 1):
        _say(options, f"posting {len(body)} bytes to {url}")
        request = urllib.request.Request(
            url,
            data=body,
            headers={"Content-Type": "multipart/form-data; boundary=" + boundary, "User-Agent": AGENT},
        )
        try:
            with opener.open(request, timeout=options.timeout) as response:
                status = response.getcode()
                text: str = response.read(1000000).decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            location = error.headers.get("Location")
            if error.code in (301, 302, 303, 307, 308) and location:
                url = urllib.parse.urljoin(url, location)
                continue
            raise TryLater(f"the server answered with status {error.code}") from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise TryLater(f"the server at {url} cannot be reached: {error}") from error
        _say(options, f"status {status}: {text}")
        if text.lower().startswith(("ok", "not ok")):
            return text
        raise TryLater(
            text.strip().splitlines()[0][:300] if text.strip() else "the server's answer was empty"
        )
    raise TryLater(f"the server redirects again and again, lately to {url}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="rtpy-mailgate",
        description="Hands a mail on standard input to the server; for an alias or a pipe of a mail server.",
        epilog='Example for /etc/aliases: help: "|/opt/rtpy/sbin/rtpy-mailgate --url https://help.example.com/"',
    )
    parser.add_argument("--url", help="address of the server, without the path of the gateway")
    parser.add_argument("--queue", help="queue for new tickets (default: the first one)")
    parser.add_argument("--action", default="correspond", help="correspond (default) or comment")
    parser.add_argument(
        "--extension",
        choices=("queue", "action", "ticket"),
        help="take this from $EXTENSION, what stands after the + of an address",
    )
    parser.add_argument(
        "--timeout", type=int, default=180, help="seconds to wait for the server (default: 180)"
    )
    parser.add_argument("--jar", help="file that keeps cookies")
    parser.add_argument("--ca-file", help="certificates of the authorities to trust")
    parser.add_argument(
        "--verify-ssl", dest="verify", action="store_true", default=True, help=argparse.SUPPRESS
    )
    parser.add_argument(
        "--no-verify-ssl", "--noverify-ssl", dest="verify", action="store_false", help="trust any certificate"
    )
    parser.add_argument("--debug", action="store_true", help="say on standard error what happens")
    parser.add_argument(
        "--spool", help="folder that keeps the mail when the server cannot take it; the next run hands it in"
    )
    parser.add_argument(
        "--bounce-refused", action="store_true", help="leave with 77 when the server refuses a mail by policy"
    )
    return parser


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """RT's client leaves with 1, not with 2."""
        self.print_usage(sys.stderr)
        self.exit(1, f"{self.prog}: {message}\n")


def _modern(argv: Sequence[str]) -> List[str]:
    """RT's client takes `-queue` for `--queue`."""
    return ["-" + one if len(one) > 2 and one[0] == "-" and one[1] != "-" else one for one in argv]


def _describe(
    options: argparse.Namespace, message: bytes, environ: Mapping[str, str]
) -> Tuple[Dict[str, str], bytes]:
    """The form's fields, and the message with the address extension as a header, as RT's client adds it."""
    extension = environ.get("EXTENSION", "")
    fields = {"action": options.action}
    if options.queue:
        fields["queue"] = options.queue
    if options.extension and extension:
        fields[options.extension] = extension
    if environ.get("SENDER"):
        fields["envelope_sender"] = environ["SENDER"]
    if extension:
        shown = "".join(sign for sign in extension if sign.isprintable())[:200]
        message = f"X-RT-Mail-Extension: {shown}\n".encode("utf-8", "replace") + message
    return fields, message


def _form(fields: Mapping[str, str], message: bytes) -> Tuple[str, bytes]:
    """The boundary and the bytes of a multipart/form-data body; the message goes as it is."""
    boundary = uuid.uuid4().hex
    while boundary.encode() in message:
        boundary = uuid.uuid4().hex
    body = []
    for name, value in fields.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        body.append(head.encode() + value.encode("utf-8", "surrogateescape") + b"\r\n")
    body.append(
        b"--%s\r\n" % boundary.encode()
        + b'Content-Disposition: form-data; name="message"; filename="message"\r\n'
        + b"Content-Type: application/octet-stream\r\n\r\n"
    )
    body.append(message)
    body.append(b"\r\n--%s--\r\n" % boundary.encode())
    return boundary, b"".join(body)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """The post is repeated by hand: the library would make a GET of it."""


def _opener(options: argparse.Namespace) -> urllib.request.OpenerDirector:
    context = ssl.create_default_context(cafile=options.ca_file)
    if not options.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    handlers: List[urllib.request.BaseHandler] = [
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=context),
        _NoRedirect(),
    ]
    if options.jar:
        jar = http.cookiejar.LWPCookieJar(options.jar)
        if os.path.exists(options.jar):
            jar.load(ignore_discard=True)
        handlers.append(_SavedCookies(jar))
    return urllib.request.build_opener(*handlers)


class _SavedCookies(urllib.request.HTTPCookieProcessor):
    def __init__(self, jar: http.cookiejar.LWPCookieJar) -> None:
        super().__init__(jar)
        self._jar = jar

    def http_response(self, request: urllib.request.Request, response: Any) -> Any:
        response = super().http_response(request, response)
        self._jar.save(ignore_discard=True)
        return response

    https_response = http_response


def _keep(folder: str, fields: Mapping[str, str], message: bytes) -> int:
    """Put the mail into the spool, whole and on the disk, and say that all is well."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    name = uuid.uuid4().hex
    draft = os.path.join(folder, "tmp." + name)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(json.dumps(fields).encode() + b"\n" + message)
        out.flush()
        os.fsync(out.fileno())
    os.rename(draft, os.path.join(folder, "mail." + name))
    directory = os.open(folder, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)
    print(f"rtpy-mailgate: the mail is kept in {folder} for the next run", file=sys.stderr)
    return 0


def _hand_in_spooled(options: argparse.Namespace) -> None:
    """Hand in what earlier runs kept. Two at once may hand in the same mail: the server knows a duplicate."""
    if not os.path.isdir(options.spool):
        return
    names = [name for name in os.listdir(options.spool) if name.startswith("mail.")]
    for name in names[:MOST_SPOOLED]:
        file = os.path.join(options.spool, name)
        try:
            with open(file, "rb") as kept:
                fields, message = json.loads(kept.readline().decode()), kept.read()
            post(options, fields, message)
            os.unlink(file)
        except (TryLater, OSError, ValueError) as trouble:
            _say(options, f"{name} stays in the spool: {trouble}")
            return


def _say(options: argparse.Namespace, text: str) -> None:
    if options.debug:
        print(f"rtpy-mailgate: {text}", file=sys.stderr)


def __getattr__(name: str) -> Any:
    """The command `rtpy mailgate`, made only when somebody asks: click is not in the standard library."""
    if name != "mailgate":
        raise AttributeError(name)
    import click

    @click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def mailgate(arguments: Tuple[str, ...]) -> None:
        """Hand a mail on standard input to rtpy."""
        sys.exit(main(list(arguments)))

    return mailgate
