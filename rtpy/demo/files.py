"""Draws the files of the sample threads: screenshots, logs, tables and short PDF letters, from a few words."""

import csv
import io
import struct
import zlib
from datetime import datetime, timedelta
from random import Random

from rtpy.demo.events import DemoFile

_FONT = {
    letter: rows.split()
    for letter, rows in {
        "A": "010 101 111 101 101", "B": "110 101 110 101 110", "C": "011 100 100 100 011",
        "D": "110 101 101 101 110", "E": "111 100 110 100 111", "F": "111 100 110 100 100",
        "G": "011 100 101 101 011", "H": "101 101 111 101 101", "I": "111 010 010 010 111",
        "J": "001 001 001 101 010", "K": "101 101 110 101 101", "L": "100 100 100 100 111",
        "M": "101 111 111 101 101", "N": "110 101 101 101 101", "O": "010 101 101 101 010",
        "P": "110 101 110 100 100", "Q": "010 101 101 111 011", "R": "110 101 110 101 101",
        "S": "011 100 010 001 110", "T": "111 010 010 010 010", "U": "101 101 101 101 111",
        "V": "101 101 101 101 010", "W": "101 101 111 111 101", "X": "101 101 010 101 101",
        "Y": "101 101 010 010 010", "Z": "111 001 010 100 111", "0": "010 101 101 101 010",
        "1": "010 110 010 010 111", "2": "110 001 010 100 111", "3": "110 001 010 001 110",
        "4": "101 101 111 001 001", "5": "111 100 110 001 110", "6": "011 100 110 101 010",
        "7": "111 001 010 010 010", "8": "010 101 010 101 010", "9": "010 101 011 001 110",
        ".": "000 000 000 000 010", ":": "000 010 000 010 000", "-": "000 000 111 000 000",
        "/": "001 001 010 100 100", "!": "010 010 010 000 010", "?": "110 001 010 000 010",
        "%": "101 001 010 100 101", "(": "010 100 100 100 010", ")": "010 001 001 001 010",
    }.items()
}  # fmt: skip
_LOG_LINES = {
    "backup": (
        "Job '{words}' started",
        "Creating VSS snapshot of {host}",
        "Processing {host}: disk 1 of 2, {n} GB read",
        "Error: Failed to write to repository: no space left on device",
        "Retry {n} of 3 in 10 minutes",
        "Job '{words}' finished with 1 error, 0 warnings",
    ),
    "web": (
        '{ip} "GET / HTTP/2.0" 502 552 upstream prematurely closed connection',
        '{ip} "GET /shop/checkout HTTP/2.0" 502 552 connect() failed (111: Connection refused)',
        '{ip} "POST /wp-login.php HTTP/1.1" 200 {n}12',
        "php-fpm: pool www: server reached max_children setting ({n}), consider raising it",
        "kernel: Out of memory: Killed process {n}07 (php-fpm8.2)",
    ),
    "vpn": (
        "ike 0:{host}: negotiation start, peer {ip}:500",
        "ike 0:{host}: no SA proposal chosen",
        "ike 0:{host}: retransmit (count {n}) phase1 to {ip}",
        "ike 0:{host}: tunnel down, reason=dpd_timeout",
        "ssl-vpn: user login failed, reason=sslvpn_login_permission_denied",
    ),
    "database": (
        "LOG: duration: {n}842 ms statement: SELECT * FROM orders o JOIN order_lines l ON l.order_id = o.id",
        "LOG: checkpoint complete: wrote {n}113 buffers",
        "DETAIL: Process {n}01 waits for ShareLock on transaction; blocked by process {n}77",
        "WARNING: autovacuum not able to keep up on table order_lines",
        "LOG: duration: {n}015 ms statement: UPDATE stock SET reserved = reserved + 1 WHERE article = $1",
    ),
}
_TABLES = {
    "articles": ("ArticleNo", "Description", "Unit", "Price", "Stock"),
    "people": ("Name", "Department", "Start", "Laptop", "Phone"),
    "inventory": ("Device", "Serial", "User", "Windows", "Last seen"),
}
_CELLS = {
    "articles": (
        "hex bolt M8",
        "bearing 6204",
        "sealing ring",
        "cable 3x1.5",
        "flour type 550",
        "pallet EUR",
    ),
    "people": ("Sales", "Dispatch", "Accounting", "Workshop", "Reception", "Design"),
    "inventory": ("11 23H2", "10 22H2", "11 24H2", "10 22H2", "11 23H2", "Server 2019"),
}


