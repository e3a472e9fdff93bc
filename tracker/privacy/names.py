"""Names from a warehouse or a dbt project, and dbt's own templates.

The customer's tracking guide forbids names of schemas, models and fields. A name with three parts
(``db.schema.table``) or with quoted parts is one; so is a model's by dbt's naming guide
(``stg_…``, ``fct_…``, ``dim_…``). A name with two parts is an event's (``element.action``) far more
often, and passes unless its first part is a well-known schema.
"""

from __future__ import annotations

import re

from .objects import is_told
from .patterns import Pattern, any_of, word_set
from .rules import Place

_BARE = Pattern(
    r"(?<![\w.@/\\:$#-])[^\W\d][\w$-]{0,127}(?:\.[^\W\d][\w$-]{0,127}){2,5}(?![\w@/\\-]|\.\w)"
)
_QUOTED = Pattern(
    any_of(
        r"\"[\w$ -]{1,128}\"\.\"?[\w$ -]{1,128}",
        r"(?<!\w)[\w$]{1,128}\.\"[\w$ -]{1,128}\"",
        r"`[\w$-]{1,128}`?\.`?[\w$-]{1,128}(?:`|\.)",
        r"\[[A-Za-z_][\w$ -]{0,127}\]\.\[?[A-Za-z_][\w$ -]{0,127}\]?",
    )
)
_SCHEMA = Pattern(
    r"(?<![\w.@/-])(?:dbo|public|information_schema|pg_catalog|pg_temp|account_usage)\.\"?[a-z_][\w$]{1,127}(?![\w.(])",
    re.IGNORECASE,
)
_MODEL = Pattern(
    any_of(
        r"(?<![\w-])(?:stg|fct)_[a-z0-9_]{2,120}",
        r"(?<![\w-])(?:dim|fact|mart|rpt)_(?!mode|light|down|out|off|on|in|check|sheet)[a-z0-9]{2,60}s?(?:_[a-z0-9_]{1,60})?(?![\w-])",
        r"(?<![\w-])(?:int|base|src|raw|seed|snap|snapshot|mrt|intermediate|staging|tmp|prep)_[a-z0-9]{1,60}(?:_[a-z0-9]{1,60}){0,6}__[a-z0-9_]{1,60}",
        r"(?<![\w-])int_[a-z0-9]{2,40}s_[a-z0-9_]{2,80}",
        r"(?<![\w-])[a-z0-9]{1,60}(?:_[a-z0-9]{1,60}){0,6}__(?:dbt_tmp|dbt_backup|base|stg|snapshot)\b",
    ),
    re.IGNORECASE,
)
_QUOTED_IN_ERRORS = Pattern(
    any_of(
        r"\b(?:relation|column|table|schema|database|object|dataset|model|source|identifier|field|view|name)\s(?:named\s)?(?:'[\w.$:-]{1,128}'|\"[\w.$:-]{1,128}\"|`[\w.$:-]{1,128}`)",
        r"\b(?:schema|database|dataset)\s?[:=]\s?\w{1,128}[,;&\s]{1,3}(?:table|view|model|column)\s?[:=]",
        r"\b(?:constraint|sequence|index)\s\"[A-Za-z]\w{0,60}[_.]\w{1,128}\"|\bauthentication failed for user\s?[\"']|\bkey \([\w, ]{1,200}\)=\(",
        r"\bno such (?:table|column|schema|view): ?\w",
        r"\bsql compilation error\b|\bORA-[0-9]{5}\b|\bunrecognized name: ?\w",
        r"\bnot found: (?:table|dataset) \w",
    ),
    re.IGNORECASE,
)
_FIELD = Pattern(
    # A table's plural and a column's ending: orders.customer_id.
    r"(?<![\w.])(?!(?:params|props|args|kwargs|settings|options|headers|details)\.)[a-z][a-z_]{1,60}s"
    r"\.(?:[a-z][a-z0-9_]{0,60}_(?:id|at|date|amount|sk|pk|fk|usd|eur|email|phone|revenue|price)|first_name|last_name|email)(?![\w.])",
    re.IGNORECASE,
)
_RESOURCE = Pattern(
    # BigQuery's: datasets/a/tables/b, and a project before a colon.
    r"(?<![\w.])[a-z][a-z0-9]{0,28}-[a-z0-9-]{1,28}:[a-z_]\w{1,127}\.[a-z_]\w{1,127}(?![\w(])|\b(?:datasets|schemas|databases)/[\w-]{1,128}/(?:tables|views|models|routines)/\w",
    re.IGNORECASE,
)
_MARKS = ("=", "'", '"', "`", "[", ":", "ORA-")
_DBT = Pattern(
    any_of(
        r"\{\{",
        r"\{%",
        r"%\}",
        r"\A[^{]{0,400}\}\}",  # the end of a template that was cut; JSON and plurals have their beginnings
        r"\{#[^#]{0,400}#\}",
        r"(?<![\w.])(?:ref|source|env_var|doc|metric|dbt_utils\.\w{1,40}|config)\s{0,3}\(\s{0,3}[\"'`][\w. -]{1,128}[\"'`]",
        r"(?<![\w.])var\s?\(\s?[\"'][\w.:-]{1,128}[\"']",
        r"\$\{(?:TABLE|ref|[A-Za-z_]\w{0,60}\.[A-Za-z_]\w{0,60})",
        r"\bdbt\s(?:run|build|test|compile|seed|snapshot|ls|list|run-operation|clone|retry|show)\b[^\n]{0,80}?\s(?:--select|--models?|-s|-m|--exclude|--args|--inline)\b",
        r"(?<![\w.])(?:model|seed|snapshot|exposure|macro|analysis|semantic_model)\.\w{2,80}\.\w{2,80}",
        # Selections: +orders+1, tag:nightly,config.materialized:table, state:modified+
        r"(?<![\w+])(?:@|[0-9]?\+)[a-z]\w{2,80}\+[0-9]?(?![\w+])|(?<![\w+])[0-9]?\+(?:stg|int|fct|dim)_\w",
        r"\bconfig\.\w{3,30}:\w|\bstate:(?:modified|new|old|unmodified)\b|\bsource_status:fresher",
        r"(?<![\w:])(?:tag|path|source|exposure|metric|package|resource_type|test_type|result|fqn|group):[\w.*/-]{2,80}(?:\+|,(?:tag|path|config|source|package)[:.])",
        r"\bmanifest\.nodes\b",
    )
)

