"""Asterisk's configuration as text: templates filled from the configuration, phones (lines.conf) and the
tables of the native fallback (fallback.conf) from the lines. Pure: texts in, texts out.

Whoever writes the results writes them atomically, mode 0600, and reloads ``res_pjsip.so`` for lines.conf and
``pbx_config.so`` for fallback.conf.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from callcontrol.asterisk_conf.accounts import (
    FALLBACK_CALL_FIELDS,
    REALM,
    STASIS_ARGS,
    LineAccount,
    ShortCode,
    password_hash,
    safe_text,
)
from callcontrol.config import Config, TrunkConfig
from callcontrol.numbers import EMERGENCY_NUMBERS

_STASIS_SOURCES = {
    "dialled": "${REPLACE(EXTEN,(),-)}",
    "endpoint": "${CHANNEL(endpoint)}",
    "remote_addr": "${CHANNEL(pjsip,remote_addr)}",
    "from": "${REPLACE(PJSIP_HEADER(read,From),(),-):0:512}",
    "pai": "${REPLACE(PJSIP_HEADER(read,P-Asserted-Identity),(),-):0:512}",
    "privacy": "${REPLACE(PJSIP_HEADER(read,Privacy),(),-):0:64}",
    "call_id": "${REPLACE(CHANNEL(pjsip,call-id),(),-):0:256}",
    "presentation": "${CALLERID(num-pres)}",
}
_CDR_SOURCES = {
    "unique_id": "uniqueid",
    "linked_id": "linkedid",
    "kind": "cc_kind",
    "line": "cc_line",
    "caller": "cc_caller",
    "dialled": "cc_dialled",
    "called": "cc_called",
    "outside": "cc_outside",
    "start": "start,u",
    "answer": "answer,u",
    "end": "end,u",
    "disposition": "disposition",
    "recording": "cc_recording",
}


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders as Asterisk sees them."""

    etc: Path
    lib: Path
    run: Path
    log: Path
    sounds: Path


def render_static(
    templates: Mapping[str, str], config: Config, paths: Paths, *, opus: bool = False, tls: bool = False
) -> dict[str, str]:
    """Every file of the configuration folder but lines.conf and fallback.conf, by name.

    ``templates`` are the ``*.conf`` texts of this folder; ``opus``: its codec module is there; ``tls``: a
    certificate and key are in the configuration folder (``tls.crt``, ``tls.key``).
    """
    ari = urlsplit(config.asterisk.ari_url)
    values = {
        "ETC": str(paths.etc),
        "LIB": str(paths.lib),
        "RUN": str(paths.run),
        "LOG": str(paths.log),
        "SOUNDS": str(paths.sounds),
        "SPOOL": str(config.recording_dir.parent),
        "FALLBACK": str(config.fallback_dir),
        "HTTP_HOST": ari.hostname or "127.0.0.1",
        "HTTP_PORT": str(ari.port or 8088),
        "HTTP_PREFIX": ari.path.removesuffix("/ari").strip("/"),
        "ARI_USER": config.asterisk.ari_user,
        "ARI_PASSWORD": _escaped(config.asterisk.ari_password),
        "APP": config.asterisk.app,
        "SIP_HOST": _host(config.sip.bind),
        "SIP_PORT": str(config.sip.port),
        "RTP_START": str(config.rtp.start),
        "RTP_END": str(config.rtp.end),
        "REALM": REALM,
        "CODECS": _codecs(opus),
        "IDENTIFIER_ORDER": _identifier_order(config.trunks),
        "TLS": _tls(config, paths) if tls else "",
        "TRUNKS": "\n\n".join(_trunk(trunk, opus) for trunk in config.trunks),
        "TRUNK": config.trunks[0].name if config.trunks else "",
        "STASIS_ARGS": ",".join(_stasis_arg(name) for name in STASIS_ARGS if name != "kind"),
        "CDR_FIELDS": ",".join(
            f"${{CSV_QUOTE(${{CDR({_CDR_SOURCES[name]})}})}}" for name in FALLBACK_CALL_FIELDS
        ),
        "EMERGENCY": "\n".join(
            f"exten => {n},1,Goto(fallback-emergency-call,s,1)" for n in sorted(EMERGENCY_NUMBERS)
        ),
        "EMERGENCY_DIAL": "&".join(f"PJSIP/${{CC_NUM}}@{trunk.name}" for trunk in config.trunks[:1]),
    }
    return {name: _fill(text, values) for name, text in templates.items()}


def render_lines(lines: Iterable[LineAccount]) -> str:
    """lines.conf: an endpoint, its password and its registrations for each line."""
    head = (
        "; Why: the phones. Written by the app from the lines of its companies; changes made here are lost.\n"
    )
    return head + "".join(_line(line) for line in lines)


def render_fallback(lines: Iterable[LineAccount], short_codes: Iterable[ShortCode] = ()) -> str:
    """fallback.conf: which numbers are ours, and each company's extensions and short codes, for the time
    without the app."""
    called: list[str] = []
    companies: dict[str, list[str]] = {}
    for line in lines:
        called.append(f"exten => {line.number},1,Set(CC_LANG={line.language})")
        called.append(" same => n,Goto(fallback-ring,${EXTEN},1)")
        if line.extension:
            entry = f"exten => {line.extension},1,Goto(fallback-called,{line.number},1)"
            companies.setdefault(line.company, []).append(entry)
    for code in short_codes:
        if not re.fullmatch(r"[0-9]{1,6}", code.code, re.ASCII) or not re.fullmatch(
            r"\+?[0-9]{2,20}", code.number, re.ASCII
        ):
            raise ValueError(f"a short code and its number are digits: {code.code!r}, {code.number!r}")
        companies.setdefault(code.company, []).extend(
            [
                f"exten => {code.code},1,Set(CC_NUM={code.number})",
                f" same => n,Goto(fallback-number,{code.number},1)",
            ]
        )
    parts = [
        "; Why: what the native fallback knows of our numbers. Written by the app; changes made here are lost."
    ]
    parts += ["", "[fallback-called]", *called]
    for company, entries in companies.items():
        parts += ["", f"[fallback-company-{company}]", *entries]
    return "\n".join(parts) + "\n"


