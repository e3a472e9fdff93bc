"""Credentials: keys in their providers' formats, private keys, tokens, passwords in assignments.

The formats are those that the providers document or that secret scanners (GitHub's, gitleaks,
TruffleHog) look for. Almost all are a prefix, an alphabet and a length, so that is how they are
written here; ``tests/privacy/`` has a made-up example of each.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64
from itertools import pairwise

from .patterns import Pattern, any_of, word_set

_ALPHABETS = {
    "word": r"[A-Za-z0-9_-]",
    "alnum": r"[A-Za-z0-9]",
    "upper": r"[A-Z0-9]",
    "hex": r"[0-9a-fA-F]",
    "any": r"[A-Za-z0-9_.=+/~:%$-]",
}

# provider: alphabet, shortest rest, prefixes
_PROVIDERS: tuple[tuple[str, str, int, str], ...] = (
    ("AWS", "upper", 16, "AKIA ASIA ABIA ACCA A3T AGPA AIDA AROA AIPA ANPA ANVA"),
    ("AWS Bedrock", "any", 40, "ABSK bedrock-api-key-"),
    ("Google Cloud", "word", 30, "AIza"),
    ("Google OAuth", "any", 20, "ya29. 1//0 GOCSPX-"),
    ("GitHub", "alnum", 20, "ghp_ gho_ ghu_ ghs_ ghr_"),
    ("GitHub fine-grained", "word", 20, "github_pat_"),
    (
        "GitLab",
        "any",
        16,
        "glpat- gloas- gldt- glrt- glcbt- glptt- glft- glimt- glagent- glsoat- glffct- GR1348941",
    ),
    ("Atlassian", "any", 20, "ATATT3 ATBB ATCTT3 ATSTT3"),
    ("Slack", "any", 10, "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xoxd- xoxc- xoxe.xoxp- xapp- xwfp-"),
    (
        "Stripe",
        "alnum",
        10,
        "sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_ pk_secret_",
    ),
    ("OpenAI, Anthropic, OpenRouter, Langfuse, DeepSeek", "word", 20, "sk-"),
    ("Hugging Face", "alnum", 20, "hf_ api_org_"),
    ("AI services, webhooks", "any", 20, "whsec_ gsk_ pplx- xai- r8_ tvly- pcsk_ lsv2_pt_ lsv2_sk_ fw_ nvapi- jina_ csk-"),
    ("Twilio", "hex", 32, "SK AC"),
    ("SendGrid", "any", 20, "SG."),
    ("Mail services", "any", 20, "xkeysib- xsmtpsib- key- re_ mlsn. MCSK"),
    ("npm", "alnum", 30, "npm_"),
    ("PyPI", "word", 16, "pypi-"),
    ("Package registries", "any", 20, "rubygems_ oy2 cio dckr_pat_ dckr_oat_ AKCp cmVmd"),
    ("Databricks", "hex", 32, "dapi dose dkea dsapi"),
    ("dbt Cloud", "any", 20, "dbtc_ dbtu_ dbts_"),
    ("Lightdash", "any", 16, "ldpat_ ldsvc_ ldat_"),
    ("Data tools", "any", 20, "sgp_ secret-token: phx_ phs_ hvs. hvb. hvr. cf_ sbp_ sb_secret_ napi_ motherduck_"),
    (
        "Shopify",
        "hex",
        32,
        "shpat_ shpca_ shppa_ shpss_ shptka_ shpua_ shpit_ shprt_",
    ),
    ("Payments", "any", 20, "sq0atp- sq0csp- sq0idp- EAAA access_token$production$ access_token$sandbox$"),
    ("Payments in other lands", "any", 14, "rzp_live_ rzp_test_ FLWSECK shippo_live_ shippo_test_ EZAK EZTK"),
    ("Facebook", "alnum", 40, "EAA"),
    ("Twitter", "any", 20, "AAAAAAAAAAAAAAAAAAAA"),
    ("Hosting", "any", 20, "HRKU- fo1_ fm1_ fm2_ nfp_ dop_v1_ doo_v1_ dor_v1_ vercel_ vcp_ rnd_ railway_"),
    ("PlanetScale, Doppler, Pulumi", "any", 20, "pscale_tkn_ pscale_oauth_ pscale_pw_ dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit. pul-"),
    ("Observability", "any", 16, "glsa_ glc_ glsp_ NRAK- NRJS- NRAL NRII- NRSP- sntrys_ sntryu_ sntrya_ hcaik_ hcxik_ dt0c01. dt0s01. ddp_"),
    ("Productivity", "any", 20, "secret_ ntn_ lin_api_ lin_oauth_ figd_ figo_ PMAK- CFPAT- tfp_ sl. sl.u. pat-na1- pat-na2- pat-eu1- os_v2_ MFRZ doorkeeper_"),
    ("Developer tools", "any", 20, "bkua_ CCIPAT_ CCIPRJ_ sqp_ squ_ sqa_ snyk_ ops_eyJ AGE-SECRET-KEY-1 sdk- api-key- sonar_ tk-us- fio-u- dvc_server_ dvc_client_ duffel_live_ duffel_test_ ghe_ gitea_"),
    ("Clouds", "alnum", 16, "LTAI AKID AQVN t1. AKLT YC"),
)  # fmt: skip

_PREFIXES = {
    prefix: (alphabet, length)
    for _, alphabet, length, prefixes in _PROVIDERS
    for prefix in prefixes.split()
}
_PREFIX = Pattern(
    r"(?<![A-Za-z0-9])(?:"
    + "|".join(re.escape(prefix) for prefix in sorted(_PREFIXES, key=len, reverse=True))
    + ")"
)
_RUNS = {name: Pattern(alphabet + "{1,256}") for name, alphabet in _ALPHABETS.items()}
_PIECE = Pattern(r"[^\W_]{8,}")

_SHAPES = Pattern(
    any_of(
        r"\beyJ[\w-]{5,4096}\.[\w-]{5,4096}",  # JWT, and Mapbox's: RFC 7519
        r"(?<![\w])(?:bot)?[0-9]{8,10}:[A-Za-z0-9_-]{33,36}(?![\w-])",  # Telegram bot
        r"(?<![\w])[\w~.-]{3}[0-9]Q~[\w~.-]{31,34}",  # Microsoft Entra client secret
        r"(?<![\w])[A-Za-z0-9]{30,52}(?:JQQJ99|AZDO)[A-Za-z0-9]{4,40}",  # Azure since 2024
        r"(?<![\w])[0-9a-f]{32}-us[0-9]{1,2}\b",  # Mailchimp
        r"(?<![\w])[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,40}(?![\w.])",  # Discord bot
        r"(?<![\w])[A-Za-z0-9]{14}\.atlasv1\.[\w-]{20,80}",  # Terraform Cloud
        r"(?<![\w])pat[A-Za-z0-9]{14}\.[0-9a-f]{20,64}",  # Airtable
        r"\baccess-(?:sandbox|development|production)-[0-9a-f]{8}-",  # Plaid
        r"(?<![\w])ver:[0-9]-hint:[0-9]{1,20}-[\w+/=]{16}",  # Snowflake session
        r"(?<![\w])[0-9]{6,20}-[a-z0-9]{32}\.apps\.googleusercontent\.com",  # Google client
        r"(?i:hooks\.slack\.com/(?:services|workflows|triggers)/\w)",
        r"(?i:discord(?:app)?\.com/api/webhooks/[0-9])",
        r"(?i:\.webhook\.office\.com/webhookb2/)",
        r"(?<![\w])v1\.0-[0-9a-f]{24}-[0-9a-f]{40}",  # Cloudflare origin CA
        r"(?<![\w])1/[0-9]{13,20}(?::|/)[0-9a-f]{32}",  # Asana
        r"(?<![\w])SSWS\s00[\w-]{20}",  # Okta
        r"(?<![\w])A3-[A-Z0-9]{6}-[A-Z0-9]{6}-",  # 1Password secret key
        r"(?<![\w])(?:sk|pk|tk)\.[\w-]{20,200}\.[\w-]{10}",
        r"\$(?:2[abxy]|argon2(?:id?|d)|5|6|y|scrypt|pbkdf2[\w-]{0,12})\$[\w./$=,+-]{10}",  # hashes
        r"\b(?:pbkdf2_sha256|scrypt|bcrypt_sha256|argon2)\$[\w./$=,+-]{10}",
        r"\bAAAA[BCE]3NzaC1[\w+/]{10}",  # an SSH key
    )
)
_PRIVATE_KEY = Pattern(
    r"-----BEGIN[ A-Z0-9]{0,40} ?PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File|BEGIN(?: \w{1,12})? PRIVATE KEY"
)
_BEARER = Pattern(
    r"\b(?:bearer|token|digest|negotiate|apikey)[ :]{1,3}([\w.~+/-]{12,}=*)", re.IGNORECASE
)
_BASIC = Pattern(r"\bbasic[ ]{1,2}([A-Za-z0-9+/]{6,512}={0,2})(?![\w+/])", re.IGNORECASE)
_HEADER = Pattern(
    r"\b(?:set-)?cookie:\s?[\w.-]{1,64}=|\b[\w.-]{0,30}sess(?:ion|id)?(?:[_-]?id)?=[^\s;,&]{16}|\bauthorization:\s?\w{1,20}\s\S|\bx-[\w-]{0,30}(?:key|token|secret):\s?\S{6}",
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
    r"(?P<quote>[\"']?)(?P<sign>\s?(?:=>|:=|={1,2}|:)\s?|\s(?:is|was|ist|lautet|es|est|è|é|to)\s:?)"
    r"(?P<open>[\"'`]?)(?P<value>[^\s\"'`,;&<>]{3,200})",
    re.IGNORECASE,
)
_ONE_TIME = Pattern(
    r"(?<![\w])(?:[A-Z]-)?[0-9]{4,8} is your [\w ]{0,40}\b(?:code|pin|otp|password)\b|"
    r"\b(?:one[ -]time|verification|security|login|access|confirmation|activation|2fa|otp|authentication|sms)"
    r" (?:password|passcode|code|pin)(?: is|:| =)? ?[0-9][0-9 -]{3,9}(?![\w])",
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
_LONG = Pattern(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,400}={0,2}(?![A-Za-z0-9+/_-])")
_INTEGRITY = Pattern(r"\bsha(?:256|384|512)-[A-Za-z0-9+/=]{20,}")
_UUID = Pattern(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def is_private_key(text: str) -> bool:
    """Whether the text has the head of a private key."""
    return _PRIVATE_KEY.search(text) is not None


def secret_in(text: str) -> bool:
    """Whether the text has a credential in a known format, in a header or in an assignment."""
    if any(_has_body(text, match) for match in _PREFIX.finditer(text)):
        return True
    if _SHAPES.search(text):
        return True
    if any(_is_key(match.group(1)) for match in _BEARER.finditer(text)):
        return True
    if any(_is_pair(match.group(1)) for match in _BASIC.finditer(text)):
        return True
    return assigned_secret_in(text)


def assigned_secret_in(text: str) -> bool:
    """Whether the text says ``password=…``, ``API key: …`` or ``the password is …``.

    "Password: required" and "Token: expired" speak about a credential and pass.
    """
    if any(_is_assigned(match) for match in _ASSIGNMENT.finditer(text)):
        return True
    if (":" in text or "=" in text) and _HEADER.search(text):
        return True
    return " " in text and bool(
        _ONE_TIME.search(text) or _SPOKEN.search(text) or ("-" in text and _FLAG.search(text))
    )


def random_in(text: str, *, shortest: int) -> bool:
    """Whether the text has a random piece of at least ``shortest`` characters, hashes aside.

    Random is: capitals, small letters and digits mixed, with the spread of base64; a UUID is not.
    """
    for match in _LONG.finditer(_INTEGRITY.sub(" ", text)):
        piece = match.group().rstrip("=")
        if len(piece) >= shortest and _is_mixed(piece) and not _UUID.fullmatch(piece):
            return True
    return False


def looks_random(text: str) -> bool:
    """Whether a value under a suspicious key is one random piece: letters and digits, no words."""
    return any(
        _is_random(match.group()) and not _UUID.fullmatch(match.group())
        for match in _LONG.finditer(text)
    )


def _has_body(text: str, prefix: re.Match[str]) -> bool:
    alphabet, length = _PREFIXES[prefix.group()]
    run = _RUNS[alphabet].match(text, prefix.end())
    if run is None or len(run.group()) < length:
        return False
    if alphabet == "upper":
        return True
    # Without a mark between them, an id may begin with the same letters by chance.
    is_marked = not prefix.group()[-1].isalnum()
    return _is_key(run.group()) if is_marked else _is_random(run.group())


def _is_key(run: str) -> bool:
    """Whether what stands where a key does is one: random, or with a piece too long for a word."""
    return _is_random(run) or any(
        len(piece.group()) >= (24 if piece.group().isalpha() else 16)
        for piece in _PIECE.finditer(run)
    )


def _is_random(run: str) -> bool:
    """Whether a piece of it, between separators, mixes letters and digits, or capitals and small.

    ``key-figures-2024`` has words and years; no key has.
    """
    return any(_is_random_piece(piece.group()) for piece in _PIECE.finditer(run))


def _is_random_piece(piece: str) -> bool:
    turns = _turns(piece)
    digits = sum(c.isdigit() for c in piece)
    return turns >= 3 and (digits >= 2 or turns * 4 >= len(piece))


def _is_mixed(piece: str) -> bool:
    digits = sum(c.isdigit() for c in piece)
    capitals = sum(c.isupper() for c in piece)
    small = sum(c.islower() for c in piece)
    if capitals < 4 or small < 4 or len(set(piece)) < 14:
        return False
    turns = _turns(piece)
    if len(piece) == 40:
        # AWS's secret keys: 40 characters of base64, of which their example has a single digit.
        return digits >= 1 and turns * 4 >= len(piece)
    return digits >= 2 and turns * 3 >= len(piece)


def _turns(piece: str) -> int:
    return sum((a.isdigit(), a.isupper()) != (b.isdigit(), b.isupper()) for a, b in pairwise(piece))


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
