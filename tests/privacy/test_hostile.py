"""Texts made to make a guard slow take it in proportion to their length, and no longer."""

from __future__ import annotations

from time import process_time

import pytest

from tracker.privacy.rules import Place
from tracker.privacy.text import rule_of

SHORT, LONG = 2048, 16_384

SEEDS = (
    *"aA10-_. /\\@%+=&?#:'\"`()[]{}<>$*;,~|\n\t",
    "é", "\u200b", "１", "a1", "aB1", "A1b2C3d4E5f6", "1 ", "1-", "1.", "0 1 ", "+1", "(1", "a@",
    "@a.", "a@b", "a.b.", "a.b.c ", "a_", "a/", "/a", "a\\", "\\\\a", "C:\\", "../", "~/", "select ",
    "select a from ", "select from ", "/*", "/* */", "--", "-- \n", "a=", "a=a&", "a = '", "in (",
    "case when ", "with a as (", "join a ", "insert into a (", "create or replace ", "order by a,",
    "group by a,", "::int", "sum(", "{{", "{%", "{#", "${a", "ref('", "eyJ", "eyJa.", "g" + "hp_", "sk-",
    "SK", "AC", "x" + "oxb-", "Bearer ", "basic aaaa", "password ", "password=", "password is ", "token: ",
    "://", "http://", "a://", "http://a@", "http://a?", "%41", "%2541", "\\u0041", "&#64;", "YWFh",
    "6161", "0a:", "a:", "::", "1:", "1.1.", "1.1.1.", "255.", "ip-1-1-1-1", "4111 ", "4-", "DE89 ",
    "tel ", "tel 1", "(0", "(030) ", "+ ", "00 1 ", "[at]", " at a dot ", "stg_", "int_a_", "a__",
    "dbo.", '"a"."', "`a`.", "[a].[", "-----BEGIN ", "no such table:", "-p a1", "select a, ",
    "x as y, ", "and a.b = ", "a is null ", "sha256-", "$2b$", "a:a@", "Server=a;", "A" * 15 + "-",
    "key  ", "secret: ", "token(", "my_sk_", "<a password ", "<password>", "password for user a ", "password  =>  ", "int_as_", "-u a:", "login a password ", "a=b;", "a/b@", "+a+1 ", "tag:a,", 'index "', "key (a", "field a_", "table as ", "db=a;", "a-b:c.", "column a of relation ", "a_b > '", "[.]", "aA1" * 20 + " ", "1" * 15 + " ", "a" * 63 + ".", "a" * 127 + "/", "x" * 64 + "=",
)  # fmt: skip


def seconds(text: str) -> float:
    start = process_time()
    rule_of(text, Place.TEXT, lambda _rule: True)
    return process_time() - start


@pytest.mark.parametrize("seed", SEEDS)
def test_time_grows_with_the_length(seed: str) -> None:
    """Eight times the text may take up to twenty times as long on a noisy machine, not 64 times.

    Every rule is switched off, so each detector looks at the whole text.
    """
    short, long = (seed * LONG)[:SHORT], (seed * LONG)[:LONG]
    seconds(short)  # the expressions are compiled
    ratios = (seconds(long) / max(seconds(short), 1e-5) for _ in range(5))

    assert any(ratio < 20 for ratio in ratios)


def test_a_text_that_is_too_long_is_caught_unseen() -> None:
    assert rule_of("word " * 10_000, Place.TEXT, lambda _rule: False) == "too_long"
