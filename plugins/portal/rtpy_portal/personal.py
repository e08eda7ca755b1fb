"""What the portal holds of people."""

from rtpy.personal.declared import Deed, Kept, Personal

_WORDS = "What people wrote stays as it was written."

PERSONAL: tuple[Personal | Kept, ...] = (
    Personal("portal_keys", "user_id", "keys to requests", ("ticket_id", "made"), Deed.DROP),
    Personal("portal_wanted_links", "user_id", "links to log in with", ("created", "peer"), Deed.DROP),
    Personal("portal_members", "user_id", "what they may do in the portal", ("grade",), Deed.DROP),
    Personal("portal_rating_asks", "user_id", "questions how it went", ("ticket_id", "created"), Deed.DROP),
    Personal("portal_rating_refusals", "user_id", "wishes not to be asked", ("created",), Deed.DROP),
    Personal("portal_issue_affected", "user_id", "notes of being affected", ("impact", "created"), Deed.DROP),
    Personal("portal_ratings", "user_id", "ratings", ("ticket_id", "score", "comment", "created")),
    Personal("portal_questions", "user_id", "questions under pages", ("shown_name", "address"), Deed.CLEAR),
    Personal("portal_answers", "user_id", "answers under pages", ("shown_name",), Deed.CLEAR),
    Personal("portal_page_votes", "user_id", "votes on pages", ("helped", "said", "voted")),
    Kept("portal_ratings", ("comment",), _WORDS),
    Kept("portal_rating_values", ("comment",), _WORDS),
    Kept("portal_questions", ("content",), _WORDS),
    Kept("portal_answers", ("content",), _WORDS),
    Kept("portal_page_votes", ("said",), _WORDS),
    Kept("portal_page_versions", ("title", "summary", "content", "source", "note"), _WORDS),
    Kept("portal_pages", ("title", "slug", "review_note"), _WORDS),
    Kept("portal_page_words", ("word", "stem"), _WORDS),
    Kept("portal_issues", ("title", "went_wrong", "how_fixed", "prevents", "text"), _WORDS),
    Kept("portal_issue_updates", ("text",), _WORDS),
    Kept("portal_requests", ("went_wrong", "how_fixed"), _WORDS),
    Kept("portal_deflections", ("words",), _WORDS),
    Kept(
        "portal_held_files", ("data", "name"), "Files of requests that are not sent yet; they go after a day."
    ),
)
