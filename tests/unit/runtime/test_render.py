"""Asterisk's configuration: complete, and nothing that a user writes can break out of its value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcontrol.answers import TELLING, End
from callcontrol.asterisk_conf.accounts import (
    FALLBACK_CALL_FIELDS,
    STASIS_ARGS,
    LineAccount,
    OwnNumber,
    ShortCode,
    decode_stasis_args,
    encode_stasis_args,
    fallback_recording,
    lamp_aor,
    read_fallback_calls,
    safe_text,
)
from callcontrol.asterisk_conf.addresses import names_in, remembered, render_addresses, render_files
from callcontrol.asterisk_conf.contacts import NOWHERE
from callcontrol.asterisk_conf.render import render_fallback, render_lines
from callcontrol.asterisk_conf.static import Paths, render_static
from callcontrol.config.load import Config, load
from callcontrol.facts import Barring, Presentation
from callcontrol.flows.announce import CAUSES
from callcontrol.routing.outgoing import _BARRED_PROMPT
from callcontrol.routing.steps import RefusalKind
from callcontrol.runtime.layout import data_dir


def sections(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """A file as Asterisk's parser reads it (config.c): comments from an unescaped ``;``, ``key = value`` or
    ``=>``."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for raw in text.split("\n"):
        line = re.sub(r"(?<!\\);.*", "", raw).replace("\\;", ";").strip()
        if not line:
            continue
        assert len(line) < 8192
        if line.startswith("[") or line.startswith("#"):
            found.append((line, []))
        else:
            key, value = re.split(r"\s*=>?\s*", line, maxsplit=1)
            found[-1][1].append((key, value))
    return found


def line(**changes: object) -> LineAccount:
    base: dict[str, object] = {
        "number": "0222969569",
        "company": "c1",
        "name": "Camille Martin",
        "sip_password": "secret",
        "extension": "4002",
        "site_number": "0222969500",
    }
    return LineAccount(**{**base, **changes})  # type: ignore[arg-type]


ANY_TEXT = (
    st.text(max_size=300)
    | st.just("x" * 10_000)
    | st.sampled_from(['a;b"c', "a\n[evil]\ntype=endpoint", "#include x", "\\;"])
)


SECRET_NAME = re.compile(r"\b[0-9a-f]{40}\b")
"""Of a lamp, made of the password."""


@given(name=ANY_TEXT, password=ANY_TEXT, group=ANY_TEXT)
def test_no_name_password_or_group_changes_the_files_shape(name: str, password: str, group: str) -> None:
    plain = sections(SECRET_NAME.sub("secret", render_lines([line(pickup_groups=("Bureau",))])))
    written = render_lines([line(name=name, sip_password=password, pickup_groups=(group,))])
    hostile = sections(SECRET_NAME.sub("secret", written))
    assert [(head, [key for key, _ in keys]) for head, keys in hostile] == [
        (head, [key for key, _ in keys]) for head, keys in plain
    ]
    callerid = dict(hostile[0][1])["callerid"]
    assert re.fullmatch(r'"[^"\\;<>\n]{0,80}" <0222969569>', callerid), callerid


@given(st.text())
def test_a_safe_text_is_safe(text: str) -> None:
    safe = safe_text(text)
    assert not set(safe) & set('";\\<>[]{}$\n\r\0')
    assert safe == safe_text(safe)


def test_ordinary_names_stay_as_they_are() -> None:
    assert safe_text("Zoé O'Hara-Çelik (3e étage) & Cie") == "Zoé O'Hara-Çelik (3e étage) & Cie"


def test_a_line_knows_what_the_fallback_needs() -> None:
    text = render_lines([line(barring=frozenset({Barring.PREMIUM, Barring.INTERNATIONAL}), hide_number=True)])
    assert "set_var = CC_BARRING=:international:premium:" in text
    assert "set_var = CC_HIDE=yes" in text
    assert "set_var = CC_SITE=0222969500" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "0222\n"},
        {"number": "x"},
        {"company": "a]b"},
        {"extension": "4;2"},
        {"language": "f\nr"},
        {"site_number": "+x"},
    ],
)
def test_what_can_only_be_a_bug_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"cannot be|must be digits"):
        line(**wrong)


