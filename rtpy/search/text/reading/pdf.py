"""The text of PDF files, if the library pypdf is installed (`pip install rtpy[pdf]`)."""

import io

MOST_PAGES = 300
MOST_TEXT = 400_000
"""Letters after which enough was read."""


def read_pdf(data: bytes) -> str:
    """The pages in order; raises what the library raises for a broken or locked file. Empty without the library."""
    try:
        from pypdf import PdfReader
    except ImportError:
        return ""
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
