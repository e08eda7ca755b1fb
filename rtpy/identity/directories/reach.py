"""For whom a directory speaks: our own for everybody, a client's only for that client's people."""

from dataclasses import dataclass

from sqlalchemy import select

from rtpy.identity.directories.settings import Settings
from rtpy.models import OrganizationDomain
from rtpy.work import Work

UNCOVERED = (
    "is in no mail domain of this client, so it is not taken over: enter the domain at the organisation."
)


@dataclass(frozen=True, slots=True)
class Reach:
    """`domains`: the mail domains of the client whose directory it is; None for a directory of ours."""

    domains: frozenset[str] | None = None

    def covers(self, name: str) -> bool:
        """May it say that somebody has this address, or this login name?

        In a client's directory people may write what they like. An address there is believed in the client's own
        domains and below them only, or it would bring the tickets of whoever else has it; so is a name that looks
        like one, since people who wrote a mail are called by their address.
        """
        if self.domains is None or "@" not in name:
            return True
        labels = name.rpartition("@")[2].lower().split(".")
        return any(".".join(labels[start:]) in self.domains for start in range(len(labels)))


EVERYBODY = Reach()
"""Of a directory of ours."""


def reach_of(work: Work, settings: Settings) -> Reach:
    """One query for a client's directory."""
    if settings.organization_id is None:
        return EVERYBODY
    own = OrganizationDomain.organization_id == settings.organization_id
    return Reach(frozenset(work.db.scalars(select(OrganizationDomain.domain).where(own))))