def test_the_fallback_knows_numbers_extensions_and_short_codes_of_each_company() -> None:
    other = line(number="0333333333", company="c2", extension="4002", language="en")
    text = render_fallback([line(), other], [ShortCode("c1", "550", "0970711058")])
    assert (
        "[fallback-company-c1]\nexten => 4002,1,Goto(fallback-called,0222969569,1)\nexten => 550,1," in text
    )
    assert "[fallback-company-c2]\nexten => 4002,1,Goto(fallback-called,0333333333,1)" in text
    assert "exten => 0333333333,1,Set(CC_LANG=en)" in text
    group = OwnNumber("0222969500", messages=True, company="c2", extension="4900")
    text = render_fallback([other], others=[group, OwnNumber("0970717800")])
    assert "exten => 4900,1,Goto(fallback-called,0222969500,1)" in text.partition("[fallback-company-c2]")[2]
    assert "exten => 0970717800,1," in text.partition("[fallback-company-c2]")[0]
    with pytest.raises(ValueError, match="is digits"):
        render_fallback([], others=[OwnNumber("09 70")])
    with pytest.raises(ValueError, match="short code"):
        render_fallback([], [ShortCode("c1", "5,1", "09")])


def rendered(tmp_path: Path, trunks: str = "") -> dict[str, str]:
    file = tmp_path / "callcontrol.yaml"
    file.write_text(
        f"runtime: {{dir: {tmp_path}}}\nasterisk: {{ari_password: 'a;b'}}\n{trunks}", encoding="utf-8"
    )
    config: Config = load(file, {})
    templates = {path.name: path.read_text("utf-8") for path in data_dir("asterisk_conf").glob("*.conf")}
    paths = Paths(tmp_path / "etc", tmp_path / "lib", tmp_path / "run", tmp_path / "log", tmp_path / "sounds")
    return render_static(templates, config, paths, opus=True, tls=True)


def test_every_file_opens_with_why_it_exists_and_has_no_gap_left(tmp_path: Path) -> None:
    for name, text in rendered(tmp_path).items():
        assert text.startswith("; Why: "), name
        assert not re.search(r"@[A-Z_]+@", text), name
        sections(text)


def test_without_the_app_words_end_with_the_code_that_the_app_gives_after_them(tmp_path: Path) -> None:
    """Every way to an announcement but those of operators' answers, whose codes are those of ``answers.TELLING``."""
    text = rendered(tmp_path)["extensions.conf"]
    told = r"exten => ([\w-]+),1,Set\(CC_CAUSE=(\d+)\)\n same => n,Goto\(fallback-say,\1,1\)"
    found = {prompt: int(cause) for prompt, cause in re.findall(told, text)}
    barred = dict.fromkeys(_BARRED_PROMPT.values(), CAUSES[RefusalKind.BARRED])
    assert found == barred | {
        "code-unknown": CAUSES[RefusalKind.UNKNOWN_NUMBER],
        "number-unknown": CAUSES[RefusalKind.UNKNOWN_NUMBER],
        "network-failure": TELLING[End.NETWORK].cause,
        "service-unavailable": TELLING[End.NETWORK].cause,
    }
    gone_to = set(re.findall(r"fallback-announce,([^,]+),1", text))
    assert {prompt.replace("${CC_CLASS}", "national") for prompt in gone_to} <= set(found)
    with_code = r"Set\(CC_CAUSE=\d+\)\n same => n,Goto\(fallback-say,"
    assert len(re.findall(with_code, text)) == text.count("(fallback-say,") > len(found)


@pytest.mark.parametrize(
    ("more", "listed"),
    [
        ("", "/etc/ssl/certs/ca-certificates.crt"),
        (", tls_ca: ca.pem", "/etc/trunk_ca.pem"),
        (", tls_verify: no", ""),
    ],
)
def test_a_trunk_over_tls_is_trusted_by_its_own_authority_or_by_this_machines(
    tmp_path: Path, more: str, listed: str
) -> None:
    text = rendered(tmp_path, f"trunks: [{{name: op, host: h, transport: tls{more}}}]")["pjsip.conf"]
    assert ("verify_server = yes" in text) is bool(listed)
    found = re.findall(r"^ca_list_file = (.+)$", text, re.MULTILINE)
    assert [path.removeprefix(str(tmp_path)) for path in found] == ([listed] if listed else [])


