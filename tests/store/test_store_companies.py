"""Applying company files to a real database: idempotent, all or nothing, lines go with everything about them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from callcontrol.asterisk_conf.accounts import LineAccount, OwnNumber, ShortCode
from callcontrol.changed_by import ChangedBy, Where
from callcontrol.errors import NotFound, SettingsInvalid
from callcontrol.facts import Barring
from callcontrol.passwords import hashed, verified
from callcontrol.provisioning.parse import parse
from callcontrol.store.audit import AuditTrail
from callcontrol.store.companies import Changes, Companies
from callcontrol.store.lines import Lines
from callcontrol.store.pool import Pool, borrowed, connect
from callcontrol.store.sessions import Sessions
from callcontrol.store.settings import SettingsStore

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ORIGIN = ChangedBy("callcontrol provision", Where.PROVISION, NOW)
ONE, TWO, GROUP = "0222969569", "0222969570", "0222969500"

COMPANY = """
company: {name: Demo, language: en, barring: {premium: true}, sites: [{name: Main, number: "0222969500"}]}
"""
LINE_ONE = """
  - {number: "0222969569", extension: "4002", name: One, sip_password: secret-of-one-7, pin: "731946",
     portal_password: "Kestrel-vole-86!b", email: a@example.net, fax_number: "0970717800", site: Main}
"""
LINE_TWO = """
  - {number: "0222969570", extension: "4003", name: Two, licence: simple, sip_password: secret-of-two-7}
