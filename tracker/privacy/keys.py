"""What a key says about its value: ``api_key`` is a secret whatever it holds, ``version`` is no IP.

Keys are read as words, so ``apiKey``, ``API-KEY`` and ``x_api_key`` mean the same.
"""

from __future__ import annotations

from itertools import pairwise

from .patterns import Pattern, word_set
from .rules import Place

_WORDS = Pattern(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z]+|[0-9]+")

_PUBLIC = frozenset({"write_key", "idempotency_key", "public_key", "site_key", "publishable_key"})
"""Not secrets by what they are for; the write key is in every page."""

_SECRET_WORDS = word_set(
    "password passwords passwd pwd passphrase passcode secret secrets credential credentials creds "
    "authorization cookie cookies jwt otp cvv cvc ssn dsn bearer apikey apikeys apitoken privatekey "
    "accesskey secretkey accesstoken authtoken refreshtoken clientsecret connectionstring pgpassword "
    "passwort kennwort contraseña senha пароль keytab htpasswd keyfile iban mnemonic"
)
_SECRET_PAIRS = word_set(
    "api_key access_key private_key secret_key signing_key encryption_key service_key master_key "
    "account_key shared_key deploy_key ssh_key license_key client_key host_key session_key app_key "
    "auth_key admin_key connection_string connection_uri connection_url database_url auth_header "
    "auth_code verification_code recovery_code backup_code security_code security_answer "
    "card_number pin_code session_cookie mot_passe service_account "
    "social_security national_id tax_id passport_number keyfile_json key_json smtp_pass db_pass user_pass "
    "mail_pass ftp_pass mysql_pass factor_code mfa_code sms_code login_code access_code confirmation_code "
    "activation_code reset_code recovery_phrase seed_phrase bank_account "
    "account_number passport_no passport_id drivers_license driver_license driving_licence credit_card "
    "debit_card card_no routing_number sort_code"
)
_SECRET_JOINED = frozenset(pair.replace("_", "") for pair in _SECRET_PAIRS)
_ANYWHERE = (
    "password",
    "passwd",
    "apikey",
    "passphrase",
    "clientsecret",
    "accesstoken",
    "privatekey",
)
_TOKEN = frozenset({"token", "tokens"})
_CODES = frozenset({"csrf", "xsrf", "sas", "pat", "mfa", "totp", "pin", "sid", "hmac"})

_ABOUT = word_set(
    "type kind method status state strength provider policy source action visibility format reason "
    "error errors event expired required enabled disabled set changed reset present valid invalid "
    "scheme scope scopes mode manager field input button form page screen step flow link rotation "
    "visible bucket consent banner preference preferences choice notice category categories group level "
    "tab label icon hint toggle prompt dialog modal view option options storage engine backend"
)
"""Last words of keys that speak about a credential instead of holding it: ``token_type``."""

_COUNTS = word_set(
    "count counts total num length len size max min used limit ms seconds minutes hours days "
    "age attempts version budget usage remaining left per ratio rate cost price expiry expires ttl "
    "input output prompt completion cached reasoning"
)
_IDS = word_set(
    "id ids uuid guid ulid hash sha sha1 sha256 md5 checksum etag digest fingerprint commit revision "
    "integrity nonce gclid fbclid msclkid uid trace span"
)
_ROWS = frozenset({"id", "ids", "uuid"})
_SECRET_IDS = frozenset({"access_key", "national_id", "tax_id", "passport_id"})
_VERSIONS = word_set("version versions build release semver oid")
_NAMES = word_set(
    "event action hostname host domain domains namespace package bundle feature features flag flags "
    "module logger class permission permissions translation i18n locale exception tld origin topic "
    "experiment setting shortcut testid selector capability entitlement"
)
_ROUTES = word_set("path paths route routes pathname screen pathpattern")
_SOFT = word_set("key keys auth sig signature code session salt value_hash access")
_PHONES = word_set("phone phones mobile tel telephone msisdn whatsapp fax cellphone")
_PERSONAL_PAIRS = word_set(
    "first_name last_name full_name given_name family_name middle_name maiden_name birth_date "
    "date_birth of_birth street_address home_address postal_address mailing_address person_name "
    "customer_name contact_name patient_name employee_name legal_name"
)
_PERSONAL_WORDS = word_set(
    "firstname lastname fullname givenname familyname surname birthday birthdate dob "
    "vorname nachname prénom apellido"
)
_TRAITS = word_set(
    "email emails mail username nickname phone phones mobile tel telephone whatsapp fax "
    "address street avatar photo birthday birthdate dob surname firstname lastname fullname"
)
_TRAIT_PAIRS = word_set(
    "display_name user_name nick_name screen_name e_mail real_name preferred_name"
)
_SQL = frozenset({"sql", "ddl", "dml", "cte"})
_WAREHOUSE_PAIRS = word_set(
    "schema_name schema_names table_name table_names database_name database_names db_name column_name "
    "column_names dataset_name dataset_names dbt_model dbt_models warehouse_schema default_schema "
    "target_schema search_path warehouse_table catalog_name db_schema warehouse_database "
    "table_schema source_table source_schema"
)
_WAREHOUSE_WORDS = word_set("metric metrics measure measures view views catalog catalogs")
_SCHEMAS = word_set("schema schemas database databases")
_TABLES = word_set(
    "table tables dataset datasets model models explore explores relation relations "
    "model_name model_names explore_name relation_name view_name base_table join_table db_table "
    "selected_tables"
)
_COLUMNS = word_set("column columns field_id field_ids column_id column_ids dimension_id metric_id")
_FIELDS = word_set(
    "field fields field_name field_names dimension dimensions dimension_name dimension_names "
    "metric_name metric_names measure_name"
)

