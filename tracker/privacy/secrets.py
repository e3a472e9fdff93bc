"""Credentials by what is said about them: headers, assignments, ``the password is …``."""

from __future__ import annotations

import re
from binascii import Error, a2b_base64

from .formats import known_key_in
from .patterns import Pattern, word_set
from .randomness import is_key, is_random, is_uuid

_BEARER = Pattern(
    r"\b(?:bearer|token|digest|negotiate|apikey)[ :]{1,3}([\w.~+/-]{12,}=*)", re.IGNORECASE
)
_BASIC = Pattern(r"\bbasic[ ]{1,2}([A-Za-z0-9+/]{6,512}={0,2})(?![\w+/])", re.IGNORECASE)
_HEADER = Pattern(
    r"\b(?:set-)?cookie:\s?[\w.-]{1,64}=|\b[\w.-]{0,30}sess(?:ion|id)?(?:[_-]?id)?=[^\s;,&]{16}|\bauthorization:\s?\w{1,20}\s\S|\bauthorization:\s{0,4}(?=\S{0,64}[0-9])\S{8}|\bdigest username=|\bx-[\w-]{0,30}(?:key|token|secret):\s?\S{6}",
    re.IGNORECASE,
)

_NAMES = (
    "password|passwd|passwort|kennwort|passphrase|passcode|contraseña|contrasena|senha|mot de passe"
    "|пароль|パスワード|密码|密碼|비밀번호|wachtwoord|hasło|parola|pwd|pw|pass|secret|credentials?|token|api[ _-]?key|apikey|access[ _-]?key(?:[ _-]?id)?"
    "|secret[ _-]?key|private[ _-]?key|account[ _-]?key|client[ _-]?secret|auth[ _-]?key|signing[ _-]?key"
    "|encryption[ _-]?key|session[ _-]?(?:id|token|key)|sessionid|otp|pin(?:[ _-]?code)?|cvv|cvc"
    "|authorization|jwt|cookie|auth|sig|signature"
)
_ASSIGNMENT = Pattern(
    rf"(?:password|passwd|passphrase|apikey|secret|token|(?<![A-Za-z])(?:{_NAMES}))(?:[._-](?:value|key|key_base|id|pw|hash|text))?"
    r"(?P<quote>[\"']?)(?P<sign>\s?(?:=>|[:?]{0,3}={1,2}|:)\s?|\s(?:is|was|ist|lautet|es|est|è|é|to)\s:?)"
    r"(?P<open>[\"'`]?)(?P<value>[^\s\"'`,;&<>]{3,200})",
    re.IGNORECASE,
)
_ONE_TIME = Pattern(
    r"(?<![\w])(?:[A-Z]-)?[0-9]{4,8} is your [\w ]{0,40}\b(?:code|pin|otp|password)\b|"
    r"\b(?:one[ -]time|verification|security|login|access|confirmation|activation|2fa|otp|authentication|sms)"
    r" (?:password|passcode|code|pin)(?: is|:| =)? ?[0-9][0-9 -]{3,9}(?![\w])"
    r"|\b(?:otp|passcode|pin code|2fa)(?: code)? ?[0-9]{3,4}[ -]?[0-9]{1,4}(?![\w.])",
    re.IGNORECASE,
)
_SPOKEN = Pattern(
    r"(?<![^\W_])(?:password|passwort|kennwort|contraseña|senha|пароль|wachtwoord|hasło|mot de passe|pw|pwd|pass)"
    r" (?=[^\s]{0,40}[0-9][^\s]{0,40}[0-9])(?=[^\s]{0,40}[^\W\d_])([^\s]{8,64})(?!\S)",
    re.IGNORECASE,
)
_FLAG = Pattern(
    r"(?<!\w)--?(?:password|passwd|pass|token|secret|api-?key|access-?key|auth)[ =]\S{3}"
    r"|(?<!\S)-p ?(?=[^\s]{0,40}[0-9])(?=[^\s]{0,40}[A-Za-z])[^\s/.:-]{6,64}(?!\S)",
    re.IGNORECASE,
)
_LABELLED = Pattern(
    # IO_KEY "…", adobeKey = …, Project token: …, SECRET …, x-secret-…
    r"(?P<label>(?<![a-z])(?:pat|pw|auth|access|login|private|license|credentials?)|key|secret|token|webhook)s?"
    r"(?:[ _-](?:key|token|id|value))?[\"')\]]{0,2}\s{0,12}(?P<sign>=>|[:?]{0,3}={1,3}|:{1,2}|[,>|/.-]|(?:is|was)\s|)"
    r"[\s\"'`(\[]{0,16}(?<![A-Za-z0-9])(?P<value>[A-Za-z0-9][A-Za-z0-9+/_.=-]{11,255})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_LABELS = (
    "key",
    "secret",
    "token",
    "auth",
    "access",
    "login",
    "private",
    "pat",
    "cred",
    "webhook",
    "pw",
    "lic",
)
_NO_SECRET = Pattern(
    r"(?:primary|foreign|cache|row|sort|partition|object|surrogate|natural|composite|public|publishable"
    r"|site|write|idempotency|dedupe|routing|s3|map|query|storage|dict)[ _-]?$",
    re.IGNORECASE,
)
"""What makes a key an address of something, and nothing secret."""
_USER_FLAG = Pattern(
    r"(?<!\S)(?:-u|--user) {0,4}[\"']?[^\s:\"'/]{0,64}[\"']?:[\"']?[^\s\"']{3}|(?<!\S)-u \S{1,64} -p \S{3}",
    re.IGNORECASE,
)
_PHRASE = Pattern(
    r"\b(?:pass|seed |recovery |secret )phrase(?::| is|=)((?: [a-z]{3,9}){3,24})$", re.IGNORECASE
)
_LOGIN = Pattern(r"\blogin\s{1,8}\S{1,128}\s{1,8}password\s{1,8}\S{3}")  # netrc
_IN_MARKUP = Pattern(
    r"<(?:\w{1,32}:)?(?P<name>(?:\w{0,32}(?:password|passwd|secret|token|apikey))|pwd)\b[^<>]{0,200}>\s{0,9}[^<>\s]{3}",
    re.IGNORECASE,
)
_QUOTED_PASSWORD = Pattern(
    r"(?:password|passwd|passphrase|secret|pwd)\s{1,12}(?:for (?:the )?(?:user|account|role) [\"']?[\w@.-]{1,64}[\"']? )?"
    r"(?:is |to |of |as |!=\s?|==\s?|=>\s{0,12}|=\s{0,12})?([\"'])(?P<value>[^\"'\s]{3,128})\1",
    re.IGNORECASE,
)
_NOT_VALUES = word_set(
    "true false null none undefined nil yes no on off required missing invalid expired incorrect wrong "
    "empty changed reset updated set unset created deleted removed revoked rotated hidden visible valid "
    "weak strong medium too not the your this that used needed optional forgot unknown redacted default "
    "enabled disabled failed success error must and for string bearer basic password user oauth oauth2 "
    "sso saml google github okta ldap jwt session cookie mfa totp sms email link magic hashed encrypted "
    "stored already mandatory still being now also only a an very secure safe case shorter longer"
)
_MASK = Pattern(
    r"[*•●x.#_-]{3,}|\[[\w ]{1,20}\]|<[\w ]{1,20}>|\{\{?[\w. ]{1,40}\}?\}|\$\{?\w{1,40}\}?"
)

