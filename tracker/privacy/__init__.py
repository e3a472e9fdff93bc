"""The privacy guard: what must not be tracked cannot be.

    guard = Guard()
    guard.scrub(message)   # Scrubbed(message, redactions) or Blocked(message_id, violations)

It looks at every text that a message could carry out, whoever made the message, and removes what
looks like a credential, SQL, a name from a warehouse, a person's address or number, an IP address, a
file path or a URL's query. ``docs/privacy.md`` says what it knows, and what it cannot know.
"""

from .guard import Blocked, Guard, Scrubbed
from .policy import PAGE_FACTS, Action, PagePolicy, Policy, TraitsPolicy
from .record import Redaction
from .rules import RULES

__all__ = [
    "PAGE_FACTS",
    "RULES",
    "Action",
    "Blocked",
    "Guard",
    "PagePolicy",
    "Policy",
    "Redaction",
    "Scrubbed",
    "TraitsPolicy",
]
