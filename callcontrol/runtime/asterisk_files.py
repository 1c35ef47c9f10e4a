"""The folder of Asterisk's configuration, written anew before each start: the templates filled, the folders it
needs, a certificate for SIP over TLS.

Never overwrites what the app wrote (lines.conf, fallback.conf) nor a certificate that is there.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from callcontrol.asterisk.certificates import authorities
from callcontrol.asterisk_conf.addresses import TRUNKS, remembered, render_files
from callcontrol.asterisk_conf.contacts import known_places
from callcontrol.asterisk_conf.render import render_fallback, render_guessers, render_lines
from callcontrol.asterisk_conf.static import TRUNK_CA, Paths, render_static
from callcontrol.config.load import Config
from callcontrol.errors import ConfigError
from callcontrol.runtime import sandbox
from callcontrol.runtime.child import ServiceFailed
from callcontrol.runtime.files import write_private
from callcontrol.runtime.layout import Layout, data_dir

RUN_INSIDE = "/run/callcontrol"
"""Asterisk's run folder as a sandboxed one sees it: the path of its control socket must be short."""
_SAFE_PATH = re.compile(r"[A-Za-z0-9/._+~ -]+")


def write_configuration(
    config: Config, system: Path | None, addresses: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> None:
    """Everything but what the app writes itself. ``system`` is the root filesystem that Asterisk runs in; None: it
    is a native one. ``addresses`` are those of the trunks' names. Raises ServiceFailed."""
    layout = Layout(config.runtime_dir)
    try:
        signers = authorities(config.trunks)
    except ConfigError as error:
        raise ServiceFailed(str(error)) from None
    _make_folders(config, layout)
    host_text = Path("/etc/hosts").read_text(encoding="utf-8") if Path("/etc/hosts").exists() else ""
    write_private(layout.hosts, sandbox.hosts_file(host_text, socket.gethostname()))
    write_private(layout.nsswitch, sandbox.NO_NAME_SERVER)
    templates = {path.name: path.read_text("utf-8") for path in data_dir("asterisk_conf").glob("*.conf")}
    paths = Paths(
        layout.asterisk_etc,
        layout.asterisk_lib,
        Path(RUN_INSIDE) if system else layout.asterisk_run,
        layout.asterisk_log,
        data_dir("sounds"),
    )
    opus = any((system or Path("/")).glob("usr/lib/*/asterisk/modules/codec_opus*.so"))
    tls = _certificate(layout.asterisk_etc)
    trunks_conf = layout.asterisk_etc / TRUNKS
    last = remembered(trunks_conf.read_text(encoding="utf-8")) if trunks_conf.exists() else {}

    def resolve(host: str) -> Sequence[str]:
        return addresses.get(host) or last.get(host, ())

    places = known_places(config, resolve)
    files = render_static(templates, config, paths, opus=opus, tls=tls, places=places)
    files |= render_files(config.trunks, places, resolve, layout.asterisk_etc)
    if signers is not None:
        files[TRUNK_CA] = signers
    for name, text in files.items():
        write_private(layout.asterisk_etc / name, text)
    for name, text in (
        ("lines.conf", render_lines([])),
        ("fallback.conf", render_fallback([])),
        ("guessers.conf", render_guessers([])),
    ):
        if not (layout.asterisk_etc / name).exists():
            write_private(
                layout.asterisk_etc / name, text
            )  # what the app wrote outlives it: lines work without it


def _make_folders(config: Config, layout: Layout) -> None:
    for folder in (layout.root, config.media_dir, data_dir("sounds")):
        if not _SAFE_PATH.fullmatch(str(folder)):
            raise ServiceFailed(f"Asterisk cannot use a folder whose name has special characters: {folder}")
    for folder in (
        layout.asterisk_etc,
        layout.asterisk_lib / "keys",
        layout.asterisk_run,
        layout.asterisk_log / "cdr-custom",
        config.recording_dir,
        config.fallback_dir,
    ):
        folder.mkdir(parents=True, exist_ok=True)


def _certificate(etc: Path) -> bool:
    """A self-signed certificate for SIP over TLS, once, where the openssl program is there."""
    certificate, key = etc / "tls.crt", etc / "tls.key"
    if certificate.exists() and key.exists():
        return True
    if shutil.which("openssl") is None:
        return False
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-days", "3650", "-subj", f"/CN={socket.gethostname()[:60]}"]
    made = subprocess.run(
        [*command, "-keyout", str(key), "-out", str(certificate)], capture_output=True, check=False
    )
    if made.returncode == 0:
        os.chmod(key, 0o600)
    return made.returncode == 0
