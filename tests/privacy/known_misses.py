"""What the guard does not catch, or catches wrongly, and why: it cannot know."""

MISSES = {
    "revenue - cost as profit": "an expression of plain words is a sentence too",
}
"""Leaks that pass, by their value."""

MISSED_KEYS = {
    "x_auth": "auth is a kind of login far more often than a credential; random values are caught",
}
"""Leaks that pass, by their key."""

FALSE_ALARMS = {
    "4682831043469": "one in a hundred numbers of 13 digits is a valid card by chance",
    "1password": "a word about a password manager, with a digit as passwords have",
    "joined": "the value of secret_santa: the key says secret",
}
"""Benign values that are caught, by their value."""