_TOP_DOMAINS = word_set(
    "com org net io dev app co cloud ai edu gov mil int biz local localhost internal lan home test "
    "example invalid tech site online xyz me us uk de fr es it nl be ch at se no fi dk pl pt cz ie "
    "eu ru ua jp cn kr in br mx ar cl au nz za ca tr gr hu ro sg hk tw th vn my ph il ae is ly gg fm "
    "tv to ws sh so gl cc la "
)
_REVERSED = word_set("com org net io edu gov eu de fr uk jp nl ch")
_CODE = word_set(
    "java javax kotlin kotlinx scala android androidx system microsoft windows window document navigator "
    "console process react math self this module exports os sys django flask numpy pandas torch sklearn "
    "tensorflow requests urllib3 asyncio builtins werkzeug starlette fastapi pydantic sqlalchemy vue "
    "angular node jquery lodash swiftui uikit foundation unity http urllib json logging collections "
    "typing importlib concurrent tracker event context www properties traits e i p u a object array "
    "promise string intl crypto performance screen history location"
)
_INTERFACE = word_set(
    "ui nav navbar menu sidebar modal button btn cta tooltip dialog dropdown widget toolbar topbar header "
    "footer panel icon theme onboarding toast banner stepper wizard checkbox i18n tooltip placeholder"
)
_TOPICS = word_set(
    "experiment experiments error errors settings feature features flag flags permission permissions "
    "notification notifications"
)
_SIZES = word_set("nano micro small medium large xlarge metal")
_REVISION = Pattern(r"v[0-9]{1,3}")
_FILE_TYPES = word_set(
    "js jsx ts tsx css scss html htm json yml yaml gz zip md mdx py sql csv xlsx xls pdf png jpg jpeg gif "
    "svg webp map txt xml toml lock mjs cjs log ini cfg conf whl tar vue svelte woff2 parquet docx pptx"
)
_ACTIONS = word_set(
    "click clicked clicks submit submitted change changed open opened close closed view viewed create "
    "created update updated delete deleted remove removed add added save saved load loaded start started "
    "stop stopped finish finished complete completed cancel cancelled canceled fail failed succeed "
    "succeeded error errored toggle toggled select selected search searched filter filtered sort sorted "
    "share shared export exported import imported download downloaded upload uploaded invite invited "
    "login logout signup enabled disabled enable disable expand expanded collapse collapsed drag dragged "
    "drop dropped hover hovered focus focused blur blurred scroll scrolled show shown hide hidden dismiss "
    "dismissed accept accepted reject rejected refresh refreshed retry retried copy copied paste pasted "
    "rename renamed move moved edit edited run executed keydown keyup press pressed impression swipe tap "
    "title label description placeholder tooltip button heading text success failure requested granted "
    "denied logged signed duplicated archived restored published scheduled triggered connected disconnected"
)
_DOTTED = Pattern(r"[A-Za-z_][\w$]{0,127}(?:\.[A-Za-z_][\w$]{0,127}){1,5}")


