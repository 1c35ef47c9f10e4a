"""The trunks in Asterisk's configuration: their part of pjsip.conf. Pure: no I/O, no clock.

Whose calls a trunk's are stands in trunks.conf (addresses.py): it depends on what names resolve to.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from callcontrol.config.load import Config, TrunkConfig
from callcontrol.config.trunks import Srtp

KEEP_OPEN_SECONDS = 15
"""Behind a NAT of our own: after so long without sound from us a packet of comfort noise keeps the way open."""
PRIVATE = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
)
"""What is on our side of a NAT where ``sip.local_net`` does not say (RFC 1918, 3927, 4193, loopback)."""


def render_trunk(trunk: TrunkConfig, media: Iterable[str] = (), *, bind: str, opus: bool = False) -> str:
    """The sections of one trunk: endpoint, address, and its account if it has one. ``media`` are the lines of its
    endpoint that every endpoint has (``media_lines``)."""
    sections = [[*_endpoint(trunk, bind, opus), *media], _address(trunk)]
    if trunk.from_user:
        hidden = replace(trunk, from_user=None)
        sections.append([f"[{trunk.hidden_endpoint}]", *list(_endpoint(hidden, bind, opus))[1:], *media])
    if trunk.user:
        sections.append(_account(trunk, trunk.user))
        if trunk.register:
            sections.append(_registration(trunk, trunk.user))
    return "\n".join(line for section in sections for line in section)


def _endpoint(trunk: TrunkConfig, bind: str, opus: bool) -> Iterator[str]:
    trusted = "yes" if trunk.trusted else "no"
    yield f"[{trunk.name}]"
    yield "type = endpoint"
    yield "context = from-trunk"
    # Known by its address alone: by default its name in a From would do, from anywhere.
    yield "identify_by = ip"
    yield "allow_subscribe = no"
    yield f"aors = {trunk.name}"
    yield "disallow = all"
    yield f"allow = {','.join(trunk.codecs) or codecs(opus)}"
    yield "dtmf_mode = auto"
    yield "direct_media = no"
    # Sound goes where the operator's own description says, whoever else sends us some.
    yield "rtp_symmetric = no"
    yield from media_address(bind)
    yield "force_rport = yes"
    # P-Asserted-Identity counts both ways or neither way: it is worth what the network on the other side is (RFC 3325).
    yield f"trust_id_inbound = {trusted}"
    yield f"trust_id_outbound = {trusted}"
    yield f"send_pai = {trusted}"
    yield "send_diversion = yes"
    # A REFER from outside would be carried out by Asterisk itself, past barring and history.
    yield "allow_transfer = no"
    yield "tone_zone = fr"
    yield "language = fr"
    yield f"set_var = CC_FORMAT={trunk.number_format.value}"
    # Who is called where nobody but the account is named (the native fallback; with the app sip/called.py).
    yield from (f"set_var = CC_ACCOUNT_{index}={name}" for index, name in enumerate(_accounts(trunk)))
    if trunk.number:
        yield f"set_var = CC_MAIN={trunk.number}"
    if trunk.from_user:
        yield f"from_user = {trunk.from_user}"
    if trunk.from_domain:
        yield f"from_domain = {trunk.from_domain}"
    if trunk.user:
        yield f"outbound_auth = {trunk.name}"
    yield from _proxy(trunk)


def _accounts(trunk: TrunkConfig) -> list[str]:
    """The user parts that mean the account, as far as the dialplan can compare them."""
    names = (trunk.contact, trunk.user or "")
    return [name for name in dict.fromkeys(names) if re.fullmatch(r"[A-Za-z0-9._+*~!-]+", name)]


def _proxy(trunk: TrunkConfig) -> Iterator[str]:
    if trunk.outbound_proxy:
        host, _, port = trunk.outbound_proxy.partition(":")
        if trunk.outbound_proxy.count(":") > 1:
            host, port = trunk.outbound_proxy, ""
        place = f"{shown_host(host)}{f':{port}' if port else ''}"
        yield escaped(f"outbound_proxy = sip:{place}{trunk.transport_parameter};lr")


def _address(trunk: TrunkConfig) -> Iterator[str]:
    yield f"[{trunk.name}]"
    yield "type = aor"
    yield escaped(f"contact = sip:{trunk.at}")
    yield f"qualify_frequency = {trunk.qualify}"
    yield "qualify_timeout = 2.0"
    yield from _proxy(trunk)


def _account(trunk: TrunkConfig, user: str) -> Iterator[str]:
    yield f"[{trunk.name}]"
    yield "type = auth"
    yield "auth_type = userpass"
    yield f"username = {escaped(user)}"
    yield f"password = {escaped(trunk.password or '')}"


def _registration(trunk: TrunkConfig, user: str) -> Iterator[str]:
    """An account that is registered for as long as we run: a refusal is never taken for final, since accounts are
    unblocked, passwords mended and registrars restarted. Retry-After is obeyed by Asterisk itself."""
    domain = trunk.from_domain or shown_host(trunk.host)
    yield f"[{trunk.name}-registration]"
    yield "type = registration"
    yield f"transport = {trunk.transport}"
    yield f"outbound_auth = {trunk.name}"
    yield escaped(f"server_uri = sip:{trunk.at}")
    yield escaped(f"client_uri = sip:{quote(user, safe='!$&()*+,/=?~;')}@{domain}")
    yield f"contact_user = {trunk.contact}"
    yield f"expiration = {trunk.expires}"
    yield "max_random_initial_delay = 1"
    yield "max_retries = 1000000"
    yield "auth_rejection_permanent = no"
    yield f"retry_interval = {trunk.retry}"
    yield f"forbidden_retry_interval = {2 * trunk.retry}"
    yield f"fatal_retry_interval = {2 * trunk.retry}"
    yield from _proxy(trunk)


_ENCRYPTION: Mapping[Srtp, Sequence[str]] = {
    Srtp.PLAIN: (),
    Srtp.EITHER: ("media_encryption = sdes", "media_encryption_optimistic = yes"),
    Srtp.REQUIRED: ("media_encryption = sdes", "media_encryption_optimistic = no"),
}


def media_lines(config: Config, *, srtp: Srtp) -> list[str]:
    """How long a talk lives whose other side has died or says nothing, and how its sound is encrypted.

    One side's silence ends no talk: a muted phone sends nothing. What died is found by the refresh of the session
    (RFC 4028), which is asked of everybody, also of those that do not know it: a re-INVITE is answered by all.
    ``srtp``: SDES (RFC 4568) is offered beside plain RTP, and either is taken; or it alone (``RTP/SAVP``). An endpoint
    of Asterisk 22 speaks SDES or DTLS, never both (docs/interop.md).
    """
    return [
        f"rtp_timeout = {config.rtp.timeout}",
        "timers = always",
        f"timers_sess_expires = {config.sip.session_expires}",
        *_ENCRYPTION[srtp],
        *([f"rtp_keepalive = {KEEP_OPEN_SECONDS}"] if config.sip.external_address else []),
    ]


def identifier_order(trunks: Iterable[TrunkConfig]) -> str:
    """A trunk is known by its address first, so that a call which comes back to us under one of our own
    numbers is not asked for a password; but where phones share the trunk's address (loopback), their names
    come first. Before the names come the headers that no phone may send (pjsip.conf, ``refused``)."""
    shared = any(is_loopback(match) for trunk in trunks for match in trunk.match)
    return "header,username,ip,anonymous" if shared else "ip,header,username,anonymous"


def behind_nat(config: Config) -> list[str]:
    """The lines of a transport that has a NAT in front of it: who is outside ``sip.local_net`` is told the NAT's
    address, in Via, Contact and SDP."""
    sip = config.sip
    if sip.external_address is None:
        return []
    return [
        f"external_signaling_address = {sip.external_address}",
        f"external_media_address = {config.rtp.external_address or sip.external_address}",
        *(f"local_net = {network}" for network in sip.local_net or PRIVATE),
    ]


def media_address(bind: str) -> Iterable[str]:
    """The media of an endpoint listen where SIP does (``sip.bind``); everywhere where it does."""
    if ipaddress.ip_address(bind).is_unspecified:
        return ()
    return (f"media_address = {bind}", "bind_rtp_to_media_address = yes")


def is_loopback(host: str) -> bool:
    """Whether an address, network or host name means this machine alone. A name is not looked up: only
    ``localhost`` is known to."""
    try:
        return ipaddress.ip_network(host, strict=False).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def codecs(opus: bool) -> str:
    """What phones and trunks are offered, best first."""
    return "g722,alaw,ulaw,opus" if opus else "g722,alaw,ulaw"


def shown_host(host: str) -> str:
    """A host as it stands in a URI."""
    return f"[{host}]" if ":" in host else host


def escaped(text: str) -> str:
    """A configured secret as a value: Asterisk takes ``;`` for a comment unless a backslash stands before
    it."""
    return text.replace(";", "\\;")