def test_the_arguments_of_stasis_come_in_the_documented_order(tmp_path: Path) -> None:
    """Whatever the dialplan's syntax: each argument's source stands in its place of STASIS_ARGS."""
    text = rendered(tmp_path)["extensions.conf"]
    (call,) = re.findall(r"Stasis\((.*)\)$", text, re.MULTILINE)
    marks = {
        "kind": "CC_KIND",
        "dialled": "CC_URI",
        "endpoint": "CHANNEL(endpoint)",
        "remote_addr": "remote_addr",
        "from": "CC_FROM",
        "pai": "CC_PAI",
        "remote_party": "CC_PARTY",
        "privacy": "CC_PRIVACY",
        "diversion": "CC_DIVERSION",
        "history_info": "CC_HISTORY",
        "call_id": "call-id",
        "presentation": "num-pres",
        "max_forwards": "CC_HOPS",
        "to": "CC_TO",
        "called_party": "CC_CALLED",
    }
    places = [call.index(marks[name]) for name in STASIS_ARGS]
    assert places == sorted(places)


def test_a_secret_with_a_semicolon_is_escaped(tmp_path: Path) -> None:
    assert ("password", "a;b") in sections(rendered(tmp_path)["ari.conf"])[1][1]


@pytest.mark.parametrize(
    ("host", "order"),
    [("127.0.0.1", "header,username,ip,anonymous"), ("192.0.2.1", "ip,header,username,anonymous")],
)
def test_phones_come_before_a_trunk_only_where_they_share_its_address(
    tmp_path: Path, host: str, order: str
) -> None:
    text = rendered(tmp_path, f"trunks: [{{name: op, host: {host}, register: true, user: u, password: p}}]")[
        "pjsip.conf"
    ]
    assert f"endpoint_identifier_order = {order}" in text
    assert f"server_uri = sip:{host}:5060" in text


@pytest.mark.parametrize(("trusted", "word"), [("true", "yes"), ("false", "no")])
def test_a_trunk_is_believed_and_told_the_true_number_only_where_it_is_trusted(
    tmp_path: Path, trusted: str, word: str
) -> None:
    text = rendered(tmp_path, f"trunks: [{{name: op, host: 192.0.2.1, trusted: {trusted}}}]")["pjsip.conf"]
    keys = next(dict(keys) for head, keys in sections(text) if head == "[op]")
    assert {keys[name] for name in ("trust_id_inbound", "trust_id_outbound", "send_pai")} == {word}
    assert keys["allow_transfer"] == "no"


def test_emergency_calls_know_every_trunk_in_turn_and_no_trunk_is_no_way_out(tmp_path: Path) -> None:
    one, two = "{name: one, host: 192.0.2.1}", "{name: two, host: 192.0.2.2, number_format: e164}"
    text = rendered(tmp_path, f"trunks: [{one}, {two}]")
    (emergency,) = re.findall(r"^\[fallback-emergency-call\]$(.*?)^\[", text["extensions.conf"], re.M | re.S)
    dials = re.findall(r"fallback-through,s,1\((PJSIP/[^,]*,[^,]*,[^,]*),1\)", emergency)
    by_name = ["PJSIP/,@one,auto", "PJSIP/,@two,e164"]
    by_address = ["PJSIP/one/sip:,@192.0.2.1:5060,auto", "PJSIP/two/sip:,@192.0.2.2:5060,e164"]
    assert dials == by_name + by_address  # each in its own format, the dead ones last
    assert "fallback-final" not in emergency  # no answer of one trunk keeps it from the next
    assert "@EMERGENCY" not in rendered(tmp_path)["extensions.conf"]


def test_an_emergency_call_shows_the_site_else_the_companys_number() -> None:
    site, company = {"site_number": "0222969500"}, {"site_number": None, "main_caller_id": "+33222969501"}
    assert "set_var = CC_SITE=0222969500" in render_lines([line(**{**company, **site})])
    assert "set_var = CC_SITE=0222969501" in render_lines([line(**company)])