_PERSONAL = _PERSONAL_PAIRS | _PERSONAL_WORDS
_AGENTS = frozenset({"user_agent", "useragent"})
_ANY_OF, _LAST, _LAST_TWO, _ONLY = range(4)
_MEANINGS: tuple[tuple[int, frozenset[str], Place], ...] = (
    (_ANY_OF, _PERSONAL, Place.PERSONAL),
    (_LAST, _SQL, Place.SQL),
    (_ANY_OF, _WAREHOUSE_PAIRS, Place.WAREHOUSE),
    (_ANY_OF, _AGENTS, Place.AGENT),
    (_LAST, _VERSIONS, Place.VERSION),
    (_LAST_TWO, _COLUMNS, Place.COLUMN),
    (_LAST_TWO, _TABLES, Place.TABLE),
    (_LAST_TWO, _FIELDS, Place.FIELD),
    (_LAST, _IDS, Place.ID),
    (_LAST, _ROUTES, Place.ROUTE),
    (_ANY_OF, _PHONES, Place.PHONE),
    (_ANY_OF, _NAMES, Place.NAME),
    (_ONLY, _SCHEMAS, Place.SCHEMA),
    (_LAST, _COLUMNS, Place.COLUMN),
    (_ONLY, _TABLES, Place.TABLE),
    (_LAST, _FIELDS, Place.FIELD),
    (_LAST, _WAREHOUSE_WORDS, Place.WAREHOUSE_WORD),
    (_ONLY, frozenset({"pin"}), Place.PIN),
    (_LAST, _SOFT, Place.SUSPICIOUS),
)
"""What a key means by any of its words or pairs of words, or by its last; the first counts."""


def words_of(key: str) -> list[str]:
    """The words of a key in lower case: ``X-Api_keyID`` is x, api, key, id."""
    return [match.group().lower() for match in _WORDS.finditer(key)]


def place_of(key: str) -> Place:
    """What kind of value the key announces."""
    words = words_of(key)
    if not words:
        return Place.TEXT
    pairs = _pairs_of(words)
    if pairs & _PUBLIC:
        return Place.ID
    secret = _announces_secret(words, pairs)
    if secret is not None:
        return secret
    named = (pairs.union(words), {words[-1]}, {"_".join(words[-2:])}, {"_".join(words)})
    for where, known, place in _MEANINGS:
        if known.isdisjoint(named[where]):
            continue
        if place is not Place.WAREHOUSE or words[-1] not in _ABOUT | _COUNTS:
            return place
    return Place.TEXT


def _pairs_of(words: list[str]) -> set[str]:
    return {f"{first}_{second}" for first, second in pairwise(words)}


def _announces_secret(words: list[str], pairs: set[str]) -> Place | None:
    together = "".join(words).replace("passwordless", "")
    named = {*words, *pairs, *("".join(pair.split("_")) for pair in pairs)}
    last = words[-1]
    if last in _ROWS and pairs.isdisjoint(_SECRET_IDS):
        return None  # api_key_id: which one, not what it is
    if (
        not named.isdisjoint(_SECRET_PAIRS | _SECRET_WORDS)
        or not _SECRET_JOINED.isdisjoint(words)
        or any(word in together for word in _ANYWHERE)
    ):
        about = last in _ABOUT | _COUNTS
    elif not _TOKEN.isdisjoint(words):
        about = last in _ABOUT or not _COUNTS.isdisjoint(words)
    else:
        return Place.SENSITIVE if last in _CODES and len(words) > 1 else None
    about = about or last.endswith("ed") or words[0] in {"has", "is", "max", "num", "total"}
    return Place.DESCRIBED if about else Place.SENSITIVE


def counts_something(key: str) -> bool:
    """Whether a number under this key is an amount, as in ``token_count`` and ``max_tokens``."""
    words = words_of(key)
    return "tokens" in words or not _COUNTS.isdisjoint(words) or words[-1:] == ["secrets"]


def is_personal_trait(key: str) -> bool:
    """Whether a trait of this name says who somebody is, or how to reach them."""
    words = words_of(key)
    named = _pairs_of(words).union(words)
    if words == ["name"]:
        return True
    return not named.isdisjoint(_TRAITS | _TRAIT_PAIRS | _PERSONAL)
