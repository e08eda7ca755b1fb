"""What a user's grants cost with 500 groups: python -m benchmarks.rights

Half of the groups are in another one, each holds rights on a queue; one person is in a dozen groups as people are,
one in all of them. The goal: two queries, and 5 ms of processor time for a person in a dozen groups.
"""

from functools import partial

from common import arguments, fresh_app, kinds, processor_ms, show
from sqlalchemy import event, insert

from rtpy.app import App
from rtpy.changes.people import create_person
from rtpy.models import Ace, Group, GroupMember, Principal, Queue
from rtpy.rights.grants import load_rights
from rtpy.setup import STAFF_MAY
from rtpy.work import Work

GOAL_MS = 5.0
GROUPS = 500
QUEUES = 50


def main() -> None:
    """Print times and numbers of queries on each database."""
    options = arguments(__doc__ or "").parse_args()
    for kind in kinds(options.on):
        with fresh_app(kind) as app:
            print(f"Grants on {kind}, {GROUPS} groups, {QUEUES} queues:")
            with app.work() as work:
                people = _load(work)
            for name, user_id in people.items():
                _measure(app, name, user_id)


def _load(work: Work) -> dict[str, int]:
    """Groups, their rights, and two people; their ids by what they are."""
    db, now = work.db, work.now
    queues = [Queue(name=f"Queue {number}", created=now) for number in range(QUEUES)]
    principals = [Principal(kind="group") for _ in range(GROUPS)]
    db.add_all([*queues, *principals])
    db.flush()
    ids = [each.id for each in principals]
    db.execute(
        insert(Group),
        [
            {"id": each, "domain": "UserDefined", "name": f"Group {each}", "description": "", "created": now}
            for each in ids
        ],
    )
    nested = [
        {"group_id": outer, "member_id": inner} for outer, inner in zip(ids[::2], ids[1::2], strict=True)
    ]
    some = create_person(work, name="some", email_address=None, real_name="", privileged=True)
    every = create_person(work, name="every", email_address=None, real_name="", privileged=True)
    nested += [{"group_id": each, "member_id": some.id} for each in ids[1::42]]
    nested += [{"group_id": each, "member_id": every.id} for each in ids]
    db.execute(insert(GroupMember), nested)
    db.execute(
        insert(Ace),
        [
            {
                "principal_id": each,
                "right_name": right,
                "object_type": "queue",
                "object_id": queues[number % QUEUES].id,
            }
            for number, each in enumerate(ids)
            for right in STAFF_MAY[:5]
        ],
    )
    return {"in a dozen groups and those above": some.id, "in all 500 groups": every.id}


def _measure(app: App, name: str, user_id: int) -> None:
    with app.work() as work:
        statements: list[str] = []
        connection = work.db.connection()
        hear = partial(_hear, statements)
        event.listen(connection, "before_cursor_execute", hear)
        load_rights(work.db, user_id)
        event.remove(connection, "before_cursor_execute", hear)
        figures = processor_ms(lambda: load_rights(work.db, user_id), rounds=30, batch=5)
    median = show(name, figures)
    verdict = "within" if median <= GOAL_MS and len(statements) <= 2 else "OVER"
    print(f"    {len(statements)} queries ({verdict} the goal of 2 and {GOAL_MS:g} ms)")


def _hear(statements: list[str], *heard: object) -> None:
    statements.append(str(heard[2]))


if __name__ == "__main__":
    main()
