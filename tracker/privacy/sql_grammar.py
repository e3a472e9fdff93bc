"""The grammar that only SQL has, as expressions over a text in lower case with single spaces.

Each stands under a word or sign that the text must have, so that most are never compiled: a search
for a literal costs next to nothing.
"""

from __future__ import annotations

from .patterns import Pattern, any_of

ID = r"(?:[a-z_][\w$]{0,127}|\"[^\"]{1,128}\"|`[^`]{1,128}`|\[[\w ]{1,128}\])"
NAME = rf"{ID}(?:\.{ID}){{0,3}}"
_OPERATOR = (
    r"(?:\s?(?:=|<>|!=|<=|>=|<|>|~\*?|\|\|)\s?(?:'|\"|[\w@:$%(?{-])|\s(?:not\s)?(?:like|ilike|rlike|regexp|similar\sto)\s"
    r"|\s(?:not\s)?in\s?\(|\sis\s(?:not\s)?(?:null|true|false|distinct)\b|\s(?:not\s)?between\s\S{1,60}\sand\s)"
)
_TYPES = (
    r"(?:bigint|int|int64|integer|smallint|tinyint|varchar|nvarchar|text|string|char|numeric|decimal|float|float64|double|real|bool"
    r"|boolean|date|datetime|timestamp|timestamptz|timestamp_ntz|time|uuid|json|jsonb|variant|serial|bytea|number|array|interval|money)"
)
OBJECT = (
    r"(?:(?:or\sreplace|or\salter|temp|temporary|transient|external|materialized|unique|global|local|unlogged|clustered|recursive|secure|dynamic|iceberg)\s){0,4}"
    r"(?:table|view|schema|database|index|function|procedure|trigger|sequence|role|user|warehouse|stage|type"
    r"|extension|task|stream|pipe|policy|catalog|tablespace|domain|model|column|constraint|macro)"
)
_FUNCTIONS = (
    r"(?:date_trunc|datediff|date_diff|dateadd|date_add|date_sub|date_part|coalesce|nullif|ifnull|nvl2?|row_number|dense_rank|ntile|first_value"
    r"|last_value|array_agg|string_agg|listagg|group_concat|json_extract\w{0,20}|json_value|jsonb_\w{1,30}|to_timestamp\w{0,8}|to_date|to_char"
    r"|to_number|try_cast|safe_cast|safe_divide|regexp_replace|regexp_extract|regexp_substr|split_part|approx_count_distinct|percentile_cont|percentile_disc"
    r"|median|stddev\w{0,5}|count_if|countif|sum_if|sumif|generate_series|generate_array|unnest|parse_json|get_json_object|iff|decode"
    r"|concat_ws|substring|strftime|from_unixtime|convert_timezone|last_day|months_between|row_to_json|uniq|toStartOfMonth|tostartof\w{1,12}|arrayjoin)"
)
_SOURCES: dict[str, tuple[str, ...]] = {
    "replace into ": (rf"\breplace\sinto\s{NAME}\s?(?:\(|values\b|select\b)",),
    "create user ": (r"\bcreate\suser\s\S{1,64}\s(?:with|identified|password)\b",),
    "if": (r"\biff?\s?\([^(),]{1,80},[^(),]{1,80},[^(),]{1,80}\)",),
    "syntax": (
        r"\berror\sin\syour\ssql\ssyntax\b|\bsyntax\serror\s(?:at\sor\s)?near\b|\bsql\ssyntax\serror\b",
    ),
    "select ": (
        r"\bselect\s(?:distinct\s|all\s|top\s?\(?\d+\)?\s)?(?:[\w\"`]{1,64}\.)?\*(?:\s|,|$|;)",
        r"\bselect\s(?:distinct\s)?(?:count|sum|avg|min|max)\s?\(",
        r"\bselect\s(?:\d+|'[^']{0,100}'|current_\w{4,20}|now\(\)|version\(\)|null)\s?(?:;|,|$|\sas\s|\sfrom\s|\sunion\s)",
        r"\b(?:intersect|except|minus)\s(?:all\s)?select\b",
        r"\bselect\b[^;]{1,400}\bfrom\s?\(\s?select\b",
    ),
    "insert ": (
        rf"\binsert\s(?:overwrite\s|ignore\s|or\s\w{{3,10}}\s)?into\s(?:table\s)?{NAME}\s?(?:\([^()]{{1,600}}\)\s?)?(?:values\b|select\b|default\svalues|with\b|\(\s?select)",
        rf"\binsert\sinto\s{NAME}\s?\({ID}\s?,\s?{ID}",
    ),
    "update ": (rf"\bupdate\s(?:only\s)?{NAME}(?:\s(?:as\s)?[a-z]\w{{0,30}})?\sset\s{NAME}\s?=",),
    "set ": (
        rf"\bset\s{NAME}\s?=\s?[^=]{{1,200}}\swhere\s",
        r"\bset\s(?:search_path|session|local|global|statement_timeout|timezone)\s?(?:\w+\s?)?(?:=|to\s)",
    ),
    "delete ": (
        rf"\bdelete\sfrom\s{NAME}(?:\s(?:as\s)?\w{{1,30}})?\s?(?:;|where\s|using\s|returning\s)",
    ),
    "merge ": (rf"\bmerge\sinto\s{NAME}\s.{{0,200}}?\b(?:using|when)\b",),
    "create ": (
        rf"\bcreate\s{OBJECT}\s(?:if\snot\sexists\s)?{NAME}\s?(?:\(|as\sselect|as\s\(|as\swith|as\s\$|clone\s|like\s|with\s\(|using\s|on\s{NAME}\s?\(|returns\b|language\b|authorization\b|for\svalues|;|partition)",
        rf"\bcreate\s{OBJECT}\sif\snot\sexists\b",
        rf"\bcreate\sor\sreplace\s{OBJECT}\b",
        r"\bcreate\s(?:temp|temporary|transient|external|materialized|unlogged)\s(?:table|view)\s[\w\".`]",
    ),
    " if exists": (rf"\b(?:drop|alter|truncate)\s{OBJECT}\sif\sexists\b",),
    "drop ": (rf"\bdrop\s{OBJECT}\s{NAME}\s?(?:;|cascade\b|restrict\b|,)",),
    "alter ": (
        rf"\balter\s{OBJECT}\s{NAME}\s(?:add|drop|rename|alter|modify|set|owner|enable|disable|cluster|suspend|resume|swap|attach|detach|change|comment)\b",
    ),
    "column": (
        rf"\b(?:add|drop|alter|rename|modify)\scolumn\s(?:if\s(?:not\s)?exists\s)?{NAME}(?:\s(?:{_TYPES}|to|type|set|drop)\b|;)",
    ),
    "truncate": (rf"\btruncate\s(?:table\s)?{NAME}\s?(?:;|cascade\b|restart\b)",),
    "with ": (
        rf"\bwith\s(?:recursive\s)?{ID}\s?(?:\([^()]{{1,300}}\)\s?)?as\s?(?:(?:not\s)?materialized\s?)?\(\s?(?:select|with|values|insert|update|delete|from|$|\()",
    ),
    " by ": (
        r"\bgroup\sby\s(?:\d+\b(?!\s(?:of|minutes?|hours?|days?|weeks?|months?|years?|items?))|all\b\s?(?:$|order|having)|rollup|cube|grouping\ssets|\"|`)",
        rf"\bgroup\sby\s{NAME}(?:\s?,\s?{NAME}){{0,20}}\s(?:having|order\sby|limit|qualify)\b",
        rf"\b(?:group|order|partition)\sby\s{ID}\.{ID}",
        r"\b(?:group|order|partition|cluster|distribute)\sby\s(?:[a-z]+(?:\s?,\s?))?[a-z0-9]+_\w+",
        rf"\border\sby\s(?:\d+\b(?!\s(?:of|items?))|{NAME})\s?(?:,\s?{NAME}\s)?(?:asc|desc)?\s?(?:limit\s\d|nulls\s(?:first|last)|offset\s\d|rows\s)",
        r"\border\sby\s\d+(?:\s(?:asc|desc))?(?:\s?,\s?\w{1,60}(?:\s(?:asc|desc))?){0,20}\s?(?:;|$|\))",
        rf"\bpartition\sby\s{NAME}\s?(?:order\sby|,|\)|$)",
    ),
    "where ": (
        rf"\bwhere\s(?:not\s)?\(?(?:lower|upper|date|trim)?\(?{NAME}\)?{_OPERATOR}",
        r"\bwhere\s(?:not\s)?exists\s?\(",
        r"\bwhere\s(?:1\s?=\s?1|true\b\s?(?:and|;|$))",
    ),
    ".": (rf"\b(?:and|or)\s\(?{ID}\.{ID}{_OPERATOR}",),
    "join ": (
        rf"\bjoin\s(?:lateral\s)?(?:{NAME}|\([^()]{{1,300}}\))\s?(?:(?:as\s)?[a-z]\w{{0,30}}\s)?(?:on\s\(?{NAME}\s?=|using\s?\()",
        rf"\b(?:inner|left|right|full|cross|left\souter|right\souter|full\souter|natural|anti|semi|asof)\sjoin\s(?:{ID}\.{ID}|[a-z0-9]+_\w+|\(|unnest|lateral)",
        r"\b(?:from|join)\s[\w.\"`]{1,128}\s(?:as\s)?(?:\w{1,30}\s)?(?:(?:inner|left|right|full|cross)\s(?:outer\s)?)?(?:join\s\S|where\s\S{1,128}\s?(?:=|<|>|!|in\s?\(|like\b|is\b|between\b)|group\sby\s|order\sby\s|limit\s\d|qualify\s)",
    ),
    "union": (r"\bunion\s(?:all\s|distinct\s)?\(?select\b",),
    "having": (r"\bhaving\s(?:count|sum|avg|min|max)\s?\(",),
    "(": (
        r"\b(?:count|sum|avg|min|max)\(\s?[a-z_][\w.]{0,80}\s?[-+*/]\s?[a-z_\d][\w.]{0,80}\s?\)",
        r"\b(?:count|sum|avg|min|max)\((?:distinct\s)?(?:\*|1|[a-z_][\w.\"`]{0,128})\s?\)",
        r"\b(?:count|sum|avg|min|max)\s?\(\s?(?:distinct\s|case\s)",
        rf"\b{_FUNCTIONS}\s?\(\s?(?:['\"`*]|\)|[a-z_(])",
        r"\b(?:rank|lag|lead|sum|count|avg|min|max|row_number|dense_rank)\s?\([^()]{0,100}\)\s?(?:over|filter|within)\b",
        r"\b(?:over|within\sgroup)\s?\(\s?(?:partition|order|\))",
        r"\b(?:primary|foreign)\skey\s?\(\s?[\w\".`]{1,128}\s?[,)]|\breferences\s\w{1,64}\s?\(|\bnot\snull\s(?:default|primary|unique|,)",
        r"\b[a-z]+_\w{1,60}\s(?:not\s)?in\s?\(\s?['\d]|\b[a-z]\w{0,60}\s(?:not\s)?in\s?\(\s?(?:'|select\b)",
    ),
    ")": (
        r"\b(?:lower|upper|trim|ltrim|rtrim|length|len|abs|round|floor|ceil|concat|date|year|month|day|replace|initcap|md5|sha1|hash)\((?:[a-z]\w{0,60}\.)?(?:[a-z0-9]{1,60}_\w{1,60}|[a-z]\w{0,60}\)\s?(?:=|<|>|!=|like\b|in\s?\())",
    ),
    "cast": (rf"\b(?:try_)?cast\s?\([^()]{{1,200}}\sas\s{_TYPES}\b",),
    "extract": (r"\bextract\s?\(\s?\w{3,12}\sfrom\s",),
    "case": (r"\bcase\s(?:\w{1,60}\s)?when\s.{1,400}?\sthen\s",),
    "::": (rf"[\w)\]'\"]::{_TYPES}\b",),
    " on ": (
        r"\b(?:grant|revoke)\s(?:select|insert|update|delete|usage|execute|references|ownership|create|all(?:\sprivileges)?)(?:\s?,\s?\w{1,20}){0,8}\son\s(?:all\s|future\s)?(?:tables?|schemas?|database|warehouse|views?|functions?|sequence|[a-z]+[._]\w+|\w+\s(?:to|from)\s)",
    ),
    "from ": (
        r"\b(?:from|join)\s[\w.\"`]{1,128}\s(?:as\s)?(?:\w{1,30}\s)?(?:(?:inner|left|right|full|cross)\s(?:outer\s)?)?(?:join\s\S|where\s\S{1,128}\s?(?:=|<|>|!|in\s?\(|like\b|is\b|between\b)|group\sby\s|order\sby\s|limit\s\d|qualify\s)",
    ),
    "limit ": (r"\blimit\s\d+\s?(?:;|offset\s\d|,\s?\d)",),
    "row": (r"\b(?:fetch|offset)\s(?:first|next)?\s?\d+\srows?\b(?:\sonly)?",),
    "explain ": (
        r"\bexplain\s(?:analyze\s|verbose\s|\([^()]{1,60}\)\s)?(?:select|insert|update|delete|with|merge)\b",
    ),
    "copy ": (
        r"\bcopy\s(?:into\s)?[\w.\"@]{1,128}\s?(?:\([^()]{1,300}\)\s?)?(?:from|to)\s(?:'|@|stdin|stdout|program|s3:|\()",
    ),
    "desc": (
        r"\b(?:describe|desc)\s(?:table|view|extended|formatted|history|detail|schema)\s[\w.\"`]+\s?(?:;|$)",
    ),
    "use ": (r"\buse\s(?:schema|database|warehouse|role|catalog)\s(?:[\w\"]*[_.]\w+|[\w\"]+\s?;)",),
    "pragma ": (r"\bpragma\s\w{3,30}\s?(?:\(|=|;|$)",),
    "_": (
        r"\b(?:vacuum|analyze|reindex|optimize|refresh\smaterialized\sview|msck\srepair\stable)\s(?:full\s|analyze\s|table\s|verbose\s){0,2}[a-z]+_\w+",
    ),
    "vacuum ": (rf"\bvacuum\s(?:analyze|verbose|freeze)\b|\bvacuum\sfull\s{NAME}\s?(?:;|$)",),
    "exec": (r"\bexec(?:ute)?\s(?:sp_|xp_|dbo\.|immediate\s|procedure\s)\w*",),
    "call ": (r"\bcall\s[a-z]+[._]\w+\s?\(",),
    ";": (
        r";\s?(?:drop|delete|insert|update|alter|create|truncate|select|exec)\s\w",
        r"\bstart\stransaction\s?;",
    ),
    "comment on": (r"\bcomment\son\s(?:table|column|schema|view)\s",),
    "declare ": (r"\bdeclare\s@\w+\s",),
    " ": (
        rf"\b[a-z_]\w{{0,60}}\s(?:varchar|nvarchar|numeric|decimal)\s?\(\d|\b\w{{1,60}}\s(?:{_TYPES})\s(?:not\snull|primary\skey|default\s|references\s)",
        r"\bcross\sapply\b|\bouter\sapply\b|\blateral\s(?:flatten|view|unnest)|\btablesample\b|\bqualify\srow_number",
    ),
    "'": (
        r"[\w)]'\s?--",
        r"\b[a-z]+_\w{1,60}\s?[<>]\s?'[^'<>]{1,40}'",
        rf"(?<![\w<-])(?:{ID}\.)?[a-z_]\w{{1,60}}\s?(?:=|<>|!=|>=|<=)\s?'[^'<>]{{0,200}}'(?:\s|$|;|\))",
        r"\b(?:sleep|pg_sleep|waitfor\sdelay|benchmark)\s?\(?\s?['\d]|'\s?or\s?'?1'?\s?=\s?'?1",
    ),
    "null": (r"\b[a-z]+_\w{1,60}\sis\s(?:not\s)?null\b",),
    "between": (r"\b[a-z]+_\w{1,60}\s(?:not\s)?between\s\S{1,60}\sand\s\S",),
    "like '": (r"\b\w{1,60}\s(?:not\s)?(?:like|ilike|rlike)\s'",),
    "date": (r"\bcurrent_date\s?[-+]|\bdate\s'\d{4}-",),
    "interval": (r"\binterval\s'\d",),
    "timestamp": (r"\btimestamp\s'\d{4}-",),
    "sleep": (r"\b(?:pg_)?sleep\s?\(?\s?['\d]",),
}

GRAMMAR = tuple((needed, Pattern(any_of(*sources))) for needed, sources in _SOURCES.items())
"""What the text must have, and what it then looks like."""