@pytest.mark.parametrize(("level", "notices"), [("info", False), ("debug", True)])
def test_notices_which_name_callers_are_logged_only_to_look_for_a_fault(
    tmp_path: Path, level: str, notices: bool
) -> None:
    (channel,) = re.findall(
        r"^console => (.*)$", rendered(tmp_path, f"log: {{level: {level}}}")["logger.conf"], re.M
    )
    assert channel == ("notice,warning,error,security" if notices else "warning,error,security")


def test_no_message_can_run_the_dialplan(tmp_path: Path) -> None:
    assert "messaging" not in rendered(tmp_path)["modules.conf"]


@given(
    st.dictionaries(
        st.sampled_from(STASIS_ARGS),
        st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=50),
    )
)
def test_arguments_survive_their_encoding(values: dict[str, str]) -> None:
    values["kind"] = "trunk"
    assert decode_stasis_args(encode_stasis_args(values)) == {
        name: values.get(name, "") for name in STASIS_ARGS
    }


@given(st.lists(st.text(), max_size=14))
def test_damaged_arguments_read_as_something(args: list[str]) -> None:
    assert set(decode_stasis_args(args)) == set(STASIS_ARGS)


def test_a_recordings_name_tells_who_called_whom() -> None:
    found = fallback_recording("0222969569_anonymous_1795388884_1795388884.26.wav16")
    assert found is not None
    assert (found.called, found.presentation, found.number) == ("0222969569", Presentation.ANONYMOUS, None)
    assert fallback_recording("0222969569_bogus_1795388884_1795388884.26.wav16") is None


def test_rows_of_one_call_become_one() -> None:
    def row(**values: str) -> str:
        return ",".join(f'"{values.get(name, "")}"' for name in FALLBACK_CALL_FIELDS)

    text = "\n".join(
        [
            row(
                unique_id="1.1",
                start="10.0",
                answer="0.000000",
                end="12.0",
                disposition="NO ANSWER",
                called="02",
            ),
            row(
                unique_id="1.1", start="9.5", answer="11.0", end="20.0", disposition="ANSWERED", recording="r"
            ),
            "cut,short",
            row(unique_id="1.2", start="30", answer="0", end="31", disposition="BUSY"),
        ]
    )
    first, second = read_fallback_calls(text)
    assert (first["start"], first["answer"], first["end"]) == ("9.5", "11.0", "20.0")
    assert (first["disposition"], first["called"], first["recording"]) == ("ANSWERED", "02", "r")
    assert second["disposition"] == "BUSY"


TWO_TRUNKS = "trunks: [{name: one, host: 192.0.2.1}, {name: two, host: 127.0.0.1, user: u, password: p}]"


def test_no_dial_follows_a_redirect(tmp_path: Path) -> None:
    """A redirected ``Dial`` takes what the phone wrote for a technology and a resource: any trunk, any number."""
    dials = re.findall(r"\bDial\((.*)\)$", rendered(tmp_path, TWO_TRUNKS)["extensions.conf"], re.MULTILINE)
    assert len(dials) >= 2
    assert [dial for dial in dials if "i" not in re.sub(r"\([^)]*\)", "", dial.split(",")[2])] == []


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1"])
def test_who_has_no_password_is_known_by_the_address_alone(tmp_path: Path, host: str) -> None:
    """In both orders of identifiers. Those of refused requests and of lamps are the exceptions: they lead
    nowhere."""
    trunks = f"trunks: [{{name: one, host: {host}}}, {{name: two, host: 192.0.2.2, user: u, password: p}}]"
    found = sections(rendered(tmp_path, trunks)["pjsip.conf"] + render_lines([line()]))
    templates = {head.partition("(")[0]: dict(keys) for head, keys in found if "(!" in head}
    open_ones = {}
    for head, keys in found:
        of_all = templates.get(f"[{head.partition('(')[2][:-1]}]", {})
        values = {**of_all, **dict(keys)}
        if "(!" not in head and values.get("type") == "endpoint" and "auth" not in values:
            open_ones[head] = values
    encrypted = open_ones.pop("[phones.sdes](line-endpoint)")  # we call by it
    assert (encrypted["identify_by"], encrypted["allow_subscribe"], encrypted["context"]) == (
        "header",
        "no",
        "nowhere",
    )
    assert set(open_ones) == {"[one]", "[two]", "[refused]", "[lamps]"}
    for name in ("[one]", "[two]"):
        assert open_ones[name]["identify_by"] == "ip"
        assert open_ones[name]["allow_subscribe"] == "no"
    for name in ("[refused]", "[lamps]"):
        nobody = open_ones[name]
        assert (nobody["identify_by"], nobody["context"], "aors" in nobody) == ("header", "nowhere", False)
    identified = {dict(keys).get("endpoint") for _, keys in found}
    assert "lamps" not in identified
    assert "[nowhere]" not in rendered(tmp_path, trunks)["extensions.conf"]


