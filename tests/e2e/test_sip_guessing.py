"""Guessing at SIP passwords on the running system (docs/security.md): who guesses is kept out, no owner is."""

from __future__ import annotations

import asyncio
import configparser
import re
from email import message_from_bytes, policy

from rig import Phone
from tests.e2e.office import Office, eventually
from tests.stack import CLONE, Stack

TRIES = 20
MOST = 10_000
WITHIN = 8.0
"""Seconds of guessing at full speed until Asterisk has read who is kept out, on a busy machine."""
DEMO_LINE, DEMO_PASSWORD = "0222969572", "demo-sip-Avocet-57"


async def guessed(
    stack: Stack, line: str, address: str, until: int = 403, most: int = MOST, within: float = WITHIN
) -> list[int]:
    """Wrong passwords for ``line`` from ``address`` until the answer is ``until``; every answer."""
    answers: list[int] = []
    ends = asyncio.get_running_loop().time() + within
    async with Phone(line, "wrong-password-1", stack.sip_server, host=address) as guesser:
        while (
            len(answers) < most
            and asyncio.get_running_loop().time() < ends
            and (not answers or answers[-1] != until)
        ):
            answers.append((await guesser.try_register()).status)
    return answers


async def test_who_guesses_is_kept_out_logged_counted_and_told(stack: Stack, office: Office) -> None:
    async with Phone(DEMO_LINE, DEMO_PASSWORD, stack.sip_server, host="127.0.0.81") as owner:
        await owner.register()
        answers = await guessed(stack, DEMO_LINE, "127.0.0.66")
        assert answers[-1] == 403, "kept out"
        assert set(answers[:-1]) == {401}
        assert len(answers) > TRIES
        assert (await owner.try_register()).status == 200, "its owner is not locked out"
    async with Phone(DEMO_LINE, DEMO_PASSWORD, stack.sip_server, host="127.0.0.66") as lucky:
        assert (await lucky.try_register()).status == 403, "not even with the right one, at last"
    text = (stack.layout.logs / "security.log").read_text(encoding="utf-8")
    found = [each for each in text.splitlines() if "address=127.0.0.66 " in each]
    assert len(found) >= TRIES
    assert all(DEMO_LINE[-4:] not in each and "esponse=" not in each for each in found)
    assert DEMO_LINE not in (stack.layout.logs / "asterisk.log").read_text(encoding="utf-8")
    assert (await office.metric("callcontrol_sip_kept_out") or 0) >= 1
    assert (await office.metric('callcontrol_alarms{kind="sip_guesses"}') or 0) >= 1

    async def mailed() -> str | None:
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in stack.mails()]
        about = [mail for mail in mails if mail["To"] == "support@example.net" and "SIP" in mail["Subject"]]
        body = about[0].get_body(("plain",)) if about else None
        return body.get_content() if body is not None else None

    told = await eventually(mailed, "a mail to the company", 15.0)
    assert DEMO_LINE in told
    assert "127.0.0.66" in told


async def test_at_lines_that_do_not_exist_it_is_the_same(stack: Stack) -> None:
    answers = await guessed(stack, "0222960000", "127.0.0.67")
    assert (set(answers[:-1]), answers[-1]) == ({401}, 403)


async def test_from_a_colleagues_address_nobody_guesses_at_another_line(stack: Stack, office: Office) -> None:
    alice, bob = office.desks(2)
    async with office.phone(alice, host="127.0.0.82") as own, office.phone(bob, host="127.0.0.83") as other:
        await own.register()
        guesses = await guessed(stack, bob.number, "127.0.0.82", until=0, most=TRIES, within=60)
        assert len(guesses) == TRIES

        async def refused() -> bool | None:
            async with office.phone(bob, host="127.0.0.82") as right:
                return (await right.try_register()).status == 401 or None

        await eventually(refused, "the right password is refused from there like a wrong one")
        assert (await own.try_register()).status == 200
        assert (await other.try_register()).status == 200


async def test_an_owner_with_a_wrong_password_of_its_own_is_never_locked_out(
    stack: Stack, office: Office
) -> None:
    (alice,) = office.desks(1)
    async with office.phone(alice, host="127.0.0.84") as phone:
        await phone.register()
        answers = await guessed(stack, alice.number, "127.0.0.84", most=3 * TRIES)
        assert set(answers) == {401}
        assert (await phone.try_register()).status == 200


def test_fail2bans_filter_reads_what_is_written(stack: Stack) -> None:
    """As fail2ban does: the date is cut out first, ``<HOST>`` is an address."""
    filter_file = configparser.ConfigParser(interpolation=None)
    filter_file.read(CLONE / "docs" / "fail2ban" / "filter.d" / "callcontrol-sip.conf")
    pattern = filter_file["Definition"]["failregex"].replace("<HOST>", r"(?P<host>[0-9a-fA-F.:]+)")
    lines = (stack.layout.logs / "security.log").read_text(encoding="utf-8").splitlines()
    dated = [re.fullmatch(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+)( .*)", line) for line in lines]
    assert lines
    assert all(dated)
    hosts = [found["host"] for line in dated if line and (found := re.match(pattern, line[2]))]
    assert hosts.count("127.0.0.66") >= TRIES
