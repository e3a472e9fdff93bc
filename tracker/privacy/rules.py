"""The rules by name, and the kinds of place that a text can stand in.

A rule's name is what ``context.privacy.redacted`` says, so it is as stable as the wire.
"""

from __future__ import annotations

from enum import Enum

RULES = {
    "secret": "a key, token, password or other credential",
    "private_key": "a private key",
    "connection_string": "an address of a database or service, or one with credentials",
    "sensitive_key": "a value under a name that promises a secret",
    "high_entropy": "a random text that could be a credential",
    "sql": "SQL",
    "dbt": "Jinja, or a reference to a dbt model",
    "warehouse_name": "a name from a warehouse or a dbt project",
    "email": "an e-mail address",
    "phone": "a phone number",
    "card_number": "a payment card number",
    "iban": "a bank account number",
    "national_id": "a national identity number",
    "ip_address": "an IP address",
    "file_path": "a file path",
    "url_query": "a URL with a query, or a query",
    "personal_trait": "a trait that names a person",
    "page_not_allowed": "a page fact that the policy does not allow",
    "too_long": "a text too long to look at",
    "too_deep": "lists and objects nested too deeply to look at",
    "more": "further fields than are listed",
}
"""What each rule catches, in words that go behind "looks like"."""


class Place(Enum):
    """What stands at a place, as far as its key or its field on the wire tells.

    The same text means different things in different places: ``1.2.3.4`` is a version under
    ``version`` and an address elsewhere.
    """

    TEXT = "anything"
    ID = "an opaque id or a hash: random on purpose, and digits are no card or phone number"
    VERSION = "a version"
    NAME = "a dotted name by convention: an event, a host, a package, a feature"
    ROUTE = "a path of the application's own routes"
    AGENT = "a user agent"
    SUSPICIOUS = "something that may be a credential: random texts are caught here"
    SENSITIVE = "a credential: whatever it is"
    DESCRIBED = "a word about a credential, such as token_type"
    PHONE = "a phone number: any digits are"
    PIN = "a code for a lock: few digits are"
    PERSONAL = "a person's name or address: whatever it is"
    SQL = "a query's text"
    WAREHOUSE = "a name in a warehouse or a dbt project"
    WAREHOUSE_WORD = "perhaps such a name: only if it looks like one"
    SCHEMA = "a schema or database: any identifier that is no kind of one"
    TABLE = "a table or model: plurals, and several words with one"
    COLUMN = "a column or an id of a field: several words"
    FIELD = "a field: several words, the first a table's plural"
