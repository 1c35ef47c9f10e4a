"""Digest authentication of SIP (RFC 2617 and 7616, qop none or auth; MD5 and SHA-256). Pure.

The nonce count is always 1: a fresh client nonce for every answer is simpler and as good for tests.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from .message import Response
from .quoting import quote, split_outside, unquote


class NoChallenge(ValueError):
    """The 401 or 407 carries no Digest challenge that the rig can answer."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """One WWW-Authenticate or Proxy-Authenticate value."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    qop: str | None = None
    opaque: str | None = None
    stale: bool = False

    @classmethod
    def parse(cls, text: str) -> Challenge:
        scheme, _, rest = text.strip().partition(" ")
        if scheme.lower() != "digest":
            raise NoChallenge(f"scheme {scheme!r}")
        fields = _fields(rest)
        offered = [name.strip() for name in fields.get("qop", "").split(",") if name.strip()]
        if offered and "auth" not in offered:
            raise NoChallenge(f"qop {offered}")
        return cls(
            realm=fields.get("realm", ""),
            nonce=fields.get("nonce", ""),
            algorithm=fields.get("algorithm", "MD5"),
            qop="auth" if offered else None,
            opaque=fields.get("opaque"),
            stale=fields.get("stale", "").lower() == "true",
        )


def _fields(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in split_outside(text, ","))
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs if name.strip()}


def challenge_in(response: Response) -> Challenge:
    """The challenge of a 401 or 407 that the rig answers best (MD5 first); raises NoChallenge."""
    name = "WWW-Authenticate" if response.status == 401 else "Proxy-Authenticate"
    known = [
        challenge
        for challenge in (Challenge.parse(line) for line in response.headers(name))
        if challenge.algorithm.upper() in _HASHES
    ]
    if not known:
        raise NoChallenge(f"no usable {name}")
    return min(known, key=lambda challenge: challenge.algorithm.upper() != "MD5")


def authorization(
    challenge: Challenge, method: str, uri: str, user: str, password: str, *, cnonce: str | None = None
) -> str:
    """Value of the Authorization or Proxy-Authorization header that answers `challenge`."""
    digest = _HASHES[challenge.algorithm.upper()]
    secret = digest(f"{user}:{challenge.realm}:{password}")
    request = digest(f"{method}:{uri}")
    fields = [
        f"username={quote(user)}",
        f"realm={quote(challenge.realm)}",
        f"nonce={quote(challenge.nonce)}",
        f"uri={quote(uri)}",
    ]
    if challenge.qop is None:
        fields.append(f'response="{digest(f"{secret}:{challenge.nonce}:{request}")}"')
    else:
        ours = cnonce or secrets.token_hex(8)
        joined = f"{secret}:{challenge.nonce}:00000001:{ours}:{challenge.qop}:{request}"
        fields += [
            f'response="{digest(joined)}"',
            f"cnonce={quote(ours)}",
            f"qop={challenge.qop}",
            "nc=00000001",
        ]
    fields.append(f"algorithm={challenge.algorithm}")
    if challenge.opaque is not None:
        fields.append(f"opaque={quote(challenge.opaque)}")
    return "Digest " + ", ".join(fields)


def proves(header: str, method: str, user: str, password: str) -> bool:
    """Whether the value of an Authorization or Proxy-Authorization header was made with this password."""
    scheme, _, rest = header.strip().partition(" ")
    fields = _fields(rest)
    digest = _HASHES.get(fields.get("algorithm", "MD5").upper())
    if scheme.lower() != "digest" or digest is None or fields.get("username") != user:
        return False
    secret = digest(f"{user}:{fields.get('realm', '')}:{password}")
    middle = [fields.get("nonce", "")]
    if "qop" in fields:
        middle += [fields.get("nc", ""), fields.get("cnonce", ""), fields["qop"]]
    request = digest(f"{method}:{fields.get('uri', '')}")
    return fields.get("response") == digest(":".join([secret, *middle, request]))


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_HASHES = {"MD5": _md5, "SHA-256": _sha256}
