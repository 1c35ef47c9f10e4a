"""SIP addresses: URIs and the name-addr form of From, To, Contact, Diversion … (RFC 3261 §19, §20).

Parses as leniently as a phone does and prints back what it was given. Never resolves names: the rig only
speaks to literal addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .quoting import quote, split_outside, unquote

Params = tuple[tuple[str, str | None], ...]


def parse_params(text: str) -> Params:
    """Parameters of a `;a=1;b` tail, in order; names lower-cased, quoted values unquoted."""
    found: list[tuple[str, str | None]] = []
    for part in split_outside(text, ";"):
        name, equals, value = part.strip().partition("=")
        if name:
            found.append((name.strip().lower(), unquote(value.strip()) if equals else None))
    return tuple(found)


def format_params(params: Params) -> str:
    """The `;a=1;b` tail of `params`."""
    return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in params)


@dataclass(frozen=True, slots=True)
class Uri:
    """`sip:user@host:port;params?headers`; a `tel:` URI has its number as `user` and an empty host."""

    scheme: str
    user: str | None
    host: str
    port: int | None = None
    params: Params = ()
    headers: str = ""

    @classmethod
    def parse(cls, text: str) -> Uri:
        scheme, _, rest = text.strip().partition(":")
        rest, _, headers = rest.partition("?")
        if scheme.lower() not in ("sip", "sips"):
            number, _, tail = rest.partition(";")
            return cls(scheme.lower(), number, "", None, parse_params(tail), headers)
        user, at, tail = rest.rpartition("@")
        hostport, _, params = tail.partition(";")
        host, colon, port = hostport.partition(":")
        return cls(
            scheme.lower(),
            user if at else None,
            host,
            int(port) if colon and port.isdigit() else None,
            parse_params(params),
            headers,
        )

    def param(self, name: str) -> str | None:
        """Value of a URI parameter; None if absent or without value."""
        return dict(self.params).get(name.lower())

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to send to; 5060 when the URI names none (RFC 3263 §4.2)."""
        return self.host, self.port or 5060

    def bare(self) -> Uri:
        """The URI without parameters and headers, for comparing and for From/To."""
        return replace(self, params=(), headers="")

    def __str__(self) -> str:
        tail = format_params(self.params) + (f"?{self.headers}" if self.headers else "")
        if self.scheme not in ("sip", "sips"):
            return f"{self.scheme}:{self.user or ''}{tail}"
        user = f"{self.user}@" if self.user is not None else ""
        port = f":{self.port}" if self.port is not None else ""
        return f"{self.scheme}:{user}{self.host}{port}{tail}"


@dataclass(frozen=True, slots=True)
class NameAddr:
    """`"Display" <uri>;params`, as in From, To, Contact, P-Asserted-Identity and Diversion."""

    uri: Uri
    display: str | None = None
    params: Params = ()

    @classmethod
    def parse(cls, text: str) -> NameAddr:
        before, bracket, after = _split_bracket(text)
        if not bracket:  # addr-spec form: parameters belong to the header (RFC 3261 §20)
            uri, _, params = text.partition(";")
            return cls(Uri.parse(uri), None, parse_params(params))
        uri, _, params = after.partition(">")
        display = unquote(before.strip())
        return cls(Uri.parse(uri), display or None, parse_params(params))

    def param(self, name: str) -> str | None:
        """Value of a header parameter; None if absent or without value."""
        return dict(self.params).get(name.lower())

    @property
    def tag(self) -> str | None:
        return self.param("tag")

    @property
    def user(self) -> str | None:
        """User part of the URI: the number, for a phone."""
        return self.uri.user

    def with_tag(self, tag: str | None) -> NameAddr:
        """The same address with `tag` as its only tag (none: without one)."""
        rest = tuple((name, value) for name, value in self.params if name != "tag")
        return replace(self, params=rest + ((("tag", tag),) if tag is not None else ()))

    def __str__(self) -> str:
        display = f"{quote(self.display)} " if self.display else ""
        return f"{display}<{self.uri}>{format_params(self.params)}"


def _split_bracket(text: str) -> tuple[str, bool, str]:
    """Split at the first `<` that is not inside quotes."""
    parts = split_outside(text, "<", brackets=False, most=1)
    return (parts[0], True, parts[1]) if len(parts) == 2 else (text, False, "")
