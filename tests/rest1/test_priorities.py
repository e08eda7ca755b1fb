"""With which priority a ticket of a program begins."""


def test_a_priority_that_a_program_gives_is_not_the_one_a_ticket_begins_with(root):
    made = root("ticket/new", {"content": "id: ticket/new\nQueue: General\nSubject: Toner\nPriority: 75"})
    number = made.lines[0].split()[2]
    shown = root(f"ticket/{number}/show?fields=Priority,InitialPriority").lines
    assert {"Priority: 75", "InitialPriority: 0"} <= set(shown)
