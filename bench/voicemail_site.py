"""The system that M4 and M5 measure: our voicemail, and Asterisk's own app_voicemail in the same Asterisk.

The same phone dials ``*318`` or ``MENU``; trunks call a line or a mailbox. What both say first is the same file,
a tone of ``FIRST_HZ``; what they say after a key is another, of ``NEXT_HZ``. So what is timed is who plays it and when.
app_voicemail is loaded, and its prompts are there, in the bench's own Asterisk alone.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import tempfile
import wave
from array import array
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import yaml

from bench.sipp import LoadFailed
from bench.site import RTP_PORTS, RTP_START, Site, open_native_door, until
from callcontrol.config.load import Config
from callcontrol.runtime import rootfs
from callcontrol.runtime.asterisk_process import AsteriskProcess
from callcontrol.runtime.files import write_private
from rig import Phone
from tests.stack import Ports, Stack, asterisk_rootfs

BOXES = 20
EACH = 5
"""Messages left in each box: all of them are left at once."""
FIRST_HZ, NEXT_HZ = 700, 1500
MENU = "9318"
RATE = 8000
_PROMPT_SECONDS = 20
_VOICEMAIL = "[general]\nformat = wav\nmaxmsg = 9999\nmaxsecs = 300\nminsecs = 0\n\n[default]\n"
_DIALPLAN = f"""
[from-line]
exten => {MENU},1,VoiceMailMain(${{CHANNEL(endpoint)}}@default,s)

[bench-native]
exten => _X.,1,VoiceMail(${{EXTEN}}@default,u)
"""
_NEVER_UNPACKED = "/usr/share/asterisk"


def number_of(box: int) -> str:
    """The number of a line, and of its box in app_voicemail."""
    return f"02228{box:05d}"


class WithSoundsOfVoicemail(AsteriskProcess):
    """An Asterisk that finds prompts where the package would have put them."""

    def __init__(self, config: Config, say: Callable[[str], None], data: Path) -> None:
        super().__init__(config, say)
        self._data = data

    def _command(self, arguments: list[str]) -> list[str]:
        command = super()._command(arguments)
        at = command.index("--chdir")
        return [*command[:at], "--ro-bind", str(self._data), _NEVER_UNPACKED, *command[at:]]


class _VoicemailStack(Stack):
    def __init__(self, config: Config, ports: Ports, app_module: str) -> None:
        super().__init__(config, ports, app_module)
        data = config.runtime_dir.parent / "asterisk-data"
        self.asterisk = WithSoundsOfVoicemail(config, print, data)
        found = rootfs.find(asterisk_rootfs())
        if found is None or shutil.which("asterisk") is not None:
            raise LoadFailed("M4 and M5 need the Asterisk that `make` builds")
        shutil.copytree(found / _NEVER_UNPACKED.lstrip("/"), data, symlinks=True)
        _sounds_of_both(data / "sounds", config.sounds_dir / "fr")


def _sounds_of_both(theirs: Path, ours: Path) -> None:
    first, following = _tone(FIRST_HZ, _PROMPT_SECONDS), _tone(NEXT_HZ, _PROMPT_SECONDS)
    for folder, names in (
        (
            theirs / "fr",
            {"vm-youhave": first, "vm-options": following, "vm-theperson": first, "beep": _tone(1000, 0.3)},
        ),
        (ours, {"you-have": first, "press-1-for-pin": following, "vm-greeting-system": first}),
    ):
        folder.mkdir(parents=True)
        for name, samples in names.items():
            _save(folder / f"{name}.wav", samples)


def _tone(frequency: int, seconds: float) -> array[int]:
    step = 2 * math.pi * frequency / RATE
    return array("h", (round(8000 * math.sin(step * n)) for n in range(round(seconds * RATE))))


def _save(path: Path, samples: array[int]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


class VoicemailSite(Site):
    """A running system whose lines have boxes in both."""

    def phone(self, box: int) -> Phone:
        """A phone of a line, not registered yet."""
        return Phone(number_of(box), password_of(box), self.stack.sip_server)

    def messages_of_voicemail(self) -> int:
        """Messages in the boxes of app_voicemail."""
        spool = self.stack.config.recording_dir.parent / "voicemail" / "default"
        return sum(1 for path in spool.glob("*/INBOX/msg*.txt") if path.with_suffix(".wav").exists())


@asynccontextmanager
async def voicemail_site() -> AsyncIterator[VoicemailSite]:
    """Start it; nothing is left of it afterwards."""
    with tempfile.TemporaryDirectory(prefix="callcontrol-bench-") as folder:
        path = Path(folder)
        settings = {"rtp": {"start": RTP_START, "end": RTP_START + RTP_PORTS - 1}}
        async with _VoicemailStack.start(path / "stack", company=None, settings=settings) as stack:
            if code := await stack.provision(_company()):
                raise LoadFailed(f"the company was refused ({code})")
            await open_native_door(stack, _DIALPLAN)
            await _load_voicemail(stack)
            numbers = path / "numbers.csv"
            rows = [number_of(box) for box in range(BOXES)]
            numbers.write_text("\n".join(["SEQUENTIAL", *rows]) + "\n", encoding="ascii")
            yield VoicemailSite(stack, path, numbers)


def password_of(box: int) -> str:
    """One that the rules of SIP passwords admit."""
    return f"bench-7-{''.join('abcdefghij'[int(digit)] for digit in str(box))}-sip"


def _company() -> str:
    lines = [
        {
            "number": number_of(box),
            "extension": str(5000 + box),
            "name": f"Boîte {box}",
            "licence": "full",
            "sip_password": password_of(box),
        }
        for box in range(BOXES)
    ]
    company = {"name": "Messageries", "max_calls": 100_000, "extension_length": 4}
    return yaml.safe_dump({"company": company, "lines": lines}, allow_unicode=True)


async def _load_voicemail(stack: Stack) -> None:
    etc = stack.layout.asterisk_etc
    boxes = "".join(f"{number_of(box)} => 731946,Boîte {box}\n" for box in range(BOXES))
    write_private(etc / "voicemail.conf", _VOICEMAIL + boxes)

    async def loaded() -> bool:
        said = await stack.asterisk_cli("module load app_voicemail.so")
        await stack.asterisk_cli("dialplan reload")
        plan = await stack.asterisk_cli(f"dialplan show {MENU}@from-line")
        shown = await stack.asterisk_cli("voicemail show users")
        if number_of(0) not in shown:
            await asyncio.sleep(0.2)
        return number_of(0) in shown and "VoiceMailMain" in plan and "rror" not in said.partition("\n")[0]

    await until(loaded, 20, "app_voicemail could not be loaded")
