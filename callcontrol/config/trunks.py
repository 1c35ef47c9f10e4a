"""The trunks of a configuration file: every key of one, its default, and what it may be. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from pathlib import Path

from callcontrol import numbers
from callcontrol.config.model import CODECS, Transport, TrunkConfig
from callcontrol.config.values import ConfigError, Value, Values
from callcontrol.number_format import NumberFormat

TRUNK_KEYS = frozenset(
    (
        "name", "host", "port", "register", "user", "password", "match", "trusted", "foreign_caller_id",
        "number_format", "qualify", "cancels_elsewhere", "srtp", "transport", "tls_verify", "outbound_proxy",
        "contact_user", "from_user", "from_domain", "number", "codecs", "expires", "retry", "last_resort",
    )
)  # fmt: skip
_DEFAULT_PORT = {Transport.UDP: 5060, Transport.TCP: 5060, Transport.TLS: 5061}


def read_trunks(items: Sequence[Mapping[str, Value]], path: Path | None) -> tuple[TrunkConfig, ...]:
    """The trunks in their order. Raises ConfigError."""
    trunks: list[TrunkConfig] = []
    for index, item in enumerate(items):
        where = f"{path.name if path else 'configuration'}: trunks[{index}]"
        trunk = _trunk(Values(item, where))
        if any(trunk.name == other.name for other in trunks):
            raise item["name"].refuse("a name that no other trunk has")
        trunks.append(trunk)
        if len({each.tls_verify for each in trunks if each.transport is Transport.TLS}) > 1:
            raise ConfigError(f"{where}: tls_verify must be the same for all trunks over TLS.")
    return tuple(trunks)


def _trunk(values: Values) -> TrunkConfig:
    values.required("name")
    values.required("host")
    name = values.word("name", "")
    if name.isdigit():
        raise values.found["name"].refuse("a name with at least one letter (digits alone are phones)")
    host = values.host("host", "")
    register, user = values.flag("register", False), values.optional("user")
    if register and user is None:
        raise ConfigError(f"{values.where}: register needs user and password.")
    transport = Transport(values.choice("transport", Transport.UDP.value, [each.value for each in Transport]))
    proxy = _proxy(values)
    usual = host if proxy is None else f"{host},{_host_of(proxy)}"
    match = tuple(part.strip() for part in values.text("match", usual).split(",") if part.strip())
    for part in match:
        _check_match(part, values)
    return TrunkConfig(
        name=name,
        host=host,
        port=values.port("port", _DEFAULT_PORT[transport]),
        match=tuple(dict.fromkeys(match)),
        register=register,
        user=user,
        password=values.optional("password"),
        trusted=values.flag("trusted", True),
        foreign_caller_id=values.flag("foreign_caller_id", True),
        srtp=values.flag("srtp", False),
        number_format=NumberFormat(
            values.choice("number_format", NumberFormat.AUTO.value, [each.value for each in NumberFormat])
        ),
        qualify=values.number("qualify", 15, 0, 3600),
        cancels_elsewhere=values.flag("cancels_elsewhere", True),
        last_resort=values.flag("last_resort", False),
        transport=transport,
        tls_verify=values.flag("tls_verify", True),
        outbound_proxy=proxy,
        contact_user=values.user_part("contact_user"),
        from_user=values.user_part("from_user"),
        from_domain=values.host("from_domain", "") if "from_domain" in values.found else None,
        number=_number(values),
        codecs=_codecs(values),
        expires=values.number("expires", 600, 60, 86_400),
        retry=values.number("retry", 30, 1, 3600),
    )


def _check_match(part: str, values: Values) -> None:
    """A network (CIDR), an address or a host name: anything else would let strangers in or break
    pjsip.conf."""
    if "/" not in part:
        Values({"match": Value("match", part, values.where)}).host("match", "")
        return
    try:
        ipaddress.ip_network(part, strict=False)
    except ValueError:
        raise values.found["match"].refuse(
            "a list of addresses, networks (192.0.2.0/24) or host names"
        ) from None


def _proxy(values: Values) -> str | None:
    proxy = values.optional("outbound_proxy")
    if proxy is None:
        return None
    host, _, port = proxy.partition(":") if proxy.count(":") == 1 else (proxy, "", "")
    try:
        Values({"host": Value("host", host, "")}).host("host", "")
        if port:
            Values({"port": Value("port", port, "")}).port("port", 5060)
    except ConfigError:
        raise values.found["outbound_proxy"].refuse("a host name or an address, and perhaps :port") from None
    return proxy


def _host_of(proxy: str) -> str:
    return proxy.partition(":")[0] if proxy.count(":") == 1 else proxy


def _number(values: Values) -> str | None:
    number = values.optional("number")
    if number is None:
        return None
    known = numbers.canonical(number)
    if known is None or not known.startswith("+"):
        raise values.found["number"].refuse("a full telephone number")
    return known


def _codecs(values: Values) -> tuple[str, ...]:
    if "codecs" not in values.found:
        return ()
    named = tuple(part.strip().lower() for part in values.text("codecs", "").split(",") if part.strip())
    if not named or not set(named) <= set(CODECS):
        raise values.found["codecs"].refuse(f"a list out of {', '.join(CODECS)}")
    return tuple(dict.fromkeys(named))
