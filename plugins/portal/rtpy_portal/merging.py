"""What a merge of two people does with the portal's columns that point at people."""

from collections.abc import Mapping

from rtpy.changes.merging_people.references import DROP, LEAVE, MOVE, Decision

REFERENCES: Mapping[str, Decision] = {
    "portal_keys.user_id": Decision(MOVE, "keys to requests", same=("ticket_id",)),
    "portal_wanted_links.user_id": Decision(DROP),
    "portal_issues.solver_id": Decision(MOVE),
    "portal_issues.creator_id": Decision(LEAVE),
    "portal_issue_updates.creator_id": Decision(LEAVE),
    "portal_issue_tickets.linked_by_id": Decision(LEAVE),
    "portal_issue_affected.user_id": Decision(MOVE, "known issues that affect them", same=("issue_id",)),
    "portal_members.user_id": Decision(MOVE, "organisations in the portal", same=("organization_id",)),
    "portal_page_versions.creator_id": Decision(LEAVE),
    "portal_pages.owner_id": Decision(MOVE, "pages of knowledge to look after"),
    "portal_page_votes.user_id": Decision(MOVE, "votes on pages of knowledge", same=("page_id",)),
    "portal_questions.user_id": Decision(MOVE, "questions under pages of knowledge"),
    "portal_questions.decided_by_id": Decision(LEAVE),
    "portal_answers.user_id": Decision(MOVE, "answers under pages of knowledge"),
    "portal_answers.decided_by_id": Decision(LEAVE),
    "portal_helpful.user_id": Decision(MOVE, same=("transaction_id",)),
    "portal_rating_asks.owner_id": Decision(MOVE),
    "portal_rating_asks.user_id": Decision(MOVE, same=("ticket_id", "resolved")),
    "portal_rating_refusals.user_id": Decision(MOVE),
    "portal_ratings.owner_id": Decision(MOVE),
    "portal_ratings.recovered_by_id": Decision(LEAVE),
    "portal_ratings.user_id": Decision(MOVE, "ratings", same=("ticket_id", "resolved"), stays=True),
    "portal_topics.person_id": Decision(MOVE, "topics of the portal that lead to them"),
    "portal_deflections.user_id": Decision(MOVE),
}
