"""A whole system for the tests: PostgreSQL, Asterisk, the mail server, the calls and the web, on free ports and in a
runtime folder of their own; only the Asterisk root filesystem is shared with the clone. Nothing of it is left
after ``stop``.

    async with Stack.start(tmp_path) as stack:
        stack.sip_server, stack.web_url, stack.trunk_port ...
        await stack.kill_app()
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml

from callcontrol.config import load as configuration
from callcontrol.config.load import Config
from callcontrol.runtime.app_process import AppProcess, until_healthy
from callcontrol.runtime.asterisk_process import AsteriskProcess
from callcontrol.runtime.layout import Layout
from callcontrol.runtime.mail import MailServer
from callcontrol.runtime.postgres import PostgresProcess

CLONE = Path(__file__).resolve().parents[1]
RTP_PORTS = 400


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports of 127.0.0.1 that were free a moment ago."""

    sip: int
    sip_tls: int
    ari: int
    web: int
    smtp: int
    trunk: int
    rtp: int


class Stack:
    """A running system. Use ``Stack.start``. ``app`` is the process that holds the calls."""

    def __init__(self, config: Config, ports: Ports, app_module: str) -> None:
        self.config = config
        self.ports = ports
        self.layout = Layout(config.runtime_dir)
        self.asterisk = AsteriskProcess(config, print)
        self.postgres = PostgresProcess(config, print, durable=False)
        self.mail = MailServer(config)
        self.when_down = AsyncExitStack()
        """What tests close when everything has ended."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CALLCONTROL_")}
        self._app_module, self._clean = app_module, clean
        self.app = AppProcess("calls", config, print, module=app_module, environ=clean)
        self.web = AppProcess("web", config, print, environ=clean)

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        folder: Path,
        *,
        app: bool = True,
        app_module: str = "callcontrol.app",
        company: str | Path | None = CLONE / "demo" / "company.yaml",
        settings: Mapping[str, Mapping[str, object]] | None = None,
        trunk: Mapping[str, object] | None = None,
        more_trunks: Sequence[Mapping[str, object]] = (),
        ports: Ports | None = None,
    ) -> AsyncIterator[Stack]:
        """Start everything below ``folder``. ``app`` False leaves calls and web down; ``company`` is provisioned
        first (None: nothing); ``settings`` are more keys of callcontrol.yaml (``{"dev": {"clock": "..."}}``),
        ``trunk`` more keys of its trunk (``{"trusted": False}``), ``more_trunks`` whole ones after it; ``ports`` are
        those of a test that must know them before."""
        folder.mkdir(parents=True, exist_ok=True)
        ports = ports or free_ports()
        file = folder / "callcontrol.yaml"
        file.write_text(
            yaml.safe_dump(_settings(folder, ports, settings or {}, trunk or {}, more_trunks)),
            encoding="utf-8",
        )
        stack = cls(configuration.load(file, {}), ports, app_module)
        try:
            async with asyncio.TaskGroup() as together:
                for part in (stack.postgres, stack.asterisk, stack.mail):
                    together.create_task(part.start())
            if company is not None and (code := await stack.provision(company)):
                raise AssertionError(f"the company was refused (exit code {code})")
            if app:
                await stack.start_app()
            yield stack
        finally:
            await stack.stop()

    async def stop(self) -> None:
        """End every part; what is down already is no error."""
        await self.web.stop()
        await self.app.stop()
        await self.asterisk.stop()
        await self.mail.stop()
        await self.postgres.stop()
        await self.when_down.aclose()

    # -- where things are ------------------------------------------------------------------------------------------
    @property
    def sip_server(self) -> str:
        return f"{self.config.sip.bind}:{self.ports.sip}"

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.web}"

    @property
    def database_url(self) -> str:
        return self.config.database.url

    @property
    def trunk_port(self) -> int:
        """Where the demo trunk sends its calls: a phone of the test listens there (UDP)."""
        return self.ports.trunk

    @property
    def media_dir(self) -> Path:
        return self.config.media_dir

    @property
    def runtime_dir(self) -> Path:
        return self.config.runtime_dir

    @property
    def app_pid(self) -> int | None:
        return self.app.pid

    @property
    def web_pid(self) -> int | None:
        return self.web.pid

    @property
    def asterisk_pid(self) -> int | None:
        return self.asterisk.pid

    def app_log(self) -> str:
        """Everything that the process of the calls has written so far."""
        return self.app.log.read_text(encoding="utf-8", errors="replace") if self.app.log.exists() else ""

    def mails(self) -> list[Path]:
        """The mails that were sent so far, oldest first."""
        return sorted(self.layout.mail.glob("*.eml"))

    # -- what can happen to it -------------------------------------------------------------------------------------
    async def start_app(self) -> None:
        """Start the calls, and the web where it does not run, and wait until both are healthy."""
        await self.app.start()
        if self.web.pid is None:
            await self.web.start()
        await until_healthy(self.config, [self.app, self.web])

    def reach_asterisk_at(self, ari_url: str) -> None:
        """Let the next calls process find Asterisk there."""
        environ = {**self._clean, "CALLCONTROL_ASTERISK_ARI_URL": ari_url}
        self.app = AppProcess("calls", self.config, print, module=self._app_module, environ=environ)

    def wake_up_at(self, now: datetime) -> None:
        """Let the next calls process begin at that time: it was down until then."""
        environ = {**self._clean, "CALLCONTROL_DEV_CLOCK": now.isoformat()}
        self.app = AppProcess("calls", self.config, print, module=self._app_module, environ=environ)

    async def stop_app(self) -> None:
        await self.app.stop()

    async def kill_app(self) -> None:
        """SIGKILL; returns when the process is gone."""
        await self.app.kill()

    def freeze_app(self) -> None:
        """SIGSTOP: it holds its sockets and says nothing any more."""
        self.app.freeze()

    async def start_web(self) -> None:
        """Start the web alone and wait until it and the calls are healthy."""
        await self.web.start()
        await until_healthy(self.config, [self.web])

    async def kill_web(self) -> None:
        await self.web.kill()

    def freeze_web(self) -> None:
        self.web.freeze()

    async def start_asterisk(self) -> None:
        await self.asterisk.start()

    async def kill_asterisk(self) -> None:
        await self.asterisk.kill()

    async def start_postgres(self) -> None:
        await self.postgres.start()

    async def stop_postgres(self) -> None:
        await self.postgres.stop()

    async def kill_postgres(self) -> None:
        await self.postgres.kill()

    async def provision(self, company: str | Path) -> int:
        """Provision a company file (its path or its text); returns the exit code."""
        from callcontrol.commands import provision

        path = company if isinstance(company, Path) else self.runtime_dir / "company.yaml"
        if isinstance(company, str):
            path.write_text(company, encoding="utf-8")
        return await asyncio.to_thread(provision.run, path, self.config)

    async def asterisk_cli(self, line: str) -> str:
        """What Asterisk's console says to ``line`` (``core show channels count``)."""
        return await self.asterisk.console(line)


