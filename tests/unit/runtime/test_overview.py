"""What the operator's commands print, of facts that are given."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcontrol.commands import tables
from callcontrol.commands.overview import LineSeen, Overview, TrunkSeen
from callcontrol.live import CallNow, Doing, Registration

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LINE = LineSeen("0222969569", "4002", "Camille Martin", "Démo", "full", True, 1)
CALL = CallNow(
    "c1", NOW - timedelta(seconds=192), "0222969569", "0222969569", None, "+3361234••••", Doing.TALKING
)
HEALTHY = Overview(
    Path("/srv/x/.runtime"), 77, NOW - timedelta(hours=5, minutes=3), {"web": "ok", "database": "ok"}, (), 1, 4, 3,
    (TrunkSeen("op", "sip.example.net", 5060, "alive", NOW - timedelta(hours=5), Registration.REGISTERED, None),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=-3), "0 s"),
        (timedelta(seconds=42), "42 s"),
        (timedelta(seconds=192), "3 min 12 s"),
        (timedelta(hours=5, minutes=3), "5 h 03 min"),
        (timedelta(days=2, hours=4), "2 d 4 h"),
    ],
)
def test_how_long_ago(ago: timedelta, shown: str) -> None:
    assert tables.since(NOW - ago, NOW) == shown


def test_tables_are_as_wide_as_what_stands_in_them() -> None:
    assert list(tables.lines([LINE])) == [
        "NUMBER      EXT   NAME            LICENCE  PHONE  CALLS  COMPANY",
        "0222969569  4002  Camille Martin  full     yes    1      Démo",
    ]
    assert list(tables.calls([CALL], NOW))[1].split() == (
        ["3", "min", "12", "s", "0222969569", "+3361234••••", "talks", "c1"]
    )
    assert list(tables.calls([], NOW)) == ["FOR  FROM  TO  NOW  ID"]


def test_the_screen_says_what_is_wrong_and_what_nobody_knows() -> None:
    first, health, *rest = tables.status(HEALTHY, "0.1.0", NOW)
    assert first == "callcontrol 0.1.0 in /srv/x/.runtime (process 77), up for 5 h 03 min"
    assert health == "health   ok"
    assert rest == [
        "         web ok, database ok",
        "calls    1 under way",
        "phones   3 of 4 lines have one registered",
        "trunks   TRUNK  WHERE                 STATE  FOR         REGISTRATION",
        "         op     sip.example.net:5060  alive  5 h 00 min  registered",
    ]
    alone = Overview(Path("/x"), 1, NOW, {"web": "down"}, (), None, None, None, ())
    said = list(tables.status(alone, "0.1.0", NOW))
    assert said[1] == "health   DEGRADED: the web does not answer"
    assert said[3:] == [
        "calls    ? under way",
        "phones   ? of ? lines have one registered",
        "trunks   none configured, or not known now",
    ]


def test_json_has_the_names_of_the_fields() -> None:
    assert json.loads(tables.as_json([CALL]))[0] == {
        "id": "c1", "started_at": "2026-11-22T08:56:48+00:00", "from_line": "0222969569", "caller": "0222969569",
        "to_line": None, "called": "+3361234••••", "doing": "talking",
    }  # fmt: skip
    assert json.loads(tables.as_json(HEALTHY))["trunks"] == [
        {"name": "op", "host": "sip.example.net", "port": 5060, "state": "alive",
         "since": "2026-11-22T04:00:00+00:00", "registration": "registered", "trouble": None}
    ]  # fmt: skip


def test_what_is_wrong_with_a_trunk_stands_below_the_table() -> None:
    dead = TrunkSeen("op", "192.0.2.1", 5060, "dead", None, Registration.REFUSED, "trunk op: not registered")
    assert list(tables.trunks([dead], NOW))[1:] == [
        "op     192.0.2.1:5060  dead   -    refused",
        "trunk op: not registered",
    ]
