"""Where things are: file paths, URLs that carry more than an address, connection strings."""

from __future__ import annotations

import re

from .patterns import Pattern, any_of, word_set
from .rules import Place

_URL = Pattern(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{0,24})://([^\s\"'<>`]{0,4096})")
_AUTHORITY_END = Pattern(r"[/?#\\]")
_STORES = word_set(
    "postgres postgresql mysql mysql2 mariadb mssql sqlserver oracle mongodb redis rediss amqp amqps "
    "snowflake bigquery redshift databricks clickhouse clickhouses trino presto duckdb sqlite kafka "
    "cassandra ldap ldaps neo4j bolt couchdb couchbase elasticsearch opensearch cockroachdb "
    "memcached nats firebird vertica teradata athena awsathena exasol impala hive hive2 druid "
    "starrocks doris questdb influxdb risingwave singlestore libsql motherduck md jdbc odbc"
)
_FILE_SCHEMES = word_set(
    "file s3 s3a s3n gs gcs abfs abfss wasb wasbs adl az hdfs dbfs smb cifs nfs sftp ftp ftps ssh "
    "afp webhdfs oss cos minio r2 viewfs vscode-remote webpack webpack-internal"
)
_CONNECTION = Pattern(
    any_of(
        r"\bjdbc:[a-z0-9]{2,20}[:@]",
        r"\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|EndpointSuffix|DefaultEndpointsProtocol)\s?=",
        r"\b(?:Data Source|Server|Host|Hostname|Addr)\s?=[^;\s=]{1,200}[;\s]\s?[\w ]{1,30}=[^;]{0,200}[;\s]",
        r"\b(?:Initial Catalog|Integrated Security|User Id|Uid|Trusted_Connection|AttachDbFilename)\s?=",
        r"\b(?:dbname|sslmode|sslrootcert)\s?=\s?\S",
        r"\bDSN\s?=\s?\S",
        # Pairs of a driver, in any order: account=…;user=…;db=…
        r"(?<![\w&?])(?:account|user|uid|host|server|database|db|warehouse)=[^;=\s]{1,128};(?:[^;]{1,128};){0,4}"
        r"\s?(?:account|user|uid|host|server|database|db|warehouse|port|password|pwd)=",
        r"(?<![\w:/@.-])\w{1,32}/[^\s@/]{1,64}@(?://[\w.-]{1,128}(?::[0-9]{2,5})?|[\w.-]{1,128}:[0-9]{2,5})/\w",  # Oracle
        r"\b[\w.-]{1,64}:[^\s:@/]{1,128}@[\w.-]{1,253}:[0-9]{2,5}(?:/|\b)",
        r"(?<![\w:/@.-])[A-Za-z]\w{1,31}:(?=[^\s:@/]{0,64}[0-9])[^\s:@/]{4,64}@[A-Za-z][\w-]",
    ),
    re.IGNORECASE,
)
_QUERY = Pattern(
    any_of(
        r"\?[\w.\[\]%~-]{1,100}=",
        r"(?<![\w&])[\w.%-]{1,64}=[^\s&=]{0,512}&(?:amp;)?[\w.%-]{1,64}=",
        r"\butm_[a-z]{2,20}=",
        r"#(?:access_token|id_token|token|code|state|session)=",
    )
)
_URL_QUERY = Pattern(r"\?[^\s?#]|#[^\s#]{0,1000}[=?]|;jsessionid=", re.IGNORECASE)

