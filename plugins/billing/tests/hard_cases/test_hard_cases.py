"""The hard cases of billing, what was decided about each, and which test holds us to it."""

import ast
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
HERE = "hard_cases"

ROWS: dict[str, tuple[str, ...]] = {
    "The clock goes forward or back during an entry": (
        "capture/test_local_time.py::test_the_long_night_from_2330_to_0330_is_five_hours",
        "capture/test_local_time.py::test_an_hour_that_comes_twice_asks_which",
        "capture/test_time_pages.py::test_an_hour_that_comes_twice_is_asked_about_and_a_changed_end_leaves_the_start",
        f"{HERE}/test_dates.py::test_in_the_long_night_an_hour_more_is_worked_billed_and_shown_with_both_offsets",
        "../../../tests/calendars/test_splitting.py::test_the_long_night_has_five_hours",
        "../../../tests/calendars/test_splitting.py::test_the_short_night_has_three_hours",
    ),
    "Worker, customer and server live in three zones": (
        f"{HERE}/test_dates.py::test_worker_customer_and_server_live_in_three_zones",
        "capture/test_entries.py::test_the_day_of_work_is_that_of_the_worker",
    ),
    "Midnight, the end of a month, the end of a period": (
        f"{HERE}/test_dates.py::test_work_over_midnight_is_cut_there_and_each_part_is_billed_in_its_own_month",
        "pricing/test_rounding.py::test_an_entry_over_midnight_has_one_minimum",
    ),
    "An overlap with one's own entry": (
        "capture/test_entries.py::test_overlaps_are_allowed_told_or_refused",
        "reports/test_reports.py::test_utilisation_counts_each_hour_of_presence_once",
        "reports/test_reports.py::test_presence_is_the_union_of_stretches",
    ),
    "A timer is left running": (
        "capture/test_timers.py::test_a_forgotten_timer_is_asked_about",
        "capture/test_timers.py::test_a_forgotten_timer_is_kept_or_cut_and_never_by_itself",
    ),
    "Two timers, two devices": (
        "capture/test_timers.py::test_starting_one_pauses_the_other_and_says_which",
        f"{HERE}/test_two_devices.py::"
        "test_however_many_start_at_once_one_timer_runs_and_the_others_are_paused_or_told",
    ),
    "Negative and zero entries": (
        "capture/test_entries.py::test_what_no_entry_may_be_is_refused_by_the_field",
        "capture/test_entries.py::test_after_drafting_only_corrections_change_time_and_never_below_nothing",
    ),
    "Entries of days to come": (
        "capture/test_sheet.py::test_what_is_planned_stays_a_draft_when_the_week_is_handed_in",
        "invoicing/test_approval.py::test_what_cannot_be_approved_says_why_beside_the_entry",
    ),
    "An entry on a closed ticket or in a billed period": (
        "capture/test_entries.py::test_time_on_a_closed_ticket_is_late",
        f"{HERE}/test_dates.py::"
        "test_work_for_a_period_that_was_billed_is_late_and_stands_on_the_next_invoice_with_its_own_day",
    ),
    "Tickets are merged": (
        "capture/test_entries.py::test_merged_tickets_bring_their_entries_and_split_ones_leave_them",
    ),
    "A ticket is split": (
        f"{HERE}/test_tickets_and_people.py::"
        "test_after_a_split_entries_stay_and_those_that_nobody_approved_can_be_moved",
    ),
    "A ticket moves to another customer": (
        "capture/test_entries.py::test_entries_that_nobody_approved_ask_when_the_ticket_goes_to_another_customer",
        f"{HERE}/test_tickets_and_people.py::"
        "test_of_a_ticket_that_moved_approved_work_stays_with_the_old_customer_and_is_a_loose_end",
    ),
    "A rate changes in the middle": (
        "repricing/test_terms.py::test_a_new_rate_moves_drafts_and_leaves_approved_and_invoiced_work",
        "setting_up/test_rates.py::test_a_change_that_moves_work_is_shown_before_it_is_done",
        "pricing/test_rates.py::test_a_rate_holds_by_the_worked_date",
    ),
    "An agreement is back-dated or shortened": (
        "agreements/test_pages.py::test_what_moves_work_is_shown_first_and_done_when_confirmed",
    ),
    "An invoice is credited partly": (
        "invoicing/test_issuing.py::test_credited_in_part_only_that_part_is_unbilled_again",
        "documents/test_arithmetic.py::test_credits_in_parts_come_to_the_invoice_and_no_further",
    ),
    "A late entry in a closed period whose hours rolled over": (
        f"{HERE}/test_agreed.py::"
        "test_late_work_for_a_closed_period_draws_from_the_open_one_and_leaves_the_closed_one_alone",
        "ledgers/test_draw.py::test_late_work_of_a_closed_period_draws_from_the_open_one_and_is_marked",
    ),
    "The source of a quantity is silent": (
        f"{HERE}/test_agreed.py::test_a_source_of_quantities_that_is_silent_counts_as_last_time_and_says_so",
    ),
    "The sum of what is rounded": (
        "documents/test_arithmetic.py::test_the_printed_lines_sum_to_the_printed_total",
        "documents/test_tables.py::test_the_rows_of_every_format_sum_to_what_is_to_pay",
    ),
    "Work for one's own organisation": (
        "pricing/test_rates.py::test_work_for_ones_own_organization_is_hidden_unless_somebody_says_otherwise",
        f"{HERE}/test_agreed.py::test_work_for_ones_own_organization_is_hidden_and_never_billed",
    ),
    "A person leaves": (
        f"{HERE}/test_tickets_and_people.py::test_work_of_somebody_who_left_keeps_its_name_and_can_still_be_billed",
        f"{HERE}/test_tickets_and_people.py::test_asked_to_forget_somebody_the_notes_go_and_the_amounts_stay",
    ),
    "A note holds a secret or an internal remark": (
        f"{HERE}/test_tickets_and_people.py::"
        "test_a_note_with_a_secret_or_an_internal_remark_is_seen_before_it_goes_out",
        "statements/test_building.py::test_no_internal_note_whatever_its_words_gets_into_a_statement",
    ),
    "Two do the same at once": (
        "invoicing/test_approval.py::test_who_comes_second_reads_what_the_first_did",
        "invoicing/test_issuing.py::test_the_total_must_be_typed_and_the_draft_must_be_the_one_that_was_seen",
        "invoicing/test_concurrent_issuing.py::test_eight_issuers_at_once_lose_and_double_no_number",
        "invoicing/test_concurrent_issuing.py::test_an_issuer_that_is_killed_in_the_middle_takes_no_number_with_it",
    ),
    "A backup is restored": (
        "invoicing/test_issuing.py::test_after_a_restore_a_series_goes_on_behind_the_gap_and_lists_it",
    ),
}


@cache
def found_in(file: str) -> frozenset[str]:
    """Names of the test functions of a file below the tests of this plugin."""
    path = TESTS / file
    if not path.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def test_every_hard_case_is_held_by_tests_that_exist():
    assert len(ROWS) == 23
    missing = {
        row: [name for name in names if name.partition("::")[2] not in found_in(name.partition("::")[0])]
        for row, names in ROWS.items()
    }
    assert {row: names for row, names in missing.items() if names or not ROWS[row]} == {}
