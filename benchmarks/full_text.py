"""Looking for words at 100,000 tickets with a million texts, against hand-written SQL for the same rows.

The texts have a vocabulary as languages have it: a few words in nearly every text, most in hardly any. They are put
into the index directly; how fast the worker takes in messages is measured apart, on some thousand tickets.
"""

import itertools
import random
import time
from collections.abc import Callable

from common import arguments, fresh_app, kinds, show, show_ratio
from loader import load
from sqlalchemy import delete, func, insert, literal, select, text, update

from rtpy.app import App
from rtpy.db.statistics import refresh_statistics
from rtpy.models import Queue, SearchDocument, SearchPending, SearchState, Ticket, User
from rtpy.rights.names import Right
from rtpy.search.text.index import index_of
from rtpy.search.text.indexing import index_some
from rtpy.search.text.matching import ticket_matches
from rtpy.search.text.numbering import Kind, Seal, Space, first_id
from rtpy.search.text.snippets import snippets
from rtpy.search.text.state import progress, version_of
from rtpy.work import Actor, Face

VOCABULARY = 50_000
TEXTS = 20_000
"""Different texts; each document has one of them and a word of its own."""
READER = "tech0"
SEARCHES = {
    "a word of one text": "u500000",
    "a rare word": "w30000",
    "a middling word": "w1500",
    "a frequent word": "w40",
    "the most common word": "w0",
    "two words": "w300 w900",
    "two common words": "w1 w2",
    "a common and a rare word": "w0 w20000",
    "a phrase": '"w1 w0"',
    "the beginning of words": "w1234*",
    "a word and not another": "w800 -w2",
}


def main() -> None:
    """Fill each database, and print the figures."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--texts", type=int, default=10, help="texts of each ticket")
    options = parser.parse_args()
    for kind in kinds(options.on):
        print(f"Full text on {kind}:")
        take_in(kind)
        with fresh_app(kind) as app:
            load(app, options.tickets, say=lambda _: None)
            fill(app, options.tickets, options.texts)
            measure(app)


def take_in(kind: str) -> None:
    """How fast the worker is."""
    with fresh_app(kind) as app:
        load(app, 3_000, say=lambda _: None)
        began = time.monotonic()
        while index_some(app):
            pass
        seconds = time.monotonic() - began
        with app.work(reading=True) as work:
            texts = work.db.scalar(select(func.count()).select_from(SearchDocument)) or 0
        print(f"  the worker took in {texts} texts in {seconds:.1f} s: {texts / seconds:.0f} in a second")


def fill(app: App, tickets: int, texts: int) -> None:
    """Put `texts` texts of every ticket into the index; every fifth is a comment."""
    chance = random.Random(3)
    words = [f"w{number}" for number in range(VOCABULARY)]
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(VOCABULARY)))
    pool = [
        " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(5, 50))) for _ in range(TEXTS)
    ]
    began = time.monotonic()
    for first in range(1, tickets + 1, 1000):
        rows = []
        for ticket in range(first, min(first + 1000, tickets + 1)):
            for number in range(texts):
                seal = Seal.COMMENT if number % 5 == 4 else Seal.PUBLIC
                id_ = first_id(Space.TICKET, ticket, seal, Kind.MESSAGE) + number
                own = f"u{ticket * texts + number}"
                rows.append({"id": id_, "origin_id": ticket, "text": f"{chance.choice(pool)} {own}"})
        with app.work() as work:
            work.db.connection().execute(insert(SearchDocument.__table__), rows)
            index_of(app, work.db).put(work.db, [(row["id"], row["text"]) for row in rows])
    with app.work() as work:
        work.db.execute(delete(SearchPending))
        below = dict.fromkeys(("tickets_below", "transactions_below", "articles_below", "assets_below"), 0)
        work.db.execute(update(SearchState).values(version=version_of(app), **below))
        refresh_statistics(work.db)
        assert progress(work.db).is_done
    print(f"  {tickets * texts} texts put in after {time.monotonic() - began:.0f} s")


def measure(app: App) -> None:
    """Each search: the first page of fifty and its count (to a thousand), by an ordinary reader."""
    with app.work(reading=True) as work:
        user = work.db.scalars(select(User).where(User.name == READER)).one()
        reader = Actor(user.id, user.name, Face.WEB)
        queues = list(work.db.scalars(select(Queue.id)))
    with app.work(reader, reading=True) as work:
        rights = work.rights  # read once: every page has them anyway
    for name, sought in SEARCHES.items():

        def ours(sought: str = sought) -> tuple[list[int], int]:
            with app.work(reader, reading=True) as work:
                work._rights = rights
                clauses = (
                    work.rights.of(Right.SHOW_TICKET).visible(),
                    Ticket.merged_into_id.is_(None),
                    Ticket.type == literal("ticket", literal_execute=True),
                    Ticket.status != "deleted",
                    ticket_matches(work, sought),
                )
                page = (
                    select(Ticket.id)
                    .where(*clauses)
                    .order_by(Ticket.last_updated.desc(), Ticket.id.desc())
                    .limit(50)
                )
                found = select(Ticket.id).where(*clauses).limit(1001).subquery()
                ids = list(work.db.connection().scalars(page))
                return ids, work.db.connection().scalar(select(func.count()).select_from(found)) or 0

        def shown(sought: str = sought, ours: Callable[[], tuple[list[int], int]] = ours) -> None:
            ids, _ = ours()
            with app.work(reader, reading=True) as work:
                snippets(work, sought, ids)

        ids, count = ours()
        figures = _milliseconds(ours)
        show(f"{name} ({count if count < 1001 else 'over 1000'} found)", figures)
        hand = _by_hand(app, sought, queues)
        if hand is not None:
            assert hand()[0] == ids, name
            show_ratio("  against SQL by hand", figures, _milliseconds(hand), 2)
        if name == "a middling word":
            show("  the same with excerpts of fifty tickets", _milliseconds(shown))


def _by_hand(app: App, sought: str, queues: list[int]) -> Callable[[], tuple[list[int], int]] | None:
    """The plain statement that somebody would write for one word."""
    if not sought.isalnum():
        return None
    on_sqlite = app.engine.dialect.name == "sqlite"
    held = (
        "SELECT rowid >> 20 FROM search_index WHERE search_index MATCH :word"
        if on_sqlite
        else "SELECT id >> 20 FROM search_index WHERE words @@ to_tsquery('simple', :word)"
    )
    numbers = ", ".join(map(str, queues))
    clause = (
        f"FROM tickets WHERE queue_id IN ({numbers}) AND merged_into_id IS NULL AND type = 'ticket' "
        f"AND status <> 'deleted' AND id IN ({held})"
    )
    page = text(f"SELECT id {clause} ORDER BY last_updated DESC, id DESC LIMIT 50")
    count = text(f"SELECT count(*) FROM (SELECT id {clause} LIMIT 1001) AS found")

    def run() -> tuple[list[int], int]:
        with app.reading_sessions() as db:
            ids = list(db.connection().scalars(page, {"word": sought}))
            return ids, db.connection().scalar(count, {"word": sought}) or 0

    return run


def _milliseconds(deed: Callable[[], object], rounds: int = 7) -> list[float]:
    """By the clock: the work is the database's."""
    deed()
    figures = []
    for _ in range(rounds):
        began = time.perf_counter()
        deed()
        figures.append((time.perf_counter() - began) * 1000)
    return figures


if __name__ == "__main__":
    main()
