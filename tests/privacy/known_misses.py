"""What the guard does not catch, or catches wrongly, and why: it cannot know."""

MISSES = {
    "the password is correct-horse-battery": "so are properties told: the password is case-sensitive",
    "ada@example": "an address without a domain reads as a package at its version: react@next",
    "revenue - cost as profit": "an expression of plain words is a sentence too",
}
"""Leaks that pass, by their value."""

MISSED_KEYS = {
    "x_auth": "auth is a kind of login far more often than a credential; random values are caught",
}
"""Leaks that pass, by their key."""

FALSE_ALARMS = {
    "4682831043469": "one in a hundred numbers of 13 digits is a valid card by chance",
    "Top.Secret.Chart": "three words with dots are a table's name",
    "{{count}} items": "a translation's hole is written as Jinja is",
    "AWB 020-12345675": "the number of an air waybill has the form of a phone number",
    "joined": "the value of secret_santa: the key says secret",
}
"""Benign values that are caught, by their value."""
