"""Digest answers against the published examples (RFC 2617 §3.5, RFC 7616 §3.9.1)."""

from __future__ import annotations

import pytest

from rig import digest
from rig.digest import Challenge, NoChallenge
from rig.message import Response

RFC_2617 = (
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
    'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)
RFC_7616 = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
RFC_7616_CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("challenge", "user", "password", "cnonce", "expected"),
    [
        pytest.param(
            RFC_2617,
            "Mufasa",
            "Circle Of Life",
            "0a4f113b",
            "6629fae49393a05397450978507c4ef1",
            id="RFC 2617 §3.5",
        ),
        pytest.param(
            RFC_7616.format("MD5"),
            "Mufasa",
            "Circle of Life",
            RFC_7616_CNONCE,
            "8ca523f5e9506fed4657c9700eebdbec",
            id="RFC 7616 §3.9.1 MD5",
        ),
        pytest.param(
            RFC_7616.format("SHA-256"),
            "Mufasa",
            "Circle of Life",
            RFC_7616_CNONCE,
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            id="RFC 7616 §3.9.1 SHA-256",
        ),
    ],
)
def test_published_examples(challenge: str, user: str, password: str, cnonce: str, expected: str) -> None:
    value = digest.authorization(
        Challenge.parse(challenge), "GET", "/dir/index.html", user, password, cnonce=cnonce
    )
    assert f'response="{expected}"' in value
    assert "qop=auth," in value
    assert 'opaque="' in value


def test_a_challenge_without_qop_is_answered_the_old_way() -> None:
    value = digest.authorization(
        Challenge.parse('Digest realm="r", nonce="n"'), "REGISTER", "sip:h", "u", "p"
    )
    assert "qop" not in value
    assert "cnonce" not in value


def test_md5_is_chosen_among_several_and_unknown_ones_are_skipped() -> None:
    lines = ('Digest realm="r",nonce="1",algorithm=SHA-256', 'Digest realm="r",nonce="2"')
    response = Response(tuple(("WWW-Authenticate", line) for line in lines), b"", 401, "Unauthorized")
    assert digest.challenge_in(response).nonce == "2"


@pytest.mark.parametrize(
    "line", ['Basic realm="r"', 'Digest realm="r",nonce="1",algorithm=X', 'Digest qop="auth-int"']
)
def test_what_cannot_be_answered_is_said(line: str) -> None:
    with pytest.raises(NoChallenge):
        digest.challenge_in(
            Response((("Proxy-Authenticate", line),), b"", 407, "Proxy Authentication Required")
        )
