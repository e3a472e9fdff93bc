"""Numbers that name a person: payment cards, phones, bank accounts, identity numbers.

Ids, timestamps, counts, versions, dates and prices are numbers too, and pass: a card needs an
issuer's prefix, its length and the right check digit; a phone number needs the country's ``+`` or
the separators that people write; an IBAN and an identity number need their check.
"""

from __future__ import annotations

import re

from .patterns import Pattern, any_of, word_set
from .rules import Place

_CARD_CANDIDATE = Pattern(r"(?<![\w.+])[0-9](?:[ ._-]{0,2}[0-9]){11,30}(?![0-9])")
_GROUP = Pattern(r"[0-9]+")

# Issuer prefixes and lengths: ISO/IEC 7812 as listed by the networks (Visa, Mastercard BIN 2-series,
# American Express, Discover, Diners Club, JCB, UnionPay, Maestro, Mir, RuPay, Troy).
_ISSUERS: tuple[tuple[int, int, frozenset[int]], ...] = tuple(
    (int(low.ljust(6, "0")), int(high.ljust(6, "9")), frozenset(lengths))
    for low, high, lengths in (
        ("4", "4", (13, 16, 19)),
        ("51", "55", (16,)),
        ("2221", "2720", (16,)),
        ("34", "34", (15,)),
        ("37", "37", (15,)),
        ("6011", "6011", (16, 19)),
        ("644", "65", (16, 19)),
        ("300", "305", (14, 16)),
        ("3095", "3095", (14, 16)),
        ("36", "36", (14, 16)),
        ("38", "39", (14, 16)),
        ("3528", "3589", (16, 19)),
        ("62", "62", (16, 17, 18, 19)),
        ("5018", "5018", (16, 17, 18, 19)),
        ("5020", "5020", (16, 17, 18, 19)),
        ("5038", "5038", (16, 17, 18, 19)),
        ("5893", "5893", (16, 17, 18, 19)),
        ("6304", "6304", (16, 17, 18, 19)),
        ("6759", "6763", (16, 17, 18, 19)),
        ("2200", "2205", (16, 19)),
        ("60", "60", (16,)),
        ("81", "82", (16,)),
        ("9792", "9792", (16,)),
    )
)