_STRANGE = Pattern(r"[^\w/'\u2019().,:-]|[0-9_]")
_LETTER = Pattern(r"[^\W\d_]")


def secret_in(text: str) -> bool:
    """Whether the text has a credential in a known format, in a header or in an assignment."""
    if known_key_in(text):
        return True
    if any(is_key(match.group(1)) for match in _BEARER.finditer(text)):
        return True
    if any(_is_pair(match.group(1)) for match in _BASIC.finditer(text)):
        return True
    return labelled_key_in(text) or assigned_secret_in(text)


def labelled_key_in(text: str) -> bool:
    """Whether a random text follows a word such as key, token or secret: ``IO_KEY "…"``.

    A UUID is one behind "secret", and none behind a plain "key".
    """
    small = text.lower()
    if not any(label in small for label in _LABELS):
        return False
    for match in _LABELLED.finditer(text):
        label, value = match["label"].lower(), match["value"]
        before = text[max(0, match.start() - 24) : match.start()].lower()
        if label == "key" and _NO_SECRET.search(before):
            continue
        if is_uuid(value):
            named = "=" in match["sign"] and before[-1:].isascii() and before[-1:].strip() != ""
            found = label in ("secret", "token", "private") or named or "api" in before[-4:]
        elif "=" in match["sign"]:
            found = is_key(value)
        else:
            found = len(value) >= 16 and is_random(value)
        if found:
            return True
    return False


def assigned_secret_in(text: str) -> bool:
    """Whether the text says ``password=…``, ``API key: …`` or ``the password is …``.

    "Password: required" and "Token: expired" speak about a credential and pass.
    """
    return (
        any(_is_assigned(match) for match in _ASSIGNMENT.finditer(text))
        or ((":" in text or "=" in text) and _HEADER.search(text) is not None)
        or ("<" in text and _IN_MARKUP.search(text) is not None)
        or (" " in text and _is_told(text))
    )


def _is_told(text: str) -> bool:
    """Whether a sentence or a command hands over a password, a code or a key."""
    if _ONE_TIME.search(text) or _SPOKEN.search(text):
        return True
    if ('"' in text or "'" in text) and any(
        match["value"].lower() not in _NOT_VALUES for match in _QUOTED_PASSWORD.finditer(text)
    ):
        return True
    if "-" in text and (_FLAG.search(text) or _USER_FLAG.search(text)):
        return True
    phrase = _PHRASE.search(text) if "hrase" in text else None
    if phrase is not None and _NOT_VALUES.isdisjoint(phrase.group(1).lower().split()):
        return True
    return "login " in text and _LOGIN.search(text) is not None


def _is_pair(piece: str) -> bool:
    """Whether this is base64 of ``user:password`` (RFC 7617)."""
    try:
        return b":" in a2b_base64(piece.rstrip("=") + "=" * (-len(piece.rstrip("=")) % 4))[:-1]
    except Error:
        return False


def _is_assigned(match: re.Match[str]) -> bool:
    """Whether what follows the word and the sign is a value, and not the rest of a sentence."""
    value = match["value"].rstrip(".!?)]}")
    if len(value) < 3 or value.lower() in _NOT_VALUES or _MASK.fullmatch(value):
        return False
    sign = match["sign"]
    if "=" in sign or match["open"] or match["quote"]:
        return True
    before = match.string[match.start() - 1 : match.start()]
    if ":" in sign and (before in ("_", ".", "-") or before.isalpha()) and len(value) >= 6:
        return True  # POSTGRES_PASSWORD: in a file, not in a sentence
    strange = _STRANGE.search(value) is not None
    mixed = not (value.islower() or value.istitle() or value.isupper())
    if sign == ":":
        return strange or (mixed and value.isascii()) or len(value) >= 12
    if value.isdigit():
        return len(value) >= 4
    return (strange and _LETTER.search(value) is not None) or (mixed and len(value) >= 8)
