"""Certificates for the tests, made by the openssl program: of an authority of their own, for any host and any time."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_SIGNING = """\
[ca]
default_ca = ours
[ours]
database = {folder}/index.txt
new_certs_dir = {folder}
certificate = {folder}/ca.crt
private_key = {folder}/ca.key
default_md = sha256
policy = any
rand_serial = yes
unique_subject = no
[any]
commonName = supplied
[shown]
subjectAltName = {host}
"""
OVER = ("20200101000000Z", "20210101000000Z")
"""A time that is over."""
GOOD = ("20200101000000Z", "20490101000000Z")


class Authority:
    """Signs certificates; ``file`` is its own, as it is given away."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder, self.file = folder, folder / "ca.crt"
        (folder / "index.txt").touch()
        self._openssl(
            "req",
            "-x509",
            *_NEW_KEY,
            "-subj",
            "/CN=authority",
            "-days",
            "2",
            "-keyout",
            "ca.key",
            "-out",
            "ca.crt",
        )

    def server(self, host: str = "IP:127.0.0.1", time: tuple[str, str] = GOOD) -> ssl.SSLContext:
        """A server's side of TLS with a certificate for ``host`` (``IP:…`` or ``DNS:…``)."""
        (self._folder / "ca.cnf").write_text(_SIGNING.format(folder=self._folder, host=host))
        self._openssl(
            "req", *_NEW_KEY, "-subj", "/CN=operator", "-keyout", "server.key", "-out", "server.csr"
        )
        self._openssl(
            *("ca", "-batch", "-config", "ca.cnf", "-extensions", "shown", "-startdate", time[0], "-enddate", time[1]),
            *("-in", "server.csr", "-out", "server.crt", "-notext"),
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / "server.crt", self._folder / "server.key")
        return context

    def _openssl(self, *arguments: str) -> None:
        done = subprocess.run(
            ["openssl", *arguments], cwd=self._folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
