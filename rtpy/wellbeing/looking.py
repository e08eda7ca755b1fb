"""Looking at everything: the one list for the start page, `/ready`, `/metrics` and `rtpy check`."""

from collections.abc import Callable, Iterator, Sequence

from rtpy.wellbeing.connections import certificate_signs, directory_signs, mailbox_signs, webhook_signs
from rtpy.wellbeing.inside import backup_signs, disk_signs, failure_signs, search_signs
from rtpy.wellbeing.mails import mail_signs
from rtpy.wellbeing.sign import Grade, Sign
from rtpy.wellbeing.workers import worker_signs
from rtpy.work import Work

LOOKS: tuple[Callable[[Work], Iterator[Sign]], ...] = (
    worker_signs,
    mail_signs,
    mailbox_signs,
    webhook_signs,
    directory_signs,
    search_signs,
    failure_signs,
    disk_signs,
    certificate_signs,
    backup_signs,
)


def signs(work: Work) -> Sequence[Sign]:
    """Every sign, in the order of what matters first; some twenty queries whatever the size of the site.

    The database must be of this version and hold the first data. Whoever reads this in `work` sees all of it.
    """
    return [sign for look in LOOKS for sign in look(work)]


def worst(found: Sequence[Sign]) -> dict[str, Grade]:
    """Of each thing the worst grade among its signs."""
    order = list(Grade)
    grades: dict[str, Grade] = {}
    for sign in found:
        grades[sign.about] = max(grades.get(sign.about, Grade.FINE), sign.grade, key=order.index)
    return grades


def bad(found: Sequence[Sign]) -> list[Sign]:
    """Those that are not in order."""
    return [sign for sign in found if sign.grade is Grade.BAD]
