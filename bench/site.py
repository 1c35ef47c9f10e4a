"""The system that is measured, with two doors: the trunk that the app answers, and one beside it whose context
is nothing but ``Dial()``. Both ring the same phones, in the same Asterisk, with the same codecs.

The second door exists only in the configuration of the bench's own Asterisk.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import yaml

from bench import sipp
from bench.sipp import Answers
from bench.usage import Spent, cpu_of_tree, cpu_seconds
from callcontrol.runtime.files import write_private
from tests.stack import Stack, free_ports

LINES = 300
"""So many that no line is called again while its last call is still there."""
RTP_START, RTP_PORTS = 10000, 8000
"""Four ports for each call: the tests' few would be the limit of M2. Below those that systems give away."""
OURS, NATIVE = "127.0.0.1", "127.0.0.2"
"""The address that a call comes from says which door it takes (each is an ``identify`` of pjsip.conf)."""
NAMES = {OURS: "ours", NATIVE: "Dial()"}

_NATIVE_DIALPLAN = """
[bench-native]
exten => _X.,1,Dial(PJSIP/${EXTEN})
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A running system with registered phones. Use ``site``."""

    stack: Stack
    folder: Path
    numbers: Path
    """CSV file of the lines, as sipp reads it."""

    async def call(self, door: str, rate: float, calls: int) -> Answers:
        """Make calls through a door and wait until nothing is left of them."""
        answers = await sipp.call(self.folder, self.stack.sip_server, door, self.numbers, rate, calls)
        await self.quiet()
        return answers

    async def quiet(self) -> None:
        """Until no channel is left and every call of the app is in the database."""

        async def still() -> bool:
            return not self.journals() and not (await self.channels())

        try:
            await until(still, 60, "calls are still there")
        except sipp.LoadFailed as error:
            channels = await self.stack.asterisk_cli("core show channels concise")
            journals = [path.read_text("utf-8") for path in (self.stack.runtime_dir / "journal").iterdir()]
            raise sipp.LoadFailed("\n".join((str(error), channels, *journals))) from None

    async def clear(self) -> None:
        """End every call, after a load that was too much."""
        await self.stack.asterisk_cli("channel request hangup all")
        await self.quiet()

    def journals(self) -> int:
        """Journals of calls that are not in the database yet."""
        return sum(1 for _ in (self.stack.runtime_dir / "journal").iterdir())

    async def channels(self) -> int:
        return len((await self.stack.asterisk_cli("core show channels concise")).strip().splitlines())

    async def bridges(self) -> int:
        """Bridges that are not there for good."""
        lines = (await self.stack.asterisk_cli("bridge show all")).strip().splitlines()
        return len([line for line in lines if not line.startswith("Bridge-ID")])

    async def metric(self, name: str) -> float:
        """One series without labels of the app's ``/metrics``."""
        async with aiohttp.ClientSession() as web, web.get(f"{self.stack.web_url}/metrics") as answer:
            found = [line for line in (await answer.text()).splitlines() if line.startswith(f"{name} ")]
        return float(found[0].split()[1])

    @property
    def app_pid(self) -> int:
        assert self.stack.app_pid is not None
        return self.stack.app_pid

    @property
    def web_pid(self) -> int:
        assert self.stack.web_pid is not None
        return self.stack.web_pid

    @property
    def asterisk_pid(self) -> int:
        assert self.stack.asterisk_pid is not None
        return self.stack.asterisk_pid

    def spent(self) -> Spent:
        """CPU so far."""
        database = self.stack.postgres.pid
        assert database is not None
        return Spent(cpu_seconds(self.app_pid), cpu_seconds(self.asterisk_pid), cpu_of_tree(database))


@asynccontextmanager
async def site(app_module: str = "callcontrol.app") -> AsyncIterator[Site]:
    """Start it; nothing is left of it afterwards."""
    with tempfile.TemporaryDirectory(prefix="callcontrol-bench-") as folder:
        path = Path(folder)
        settings = {"rtp": {"start": RTP_START, "end": RTP_START + RTP_PORTS - 1}}
        stacked = Stack.start(path / "stack", company=None, app_module=app_module, settings=settings)
        async with stacked as stack:
            accounts, numbers = await open_company(stack, path)
            await open_native_door(stack)
            port = free_ports().trunk
            await sipp.register(path, stack.sip_server, port, accounts, LINES)
            async with sipp.phones(path, stack.sip_server, port):
                here = Site(stack, path, numbers)
                for door in (NATIVE, OURS):
                    warm = await here.call(door, 20, 100)
                    if warm.success < 0.9:
                        raise sipp.LoadFailed(
                            f"{NAMES[door]}: {warm.good}/{warm.tried} calls succeed: {sipp.last_words(path, 'caller')}"
                        )
                yield here