_STARTS = frozenset(
    str(start) for low, high, _ in _ISSUERS for start in range(low // 10_000, high // 10_000 + 1)
)

_PHONE = Pattern(
    any_of(
        # E.164 and what people make of it: +49 (0)151 2345-6789, +1.415.555.2671
        r"(?<![\w+])\+[ ]?[1-9](?:[ ().\-/\u00a0]{0,3}[0-9]){7,14}(?![0-9])",
        r"(?<![\w.+-])00[ ]?[1-9][0-9]{0,2}[ ./()-]{1,2}[0-9](?:[ ()./-]{0,2}[0-9]){5,11}(?![\w])",
        # North America: (415) 555-2671, 415-555-2671, 1-800-555-0199
        r"(?<![\w.+-])(?:1[ .-])?\([0-9]{3}\)[ .-]?[0-9]{3}[ .-]?[0-9]{4}(?![\w-]|\.[0-9])",
        r"(?<![\w.+/-])[0-9]{3}/[0-9]{3}-[0-9]{4}(?![\w-])",
        r"(?<![\w.+/-])(?:1[ .-])?[0-9]{3}([ .-])[0-9]{3}\1[0-9]{4}(?![\w-]|[.][0-9])",
        # An area code in parentheses: (030) 123456, (11) 91234-5678
        r"(?<![\w.])\(0[0-9]{1,5}\)[ ]?[0-9]{3,9}(?:[ -][0-9]{2,5}){0,3}(?![\w-]|\.[0-9])",
        r"(?<![\w.])\([1-9][0-9]{1,3}\)[ ]?[0-9]{4,5}[ -][0-9]{4}(?![\w-]|\.[0-9])",
        # Russia: 8 (912) 345-67-89
        r"(?<![\w.+-])[78][ -]?\(?[0-9]{3}\)?[ -][0-9]{3}[ -][0-9]{2}[ -]?[0-9]{2}(?![\w-])",
        # China: 138 1234 5678; India: 98765 43210
        r"(?<![\w.+-])1[3-9][0-9]([ -])[0-9]{4}\2[0-9]{4}(?![\w-])",
        r"(?<![\w.+-])[6-9][0-9]{4}[ -][0-9]{5}(?![\w-])",
        # Nine digits in Spain's and Portugal's grouping: 612 34 56 78
        r"(?<![\w.+-])[69][0-9]{2}([ -])[0-9]{2}\3[0-9]{2}\3[0-9]{2}(?![\w-])",
    )
)
_TRUNK = Pattern(
    # A trunk 0 and groups: 020 7946 0958, 0151/23456789, 01 23 45 67 89, 03-1234-5678
    r"(?<![\w.+:,$€£-])(?![0-9]{2}([./-])[0-9]{2}\1(?:19|20)[0-9]{2}(?![0-9]))0[1-9][0-9]{0,5}(?:[ ]?[/-][ ]?|[ ]|\.)[0-9]{2,9}(?:[ ./-][0-9]{2,5}){0,4}"
    r"(?![\w:-]|[.,/][0-9])"
)
_LABELLED = Pattern(
    r"(?:\b(?:tel|ph|phone|contact|number is|telephone|telefon|telefono|teléfono|téléphone|mobile|mobil|cell|handy|fax"
    r"|whatsapp|sms|sms to|text|call(?: me)?(?: at| on)?|ring me(?: on)?|dial|reach me (?:at|on)|signal"
    r"|numéro|portable|celular|電話|电话|тел)\b[.:#]{0,2}|tel:|☎|📞|📱)"
    r"[ ]{0,2}(?:is |number |no\.? |nr\.? |: ?){0,2}(\+?[0-9(][0-9 ()./-]{5,20}[0-9])(?![\w])",
    re.IGNORECASE,
)

_IBAN = Pattern(
    r"(?<![A-Za-z0-9])(?:[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,30}|[a-z]{2}[0-9]{2}[a-z0-9]{11,30}(?![A-Za-z0-9]))"
)
# Lengths from the SWIFT IBAN registry.
_IBAN_LENGTHS = {
    country: int(entry[:2])
    for entry in word_set(
        "15NO 16BE 18DKFIFOGLNLSD 19MKSI 20ATBABIEEKZLTLUXK 21CHCRHRLILV 22BABGBHDEGBGEIEMERS "
        "23AEGIILIQOMSOTL 24ADCZESMDPKROSASESKTNVG 25LYPTST 26ISTR 27BIDJFRGRITMCMRSM "
        "28ALAZBYCYDOGTHUKMLBNIPLSV 29BRPSQAUA 30JOKWMU 31MTSC 32LC 33RU"
    )
    for country in (entry[at : at + 2] for at in range(2, len(entry), 2))
}
_SSN = Pattern(
    # United States: no area 000, 666 or 900 to 999, no group 00, no serial 0000.
    r"(?<![\w.-])(?!000|666|9)[0-9]{3}-(?!00)[0-9]{2}-(?!0000)[0-9]{4}(?![\w-]|\.[0-9])"
    r"|\b(?:ssn|social security(?: number)?)\b[^0-9]{0,5}[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{4}(?![0-9])",
    re.IGNORECASE,
)


def card_in(text: str, place: Place) -> bool:
    """Whether digits in the text are a payment card; under an id only if written in groups."""
    for match in _CARD_CANDIDATE.finditer(text):
        groups = [group.group() for group in _GROUP.finditer(match.group())]
        if len(groups) == 1:
            if place is not Place.ID and is_card(groups[0]):
                return True
            continue
        for first in range(len(groups)):
            number = ""
            for group in groups[first:]:
                number += group
                if len(number) > 19:
                    break
                if is_card(number):
                    return True
    return False


def is_card(digits: str) -> bool:
    """Whether these digits have an issuer's prefix, its length and the Luhn check digit."""
    if not 13 <= len(digits) <= 19 or digits[:2] not in _STARTS or len(set(digits)) < 2:
        return False
    prefix, length = int(digits[:6]), len(digits)
    if not any(low <= prefix <= high and length in lengths for low, high, lengths in _ISSUERS):
        return False
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def phone_in(text: str, place: Place) -> bool:
    """Whether the text has a phone number as people or machines write it."""
    if place is Place.VERSION:
        return False
    if place is Place.PHONE and _digits(text) >= 6:
        return True
    if _PHONE.search(text):
        return place is not Place.ID or text.startswith(("+", "00"))
    return place is not Place.ID and (
        any(9 <= _digits(match.group()) <= 12 for match in _TRUNK.finditer(text))
        or any(6 <= _digits(match.group(1)) <= 15 for match in _LABELLED.finditer(text))
    )


def iban_in(text: str) -> bool:
    """Whether the text has an IBAN: its country's length, and 1 as remainder modulo 97."""
    for match in _IBAN.finditer(text):
        found = match.group()
        letters = found.replace(" ", "").replace("-", "").upper()
        length = _IBAN_LENGTHS.get(letters[:2], 0)
        if not length or len(letters) < length:
            continue
        if not found.isupper() and len(letters) != length:
            continue  # ids and hashes have small letters, too
        moved = letters[4:length] + letters[:4]
        if int("".join(str(int(c, 36)) for c in moved)) % 97 == 1:
            return True
    return False


def national_id_in(text: str) -> bool:
    """Whether the text has a United States social security number."""
    return _SSN.search(text) is not None


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)
