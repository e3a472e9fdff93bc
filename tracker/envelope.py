"""The rules for the envelope of a message, whoever sent it.

They are as wide as what unmodified RudderStack and Segment SDKs send, and as narrow as charts and
exactly-once delivery need: an id to count by, somebody to count, and the fields of its type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .fields import Fields

if TYPE_CHECKING:
    from .errors import Violation
    from .event import Json

MESSAGE_TYPES = ("track", "page", "screen", "identify", "group", "alias")


def check_envelope(data: Json) -> tuple[Violation, ...]:
    """Every rule that the message breaks; none when it can be stored."""
    fields = Fields(data, "message")
    if not fields:
        if not fields.violations:
            fields.refuse("", "empty", "expected the fields of a message, got none")
        return fields.violations
    kind = fields.choice("type", MESSAGE_TYPES, "")
    fields.text("messageId", required=True)
    anonymous_id, user_id = fields.text("anonymousId"), fields.text("userId")
    if not anonymous_id and not user_id and not fields.violations:
        fields.refuse("anonymousId", "nobody", "expected anonymousId or userId, got neither")
    fields.text("event", required=kind == "track")
    fields.text("name")
    fields.text("category")
    fields.text("groupId", required=kind == "group")
    fields.text("previousId", required=kind == "alias")
    if kind == "alias" and not user_id:
        fields.refuse("userId", "missing", "expected the new id as text, got nothing")
    fields.mapping("properties")
    fields.mapping("traits")
    fields.mapping("context")
    fields.timestamp("originalTimestamp")
    fields.timestamp("timestamp")
    return fields.violations
