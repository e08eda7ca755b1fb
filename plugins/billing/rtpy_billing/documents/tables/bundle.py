"""Electronic invoices as one ZIP file, for programs and portals that take files."""

from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from rtpy_billing.documents import ubl
from rtpy_billing.documents.electronic import problems
from rtpy_billing.documents.snapshot import Snapshot
from rtpy_billing.documents.tables.books import Books, LeftOut, Table

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same documents give the same bytes, whenever they are bundled
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def write(documents: Sequence[Snapshot], books: Books) -> Table:
    """The file `invoices-ubl.zip`; what lacks something for an electronic invoice is left out with the sentence."""
    out, left_out = BytesIO(), []
    with ZipFile(out, "w") as bundle:
        for place, document in enumerate(documents):
            lacking = problems(document)
            if lacking:
                left_out.append(LeftOut(place, document.number, lacking[0].message))
                continue
            # Numbers are unique by seller and kind only, so the place is part of the name.
            name = "".join(sign if sign in PLAIN else "-" for sign in document.number)
            info = ZipInfo(f"{place + 1:04}-{name}.xml", LONG_AGO)
            info.compress_type = ZIP_DEFLATED
            bundle.writestr(info, ubl.render(document))
    return Table("invoices-ubl.zip", out.getvalue(), tuple(left_out))
