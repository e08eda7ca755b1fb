"""What a merge of two people does with what service levels know of them."""

from rtpy.changes.merging_people.references import Decision, Deed

MOVE, LEAVE = Deed.MOVE, Deed.LEAVE

REFERENCES = {
    "sla_clocks.excused_by_id": Decision(LEAVE),
    "sla_clocks.person_id": Decision(MOVE),
    "sla_pauses.by_id": Decision(LEAVE),
    "sla_policy_versions.creator_id": Decision(LEAVE),
    "sla_service_reports.creator_id": Decision(LEAVE),
    "sla_waiting_mails.user_id": Decision(MOVE),
}