def warehouse_name_in(text: str, place: Place) -> bool:
    """Whether the text has the name of a schema, table, model or field."""
    if _is_quoted(text):
        return True
    if place in (Place.NAME, Place.VERSION, Place.AGENT, Place.ID):
        # Dotted by convention; more parts than app, element and action are no event's name.
        return place is Place.NAME and any(
            match.group().count(".") > 2 and not _is_harmless(match.group())
            for match in _BARE.finditer(text)
        )
    if "." in text:
        if any(not _is_harmless(match.group()) for match in _BARE.finditer(text)):
            return True
        if _SCHEMA.search(text) or _FIELD.search(text):
            return True
    if any(mark in text for mark in "/: ") and (_RESOURCE.search(text) or is_told(text)):
        return True
    return "_" in text and _MODEL.search(text) is not None


def is_path_of_names(text: str) -> bool:
    """Whether the whole text is identifiers with dots between, as ``orders.status``."""
    return _DOTTED.fullmatch(text) is not None


def dbt_in(text: str) -> bool:
    """Whether the text has Jinja, a ``ref()`` or ``source()``, or a selection of models."""
    return _DBT.search(text) is not None


def _is_quoted(text: str) -> bool:
    """Whether a name stands in quotes, in brackets or in a database's own words."""
    return any(mark in text for mark in _MARKS) and (
        _QUOTED.search(text) is not None or _QUOTED_IN_ERRORS.search(text) is not None
    )


def _is_harmless(name: str) -> bool:
    """Whether a dotted name is a host's, a package's, a file's, the interface's or an event's."""
    parts = name.lower().split(".")
    return (
        not name.isascii()  # sentences without spaces, whose stops are folded to dots
        or parts[-1] in _TOP_DOMAINS
        or parts[-1] in _FILE_TYPES
        or parts[-1].removesuffix("_in").removesuffix("_out").removesuffix("_up") in _ACTIONS
        or parts[-1].lstrip("0123456789") in _SIZES  # of machines: db.t3.medium
        or parts[0] in _REVERSED
        or parts[0] in _CODE
        or parts[-1].endswith(("exception", "error", "warning"))
        or parts[0] in _TOPICS
        or not {"errors", "exceptions", "exc"}.isdisjoint(parts)
        or not _INTERFACE.isdisjoint(parts)
        or _REVISION.fullmatch(parts[-1]) is not None
        or all(len(part) == 1 for part in parts)
    )