def _line(line: LineAccount) -> str:
    name, classes = safe_text(line.name), sorted(barring.value for barring in line.barring)
    groups = ",".join(
        f"{line.company}-{re.sub(r'[^A-Za-z0-9]', '_', group)}"[:79] for group in line.pickup_groups
    )
    variables = {
        "CC_LINE": line.number,
        "CC_COMPANY": line.company,
        "CC_EXTENSION": line.extension or "",
        "CC_SITE": line.site_number or "",
        "CC_LANG": line.language,
        "CC_HIDE": "yes" if line.hide_number else "no",
        "CC_BARRING": ":" + "".join(f"{barring}:" for barring in classes),
    }
    return "\n".join(
        [
            "",
            f"[{line.number}](line-endpoint)",
            f"aors = {line.number}",
            f"auth = {line.number}",
            f'callerid = "{name}" <{line.number}>',
            f"language = {line.language}",
            f"mailboxes = {line.number}@callcontrol",
            *([f"named_call_group = {groups}", f"named_pickup_group = {groups}"] if groups else []),
            *(f"set_var = {key}={value}" for key, value in variables.items()),
            f"[{line.number}](line-auth)",
            f"username = {line.number}",
            f"md5_cred = {password_hash(line.number, line.sip_password)}",
            f"[{line.number}](line-aor)",
            f"mailboxes = {line.number}@callcontrol",
            "",
        ]
    )


def _trunk(trunk: TrunkConfig, opus: bool) -> str:
    name, host = trunk.name, _host(trunk.host)
    lines = [
        f"[{name}]",
        "type = endpoint",
        "context = from-trunk",
        f"aors = {name}",
        "disallow = all",
        f"allow = {_codecs(opus)}",
        "dtmf_mode = auto",
        "direct_media = no",
        "rtp_symmetric = yes",
        "force_rport = yes",
        "rtp_timeout = 120",
        "trust_id_inbound = yes",
        f"trust_id_outbound = {'yes' if trunk.trusted else 'no'}",
        f"send_pai = {'yes' if trunk.trusted else 'no'}",
        "send_diversion = yes",
        "tone_zone = fr",
        "language = fr",
        *([f"outbound_auth = {name}"] if trunk.user else []),
        f"[{name}]",
        "type = aor",
        f"contact = sip:{host}:{trunk.port}",
        f"[{name}-identify]",
        "type = identify",
        f"endpoint = {name}",
        f"match = {','.join(trunk.match)}",
        "srv_lookups = no",
    ]
    if trunk.user:
        lines += [
            f"[{name}]",
            "type = auth",
            "auth_type = userpass",
            f"username = {_escaped(trunk.user)}",
            f"password = {_escaped(trunk.password or '')}",
        ]
    if trunk.register and trunk.user:
        lines += [
            f"[{name}-registration]",
            "type = registration",
            "transport = udp",
            f"outbound_auth = {name}",
            f"server_uri = sip:{host}:{trunk.port}",
            f"client_uri = sip:{_escaped(trunk.user)}@{host}",
            "retry_interval = 30",
            "forbidden_retry_interval = 300",
            "max_retries = 1000000",
        ]
    return "\n".join(lines)


def _tls(config: Config, paths: Paths) -> str:
    return "\n".join(
        [
            "[tls]",
            "type = transport",
            "protocol = tls",
            f"bind = {_host(config.sip.bind)}:{config.sip.tls_port}",
            f"cert_file = {paths.etc / 'tls.crt'}",
            f"priv_key_file = {paths.etc / 'tls.key'}",
            "method = tlsv1_2",
        ]
    )


def _identifier_order(trunks: Iterable[TrunkConfig]) -> str:
    """A trunk is known by its address first, so that a call which comes back to us under one of our own
    numbers is not asked for a password; but where phones share the trunk's address (loopback), their names
    come first."""
    for trunk in trunks:
        for match in trunk.match:
            try:
                shared = ipaddress.ip_network(match, strict=False).is_loopback
            except ValueError:
                shared = match == "localhost"
            if shared:
                return "username,ip,anonymous"
    return "ip,username,anonymous"


def _stasis_arg(name: str) -> str:
    match name:
        case "diversion":
            return "${CC_DIVERSION}"
        case "history_info":
            return "${CC_HISTORY}"
        case _:
            return f"${{BASE64_ENCODE(x{_STASIS_SOURCES[name]})}}"


def _codecs(opus: bool) -> str:
    return "g722,alaw,ulaw,opus" if opus else "g722,alaw,ulaw"


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _escaped(text: str) -> str:
    """A configured secret as a value: Asterisk takes ``;`` for a comment unless a backslash stands before
    it."""
    return text.replace(";", "\\;")


def _fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each ``@NAME@``; a name without a value is a mistake of ours."""
    return re.sub(r"@([A-Z][A-Z_]*)@", lambda match: values[match[1]], text)