_FILE_TYPES = (
    "sql|py|pyc|ya?ml|csv|tsv|jsonl?|ndjson|parquet|xlsx?|xlsm|docx?|pptx?|odt|ods|pdf|txt|log|md|rst"
    "|ipynb|pem|key|crt|cer|p12|pfx|env|ini|cfg|conf|toml|properties|sh|bash|zsh|bat|cmd|ps1|exe|dll"
    "|so|dylib|jar|war|zip|t?gz|bz2|7z|rar|tar|db|sqlite3?|duckdb|bak|dump|pkl|pickle|avro|orc|feather"
    "|lkml|tf|tfstate|tfvars|go|rb|rs|php|java|kt|cs|cpp|hpp|c|h|scala|r|rmd|jl|swift|lua|pl|dta|sav"
    "|mdb|accdb|pst|eml|msg|kdbx|ppk|ovpn|rdp|lock|mov|heic|psd|ai|sketch|fig"
)
_DATA_TYPES = "sql|py|ya?ml|csv|parquet|xlsx?|pem|key|env|log|db|sqlite3?|dump|ipynb|toml|ini"
_ROOTS = "Users|root|etc|var|usr|tmp|opt|mnt|srv|proc|private|Volumes|Applications|Workspace|lakehouse|dbfs"
_PATH = Pattern(
    any_of(
        rf"(?<![\w./:~-])/(?:{_ROOTS})/[^\s/]",
        r"(?<![\w./:~-])/home/[a-z_][\w.-]{0,64}",
        # Elsewhere below the root, and relative: a file of a type that holds data or code.
        rf"[\w.~][/\\][\w.@+ ()-]{{0,128}}\.(?:{_FILE_TYPES})(?![\w/])",
        rf"(?<![\w./:-])/[\w.@+ ()-]{{0,128}}\.(?:{_DATA_TYPES})(?![\w/])",
        r"/[\w.@+-]{1,128}/[\w.@+-]{1,128}\.[jt]sx?(?!\w)",
        r"(?<![\w/])~[\w-]{0,32}/[\w.]",
        r"(?<![\w/.])\.{1,2}/[\w.-]{1,128}/[\w.-]",
        r"(?<!\S)(?:\.\./){1,32}[\w.-]",
        r"\$\{?(?:HOME|PWD|TMPDIR|USERPROFILE|DBT_PROFILES_DIR|WORKSPACE|PATH)\}?[/\\]",
        r"%(?:APPDATA|LOCALAPPDATA|USERPROFILE|HOMEPATH|TEMP|PROGRAMFILES|SYSTEMROOT|WINDIR|PUBLIC)%",
        r"(?<![A-Za-z0-9])[A-Za-z]:(?:\\{1,2}|/)(?![\s/\\])[^\s:*?\"<>|]",
        r"(?<![\w\\])\\\\{1,3}[\w.$-]{1,64}\\{1,2}[\w.$ -]",
        r"\bfile:/",
        r"\bdbfs:/",
        r"(?<![\w/])(?:\.ssh|\.aws|\.dbt|\.kube|\.config|\.gnupg|\.docker)/[\w.-]",
    )
)
_SOURCE_FILE = Pattern(rf"/[^?#]{{1,2048}}\.(?:{_DATA_TYPES}|lkml)$", re.IGNORECASE)
"""A file of somebody's repository or share: github.com/acme/dbt/blob/main/models/orders.sql."""
_AMBIGUOUS_PATH = Pattern(r"(?:/home/|/opt/|/root/|/private/|/Applications/|/Workspace/)")


def location_rule(text: str, place: Place) -> str | None:
    """The rule that a URL, a connection string or a path in the text breaks."""
    rest = text
    if "://" in text:
        for match in _URL.finditer(text):
            rule = _url_rule(match.group(1).lower(), match.group(2))
            if rule:
                return rule
            if place is not Place.ROUTE and _SOURCE_FILE.search(match.group(2)):
                return "file_path"
        rest = _URL.sub(" ", text)
    if any(mark in text for mark in "=:@") and _CONNECTION.search(text):
        return "connection_string"
    if "=" in rest and _QUERY.search(rest):
        return "url_query"
    if any(mark in rest for mark in "/\\%") and _is_path(rest, place):
        return "file_path"
    return None


def _url_rule(scheme: str, address: str) -> str | None:
    end = _AUTHORITY_END.search(address)
    authority = address[: end.start()] if end else address
    if "@" in authority or scheme.partition("+")[0] in _STORES:
        return "connection_string"
    if scheme in _FILE_SCHEMES:
        return "file_path"
    return "url_query" if _URL_QUERY.search(address) else None


def _is_path(text: str, place: Place) -> bool:
    match = _PATH.search(text)
    if match is None:
        return False
    if place is Place.ROUTE:
        # The application's own routes: a feed under /home, /reports/annual.pdf.
        return not (_AMBIGUOUS_PATH.match(match.group()) or text.startswith("/"))
    return place is not Place.AGENT
