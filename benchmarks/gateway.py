"""The mail gateway: small new tickets a second with one server process, and one very large mail beside them.

A real server on loopback; several senders post mails as `rtpy-mailgate` does. Then one mail of three thousand nested
parts in three megabytes is sent while small ones go on: it must be answered within ten seconds and hold up nobody.
"""

import statistics
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from common import arguments, kinds

from rtpy.testing.running import RunningSite, running_site
from rtpy.testing.servers import throwaway_postgres

BOUNDARY = "rtpy-benchmark"
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main() -> None:
    """Print mails a second and the waits beside the large one."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--mails", type=int, default=600)
    parser.add_argument("--senders", type=int, default=4)
    options = parser.parse_args()
    for kind in kinds(options.on):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rtpy-bench-")))
            folder.chmod(0o755)
            url = stack.enter_context(throwaway_postgres(folder)) if kind == "postgresql" else ""
            site = stack.enter_context(running_site(folder, password="benchmark benchmark", database_url=url))
            site.start("serve")
            print(f"Mail gateway on {kind}:")
            _flood(site, options.mails, options.senders)
            _one_large(site)


def _flood(site: RunningSite, mails: int, senders: int) -> None:
    for number in range(20):
        _post(site, _small(f"warm-{number}"))
    began, before = time.monotonic(), _processor(site)

    def send(first: int) -> None:
        for number in range(first, mails, senders):
            _post(site, _small(f"mail-{number}"))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    used = (_processor(site) - before) * 1000 / mails
    verdict = "within" if mails / took >= 60 else "BELOW"
    print(
        f"  {mails / took:.0f} new tickets a second, {used:.1f} ms processor each ({verdict} the goal of 60 a second)"
    )


def _one_large(site: RunningSite) -> None:
    waits: list[float] = []
    done = threading.Event()

    def trickle() -> None:
        number = 0
        while not done.is_set():
            began = time.monotonic()
            _post(site, _small(f"beside-{number}"))
            waits.append(time.monotonic() - began)
            number += 1
            time.sleep(0.05)

    thread = threading.Thread(target=trickle)
    thread.start()
    time.sleep(1)
    alone = len(waits)
    began = time.monotonic()
    _post(site, _nested())
    took = time.monotonic() - began
    done.set()
    thread.join()
    beside = waits[alone:] or [0.0]
    verdict = "within" if took <= 10 else "OVER"
    print(f"  3,000 nested parts in 3 MB: answered in {took:.2f} s ({verdict} the goal of 10 s)")
    print(
        f"  small mails meanwhile: {max(beside) * 1000:.0f} ms at most, "
        f"{statistics.median(waits[:alone]) * 1000:.0f} ms median before"
    )


def _small(token: str) -> bytes:
    return (
        f"From: {token} <{token}@client-{token}.example>\r\nTo: rt@localhost\r\nSubject: Trouble {token}\r\n"
        f"Message-ID: <{token}@client.example>\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\n\r\n"
        f"Hello,\r\n\r\nsomething is broken: {token}.\r\n\r\nRegards\r\n"
    ).encode()


def _nested(parts: int = 3000) -> bytes:
    lines = [
        "From: deep@client.example",
        "To: rt@localhost",
        "Subject: Deep",
        "Message-ID: <deep@client.example>",
    ]
    for number in range(parts):
        lines += [
            f'Content-Type: multipart/mixed; boundary="b{number}"',
            "",
            f"--b{number}",
            "Content-Type: text/plain",
        ]
        lines += ["", "x" * 950, f"--b{number}"]
    lines += ["Content-Type: text/plain", "", "at the bottom"]
    lines += [f"--b{number}--" for number in reversed(range(parts))]
    return "\r\n".join(lines).encode()


def _post(site: RunningSite, raw: bytes) -> None:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    body = (
        (
            f'{head}"queue"\r\n\r\nGeneral\r\n{head}"action"\r\n\r\ncorrespond\r\n'
            f'{head}"message"; filename="mail"\r\nContent-Type: application/octet-stream\r\n\r\n'
        ).encode()
        + raw
        + f"\r\n--{BOUNDARY}--\r\n".encode()
    )
    request = urllib.request.Request(
        f"{site.url}/REST/1.0/NoAuth/mail-gateway",
        body,
        {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    )
    with _OPENER.open(request, timeout=60) as answer:
        said = answer.read()
    if not said.startswith(b"ok"):
        raise RuntimeError(said.decode())


def _processor(site: RunningSite) -> float:
    """Seconds of processor time that the web server has used."""
    fields = Path(f"/proc/{site.pid('serve')}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


if __name__ == "__main__":
    main()
