"""Who is to be forgotten: the accounts of one person with all their names and addresses, and what stands for them."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rtpy.mail.header_lines import encoded
from rtpy.mail.words import decode_text
from rtpy.models import User, UserAddress

_ENCODED = re.compile(
    r"=\?[^?\s]{1,80}\?[bq]\?[^?\s]*\?=(?:\s+=\?[^?\s]{1,80}\?[bq]\?[^?\s]*\?=)*", re.IGNORECASE
)
"""Encoded words side by side, as header lines write what is not ASCII."""


@dataclass(frozen=True, slots=True)
class Former:
    """One person: the ids of the account and of those merged into it, and the words that tell who it was."""

    id: int
    ids: tuple[int, ...]
    addresses: tuple[str, ...]
    full_names: tuple[str, ...]
    """Names of two words or more: they are nobody else's, as far as one can know."""
    short_names: tuple[str, ...]
    """Login names and single words: they are replaced only beside something that is surely about this person."""

    @property
    def name(self) -> str:
        """What people read afterwards."""
        return f"Former person {self.id}"

    @property
    def login(self) -> str:
        """The login name afterwards."""
        return f"former-person-{self.id}"

    def stand_in(self, address: str) -> str:
        """What stands where an address stood; no mail goes there, for that top level domain is nobody's."""
        at = self.addresses.index(address)
        return f"{self.login}{f'-{at + 1}' if at else ''}@anonymous.invalid"

    def sure(self) -> tuple[str, ...]:
        """Words that are found anywhere."""
        return (*self.addresses, *self.full_names)

    def without(self, text: str, *, about: bool = False) -> str:
        """`text` without the person. `about`: it names them and nobody else, so short names go wherever they stand."""
        text = self._without_sure(text)
        if "=?" in text:
            text = _ENCODED.sub(self._within_encoded, text)
        for name in self.short_names:
            text = (_word(name) if about else self._before_address(name)).sub(self.name, text)
        return text

    def _without_sure(self, text: str) -> str:
        for address in self.addresses:
            text = _word(address).sub(self.stand_in(address), text)
        for name in self.full_names:
            text = _word(name).sub(self.name, text)
        return text

    def _within_encoded(self, found: re.Match[str]) -> str:
        """The words again, without the person, or as they were; addresses around them are replaced already."""
        shown = decode_text(found[0])
        left = self._without_sure(shown)
        for name in self.short_names:
            if left.lower() == name.lower() and self._before_address("").match(found.string, found.end()):
                left = self.name
        return found[0] if left == shown else encoded(left)

    def _before_address(self, name: str) -> re.Pattern[str]:
        """As in `Ann <ann@example.com>`."""
        return re.compile(
            rf"(?<![\w.+-]){re.escape(name)}(?=\\?\"?\s*<{re.escape(self.login)}[-@])", re.IGNORECASE
        )


def _word(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.+-]){re.escape(words)}(?![\w-])", re.IGNORECASE)


def former_of(db: Session, user: User) -> Former:
    """The person with everybody who was merged into them."""
    people = db.scalars(
        select(User).where(or_(User.id == user.id, User.merged_into_id == user.id)).order_by(User.id)
    ).all()
    ids = tuple(each.id for each in people)
    further = db.scalars(
        select(UserAddress.address).where(UserAddress.user_id.in_(ids)).order_by(UserAddress.id)
    ).all()
    addresses = [each.email_address for each in people if each.email_address]
    addresses += [each.name for each in people if "@" in each.name]
    names = [name for each in people for name in (each.real_name, each.nick_name, each.gecos) if name.strip()]
    logins = [each.name for each in people if "@" not in each.name]
    full = [name for name in names if len(name.split()) > 1]
    short = [name for name in (*logins, *(each for each in names if each not in full)) if len(name) > 2]
    return Former(user.id, ids, _once((*addresses, *further)), _once(full), _once(short))


def _once(words: Collection[str]) -> tuple[str, ...]:
    """Each once, the longest first: “Ann Lee” must not be found within “Mary Ann Lee”."""
    known = {word.strip().lower(): word.strip() for word in words if word.strip()}
    return tuple(sorted(known.values(), key=lambda word: (-len(word), word)))