def make_file(recipe: str, at: datetime, rng: Random) -> DemoFile:
    """The file of a recipe such as `error.png|VPN FAILED|ERROR 809`; its kind follows from its name.

    The words of a `.png` and `.pdf` are its lines; the first word of a `.log`, `.txt` or `.csv` is its kind.
    """
    name, *words = recipe.split("|")
    match name.rpartition(".")[2]:
        case "png":
            return DemoFile(name, "image/png", screenshot(words))
        case "csv":
            return DemoFile(name, "text/csv", table(words[0], rng))
        case "pdf":
            return DemoFile(name, "application/pdf", letter(words))
        case _:
            return DemoFile(name, "text/plain", log(words[0], words[1:], at, rng))


def screenshot(lines: list[str]) -> bytes:
    """A PNG of a window with these lines in it, as a customer would cut it from the screen."""
    width, height = max(300, 60 + 12 * max(map(len, lines))), 92 + 26 * len(lines)
    picture = _Picture(width, height, (240, 240, 240))
    picture.fill(0, 0, width, 26, (38, 70, 120))
    picture.fill(width - 26, 0, 26, 26, (200, 60, 50))
    picture.write(width - 18, 8, "X", (255, 255, 255), 2)
    picture.fill(14, 42, 22, 22, (200, 60, 50))
    picture.write(22, 46, "!", (255, 255, 255), 3)
    for number, line in enumerate(lines):
        picture.write(48, 46 + 26 * number, line, (30, 30, 30), 3)
    picture.fill(width - 90, height - 34, 76, 22, (210, 210, 210))
    picture.write(width - 62, height - 28, "OK", (30, 30, 30), 2)
    return picture.png()


def logo(word: str, color: tuple[int, int, int]) -> bytes:
    """A small PNG with a company's name, as it hangs below mails."""
    picture = _Picture(28 + 16 * len(word), 36, color)
    picture.write(14, 8, word, (255, 255, 255), 4)
    return picture.png()


class _Picture:
    """Pixels in rows, three bytes each."""

    def __init__(self, width: int, height: int, color: tuple[int, int, int]) -> None:
        self.width = width
        self.rows = [bytearray(bytes(color) * width) for _ in range(height)]

    def fill(self, left: int, top: int, width: int, height: int, color: tuple[int, int, int]) -> None:
        for row in self.rows[top : top + height]:
            right = min(left + width, self.width)
            row[3 * left : 3 * right] = bytes(color) * (right - left)

    def write(self, left: int, top: int, text: str, color: tuple[int, int, int], size: int) -> None:
        for place, letter in enumerate(text.upper()):
            for y, bits in enumerate(_FONT.get(letter, ["000"] * 5)):
                for x, bit in enumerate(bits):
                    if bit == "1":
                        self.fill(left + (4 * place + x) * size, top + y * size, size, size, color)

    def png(self) -> bytes:
        header = struct.pack(">IIBBBBB", self.width, len(self.rows), 8, 2, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in self.rows), 9)
        chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def log(kind: str, words: list[str], at: datetime, rng: Random) -> bytes:
    """Some twenty lines of a log that end shortly before `at`."""
    templates = _LOG_LINES[kind]
    moment = at - timedelta(minutes=rng.randint(20, 90))
    lines = []
    for number in range(rng.randint(14, 28)):
        moment += timedelta(seconds=rng.randint(1, 140))
        line = templates[number % len(templates)].format(
            words=" ".join(words) or "nightly",
            host=words[0] if words else "gw-1",
            ip=f"192.0.2.{rng.randint(2, 250)}",
            n=rng.randint(2, 48),
        )
        lines.append(f"{moment:%Y-%m-%d %H:%M:%S} {line}\n")
    return "".join(lines).encode("utf-8")


def table(kind: str, rng: Random) -> bytes:
    """A CSV as spreadsheets in Europe write it: semicolons, CRLF, a byte order mark."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_TABLES[kind])
    for number in range(rng.randint(12, 40)):
        cell = rng.choice(_CELLS[kind])
        price = f"{rng.randint(1, 240)},{rng.randint(0, 99):02}"
        row = [f"{kind[0].upper()}{1000 + number * 7}", cell, rng.choice(("pc", "box", "m")), price]
        writer.writerow([*row, rng.randint(0, 900)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def letter(lines: list[str]) -> bytes:
    """A PDF of one page: the first line large, the others below it."""
    shown = [f"BT /F1 {20 if not number else 11} Tf 60 {770 - 28 * number} Td ({_escape(line)}) Tj ET"
             for number, line in enumerate(lines)]  # fmt: skip
    stream = "\n".join(shown).encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table_at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table_at)
    return bytes(out)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
