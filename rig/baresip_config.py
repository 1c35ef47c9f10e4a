"""The folder that baresip runs in: its configuration, its account, the tone it plays. Starts nothing."""

from __future__ import annotations

import random
import shutil
import socket
from contextlib import ExitStack, suppress
from pathlib import Path

from . import tones
from .transport import Address
from .wav import write_wav

_CONFIG = """\
poll_method epoll
net_interface {host}
sip_listen {host}:{sip_port}
call_local_timeout 120
call_max_calls 4
audio_player aubridge,nowhere
audio_source aufile,{tone}
audio_alert aubridge,nowhere
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
snd_path {recordings}
jitter_buffer_delay 1-5
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
{encryption}module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {host}:{control_port}
"""

_MODULE_PATHS = ("/usr/lib/baresip/modules", "/usr/lib64/baresip/modules", "/usr/local/lib/baresip/modules")


def missing() -> str | None:
    """Why baresip cannot be used here; None if it can."""
    if shutil.which("baresip") is None:
        return "baresip is not installed (package baresip-core)"
    return None if _modules() is not None else "no folder with baresip's modules"


def _modules() -> str | None:
    return next((path for path in _MODULE_PATHS if Path(path, "ctrl_tcp.so").exists()), None)


def write_folder(
    folder: Path,
    server: Address,
    user: str,
    password: str,
    *,
    host: str,
    tone: int,
    answers: bool,
    encryption: str | None = None,
    transport: str = "udp",
    feedback: bool = True,
) -> int:
    """Fill `folder`; returns the port of the control socket. Recordings go to `folder`/heard."""
    recordings = folder / "heard"
    recordings.mkdir()
    tone_file = folder / "tone.wav"
    write_wav(tone_file, tones.sine(tone, 1.0) * 60)
    control_port = _free_port(host, socket.SOCK_STREAM)
    (folder / "config").write_text(
        _CONFIG.format(
            host=host,
            sip_port=_free_sip_port(host),
            control_port=control_port,
            tone=tone_file,
            recordings=recordings,
            modules=_modules() if feedback else _without_feedback(folder),
            encryption="module srtp.so\nmodule dtls_srtp.so\n" if encryption else "",
        )
    )
    mode = "auto" if answers else "manual"
    account = (
        f"<sip:{user}@{server[0]}:{server[1]};transport={transport}>;auth_user={user};auth_pass={password}"
    )
    account += f";answermode={mode};regint=600;audio_codecs=pcma,pcmu"
    account += f";mediaenc={encryption}" if encryption else ""
    (folder / "accounts").touch(mode=0o600)
    (folder / "accounts").write_text(f"{account}\n")
    return control_port


def _without_feedback(folder: Path) -> Path:
    """baresip offers DTLS in the profile with feedback alone: a copy of its module says `UDP/TLS/RTP/SAVP` instead."""
    modules = folder / "modules"
    modules.mkdir()
    for path in Path(_modules() or "").glob("*.so"):
        if path.name == "dtls_srtp.so":
            wanted = path.read_bytes().replace(b"UDP/TLS/RTP/SAVPF\0", b"UDP/TLS/RTP/SAVP\0\0")
            (modules / path.name).write_bytes(wanted)
        else:
            (modules / path.name).symlink_to(path)
    return modules


def _free_sip_port(host: str) -> int:
    """A port that is free for UDP and TCP, with the next one free for TLS: baresip takes all three.

    Below the range from which the system gives ports away by itself, so that nobody gets one meanwhile.
    """
    while True:
        port = random.randrange(20002, 32000, 2)
        wanted = ((port, socket.SOCK_DGRAM), (port, socket.SOCK_STREAM), (port + 1, socket.SOCK_STREAM))
        with ExitStack() as held, suppress(OSError):
            for number, kind in wanted:
                held.enter_context(socket.socket(socket.AF_INET, kind)).bind((host, number))
            return port


def _free_port(host: str, kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
