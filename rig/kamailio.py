"""Debian's Kamailio as an operator's SIP server: a registrar that wants a password for registrations (401) and for
calls (407), between its customer and the rest of the world, which is an agent of the rig (`Trunk`).

async with Kamailio(folder, "acct-4711", "secret", at=("127.0.0.1", 5090), world=trunk.local) as operator:
    await operator.kill()
    await operator.start()

It keeps its registrations in memory: killed and started again it knows of none. A call from ``world`` to the account's
name goes to what is registered; a call of the customer goes to ``world``. The sound does not pass through it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from pathlib import Path
from typing import Self

from .operator import REALM
from .transport import Address

UNPACKED = Path(__file__).resolve().parents[1] / ".runtime" / "kamailio"
"""Where tools/kamailio.sh unpacks Debian's package; installed, it would start a server of its own on port 5060."""
_MODULES = ("sl", "tm", "rr", "pv", "maxfwd", "textops", "siputils", "usrloc", "registrar", "auth", "ctl")
_CONFIG = """\
debug=0
log_stderror=yes
children=1
tcp_children=1
disable_tcp=yes
auto_aliases=no
dns=no
rev_dns=no
listen=udp:{host}:{port}
mpath="{modules}"
{load}
modparam("ctl", "binrpc", "unix:{folder}/ctl.sock")
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_contacts", 1)
modparam("registrar", "default_expires", 600)

request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (is_method("OPTIONS") && uri == myself && $rU == $null) {{ sl_send_reply("200", "OK"); exit; }}
    if (has_totag()) {{
        if (loose_route() || is_method("ACK")) {{ t_relay(); }} else {{ sl_send_reply("404", "Not Here"); }}
        exit;
    }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) {{ t_relay(); }} exit; }}
    t_check_trans();
    if (is_method("REGISTER")) {{
        if (!pv_www_authenticate("{realm}", "{password}", "0") || $au != "{user}") {{
            www_challenge("{realm}", "1"); exit;
        }}
        save("location");
        exit;
    }}
    if (!is_method("INVITE")) {{ sl_send_reply("405", "Method Not Allowed"); exit; }}
    record_route();
    if ($si == "{world_host}" && $sp == {world_port}) {{
        if (!lookup("location")) {{ sl_send_reply("480", "Temporarily Unavailable"); exit; }}
        t_relay();
        exit;
    }}
    if (!pv_proxy_authenticate("{realm}", "{password}", "0") || $au != "{user}") {{
        proxy_challenge("{realm}", "1"); exit;
    }}
    consume_credentials();
    $du = "sip:{world_host}:{world_port}";
    t_relay();
}}
"""


def program() -> Path | None:
    """Where it is: unpacked by tools/kamailio.sh, or installed; None: nowhere."""
    unpacked = UNPACKED / "usr/sbin/kamailio"
    found = (
        str(unpacked)
        if unpacked.exists()
        else shutil.which("kamailio", path=f"{os.environ['PATH']}:/usr/sbin")
    )
    return Path(found) if found else None


def missing() -> str | None:
    """What is to be done where it is not there; None: it is."""
    return None if program() else "Debian's kamailio is not there: make test-packages"


class Kamailio:
    """One server. ``world``: where calls go, and where those to the account come from; ``realm``: also the domain."""

    def __init__(
        self, folder: Path, user: str, password: str, *, at: Address, world: Address, realm: str = REALM
    ) -> None:
        self._folder = folder
        self._values = {
            "user": user, "password": password, "host": at[0], "port": at[1], "realm": realm,
            "world_host": world[0], "world_port": world[1],
        }  # fmt: skip
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    async def start(self) -> None:
        """Returns when its processes are up; raises AssertionError with what it said."""
        found = program()
        assert found is not None, missing()
        root = UNPACKED if found.is_relative_to(UNPACKED) else Path("/")
        (modules,) = root.glob("usr/lib/*/kamailio/modules")
        self._folder.mkdir(parents=True, exist_ok=True)
        config = self._folder / "kamailio.cfg"
        load = "\n".join(f'loadmodule "{name}.so"' for name in _MODULES)
        config.write_text(
            _CONFIG.format(modules=f"{modules}/", load=load, folder=self._folder, **self._values)
        )
        libraries = ":".join(str(path) for path in (modules.parent, modules.parents[1]))
        with (self._folder / "kamailio.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *("setpriv", "--pdeathsig", "KILL", "--"),
                *(str(found), "-f", str(config), "-DD", "-E", "-m", "16", "-M", "4", "-w", str(self._folder)),
                *("-Y", str(self._folder)),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "LD_LIBRARY_PATH": libraries},
            )  # fmt: skip

    async def kill(self) -> None:
        """Pull the plug: all of its processes at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()
            self._process = None

    def log(self) -> str:
        """What it said."""
        return (self._folder / "kamailio.log").read_text("utf-8", "replace")
