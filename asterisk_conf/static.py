"""Asterisk's configuration as text, but for what the app writes itself (render.py): the templates of this
folder, filled from the configuration. Pure: texts in, texts out.

Whoever writes the results writes them atomically, mode 0600: pjsip.conf and ari.conf hold secrets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from callcontrol.asterisk_conf.accounts import (
    ASKED,
    CLOSE,
    FALLBACK_CALL_FIELDS,
    OPEN,
    REALM,
    STASIS_ARGS,
    TIMED,
    UNASKED,
)
from callcontrol.asterisk_conf.contacts import (
    NOWHERE,
    Places,
    fallback_refuses,
    refused_contact,
)
from callcontrol.asterisk_conf.fallback_dialled import fallback_codes, fallback_countries
from callcontrol.asterisk_conf.trunk_fallback import fallback_announced, fallback_dial, fallback_ends
from callcontrol.asterisk_conf.trunks import (
    behind_nat,
    codecs,
    escaped,
    identifier_order,
    media_address,
    media_lines,
    render_trunk,
    shown_host,
)
from callcontrol.config.load import Config
from callcontrol.config.trunks import Srtp, Transport
from callcontrol.numbers import EMERGENCY_NUMBERS
from callcontrol.sip_account import DTLS, SDES, SOUND_REFUSED
from callcontrol.star_codes import HIDE_ONCE

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
"""Of Debian's ca-certificates, in Asterisk's root filesystem as on the host."""
TRUNK_CA = "trunk_ca.pem"
"""Who may sign the certificates of trunks, in the configuration folder, where one of them has ``tls_ca``."""

_STASIS_SOURCES = {
    "dialled": "${CC_URI}",
    "endpoint": "${CHANNEL(endpoint)}",
    "remote_addr": "${CHANNEL(pjsip,remote_addr)}",
    "from": "${CC_FROM}",
    "call_id": "${REPLACE(CHANNEL(pjsip,call-id),(),-):0:256}",
    "presentation": "${CALLERID(num-pres)}",
    "max_forwards": "${CC_HOPS}",
    "to": "${CC_TO}",
}
_COLLECTED = {
    "pai": "CC_PAI",
    "remote_party": "CC_PARTY",
    "privacy": "CC_PRIVACY",
    "diversion": "CC_DIVERSION",
    "history_info": "CC_HISTORY",
    "called_party": "CC_CALLED",
}
"""Variables that hold every header of a kind, encoded already (extensions.conf)."""
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
    "recorded": "cc_recorded",
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
    templates: Mapping[str, str],
    config: Config,
    paths: Paths,
    *,
    opus: bool = False,
    tls: bool = False,
    places: Places = NOWHERE,
) -> dict[str, str]:
    """Every file of the configuration folder but lines.conf, fallback.conf and trunks.conf, by name.

    ``templates`` are the ``*.conf`` texts of this folder; ``opus``: its codec module is there; ``tls``: a
    certificate and key are in the configuration folder (``tls.crt``, ``tls.key``); ``places``: where trunks and
    phones are.
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
        "ARI_PASSWORD": escaped(config.asterisk.ari_password),
        "APP": config.asterisk.app,
        "SIP_HOST": shown_host(config.sip.bind),
        "SIP_PORT": str(config.sip.port),
        "RTP_START": str(config.rtp.start),
        "RTP_END": str(config.rtp.end),
        "REALM": REALM,
        "ASKED": ASKED,
        "UNASKED": UNASKED,
        "LOG_LEVELS": "notice,warning,error" if config.log_level == "debug" else "warning,error",
        "CODECS": codecs(opus),
        "MEDIA": "\n".join((*media_address(config.sip.bind), *media_lines(config, srtp=Srtp.EITHER))),
        "IDENTIFIER_ORDER": identifier_order(config.trunks),
        "TLS": _tls(config, paths) if tls else "",
        "REFUSED_CONTACT": refused_contact(config.trunks),
        "NAT": "\n".join(behind_nat(config)),
        "KEEP_ALIVE": str(config.sip.keep_alive),
        "FALLBACK_REFUSES": fallback_refuses(places),
        "TRUNKS": "\n\n".join(
            render_trunk(trunk, media_lines(config, srtp=trunk.srtp), bind=config.sip.bind, opus=opus)
            for trunk in config.trunks
        ),
        "OPEN": OPEN,
        "CLOSE": CLOSE,
        "DTLS": DTLS,
        "SDES": SDES,
        "SOUND_REFUSED": "|".join(map(str, sorted(SOUND_REFUSED))),
        "TIMED": TIMED,
        "STASIS_ARGS": ",".join(_stasis_arg(name) for name in STASIS_ARGS if name != "kind"),
        "CDR_FIELDS": ",".join(
            f"${{CSV_QUOTE(${{CDR({_CDR_SOURCES[name]})}})}}" for name in FALLBACK_CALL_FIELDS
        ),
        "EMERGENCY": "\n".join(
            f"exten => {n},1,Goto(fallback-emergency-call,s,1)" for n in sorted(EMERGENCY_NUMBERS)
        ),
        "CODES": fallback_codes(),
        "HIDE_ONCE": HIDE_ONCE,
        "COUNTRIES": fallback_countries(),
        "MOST_EMERGENCY": str(config.limits.emergency_calls),
        "EMERGENCY_DIAL": fallback_dial(config.trunks, silent=1, every=True),
        "OUTSIDE_DIAL": fallback_dial(config.trunks, silent=2, every=False),
        "OUTSIDE_ENDS": fallback_ends(),
        "ANNOUNCED": fallback_announced(),
    }
    return {name: _fill(text, values) for name, text in templates.items()}


def _tls(config: Config, paths: Paths) -> str:
    return "\n".join(
        [
            "[tls]",
            "type = transport",
            "protocol = tls",
            f"bind = {shown_host(config.sip.bind)}:{config.sip.tls_port}",
            f"cert_file = {paths.etc / 'tls.crt'}",
            f"priv_key_file = {paths.etc / 'tls.key'}",
            "method = tlsv1_2",
            *(
                ["verify_server = yes", f"ca_list_file = {_signers(config, paths)}"]
                if _verified(config)
                else []
            ),
            *behind_nat(config),
        ]
    )


def _signers(config: Config, paths: Paths) -> str:
    return str(paths.etc / TRUNK_CA) if any(trunk.tls_ca for trunk in config.trunks) else CERTIFICATES


def _verified(config: Config) -> bool:
    """Whether the trunks over TLS must have a certificate that this machine trusts (``load`` sees that all agree)."""
    over_tls = [trunk for trunk in config.trunks if trunk.transport is Transport.TLS]
    return bool(over_tls) and all(trunk.tls_verify for trunk in over_tls)


def _stasis_arg(name: str) -> str:
    if name in _COLLECTED:
        return f"${{{_COLLECTED[name]}}}"
    return f"${{BASE64_ENCODE(x{_STASIS_SOURCES[name]})}}"


def _fill(text: str, values: Mapping[str, str]) -> str:
    """Replace each ``@NAME@``; a name without a value is a mistake of ours."""
    return re.sub(r"@([A-Z][A-Z_]*)@", lambda match: values[match[1]], text)
