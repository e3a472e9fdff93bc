"""Credentials in the formats of those who issue them: keys, tokens, private keys, password hashes.

The formats are those that the providers document or that secret scanners (GitHub's, gitleaks,
TruffleHog) look for. Almost all are a prefix, an alphabet and a length, so that is how they are
written here; ``tests/privacy/`` has a made-up example of each.
"""

from __future__ import annotations

import re

from .patterns import Pattern, any_of
from .randomness import is_key, is_random

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
    ("Observability", "any", 16, "glsa_ glc_ glsp_ NRAK- NRJS- NRAL NRII- NRIQ- NRAA- NRSP- sntrys_ sntryu_ sntrya_ hcaik_ hcxik_ dt0c01. dt0s01. ddp_"),
    ("Productivity", "any", 20, "secret_ ntn_ lin_api_ lin_oauth_ figd_ figo_ PMAK- CFPAT- tfp_ sl. sl.u. pat-na1- pat-na2- pat-eu1- os_v2_ MFRZ doorkeeper_"),
    ("Developer tools", "any", 20, "rdme_ odt_ perm: perm- tskey- slk_ bkua_ CCIPAT_ CCIPRJ_ sqp_ squ_ sqa_ snyk_ ops_eyJ AGE-SECRET-KEY-1 sdk- api-key- sonar_ tk-us- fio-u- dvc_server_ dvc_client_ duffel_live_ duffel_test_ ghe_ gitea_ s-s4t2ud- s-s4t2af-"),
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

_SHAPES = Pattern(
    any_of(
        r"\beyJ[\w-]{5,4096}\.[\w-]{5,4096}",  # JWT, and Mapbox's: RFC 7519
        r"(?<![\w])(?:bot)?[0-9]{8,10}:[A-Za-z0-9_-]{33,36}(?![\w-])",  # Telegram bot
        r"(?<![\w])[\w~.-]{3}[0-9]Q~[\w~.-]{31,34}",  # Microsoft Entra client secret
        r"(?<![\w])[A-Za-z0-9]{30,52}(?:JQQJ99|AZDO)[A-Za-z0-9]{4,40}",  # Azure since 2024
        r"(?<![\w])[0-9a-f]{32}-us[0-9]{1,2}\b",  # Mailchimp
        r"(?<![\w])[0-9]{13,17}\|[\w-]{27}(?![\w-])",  # Facebook app
        r"(?<![\w])[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,40}(?![\w.])",  # Discord bot
        r"(?<![\w])[A-Za-z0-9]{14}\.atlasv1\.[\w-]{20,80}",  # Terraform Cloud
        r"(?<![\w])pat[A-Za-z0-9]{14}\.[0-9a-f]{20,64}",  # Airtable
        r"\baccess-(?:sandbox|development|production)-[0-9a-f]{8}-",  # Plaid
        r"(?<![\w])ver:[0-9]-hint:[0-9]{1,20}-[\w+/=]{16}",  # Snowflake session
        r"(?<![\w])[0-9]{6,20}-[a-z0-9]{32}\.apps\.googleusercontent\.com",  # Google client
        r"(?i:hooks\.slack\.com/(?:services|workflows|triggers)/\w)",
        r"(?i:discord(?:app)?\.com/api/webhooks/[0-9])",
        r"(?i:\.webhook\.office\.com/webhookb2/|\boutlook\.office\.com/webhook/)",
        r"(?i:hooks\.zapier\.com/hooks/catch/\w)",
        r"(?<![\w])v1\.0-[0-9a-f]{24}-[0-9a-f]{40}",  # Cloudflare origin CA
        r"(?<![\w])1/[0-9]{13,20}(?::|/)[0-9a-f]{32}",  # Asana
        r"(?<![\w])SSWS\s00[\w-]{20}",  # Okta
        r"(?<![\w])A3-[A-Z0-9]{6}-(?:[A-Z0-9]{6}-[A-Z0-9]{5}|[A-Z0-9]{11})-",  # 1Password secret key
        r"(?<![\w])api-[0-9a-f]{8}-[0-9a-f]{4}-4",  # LaunchDarkly
        r"(?<![\w])oauth:[a-z0-9]{30}(?![\w])",  # Twitch
        r"(?<![\w])pk_[0-9]{6,9}_[A-Z0-9]{32}(?![\w])",  # ClickUp
        r"(?<![\w])(?:sk|pk|tk)\.[\w-]{20,200}\.[\w-]{10}",
        r"\$(?:2[abxy]|argon2(?:id?|d)|apr1|krb5\w{2,8}|[1-9P]|y|scrypt|pbkdf2[\w-]{0,12})\$[\w./$=,+*-]{10}",  # hashes
        r"\{S?SHA(?:256|512)?\}[\w+/]{24}",
        r"\b(?:pbkdf2_sha256|scrypt|bcrypt_sha256|argon2)\$[\w./$=,+-]{10}",
        r"\bAAAA[BCE]3NzaC1[\w+/]{10}",  # an SSH key
    )
)
_PREFIXED = Pattern(
    r"(?<![A-Za-z0-9_-])(?:[a-z][a-z0-9]{1,11}[_-]){0,2}(?:sk|rk|ak|pat|secret|token|apikey|api[_-]key|priv|cred)[_-]"
    r"(?:(?:live|test|prod|dev|v[0-9])[_-])?([A-Za-z0-9]{20,256})(?![\w-])"
)
_PRIVATE_KEY = Pattern(
    r"-----BEGIN[ A-Z0-9]{0,40} ?PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File|BEGIN(?: \w{1,12}){0,3} PRIVATE KEY"
)


def known_key_in(text: str) -> bool:
    """Whether the text has a credential in the format of its provider."""
    if any(_has_body(text, match) for match in _PREFIX.finditer(text)):
        return True
    return _SHAPES.search(text) is not None


def is_private_key(text: str) -> bool:
    """Whether the text has the head of a private key."""
    return _PRIVATE_KEY.search(text) is not None


def _has_body(text: str, prefix: re.Match[str]) -> bool:
    alphabet, length = _PREFIXES[prefix.group()]
    run = _RUNS[alphabet].match(text, prefix.end())
    if run is None or len(run.group()) < length:
        return False
    if alphabet == "upper":
        return True
    # Without a mark between them, an id may begin with the same letters by chance.
    is_marked = not prefix.group()[-1].isalnum()
    return is_key(run.group()) if is_marked else is_random(run.group())


def prefixed_secret_in(text: str) -> bool:
    """Whether a random run follows ``sk_``, ``acme_pat_`` and the like; ids may begin so, too."""
    return any(is_random(match.group(1)) for match in _PREFIXED.finditer(text))