def test_a_lamp_is_sent_to_its_line_and_found_by_no_name_that_can_be_known() -> None:
    """Asterisk takes what is subscribed to for the name of an AOR, whoever asks."""
    endpoint, _, registrations, lamp = sections(render_lines([line()]))
    secret = lamp_aor("0222969569", line().sip_password)
    assert dict(endpoint[1])["mailboxes"] == "0222969569@unasked"
    assert dict(endpoint[1])["aors"] == f"0222969569@callcontrol,{secret}"
    assert "mailboxes" not in dict(registrations[1])
    assert lamp[0] == f"[{secret}](lamp-aor)"
    assert dict(lamp[1]) == {"mailboxes": "0222969569@asked", "voicemail_extension": "0222969569"}
    assert len({lamp_aor(number, password) for number in "12" for password in "ab"}) == 4


def test_asterisks_own_doors_open_on_loopback_alone(tmp_path: Path) -> None:
    files = rendered(tmp_path)
    assert ("bindaddr", "127.0.0.1") in sections(files["http.conf"])[0][1]
    assert ("enabled", "no") in sections(files["manager.conf"])[0][1]


@pytest.mark.parametrize(
    ("bind", "told"),
    [("0.0.0.0", None), ("::", None), ("192.0.2.5", "192.0.2.5"), ("2001:db8::5", "2001:db8::5")],
)
def test_media_listen_where_sip_does(tmp_path: Path, bind: str, told: str | None) -> None:
    text = rendered(tmp_path, f"sip: {{bind: '{bind}'}}\ntrunks: [{{name: one, host: 192.0.2.1}}]")[
        "pjsip.conf"
    ]
    found = [dict(keys) for head, keys in sections(text) if dict(keys).get("type") == "endpoint"]
    of_calls = [keys for keys in found if keys["context"] in ("from-line", "from-trunk")]
    assert len(of_calls) == 2
    assert {keys.get("media_address") for keys in of_calls} == {told}
    assert {keys.get("bind_rtp_to_media_address") for keys in of_calls} == {"yes" if told else None}


def test_phones_and_trunks_have_the_limits_of_a_talk_once_and_phones_srtp(tmp_path: Path) -> None:
    text = rendered(
        tmp_path,
        "trunks: [{name: one, host: 192.0.2.1}, {name: two, host: 192.0.2.2, srtp: true},"
        " {name: three, host: 192.0.2.3, srtp: required}]",
    )
    found = {head: keys for head, keys in sections(text["pjsip.conf"]) if ("type", "endpoint") in keys}
    for head in ("[line-endpoint](!,line-access)", "[one]", "[two]"):
        names = [name for name, _ in found[head]]
        once = ("rtp_timeout", "timers", "timers_sess_expires")
        assert [names.count(name) for name in once] == [1, 1, 1], head
        assert ("media_encryption" in names) is (head != "[one]")
    both = {head: dict(keys).get("media_encryption_optimistic") for head, keys in found.items()}
    assert (both["[two]"], both["[three]"]) == ("yes", "no")


# -- trunks: accounts, transports, NAT -----------------------------------------------------------------------------

ACCOUNT = (
    "trunks: [{name: op, host: sip.example.net, register: true, user: 'a b@c;d', password: p, transport: tls,"
    " outbound_proxy: 'edge.example.net:5071', from_user: '0033970', from_domain: example.net, codecs: [alaw, ulaw],"
    " retry: 20, number: '02 22 96 95 00'}]"
)