"""
REST = """
short_codes: [{code: "550", number: "0970711058"}]
groups: [{number: "0222969500", extension: "4900", name: Desk, hunting: circular, members: ["4003", "4002"]}]
pickup_groups: [{name: Office, members: ["4002", "4003"]}]
"""
WHOLE = f"{COMPANY}\nlines:{LINE_ONE}{LINE_TWO}{REST}"


async def apply(pool: Pool, text: str, *, delete_missing: bool = False) -> Changes:
    return await Companies(pool).apply(parse(text), ORIGIN, delete_missing=delete_missing)


async def refused(pool: Pool, text: str) -> list[tuple[int | None, str]]:
    with pytest.raises(SettingsInvalid) as invalid:
        await apply(pool, text)
    return [(mistake.line, mistake.text) for mistake in invalid.value.mistakes]


async def everything(pool: Pool) -> list[object]:
    """The whole content of the provisioned tables, versions included."""
    tables = ("companies", "sites", "numbers", "lines", "credentials", "short_codes", "groups")
    more = ("group_members", "pickup_groups", "pickup_group_members", "audit")
    async with borrowed(pool) as connection:
        return [
            [tuple(row) for row in await connection.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")]
            for table in (*tables, *more)
        ]


async def test_a_file_applied_twice_changes_nothing_the_second_time(pool: Pool) -> None:
    first = await apply(pool, WHOLE)
    assert first.created == (ONE, TWO, GROUP)
    assert first.company_changed
    before = await everything(pool)
    second = await apply(pool, WHOLE)
    assert second.nothing
    assert await everything(pool) == before


async def test_accounts_for_asterisk_have_barring_site_and_pickup_groups(pool: Pool) -> None:
    changes = await apply(pool, WHOLE)
    settings = {"hide_number": True, "barring": {"international": True}}
    await SettingsStore(pool).put(TWO, "call-settings", settings, by=ORIGIN)
    lines, codes, others = await Lines(pool).accounts()
    assert lines == [
        LineAccount(
            number=ONE,
            company=changes.company,
            name="One",
            sip_password="secret-of-one-7",
            extension="4002",
            language="en",
            site_number="+33222969500",
            barring=frozenset({Barring.PREMIUM}),
            pickup_groups=("Office",),
        ),
        LineAccount(
            number=TWO,
            company=changes.company,
            name="Two",
            sip_password="secret-of-two-7",
            extension="4003",
            language="en",
            barring=frozenset({Barring.PREMIUM, Barring.INTERNATIONAL}),
            hide_number=True,
            pickup_groups=("Office",),
        ),
    ]
    assert codes == [ShortCode(changes.company, "550", "+33970711058")]
    assert sorted(others, key=lambda each: each.number) == [
        OwnNumber(GROUP, "en", True, changes.company, "4900"),
        OwnNumber("0970717800", "en"),
    ]


async def test_only_what_differs_is_changed(pool: Pool) -> None:
    await apply(pool, WHOLE)
    changes = await apply(pool, WHOLE.replace("name: Two", "name: Deux"))
    assert (changes.changed, changes.created, changes.company_changed) == ((TWO,), (), False)
    changes = await apply(pool, WHOLE.replace("secret-of-one-7", "another-secret-7"))
    assert set(changes.changed) == {ONE, TWO}
    changes = await apply(pool, WHOLE.replace('"4003", "4002"', '"4002"'))
    assert set(changes.changed) == {ONE, GROUP}
    changes = await apply(pool, WHOLE.replace('code: "550"', 'code: "551"'))
    assert changes.company_changed
    assert (await Lines(pool).accounts())[1][0].code == "551"


async def test_two_lines_swap_their_extensions(pool: Pool) -> None:
    await apply(pool, WHOLE)
    swapped = WHOLE.replace("4002", "####").replace("4003", "4002").replace("####", "4003")
    assert set((await apply(pool, swapped)).changed) == {ONE, TWO}  # the members are the same lines still


async def test_a_company_gets_a_new_name(pool: Pool) -> None:
    first = await apply(pool, WHOLE)
    second = await apply(pool, WHOLE.replace("name: Demo", "name: Renamed"))
    assert second.company == first.company
    assert second.company_changed
    assert second.created == second.changed == ()


async def test_what_a_user_changed_stays_until_the_file_itself_changes(pool: Pool) -> None:
    await apply(pool, WHOLE)
    lines = Lines(pool)
    await lines.set_pin(ONE, await hashed("846173"), ORIGIN)
    await lines.set_email(ONE, "b@example.net", ORIGIN)
    assert (await apply(pool, WHOLE)).nothing
    secrets = await lines.secrets(ONE)
    assert await verified(secrets.pin_hash, "846173")
    assert await verified(secrets.portal_password_hash, "Kestrel-vole-86!b")
    assert secrets.email == "b@example.net"
    assert (await apply(pool, WHOLE.replace('"731946"', '"917364"'))).changed == (ONE,)
    secrets = await lines.secrets(ONE)
    assert await verified(secrets.pin_hash, "917364")
    assert secrets.email == "b@example.net"


async def test_a_new_portal_password_ends_the_line_s_sessions_and_nothing_else_does(pool: Pool) -> None:
    await apply(pool, WHOLE)
    sessions = Sessions(pool)
    one, two = [(await sessions.create(line, ORIGIN.at, timedelta(hours=1)))[0] for line in (ONE, TWO)]
    await apply(pool, WHOLE.replace("secret-of-one-7", "secret-of-one-7-2").replace('"731946"', '"917364"'))
    assert await sessions.find(one, ORIGIN.at) is not None
    await apply(pool, WHOLE.replace("Kestrel-vole-86!b", "Kestrel-vole-87!b"))
    assert await sessions.find(one, ORIGIN.at) is None
    assert await sessions.find(two, ORIGIN.at) is not None


async def test_a_line_left_out_is_kept_or_deleted_with_everything_when_asked(pool: Pool) -> None:
    await apply(pool, WHOLE)
    await SettingsStore(pool).put(ONE, "d", {"n": 1}, by=ORIGIN)
    without = f"{COMPANY}\nlines:{LINE_TWO}"
    changes = await apply(pool, without)
    assert (changes.kept, changes.deleted) == ((ONE, GROUP), ())
    assert len((await Lines(pool).accounts())[0]) == 2
    changes = await apply(pool, without, delete_missing=True)
    assert changes.deleted == (ONE, GROUP)
    assert [account.number for account in (await Lines(pool).accounts())[0]] == [TWO]
    with pytest.raises(NotFound):
        await Lines(pool).secrets(ONE)
    async with borrowed(pool) as connection:
        for table in ("settings", "credentials", "group_members", "pickup_group_members"):
            assert not await connection.fetchval(f"SELECT count(*) FROM {table} WHERE line = $1", ONE)
    assert (await apply(pool, without, delete_missing=True)).nothing


async def test_a_site_goes_when_nobody_stands_there(pool: Pool) -> None:
    await apply(pool, WHOLE)
    without = f"company: {{name: Demo, language: en}}\nlines:{LINE_TWO}"
    await apply(pool, without)  # line one is kept, and stands there
    async with borrowed(pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM sites") == 1
    await apply(pool, without, delete_missing=True)
    async with borrowed(pool) as connection:
        assert await connection.fetchval("SELECT count(*) FROM sites") == 0


async def test_what_another_company_has_is_refused_with_its_line_and_nothing_changes(pool: Pool) -> None:
    await apply(pool, WHOLE)
    await apply(
        pool, "company: {name: Other}\nlines: [{number: '0299000001', name: A, sip_password: secret-sip-a-7}]"
    )
    before = await everything(pool)
    other = """company: {name: Other, language: en}