def asterisk_rootfs() -> Path:
    """Where the root filesystem of Asterisk is, which all stacks share."""
    return Path(os.environ.get("CALLCONTROL_ASTERISK_ROOTFS", str(CLONE / ".runtime" / "rootfs")))


def free_ports() -> Ports:
    """Ports that nobody uses, all different: held open together while they are chosen."""
    with ExitStack() as held:
        sip = next(port for port in _candidates() if _take(held, port, socket.SOCK_DGRAM, socket.SOCK_STREAM))
        tcp = [_take_any(held, socket.SOCK_STREAM) for _ in range(4)]
        trunk = _take_any(held, socket.SOCK_DGRAM)
        return Ports(sip, tcp[0], tcp[1], tcp[2], tcp[3], trunk, _free_range())


def _settings(
    folder: Path,
    ports: Ports,
    more: Mapping[str, Mapping[str, object]],
    more_of_trunk: Mapping[str, object],
    more_trunks: Sequence[Mapping[str, object]],
) -> dict[str, dict[str, object] | list[object]]:
    sections: dict[str, dict[str, object]] = {
        "runtime": {"dir": str(folder / "runtime")},
        "asterisk": {"ari_url": f"http://127.0.0.1:{ports.ari}/ari", "rootfs": str(asterisk_rootfs())},
        "sip": {"bind": "127.0.0.1", "port": ports.sip, "tls_port": ports.sip_tls},
        "rtp": {"start": ports.rtp, "end": ports.rtp + RTP_PORTS - 1},
        "web": {"bind": "127.0.0.1", "port": ports.web},
        "smtp": {"url": f"smtp://127.0.0.1:{ports.smtp}", "catch_all": True},
    }
    for name, keys in more.items():
        sections.setdefault(name, {}).update(keys)
    trunk = {"name": "demo-trunk", "host": "127.0.0.1", "port": ports.trunk, "match": ["127.0.0.1"]}
    return {**sections, "trunks": [{**trunk, **more_of_trunk}, *map(dict, more_trunks)]}


def _candidates() -> Iterator[int]:
    """Below the range from which the system gives ports away by itself."""
    while True:
        yield random.randrange(20002, 32000, 2)


def _free_range() -> int:
    """The start of a range for media in which, by a few tries, nobody sits."""
    for start in _candidates():
        with ExitStack() as held:
            probes = range(start, start + RTP_PORTS, 40)
            if start + RTP_PORTS < 32000 and all(_take(held, port, socket.SOCK_DGRAM) for port in probes):
                return start
    raise AssertionError("unreachable: candidates never end")


def _take(held: ExitStack, port: int, *kinds: socket.SocketKind) -> bool:
    try:
        for kind in kinds:
            held.enter_context(_bound(port, kind))
    except OSError:
        return False
    return True


def _take_any(held: ExitStack, kind: socket.SocketKind) -> int:
    return int(held.enter_context(_bound(0, kind)).getsockname()[1])


@contextmanager
def _bound(port: int, kind: socket.SocketKind) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", port))
        yield probe
