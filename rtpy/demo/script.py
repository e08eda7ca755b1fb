"""The three months of the sample consultancy as a list of events, decided by a seed and an end alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from rtpy.demo.events import Event, MailIn, PhoneTicket
from rtpy.demo.hours import first_moment
from rtpy.demo.people import Consultancy, Customer, Organization, consultancy, demo_folder
from rtpy.demo.telling import Cast, Teller
from rtpy.demo.threads import Plot, read_plots, read_words

TICKETS = 300
DUPLICATES = 12
"""Of the tickets, those that tell again what a colleague has told; staff merge them."""
DAYS = 90


def script(seed: int, end: datetime, folder: Path | None = None) -> Iterator[Event]:
    """Every event of the 90 days before `end` (aware), in order of time; exactly 300 of them open a ticket.

    The same seed and end give the same events, byte for byte. `folder` holds the texts, by default `share/demo`.
    """
    folder = folder or demo_folder()
    words = read_words(folder)
    house = consultancy(seed, folder)
    rng = Random(f"{seed}:script")
    events: list[Event] = []
    played: set[tuple[str, str]] = set()
    for casting in _castings(house, read_plots(folder / "threads"), end, rng):
        cast = _cast(casting, house, played, rng)
        events.extend(Teller(cast, house, words, end, Random(f"{seed}:{cast.key}")).tell())
    return iter(sorted(events, key=lambda event: event.at))


def opens_ticket(event: Event) -> bool:
    """Whether an event makes a new ticket."""
    return isinstance(event, PhoneTicket) or (isinstance(event, MailIn) and event.opens)


@dataclass(frozen=True, slots=True)
class _Casting:
    plot: Plot
    number: int
    starts: datetime
    has_duplicate: bool


def _castings(house: Consultancy, plots: tuple[Plot, ...], end: datetime, rng: Random) -> list[_Casting]:
    """Which plot begins when; as many of each as its weight says, at least one."""
    threads = TICKETS - DUPLICATES
    bag = [(plot, 0) for plot in plots]
    total = sum(plot.weight for plot in plots)
    room = threads - len(plots)
    shares = {plot.name: plot.weight / total * room for plot in plots}
    counts = {name: int(share) for name, share in shares.items()}
    by_rest = sorted(plots, key=lambda plot: counts[plot.name] - shares[plot.name])
    for plot in by_rest[: room - sum(counts.values())]:
        counts[plot.name] += 1
    for plot in plots:
        bag.extend((plot, number) for number in range(1, counts[plot.name] + 1))
    rng.shuffle(bag)
    doubled = [place for place, (plot, _) in enumerate(bag) if plot.duplicates and place < len(bag) - 20]
    chosen = set(rng.sample(doubled, DUPLICATES))
    starts = _starts(bag, end, rng)
    return [
        _Casting(plot, number, at, place in chosen)
        for place, ((plot, number), at) in enumerate(zip(bag, starts, strict=True))
    ]


def _starts(bag: list[tuple[Plot, int]], end: datetime, rng: Random) -> list[datetime]:
    begin = end - timedelta(days=DAYS)
    starts = []
    for place, (plot, _) in enumerate(bag):
        day = begin + timedelta(days=DAYS * (place + rng.random()) / len(bag))
        role = plot.steps[0].role
        at = first_moment(day, rng, is_machine=role == "machine", in_office=role == "phone")
        while at >= end - timedelta(minutes=5):
            at = first_moment(at - timedelta(days=1.5), rng, is_machine=True, in_office=False)
        starts.append(max(at, begin + timedelta(minutes=place)))
    return starts


def _cast(casting: _Casting, house: Consultancy, played: set[tuple[str, str]], rng: Random) -> Cast:
    """Who plays: a client that the plot fits, a person of it who writes that language, and a colleague.

    Nobody plays a plot twice while there are others who could; `played` notes who did.
    """
    plot = casting.plot
    fitting = [
        organization
        for organization in house.organizations
        if (not plot.only or organization.key in plot.only)
        and all(need in organization.facts for need in plot.needs)
    ]
    people = [
        (organization, customer)
        for organization in fitting
        for customer in house.customers
        if customer.organization == organization.key and customer.language == plot.language
    ]
    people = [each for each in people if (plot.name, each[1].email) not in played] or people
    # A client's chance is its own, however many people of it have had their turn.
    weights = [
        organization.writes / sum(other is organization for other, _ in people) for organization, _ in people
    ]
    organization, customer = rng.choices(people, weights)[0]
    played.add((plot.name, customer.email))
    return Cast(
        key=f"{plot.name}-{casting.number + 1}",
        plot=plot,
        number=casting.number,
        starts=casting.starts,
        organization=organization,
        customer=customer,
        colleague=_colleague(house, organization, customer, rng),
        has_duplicate=casting.has_duplicate,
    )


def _colleague(house: Consultancy, organization: Organization, customer: Customer, rng: Random) -> Customer:
    others = [each for each in house.customers if each.organization == organization.key and each != customer]
    same = [each for each in others if each.language == customer.language]
    return rng.choice(same or others)
