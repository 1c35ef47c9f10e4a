"""What the app writes of Asterisk's configuration: the phones (lines.conf) and the tables of the native
fallback (fallback.conf), from the lines. Pure: texts in, texts out.

Whoever writes the results writes them atomically, mode 0600, and reloads ``res_pjsip.so`` for lines.conf and
``pbx_config.so`` for fallback.conf.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from callcontrol import numbers
from callcontrol.asterisk_conf.accounts import (
    ASKED,
    UNASKED,
    LineAccount,
    OwnNumber,
    ShortCode,
    aor,
    lamp_aor,
    password_hash,
    safe_text,
)
from callcontrol.sip_account import dtls_account


def render_lines(lines: Iterable[LineAccount]) -> str:
    """lines.conf: an endpoint, its password and its registrations for each account of each line."""
    head = (
        "; Why: the phones. Written by the app from the lines of its companies; changes made here are lost.\n"
    )
    return head + "".join(_line(line) for line in lines)


def render_guessers(addresses: Iterable[str]) -> str:
    """guessers.conf: addresses and networks from which nothing is taken."""
    head = "; Why: who guesses at SIP passwords. Written by the app; changes made here are lost.\n"
    denied = [f"deny = {address}" for address in addresses]
    return head + ("\n".join(["[guessers]", "type = acl", *denied, ""]) if denied else "")


def render_fallback(
    lines: Iterable[LineAccount], short_codes: Iterable[ShortCode] = (), others: Iterable[OwnNumber] = ()
) -> str:
    """fallback.conf: which numbers are ours, and each company's extensions and short codes, for the time
    without the app. A number that is ours is never called through a trunk."""
    called: list[str] = []
    owners: list[str] = []
    companies: dict[str, list[str]] = {}
    extensions: set[tuple[str, str]] = set()
    urgent: dict[str, list[str]] = {}
    dtls: list[str] = []
    for line in lines:
        if line.dtls:
            dtls.append(f"exten => {line.number},1,NoOp()")
        called.append(f"exten => {line.number},1,Set(CC_LANG={line.language})")
        called.append(" same => n,Goto(fallback-ring,${EXTEN},1)")
        owners.append(f"exten => {line.number},1,Return({line.company})")
        if line.extension:
            extensions.add((line.company, line.extension))
            entry = f"exten => {line.extension},1,Goto(fallback-called,{line.number},1)"
            companies.setdefault(line.company, []).append(entry)
    for other in others:
        called += _without_phone(other)
        owners.append(f"exten => {other.number},1,Return({other.company or ''})")
        if other.extension and other.company:
            extensions.add((other.company, other.extension))
            entry = f"exten => {other.extension},1,Goto(fallback-called,{other.number},1)"
            companies.setdefault(other.company, []).append(entry)
    for code in short_codes:
        if not re.fullmatch(r"[0-9]{1,6}", code.code, re.ASCII) or not re.fullmatch(
            r"\+?[0-9]{2,20}", code.number, re.ASCII
        ):
            raise ValueError(f"a short code and its number are digits: {code.code!r}, {code.number!r}")
        where = "fallback-number"
        if numbers.is_emergency(code.number):
            where = "fallback-emergency"
            urgent.setdefault(code.company, []).append(f"exten => {code.code},1,NoOp()")
        elif (code.company, code.number) in extensions:
            where = f"fallback-company-{code.company}"
        companies.setdefault(code.company, []).extend(
            [
                f"exten => {code.code},1,Set(CC_NUM={code.number})",
                f" same => n,Goto({where},{code.number},1)",
            ]
        )
    parts = [
        "; Why: what the native fallback knows of our numbers. Written by the app; changes made here are lost."
    ]
    parts += ["", "[fallback-called]", *called]
    parts += ["", "; Whose they are: a company's, or nobody's in particular.", "[fallback-owner]", *owners]
    parts += ["", "; Lines with a second account.", "[fallback-dtls]", *dtls]
    for company, entries in companies.items():
        parts += ["", f"[fallback-company-{company}]", *entries]
    for company, entries in urgent.items():
        parts += ["", "; Short codes of emergency numbers.", f"[fallback-urgent-{company}]", *entries]
    return "\n".join(parts) + "\n"


def _without_phone(other: OwnNumber) -> list[str]:
    for value, shape in ((other.number, r"[0-9]{2,15}"), (other.extension or "00", r"[0-9]{2,6}")):
        if not re.fullmatch(shape, value, re.ASCII):
            raise ValueError(f"a number of ours is digits: {value!r}")
    answer = "fallback-ring,${EXTEN},message" if other.messages else "fallback-say,service-unavailable,1"
    return [
        f"exten => {other.number},1,Set(CC_LANG={other.language})",
        " same => n,Set(CDR(cc_called)=${EXTEN})",
        " same => n,Set(CC_CAUSE=20)",  # Q.850: subscriber absent, 480
        f" same => n,Goto({answer})",
    ]


def _line(line: LineAccount) -> str:
    lamp = lamp_aor(line.number, line.sip_password)
    name, classes = safe_text(line.name), sorted(barring.value for barring in line.barring)
    groups = ",".join(
        f"{line.company}-{re.sub(r'[^A-Za-z0-9]', '_', group)}"[:79] for group in line.pickup_groups
    )
    variables = {
        "CC_LINE": line.number,
        "CC_COMPANY": line.company,
        "CC_EXTENSION": line.extension or "",
        "CC_SITE": numbers.national(line.site_number or line.main_caller_id or ""),
        "CC_LANG": line.language,
        "CC_HIDE": "yes" if line.hide_number else "no",
        "CC_BARRING": ":" + "".join(f"{barring}:" for barring in classes),
    }
    of_line = [
        f'callerid = "{name}" <{line.number}>',
        f"language = {line.language}",
        f"mailboxes = {line.number}@{UNASKED}",
        f"voicemail_extension = {line.number}",
        *(f"deny = {address}" for address in line.refused_from),
        *([f"named_call_group = {groups}", f"named_pickup_group = {groups}"] if groups else []),
        *(f"set_var = {key}={value}" for key, value in variables.items()),
    ]
    accounts = _account(line.number, line.sip_password, "line-endpoint", lamp, of_line)
    if line.dtls:
        accounts += _account(dtls_account(line.number), line.sip_password, f"dtls-{line.dtls}", lamp, of_line)
    return "\n".join(
        [
            "",
            *accounts,
            f"[{lamp}](lamp-aor)",
            f"mailboxes = {line.number}@{ASKED}",
            f"voicemail_extension = {line.number}",
            "",
        ]
    )


def _account(user: str, password: str, template: str, lamp: str, of_line: list[str]) -> list[str]:
    return [
        f"[{user}]({template})",
        f"aors = {aor(user)},{lamp}",
        f"auth = {user}",
        *of_line,
        f"[{user}](line-auth)",
        f"username = {user}",
        f"md5_cred = {password_hash(user, password)}",
        f"[{aor(user)}](line-aor)",
    ]
