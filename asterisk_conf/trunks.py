"""The trunks in Asterisk's configuration: their part of pjsip.conf, and the way of an emergency call through
them when there is no app. Pure: no I/O, no clock.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence

from callcontrol.answers import ANSWERS, TELLING, End, answer
from callcontrol.config.load import TrunkConfig


def render_trunk(trunk: TrunkConfig, *, opus: bool = False) -> str:
    """The sections of one trunk: endpoint, address, whose calls are its own, and its account if it has one."""
    sections = [_endpoint(trunk, opus), _address(trunk)]
    if trunk.user:
        sections.append(_account(trunk, trunk.user))
        if trunk.register:
            sections.append(_registration(trunk, trunk.user))
    return "\n".join(line for section in sections for line in section)


def _endpoint(trunk: TrunkConfig, opus: bool) -> Iterator[str]:
    trusted = "yes" if trunk.trusted else "no"
    yield f"[{trunk.name}]"
    yield "type = endpoint"
    yield "context = from-trunk"
    yield f"aors = {trunk.name}"
    yield "disallow = all"
    yield f"allow = {codecs(opus)}"
    yield "dtmf_mode = auto"
    yield "direct_media = no"
    yield "rtp_symmetric = yes"
    yield "force_rport = yes"
    yield "rtp_timeout = 120"
    # P-Asserted-Identity counts both ways or neither way: it is worth what the network on the other side is (RFC 3325).
    yield f"trust_id_inbound = {trusted}"
    yield f"trust_id_outbound = {trusted}"
    yield f"send_pai = {trusted}"
    yield "send_diversion = yes"
    # A REFER from outside would be carried out by Asterisk itself, past barring and history.
    yield "allow_transfer = no"
    yield "tone_zone = fr"
    yield "language = fr"
    if trunk.user:
        yield f"outbound_auth = {trunk.name}"


def _address(trunk: TrunkConfig) -> Iterator[str]:
    yield f"[{trunk.name}]"
    yield "type = aor"
    yield f"contact = sip:{shown_host(trunk.host)}:{trunk.port}"
    yield f"qualify_frequency = {trunk.qualify}"
    yield "qualify_timeout = 2.0"
    yield f"[{trunk.name}-identify]"
    yield "type = identify"
    yield f"endpoint = {trunk.name}"
    yield f"match = {','.join(trunk.match)}"
    yield "srv_lookups = no"


def _account(trunk: TrunkConfig, user: str) -> Iterator[str]:
    yield f"[{trunk.name}]"
    yield "type = auth"
    yield "auth_type = userpass"
    yield f"username = {escaped(user)}"
    yield f"password = {escaped(trunk.password or '')}"


def _registration(trunk: TrunkConfig, user: str) -> Iterator[str]:
    host = shown_host(trunk.host)
    yield f"[{trunk.name}-registration]"
    yield "type = registration"
    yield "transport = udp"
    yield f"outbound_auth = {trunk.name}"
    yield f"server_uri = sip:{host}:{trunk.port}"
    yield f"client_uri = sip:{escaped(user)}@{host}"
    yield "retry_interval = 30"
    yield "forbidden_retry_interval = 300"
    yield "max_retries = 1000000"


def fallback_dial(trunks: Sequence[TrunkConfig], *, silent: int, every: bool) -> str:
    """The steps of the dialplan that call ``CC_NUM`` through each trunk in turn; one that says nothing for ``silent``
    seconds is given up.

    ``Dial`` goes on to the next step only when the call was not answered: never two at once. An emergency call goes
    through ``every`` trunk, whatever the one before said. Last come those that Asterisk believes to be dead: by their
    address, since it makes no channel to them by name.
    """
    steps: list[str] = []
    for index, trunk in enumerate(trunks):
        steps.append(_through(f"PJSIP/${{CC_NUM}}@{trunk.name}", silent))
        steps.append(f'Set(CC_DEAD_{index}=${{IF($["${{GOSUB_RETVAL}}" = "dead"]?yes)}})')
        steps += [] if every else [_UNLESS_FINAL]
    for index, trunk in enumerate(trunks):
        address = f"PJSIP/{trunk.name}/sip:${{CC_NUM}}@{shown_host(trunk.host)}:{trunk.port}"
        skip = 1 if every else 2
        steps.append(f'GotoIf($["${{CC_DEAD_{index}}}" != "yes"]?$[${{PRIORITY}} + {skip + 1}])')
        steps.append(_through(address, silent))
        steps += [] if every else [_UNLESS_FINAL]
    return "\n".join(f" same => n,{step}" for step in steps)


def _through(dialled: str, silent: int) -> str:
    return f"Gosub(fallback-through,s,1({dialled},{silent}))"


_UNLESS_FINAL = (
    "GotoIf(${DIALPLAN_EXISTS(fallback-final,${GOSUB_RETVAL},1)}?fallback-final,${GOSUB_RETVAL},1)"
)


def fallback_ends() -> str:
    """The dialplan's copy of the table of answers: an extension for each end of a call that no other trunk mends."""
    ends = {str(status): row.end for status, row in ANSWERS.items() if not row.elsewhere}
    ends |= {f"rang-{status}": answer(status, rang=True).end for status in ANSWERS}
    ends |= {"rang-none": End.NO_ANSWER, "_3XX": ANSWERS[300].end, "_6XX": ANSWERS[600].end}
    ends |= {"_ra[n]g-6XX": ANSWERS[600].end, "_ra[n]g-!": End.NETWORK}
    return "\n".join(
        f"exten => {name},1,Set(CC_CAUSE={int(TELLING[end].cause)})\n"
        f" same => n,Goto(fallback-announce,{TELLING[end].prompt},1)"
        for name, end in ends.items()
    )


def identifier_order(trunks: Iterable[TrunkConfig]) -> str:
    """A trunk is known by its address first, so that a call which comes back to us under one of our own
    numbers is not asked for a password; but where phones share the trunk's address (loopback), their names
    come first."""
    shared = any(is_loopback(match) for trunk in trunks for match in trunk.match)
    return "username,ip,anonymous" if shared else "ip,username,anonymous"


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
