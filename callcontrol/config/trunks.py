"""A trunk: every key of one, its kind, its default and what it means. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from callcontrol.config.kinds import (
    File,
    FullNumber,
    Host,
    Line,
    Port,
    Proxy,
    Sources,
    Switch,
    TrunkName,
    UserPart,
    codec_list,
    switch,
)
from callcontrol.documents.fields import Kind, choice, whole
from callcontrol.number_format import NumberFormat


class Transport(StrEnum):
    """What carries SIP to a trunk."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class Srtp(StrEnum):
    """What a trunk's sound may be: plain, either, or encrypted (SDES) alone."""

    PLAIN = "false"
    EITHER = "true"
    REQUIRED = "required"


def _srtp(text: str) -> Srtp:
    if text == Srtp.REQUIRED:
        return Srtp.REQUIRED
    return Srtp.EITHER if switch(text) else Srtp.PLAIN


CODECS = ("g722", "alaw", "ulaw", "opus", "gsm")
"""What can be offered to a trunk."""
_AUTO = NumberFormat.AUTO
_DEFAULT_PORT = {Transport.UDP: 5060, Transport.TCP: 5060, Transport.TLS: 5061}


@dataclass(frozen=True, slots=True)
class TrunkConfig:
    """A way to and from the outside."""

    name: Annotated[TrunkName, "letters, digits, `-`, `_`, at least one letter"]
    host: Annotated[Host, "host name or address"]
    port: Annotated[Port, "its SIP port; else 5060, 5061 over TLS"] = 0
    match: Annotated[Sources, "addresses, networks, names of its calls; else `host` and the proxy's"] = ()
    register: Annotated[Switch, "register there; needs `user` and `password`"] = False
    user: Annotated[Line | None, "who registers, and who answers a 401 or 407"] = None
    password: Annotated[Line | None, "with what"] = None
    trusted: Annotated[Switch, "believed who calls, and told the true number of a hidden call"] = True
    foreign_caller_id: Annotated[Switch, "takes numbers that are not ours, as a forwarded call needs"] = True
    srtp: Annotated[
        Srtp,
        Kind(_srtp, "enum", {"choices": ", ".join(Srtp)}),
        "encrypted sound (SDES) is taken and offered, beside plain sound; `required`: nothing else is",
    ] = Srtp.PLAIN
    number_format: Annotated[NumberFormat, choice(NumberFormat, NumberFormat), "how it writes numbers"] = (
        _AUTO
    )
    qualify: Annotated[int, whole(0, 3600), "seconds between two OPTIONS; 0: none"] = 15
    cancels_elsewhere: Annotated[Switch, "its CANCEL with `SIP;cause=200` means: answered elsewhere"] = True
    transport: Annotated[Transport, choice(Transport, Transport), "what carries SIP to it"] = Transport.UDP
    tls_verify: Annotated[Switch, "over TLS: its certificate must be trusted, for its host"] = True
    tls_ca: Annotated[
        File | None, "over TLS: a PEM file of who may sign it; else who this machine trusts"
    ] = None
    outbound_proxy: Annotated[Proxy | None, "`host` or `host:port` that everything goes through"] = None
    contact_user: Annotated[UserPart | None, "the user of the registered Contact; else `user`"] = None
    from_user: Annotated[UserPart | None, "what From says of us, where it wants its own account there"] = None
    from_domain: Annotated[Host | None, "and its own domain"] = None
    number: Annotated[FullNumber | None, "whom a call means that names the account alone"] = None
    codecs: Annotated[tuple[str, ...], codec_list(CODECS), "what it is offered, in order; else all"] = ()
    expires: Annotated[int, whole(60, 86_400), "seconds that a registration is asked for"] = 600
    retry: Annotated[int, whole(1, 3600), "seconds until it registers again; twice as many when refused"] = 30
    last_resort: Annotated[Switch, "tried after every other one, those that are known dead included"] = False

    @property
    def contact(self) -> str:
        """The user part of the Contact that is registered: the account's name where that can stand in a URI."""
        plain = self.user is not None and re.fullmatch(r"[A-Za-z0-9._+*~!-]+", self.user)
        return self.contact_user or (self.user if plain and self.user else self.name)

    @property
    def hidden_endpoint(self) -> str:
        """The endpoint for calls that hide their number: ``from_user`` would name the account in their From."""
        return f"{self.name}.hidden" if self.from_user else self.name

    @property
    def transport_parameter(self) -> str:
        """What a SIP URI says of the transport (RFC 3261 §19.1.1); nothing of UDP."""
        return "" if self.transport is Transport.UDP else f";transport={self.transport}"

    @property
    def called_at(self) -> tuple[str, ...]:
        """The hosts that its calls are sent to: its own, and its proxy's."""
        proxy = self.outbound_proxy
        if proxy is None:
            return (self.host,)
        return tuple(dict.fromkeys((self.host, proxy.partition(":")[0] if proxy.count(":") == 1 else proxy)))

    @property
    def at(self) -> str:
        """``host:port`` and the transport, as they stand behind a user in a SIP URI."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}{self.transport_parameter}"


def filled(trunk: TrunkConfig, folder: Path = Path()) -> TrunkConfig:
    """The trunk with the defaults that follow from its other keys; ``folder``: where relative file names are."""
    return replace(
        trunk,
        port=trunk.port or _DEFAULT_PORT[trunk.transport],
        match=trunk.match or trunk.called_at,
        tls_ca=None if trunk.tls_ca is None else folder / trunk.tls_ca,
    )


def contradictions(trunks: Sequence[TrunkConfig]) -> Iterator[tuple[str, tuple[int | str, ...]]]:
    """What only two keys together show to be wrong: the code of its sentence, and where."""
    names: set[str] = set()
    verified: set[bool] = set()
    for index, trunk in enumerate(trunks):
        if trunk.name in names:
            yield "trunk_used", (index, "name")
        names.add(trunk.name)
        if trunk.register and trunk.user is None:
            yield "trunk_login", (index,)
        if trunk.tls_ca and not (trunk.transport is Transport.TLS and trunk.tls_verify):
            yield "trunk_ca", (index, "tls_ca")
        if trunk.transport is Transport.TLS and verified and trunk.tls_verify not in verified:
            yield "trunk_verify", (index,)
        verified |= {trunk.tls_verify} if trunk.transport is Transport.TLS else set()