async def open_company(stack: Stack, folder: Path) -> tuple[Path, Path]:
    """Provision a company of LINES lines; the CSV files with and without the passwords."""
    lines = [
        {
            "number": f"02229{n:05d}",
            "extension": str(5000 + n),
            "name": f"Poste {5000 + n}",
            "licence": "full",
            "sip_password": f"bench-7-{''.join('abcdefghij'[int(digit)] for digit in str(n))}-sip",
            "site": "Banc",
        }
        for n in range(LINES)
    ]
    company = {
        "name": "Banc",
        "max_calls": 100_000,
        "extension_length": 4,
        "sites": [{"name": "Banc", "number": "0222999999"}],
    }
    text = yaml.safe_dump({"company": company, "lines": lines}, allow_unicode=True)
    if code := await stack.provision(text):
        raise sipp.LoadFailed(f"the company was refused ({code})")
    accounts, numbers = folder / "accounts.csv", folder / "numbers.csv"
    login = "[authentication username={number} password={sip_password}]"
    _write_csv(accounts, [f"{line['number']};{login.format_map(line)}" for line in lines])
    _write_csv(numbers, [line["number"] for line in lines])

    async def known() -> bool:
        shown = await stack.asterisk_cli(f"pjsip show endpoint {lines[-1]['number']}")
        return "Unable to find" not in shown

    await until(known, 30, "the lines did not reach Asterisk")
    return accounts, numbers


def _write_csv(file: Path, rows: list[str]) -> None:
    file.write_text("\n".join(["SEQUENTIAL", *rows]) + "\n", encoding="ascii")


async def open_native_door(stack: Stack, dialplan: str = _NATIVE_DIALPLAN) -> None:
    """A second trunk, like the first in everything but its address and its context, which ``dialplan`` holds. And no
    OPTIONS: between registering and answering sipp's port is silent for a moment, and a phone that missed one is
    away for a minute."""
    etc = stack.layout.asterisk_etc
    pjsip = re.sub(
        r"qualify_frequency = \d+", "qualify_frequency = 0", (etc / "pjsip.conf").read_text("utf-8")
    )
    write_private(etc / "pjsip.conf", pjsip)
    trunk = pjsip[pjsip.index("[demo-trunk]") : pjsip.index("#include lines.conf")]
    native = trunk.replace("demo-trunk", "bench-native").replace(
        "context = from-trunk", "context = bench-native"
    )
    native += f"\n[bench-native-identify]\ntype = identify\nendpoint = bench-native\nmatch = {NATIVE}\n"
    # Ours tells the caller nothing of the callee either; without this a few calls would get a second INVITE.
    native = native.replace("type = endpoint", "type = endpoint\nsend_connected_line = no")
    append(etc / "pjsip.conf", native)
    append(etc / "extensions.conf", dialplan)

    async def known() -> bool:
        for command in ("module reload res_pjsip.so", "dialplan reload"):  # refused while another reload runs
            await stack.asterisk_cli(command)
        shown = await stack.asterisk_cli("pjsip show endpoint bench-native")
        plan = await stack.asterisk_cli("dialplan show bench-native")
        return "Unable to find" not in shown and "'_X.' =>" in plan

    await until(known, 10, "the native door did not open")


def append(file: Path, text: str) -> None:
    """Put text behind a file of configuration."""
    with file.open("a", encoding="utf-8") as out:
        out.write("\n" + text)


async def until(check: Callable[[], Awaitable[bool]], within: float, otherwise: str) -> None:
    """Wait for ``check``. Raises LoadFailed with ``otherwise`` after ``within`` seconds."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while not await check():
        if loop.time() > deadline:
            raise sipp.LoadFailed(otherwise)
        await asyncio.sleep(0.1)
