"""The text of PDF files."""

import io

from pypdf import PdfReader

MOST_PAGES = 300
MOST_TEXT = 400_000
"""Letters after which enough was read."""


def read_pdf(data: bytes) -> str:
    """The pages in order; empty for a locked file. Raises what the library raises for a broken one."""
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        return ""
    pieces: list[str] = []
    for page in reader.pages[:MOST_PAGES]:
        try:
            pieces.append(page.extract_text())
        except RecursionError:
            continue
        if sum(map(len, pieces)) > MOST_TEXT:
            break
    return "\n".join(pieces)
