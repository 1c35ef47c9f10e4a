"""The configuration: defaults, the environment wins, and every mistake is one sentence with its key and
line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcontrol.config.file import ConfigFile
from callcontrol.config.load import Config, ConfigError, load
from callcontrol.documents.read import keys


@pytest.fixture
def read(tmp_path: Path):  # type: ignore[no-untyped-def]
    def read(text: str = "", **environ: str) -> Config:
        file = tmp_path / "callcontrol.yaml"
        file.write_text(text, encoding="utf-8")
        return load(file, {"CALLCONTROL_RUNTIME_DIR": str(tmp_path / "runtime"), **environ})

    return read


def test_an_empty_file_gives_the_documented_defaults(read, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    config = read()
    assert config.asterisk.ari_url == "http://127.0.0.1:8088/ari"
    assert (config.asterisk.ari_user, config.asterisk.app) == ("callcontrol", "callcontrol")
    assert (config.sip.bind, config.sip.port, config.sip.tls_port) == ("0.0.0.0", 5060, 5061)
    assert (config.rtp.start, config.rtp.end) == (10000, 20000)
    assert (config.web.bind, config.web.port, config.web.public_url) == (
        "127.0.0.1",
        8080,
        "http://127.0.0.1:8080",
    )
    assert (config.smtp.url, config.smtp.catch_all) == ("smtp://127.0.0.1:1025", True)
    assert config.media_dir == tmp_path / "runtime" / "media"
    assert (config.trunks, config.clock, config.database.embedded) == ((), None, True)


def test_secrets_are_made_once_and_only_for_us(read, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    first, second = read(), read()
    assert first == second
    assert len(first.asterisk.ari_password) >= 20
    secrets = list((tmp_path / "runtime" / "secrets").iterdir())
    assert secrets
    for path in secrets:
        assert path.stat().st_mode & 0o077 == 0, path


def test_looking_makes_no_secrets_and_no_folder(tmp_path: Path) -> None:
    config = load(None, {"CALLCONTROL_RUNTIME_DIR": str(tmp_path / "none")}, make_secrets=False)
    assert config.asterisk.ari_password == ""
    assert not (tmp_path / "none").exists()


def test_the_environment_wins_over_the_file(read) -> None:  # type: ignore[no-untyped-def]
    config = read("sip: {port: 5070}\nweb: {port: 81}", CALLCONTROL_SIP_PORT="5080")
    assert (config.sip.port, config.web.port) == (5080, 81)


def test_a_given_database_is_not_embedded_and_is_listened_on_directly(read) -> None:  # type: ignore[no-untyped-def]
    config = read("database: {url: postgresql://a@pooler/x, listen_url: postgresql://a@direct/x}")
    assert (config.database.embedded, config.database.listen_url) == (False, "postgresql://a@direct/x")
    assert read("database: {url: postgresql://a@h/x}").database.listen_url == "postgresql://a@h/x"


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("2026-11-22T09:00:00+00:00", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        ("+90m", timedelta(minutes=90)),
        ("-2d", timedelta(days=-2)),
    ],
)
def test_the_clock_of_tests_is_an_instant_or_a_shift(read, text: str, clock: object) -> None:  # type: ignore[no-untyped-def]
    assert read(f"dev: {{clock: '{text}'}}").clock == clock


def test_a_trunk_in_full(read) -> None:  # type: ignore[no-untyped-def]
    config = read(
        "trunks:\n- {name: op, host: sip.example.net, register: true, user: u, password: 'p;w', trusted: no,"
        " match: [192.0.2.0/24, 198.51.100.7], foreign_caller_id: false}"
    )
    (trunk,) = config.trunks
    assert (trunk.port, trunk.match) == (5060, ("192.0.2.0/24", "198.51.100.7"))
    assert (trunk.register, trunk.password, trunk.trusted, trunk.foreign_caller_id) == (
        True,
        "p;w",
        False,
        False,
    )


MISTAKES = [
    (
        "sip:\n  prot: 5",
        "callcontrol.yaml line 2: sip.prot is not a known key; known are bind, external_address, keep_alive,",
    ),
    ("sipp: {}", "callcontrol.yaml line 1: sipp is not a known key"),
    (
        "sip:\n  port: 70000",
        "callcontrol.yaml line 2: sip.port must be a whole number from 1 to 65535, not '70000'.",
    ),
    ("sip: {port: five}", "sip.port must be a whole number"),
    ("sip: {port: -1}", "sip.port must be"),
    ("sip: {port: {a: 1}}", "sip.port must be a single value"),
    ("sip: 5060", "sip must be a mapping"),
    ("- a", "the file must be a mapping"),
    ("sip: {port: 1}\nsip: {port: 2}", "line 2: sip stands there twice"),
    ("sip: {port: 1, port: 2}", "sip.port stands there twice"),
    ("sip: [", "this is not valid YAML"),
    ("sip:\n  " + "[" * 5000, "line 2: too many nested levels"),
    ("sip: " + "{a: " * 5000, "line 1: too many nested levels"),
    ("- " * 5000, "line 1: too many nested levels"),
    ("sip: &a {port: 5}\nweb: *a", "line 1: YAML anchors and aliases (a) are not allowed: write the value."),
    (
        "sip: !!python/name:os.system {}",
        "line 1: YAML tags (tag:yaml.org,2002:python/name:os.system) are not allowed.",
    ),
    ("sip: {port: 5}\n---\nsip: {port: 6}", "line 2: the file contains more than one YAML document."),
    ("sip:\n  bind: a\x1bb", "line 2: control character U+001B: it cannot stand here."),
    ("[a]: b", "line 1: a key must be a text."),
    ("sip: {prot: 5}", "Did you mean sip.port?"),
    ("trunks: [{name: a, host: h, pasword: p}]", "Did you mean trunks[0].password?"),
    ("trunks: [{name: a, host: h, match: []}]", "trunks[0].match must be a list of addresses"),
    ("sip: {phone_networks: []}", "sip.phone_networks must be a list of networks"),
    ("media: {dir: ~nobody-has-this-name/x}", "media.dir must be a folder"),
    ("web: {bind: nowhere}", "web.bind must be an IP address"),
    ("database: {url: mysql://x}", "database.url must be a URL that begins with postgresql://"),
    ("rtp: {start: 20000, end: 10000}", "rtp.end (10000) must be at least 3 above rtp.start"),
    ("dev: {clock: tomorrow}", "dev.clock must be an instant with its zone"),
    ("dev: {clock: '2026-11-22T09:00:00'}", "dev.clock must be an instant with its zone"),
    ("asterisk: {app: 'a b,c'}", "asterisk.app must be letters, digits, - and _ only"),
    ("log: {level: loud}", "log.level must be one of debug, info"),
    ("trunks: 5", "trunks must be a list"),
    ("trunks: [{host: h}]", "trunks[0]: name is missing"),
    ("trunks: [{name: a}]", "trunks[0]: host is missing"),
    (
        "trunks:\n- {name: a, host: h}\n- {name: a, host: h}",
        "trunks[1].name must be a name that no other trunk has",
    ),
    ("trunks: [{name: '123', host: h}]", "at least one letter"),
    ("trunks: [{name: a, host: h, match: 1.2.3.4/99}]", "must be a list of addresses"),
    ("trunks: [{name: a, host: h, register: yes}]", "register needs user and password"),
    ("trunks: [{name: a, host: h, transport: sctp}]", "trunks[0].transport must be one of udp, tcp, tls"),
    (
        "trunks: [{name: a, host: h, outbound_proxy: 'h:x'}]",
        "must be a host name or an address, and perhaps :port",
    ),
    (
        "trunks: [{name: a, host: h, contact_user: 'a@b'}]",
        "trunks[0].contact_user must be letters, digits and",
    ),
    ("trunks: [{name: a, host: h, number: '4003'}]", "trunks[0].number must be a full telephone number"),
    (
        "trunks: [{name: a, host: h, codecs: [alaw, mp3]}]",
        "trunks[0].codecs must be a list out of g722, alaw",
    ),
    (
        "trunks: [{name: a, host: h, transport: tls}, {name: b, host: h, transport: tls, tls_verify: no}]",
        "tls_verify must be the same for all trunks over TLS",
    ),
    (
        "trunks: [{name: a, host: h, tls_ca: ca.pem}]",
        "trunks[0].tls_ca: tls_ca is of use with transport: tls and tls_verify: true alone",
    ),
    ("sip: {external_address: my.example.net}", "sip.external_address must be an IP address"),
    ("sip: {local_net: [10.0.0.0/99]}", "sip.local_net must be a list of networks"),
    ("trunks: [{name: a, host: h, trusted: maybe}]", "trunks[0].trusted must be true or false"),
    ("trunks: [{name: a, host: h, colour: red}]", "trunks[0].colour is not a known key"),
    ('asterisk: {ari_password: "a\\nb"}', "asterisk.ari_password must be a non-empty text on one line"),
]


@pytest.mark.parametrize(("text", "sentence"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_a_mistake_is_one_sentence(read, text: str, sentence: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(read) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ConfigError) as caught:
        read("sip:\n  port: x\nweeb: {}\nrtp: {timeout: 0}\ntrunks: [{}]", CALLCONTROL_WEB_PORT="0")
    told = str(caught.value).splitlines()
    assert [line.split(": ")[0] for line in told] == [
        "environment variable CALLCONTROL_WEB_PORT",
        "callcontrol.yaml line 2",
        "callcontrol.yaml line 3",
        "callcontrol.yaml line 4",
        "callcontrol.yaml",
        "callcontrol.yaml",
    ]


def test_a_file_that_is_too_large_is_refused(read) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ConfigError, match="larger than 32 MB"):
        read(" " * (32 * 1024 * 1024 + 1))


def test_every_key_of_the_file_says_what_it_means() -> None:
    for section, key in keys(ConfigFile).items():
        assert key.model is not None
        for name, below in keys(key.model).items():
            assert below.means, f"{section}.{name}"


def test_a_bad_value_of_the_environment_names_its_variable(read) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ConfigError, match=r"environment variable CALLCONTROL_WEB_PORT: web.port must be"):
        read(CALLCONTROL_WEB_PORT="x")


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load(tmp_path / "none.yaml", {})
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "bad.yaml", {})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("smtp: {from: no address}", "smtp.from"),
        ("smtp: {from: 'Us <us@example.net'}", "smtp.from"),
        ("smtp: {from: 'a@b.example, c@d.example'}", "smtp.from"),
        ("smtp: {url: 'smtp://user:s3cret@:25'}", "smtp.url"),
        ("smtp: {url: 'smtp://user:s3cret@mail.example.net:many'}", "smtp.url"),
        ("smtp: {url: 'smtp://user:s3cret@mail.example.net:25/inbox'}", "smtp.url"),
        ("smtp: {url: 'http://mail.example.net'}", "smtp.url"),
    ],
)
def test_a_mail_server_or_sender_that_cannot_be_is_refused_without_its_password(  # type: ignore[no-untyped-def]
    read, text: str, key: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read(text)
    assert key in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_mails_may_come_from_another_name(read) -> None:  # type: ignore[no-untyped-def]
    smtp = read("smtp: {from: 'Télécom Émeraude <us@example.net>'}").smtp
    assert (smtp.from_name, smtp.from_address) == ("Télécom Émeraude", "us@example.net")
    smtp = read("smtp: {from: us@example.net}").smtp
    assert (smtp.from_name, smtp.from_address) == (None, "us@example.net")
