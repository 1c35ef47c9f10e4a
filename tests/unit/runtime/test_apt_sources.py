"""Where the host's apt takes its packages from, in every format that Debian uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcontrol.runtime.apt_sources import mirror, parse_deb822, parse_one_line

DEB822 = """\
# a comment
Types: deb deb-src
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
ONE_LINE = """\
deb cdrom:[Debian 12]/ bookworm main
#deb http://old.example/debian bookworm main
deb http://packages.example/apt sdk main
deb [arch=amd64 signed-by=/x.gpg] https://mirror.example/debian bookworm main non-free-firmware # mine
deb-src http://mirror.example/debian bookworm main
"""


def none(path: Path) -> str:
    raise AssertionError(f"{path} is not to be read")


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (parse_deb822(DEB822), "http://mirror.example/debian"),
        (parse_one_line(ONE_LINE), "https://mirror.example/debian"),
        (parse_deb822(DEB822.replace("URIs: http://mirror", "Enabled: no\nURIs: http://mirror")), None),
        (parse_one_line("deb http://packages.example/apt sdk main"), None),
        (parse_deb822(""), None),
    ],
)
def test_the_mirror_is_the_one_that_serves_the_hosts_own_release(sources, found: str | None) -> None:  # type: ignore[no-untyped-def]
    assert mirror(sources, "bookworm", none) == found


def test_a_mirror_list_of_a_cloud_image_is_followed() -> None:
    sources = parse_deb822(
        DEB822.replace("http://mirror.example/debian", "mirror+file:///etc/apt/mirrors/debian.list")
    )

    def read(path: Path) -> str:
        assert path == Path("/etc/apt/mirrors/debian.list")
        return "https://one.example/debian\nhttps://two.example/debian\n"

    assert mirror(sources, "bookworm", read) == "https://one.example/debian"
