"""The tables of the portal: one noun a file, no queries. All begin with `portal_`."""

from rtpy_portal.models.asked import Asked
from rtpy_portal.models.book import Book, Chapter
from rtpy_portal.models.deflection import Deflection
from rtpy_portal.models.held_file import HeldFile
from rtpy_portal.models.issue import Audience, Issue, IssueAudience, IssueKind, IssueTicket, Stage
from rtpy_portal.models.issue_affected import IssueAffected
from rtpy_portal.models.issue_update import IssueUpdate
from rtpy_portal.models.key import Key
from rtpy_portal.models.logo import Logo
from rtpy_portal.models.member import MemberRow
from rtpy_portal.models.page import Page, PageAudience, PageVersion
from rtpy_portal.models.page_vote import PageVote
from rtpy_portal.models.page_word import PageWord
from rtpy_portal.models.question import Answer, Question, QuestionKey
from rtpy_portal.models.rating import (
    HelpfulVote,
    Rating,
    RatingAsk,
    RatingRefusal,
    RatingShare,
    RatingValue,
)
from rtpy_portal.models.request import RequestRow
from rtpy_portal.models.searched import Searched
from rtpy_portal.models.synonym import Synonym
from rtpy_portal.models.topic import Topic, TopicOrganization
from rtpy_portal.models.wanted_link import WantedLink

__all__ = [
    "Answer",
    "Asked",
    "Audience",
    "Book",
    "Chapter",
    "Deflection",
    "HeldFile",
    "HelpfulVote",
    "Issue",
    "IssueAffected",
    "IssueAudience",
    "IssueKind",
    "IssueTicket",
    "IssueUpdate",
    "Key",
    "Logo",
    "MemberRow",
    "Page",
    "PageAudience",
    "PageVersion",
    "PageVote",
    "PageWord",
    "Question",
    "QuestionKey",
    "Rating",
    "RatingAsk",
    "RatingRefusal",
    "RatingShare",
    "RatingValue",
    "RequestRow",
    "Searched",
    "Stage",
    "Synonym",
    "Topic",
    "TopicOrganization",
    "WantedLink",
]
