"""A snapshot as a PDF that looks like a firm's invoice: set by typst, readable aloud, fit for an archive."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

from rtpy.errors import Invalid, Problem
from rtpy_billing.documents.codes import bare, is_iban
from rtpy_billing.documents.printed import Plain, print_document
from rtpy_billing.documents.printed_statement import print_statement
from rtpy_billing.documents.snapshot import DocumentKind, Snapshot
from rtpy_billing.documents.statement import Statement
from rtpy_billing.money import plain

TEMPLATES = Path(__file__).parent / "typeset"
# For archives (PDF/A-2) with the tags that screen readers need (PDF/UA-1); see `_set`.
STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]
LARGEST_LOGO = 1_000_000  # bytes
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
ENDLESS = re.compile(r"\S{24}(?=\S{5})")
BREAK = "\u200b"  # where a line may break, without a hyphen or a space
EPC_LARGEST = 99_999_999_999  # cents


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture for the head of the page: PNG, JPEG or SVG."""

    content: bytes

    @property
    def format(self) -> str:
        """What it is by its first bytes; raises Invalid if it is none of the three, or too large."""
        if len(self.content) > LARGEST_LOGO:
            raise Invalid(Problem("logo", "The logo is larger than 1 MB; make it smaller."))
        if self.content.startswith(b"\x89PNG"):
            return "png"
        if self.content.startswith(b"\xff\xd8"):
            return "jpg"
        if b"<svg" in self.content[:1000]:
            return "svg"
        raise Invalid(Problem("logo", "The logo is neither PNG nor JPEG nor SVG."))


def render(document: Snapshot, logo: Logo | None = None) -> bytes:
    """The PDF of an invoice or credit note; of a preview one that says so across every page.

    The same snapshot and logo give the same bytes. About 50 ms for a page or two.
    """
    return set_pages("invoice", print_document(document), logo, document.issued_on, payment_code(document))


def render_statement(statement: Statement, logo: Logo | None = None) -> bytes:
    """The PDF of a customer's statement; it says that it was made on the day after its last."""
    return set_pages("statement", print_statement(statement), logo, statement.end)


def set_pages(template: str, page: Plain, logo: Logo | None, day: date, code: str | None = None) -> bytes:
    """The pages of `template` (a file in `typeset/`); `day` is when the PDF says that it was made.

    `code` is a drawing (SVG) for the box with the bank account.

    Text is data throughout: it goes in as JSON and is never read as markup. Raises Invalid for a logo that is broken.
    """
    created = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    inputs = {"document": json.dumps({**_readable(page), "code": code}), "logo": json.dumps(_logo(logo))}
    compiler = typst.Compiler(TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=_fonts())
    try:
        made = compiler.compile(sys_inputs=inputs, format="pdf", pdf_standards=STANDARDS, timestamp=created)
    except typst.TypstError as error:
        # An archive's PDF may not lack a letter. Where no font of this machine has one (Chinese, emoji), the invoice
        # must go out all the same: with a box in that place, and without the archive's seal.
        if "failed to decode image" in str(error):
            raise Invalid(Problem("logo", "The logo cannot be read as a picture: upload it anew.")) from error
        if "could not be displayed" not in str(error):
            raise
        made = compiler.compile(sys_inputs=inputs, format="pdf", timestamp=created)
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> typst.Fonts:
    """The fonts of the machine, looked for once."""
    return typst.Fonts()


def payment_code(document: Snapshot) -> str | None:
    """The QR code of European banks (EPC069-12) as SVG, for an invoice in euros to an IBAN; None for any other."""
    account = next((one for one in document.bank_accounts if is_iban(one.account)), None)
    payable = document.totals.payable
    if account is None or document.currency != "EUR" or document.kind is not DocumentKind.INVOICE:
        return None
    if document.is_preview or not 0 < payable <= EPC_LARGEST:
        return None
    holder = (account.holder or document.seller.legal_name or document.seller.name)[:70]
    reference = document.payment_reference or document.number
    is_creditor_reference = re.fullmatch(r"RF\d{2}[0-9A-Z]{1,21}", bare(reference)) is not None
    structured, free = (bare(reference), "") if is_creditor_reference else ("", reference[:140])
    amount = f"EUR{plain(payable, 'EUR')}"
    lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        bare(account.bic),
        holder,
        bare(account.account),
        amount,
        "",
        structured,
        free,
    ]
    text = "\n".join(CONTROLS.sub(" ", line).replace("\n", " ") for line in lines).rstrip("\n")
    drawn = BytesIO()
    segno.make(text, error="m", micro=False, encoding="utf-8").save(
        drawn, kind="svg", border=0, xmldecl=False
    )
    return drawn.getvalue().decode()


def _logo(logo: Logo | None) -> Plain | None:
    if logo is None:
        return None
    kind = logo.format
    return {
        "format": kind,
        "content": logo.content.decode("utf-8", "replace") if kind == "svg" else list(logo.content),
    }


def _readable(value: Any) -> Any:  # Any: JSON
    """The texts without signs that no page can show, and with places where an endless word may break."""
    if isinstance(value, str):
        return ENDLESS.sub(lambda word: f"{word[0]}{BREAK}", CONTROLS.sub("", value))
    if isinstance(value, dict):
        return {key: _readable(one) for key, one in value.items()}
    return [_readable(one) for one in value] if isinstance(value, list) else value
