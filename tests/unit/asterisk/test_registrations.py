"""How registrations stand, and why they were refused: as Asterisk 22.10 prints and logs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcontrol.asterisk.registrations import RefusalLog, parsed, refusal
from callcontrol.live import Registration

CONSOLE = """
 <Registration/ServerURI..............................>  <Auth....................>  <Status.......>
==========================================================================================

 op-registration/sip:192.0.2.1:5060                     op                          Registered        (exp. 580s)
 a_trunk-with-a-very-long-name-registration/sip:sip.exa  a_trunk-with-a-very-long-name  Rejected
 new-registration/sip:192.0.2.3:5061;transport=tls      new                         Unregistered

Objects found: 3
"""


def test_the_console_is_read() -> None:
    assert parsed(CONSOLE) == {
        "op": Registration.REGISTERED,
        "a_trunk-with-a-very-long-name": Registration.REFUSED,
        "new": Registration.TRYING,
    }
    assert parsed("No such command 'pjsip show registrations'") == {}


HEAD = "[2026-11-27 23:41:26.512] WARNING[5589]: res_pjsip_outbound_registration.c:1054 handle_registration_response: "
LINES = [
    ("Temporal response '503' received from 'sip:192.0.2.1:5060' on registration attempt to 'sip:u@op', retrying in"
     " '30'", ("192.0.2.1:5060", 503)),
    ("No response received from 'sip:sip.example.net:5061;transport=tls' on registration attempt to 'sip:u@op',"
     " retrying in '30'", ("sip.example.net:5061;transport=tls", None)),
    ("403 Forbidden fatal response received from 'sip:h:5060' on registration attempt to 'sip:u@op', retrying in '60'"
     " seconds", ("h:5060", 403)),
    ("'404' fatal response received from 'sip:h:5060' on registration attempt to 'sip:u@op', retrying in '60' seconds",
     ("h:5060", 404)),
    ("Fatal response '423' received from 'sip:h:5060' on registration attempt to 'sip:u@op', stopping outbound"
     " registration", ("h:5060", 423)),
    ("AOR '' not found for endpoint 'op' (192.0.2.1:5060)", None),
]  # fmt: skip


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_a_refusal_is_found_in_the_log(line: str, expected: tuple[str, int | None] | None) -> None:
    found = refusal(HEAD + line)
    assert (None if found is None else (found.server, found.status)) == expected


def test_the_log_is_read_on_from_where_it_was_and_anew_when_it_began_anew(tmp_path: Path) -> None:
    log, path = RefusalLog(tmp_path / "asterisk.log"), tmp_path / "asterisk.log"
    assert log.news() == []
    path.write_text(f"{HEAD}{LINES[0][0]}\n{HEAD}{LINES[1][0]}")
    assert [each.status for each in log.news()] == [503]  # the second line is not whole yet
    with path.open("a") as more:
        more.write("\n")
    assert [each.status for each in log.news()] == [None]
    assert log.news() == []
    path.rename(tmp_path / "asterisk.log.1")
    path.write_text(f"{HEAD}{LINES[2][0]}\n")
    assert [each.status for each in log.news()] == [403]