def test_an_account_is_registered_for_good_through_its_proxy(tmp_path: Path) -> None:
    found = sections(rendered(tmp_path, ACCOUNT)["pjsip.conf"])
    registration = dict(next(keys for head, keys in found if head == "[op-registration]"))
    assert registration["server_uri"] == "sip:sip.example.net:5061;transport=tls"
    assert registration["client_uri"] == "sip:a%20b%40c;d@example.net"
    assert registration["contact_user"] == "op"  # the account's name cannot stand in a Contact as it is
    assert registration["auth_rejection_permanent"] == "no"
    retries = ("retry_interval", "forbidden_retry_interval", "fatal_retry_interval")
    assert [registration[name] for name in retries] == ["20", "40", "40"]
    of_trunk = [dict(keys) for head, keys in found if head == "[op]"]
    endpoint = next(keys for keys in of_trunk if keys["type"] == "endpoint")
    assert (endpoint["allow"], endpoint["from_user"], endpoint["from_domain"]) == (
        "alaw,ulaw",
        "0033970",
        "example.net",
    )
    hidden = next(dict(keys) for head, keys in found if head == "[op.hidden]")  # From would name the account
    assert hidden == {name: value for name, value in endpoint.items() if name != "from_user"}
    proxied = [keys for keys in (registration, *of_trunk) if keys["type"] != "auth"]
    assert {keys["outbound_proxy"] for keys in proxied} == {"sip:edge.example.net:5071;transport=tls;lr"}
    transport = dict(next(keys for head, keys in found if head == "[tls]"))
    assert transport["verify_server"] == "yes"


def test_behind_a_nat_every_transport_says_the_nats_address_to_the_outside_alone(tmp_path: Path) -> None:
    plain = rendered(tmp_path, TWO_TRUNKS)["pjsip.conf"]
    assert "external_" not in plain
    behind = f"sip: {{external_address: 203.0.113.5, local_net: [10.1.0.0/16]}}\n{TWO_TRUNKS}"
    found = sections(rendered(tmp_path, behind)["pjsip.conf"])
    transports = [dict(keys) for _, keys in found if ("type", "transport") in keys]
    assert {each["protocol"] for each in transports} == {"udp", "tcp", "tls"}
    for each in transports:
        assert each["external_signaling_address"] == each["external_media_address"] == "203.0.113.5"
        assert each["local_net"] == "10.1.0.0/16"


def test_addresses_that_names_had_are_remembered_and_a_trunk_without_any_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "callcontrol.yaml"
    file.write_text("trunks: [{name: a, host: a.example}, {name: b, host: b.example, match: [192.0.2.0/24]}]")
    trunks = load(file, {"CALLCONTROL_RUNTIME_DIR": str(tmp_path)}).trunks
    assert names_in(trunks) == ("a.example", "b.example")
    text = render_addresses(trunks, NOWHERE, lambda _: ())
    assert [head for head, _ in sections(text)] == ["[line-access](!)", "[b-identify]"]
    known = {"a.example": ("192.0.2.7", "192.0.2.8")}
    text = render_addresses(trunks, NOWHERE, lambda name: known.get(name, ()))
    assert ("match", "192.0.2.8") in dict(sections(text))["[a-identify]"]
    assert remembered(text) == known


def test_what_a_trunks_name_means_stands_in_a_file_that_asterisk_reads_anew_when_it_changes(
    tmp_path: Path,
) -> None:
    file = tmp_path / "callcontrol.yaml"
    file.write_text(
        "trunks: [{name: a, host: a.example, match: [192.0.2.0/24], outbound_proxy: 'p.example:5062'}]"
    )
    trunks = load(file, {"CALLCONTROL_RUNTIME_DIR": str(tmp_path)}).trunks
    assert names_in(trunks) == ("a.example", "p.example")
    known: dict[str, tuple[str, ...]] = {"a.example": ("192.0.2.8", "192.0.2.7")}

    def files() -> dict[str, str]:
        return dict(render_files(trunks, NOWHERE, lambda name: known.get(name, ()), Path("/etc/there")))

    before = files()
    assert before["trunk_hosts"] == "192.0.2.7 a.example\n192.0.2.8 a.example\n"
    assert "hosts = /etc/there/trunk_hosts\n" in before["resolver_unbound.conf"]
    known["p.example"] = ("2001:db8::1",)
    assert files()["trunk_hosts"] == before["trunk_hosts"] + "2001:db8::1 p.example\n"
    assert files()["resolver_unbound.conf"] != before["resolver_unbound.conf"]