lines:
  - {number: "0222969569", name: A, sip_password: secret-sip-a-7}
  - {number: "0299000002", name: B, sip_password: secret-sip-b-7, fax_number: "0970717800"}
  - {number: "0970717800", name: C, sip_password: secret-sip-c-7}
  - {number: "0299000003", name: D, sip_password: secret-sip-d-7, fax_number: "0222969570"}
"""
    mistakes = await refused(
        pool, other.replace('  - {number: "0970717800", name: C, sip_password: secret-sip-c-7}\n', "")
    )
    assert mistakes == [
        (3, "The number 0222969569 belongs to another company."),
        (4, "The fax number +33970717800 is that of another line already."),
        (5, "The fax number +33222969570 is that of another line already."),
    ]
    mistakes = await refused(
        pool, other.replace(', fax_number: "0970717800"', "").replace('"0222969569"', '"0299000009"')
    )
    assert (4 + 1, "The fax number 0970717800 is that of another line already.") in mistakes
    assert await everything(pool) == before


async def test_the_number_of_the_boxes_is_one_company_s_and_no_line_s(pool: Pool) -> None:
    access = COMPANY.replace("language: en,", 'language: en, voicemail_number: "0222969510",')
    await apply(pool, f"{access}\nlines:{LINE_ONE}")
    async with borrowed(pool) as connection:
        assert await connection.fetchval("SELECT voicemail_number FROM companies") == "+33222969510"
    other = """company: {name: Other, language: en, voicemail_number: "%s"}"""
    for number in ("0222969510", ONE, "0970717800"):
        ((_, text),) = await refused(pool, other % number)
        assert "already that of a line, a group or another company" in text
    await apply(pool, other % "0222969511")
    await apply(pool, f"{COMPANY}\nlines:{LINE_ONE}")
    async with borrowed(pool) as connection:
        assert await connection.fetch("SELECT FROM companies WHERE voicemail_number = '+33222969510'") == []


async def test_an_extension_of_a_kept_line_and_a_change_of_kind_are_refused(pool: Pool) -> None:
    await apply(pool, WHOLE)
    assert await refused(pool, f"{COMPANY}\nlines:{LINE_TWO.replace('4003', '4002')}") == [
        (
            5,
            "The extension 4002 is that of 0222969569, which is not in the file (see --delete-missing).",
        )
    ]
    turned = f"{COMPANY}\ngroups: [{{number: '{ONE}', name: X}}]"
    assert await refused(pool, turned) == [
        (4, "The number 0222969569 exists already as a line: it cannot become something else.")
    ]


async def test_the_audit_trail_tells_what_changed_and_no_secret(pool: Pool) -> None:
    changes = await apply(pool, WHOLE)
    await apply(pool, WHOLE.replace("name: Two", "name: Deux").replace("secret-of-two-7", "new-secret-2"))
    trail = AuditTrail(pool)
    entries = (await trail.of_line(TWO)).items
    told = [(entry.field, entry.before, entry.after) for entry in entries]
    assert ("line", {"name": "Two"}, {"name": "Deux"}) in told
    assert ("sip_password", {"sip_password": "•••"}, {"sip_password": "•••"}) in told
    everything_told = str((await trail.of_company(changes.company, limit=500)).items)
    for secret in ("secret-of", "new-secret", "731946", "Kestrel", "argon2"):
        assert secret not in everything_told


async def test_lines_that_change_are_notified(pool: Pool, url: str) -> None:
    listener = await connect(url)
    heard: list[str] = []
    done = asyncio.Event()

    def hear(*event: object) -> None:
        heard.append(str(event[-1]))
        if heard[-1].startswith(f"line {TWO}"):
            done.set()

    await listener.add_listener("directory", hear)
    changes = await apply(pool, WHOLE)
    async with asyncio.timeout(2):
        await done.wait()
    assert f"company {changes.company} 1" in heard
    assert f"line {ONE} 1" in heard
    done.clear()
    heard.clear()
    await apply(pool, WHOLE.replace("secret-of-two-7", "another-secret-7"))
    async with asyncio.timeout(2):
        await done.wait()
    assert heard == [f"line {TWO} 2"]
    await listener.close()


async def test_two_processes_apply_the_same_new_file_at_once(pool: Pool) -> None:
    results = await asyncio.gather(*(apply(pool, WHOLE) for _ in range(4)))
    assert sorted(result.nothing for result in results) == [False, True, True, True]


async def test_whose_secrets_the_file_replaces_is_mailed_and_a_first_one_is_no_news(pool: Pool) -> None:
    await apply(pool, WHOLE)
    changed = WHOLE.replace("731946", "862057").replace("a@example.net", "b@example.net")
    for text in (changed, changed.replace("Kestrel-vole-86!b", "Buzzard-mole-97?c")):
        await apply(pool, text)
    async with borrowed(pool) as connection:
        rows = await connection.fetch("SELECT body->>'kind' AS kind, address FROM mails ORDER BY 1, 2")
    assert [tuple(row) for row in rows] == [
        ("password_changed", "b@example.net"),
        ("pin_changed", "b@example.net"),
        ("security_email_changed", "a@example.net"),
        ("security_email_changed", "b@example.net"),
    ]


SECRETS = 'portal_password: "Kestrel-vole-86!b", pin: "264813", email: desk@example.net, '


async def test_a_group_has_secrets_like_a_line_but_no_phone(pool: Pool) -> None:
    text = WHOLE.replace("hunting: circular", f"{SECRETS}hunting: circular")
    await apply(pool, text)
    kept = await Lines(pool).secrets(GROUP)
    assert (await verified(kept.portal_password_hash, "Kestrel-vole-86!b"), kept.email) == (
        True,
        "desk@example.net",
    )
    assert await verified(kept.pin_hash, "264813")
    assert [account.number for account in (await Lines(pool).accounts())[0]] == [ONE, TWO]
    before = await everything(pool)
    assert (await apply(pool, text)).nothing
    assert await everything(pool) == before
    await Lines(pool).set_pin(GROUP, await hashed("846173"), ORIGIN)
    assert (await apply(pool, text.replace("264813", "625184"))).changed == (GROUP,)
    assert await verified((await Lines(pool).secrets(GROUP)).pin_hash, "625184")


async def test_a_wrong_secret_of_a_group_is_refused_with_its_line(pool: Pool) -> None:
    text = WHOLE.replace("hunting: circular", 'pin: "1234", sip_password: no-phone-here, hunting: circular')
    (unknown, *wrong) = await refused(pool, text)
    assert {line for line, _ in (unknown, *wrong)} == {unknown[0]}
    assert any("sip_password" in sentence for _, sentence in (unknown, *wrong))
