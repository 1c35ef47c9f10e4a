"""Which of our numbers a trunk calls: request URI, P-Called-Party-ID, To, the account's own number."""

from __future__ import annotations

import pytest

from callcontrol.asterisk_conf.accounts import encode_stasis_args
from callcontrol.number_format import NumberFormat
from callcontrol.sip.arrival import read
from callcontrol.sip.called import called_at_trunk

LINE, MAIN, HEAD = "+33222969569", "+33222969500", "+33222969501"
OURS = {LINE, MAIN, HEAD}
TO_LINE = "sip:0222969569@operator.example"

FORMS = [
    ("the request URI", {"dialled": "sip:0222969569@us"}, LINE),
    ("a stranger's number", {"dialled": "sip:0222111111@us"}, "+33222111111"),
    ("the request URI before To", {"dialled": "sip:0222969569@us", "to": "sip:0222969500@op"}, LINE),
    ("the contact, To", {"dialled": "sip:acct-4711@us:5060", "to": TO_LINE}, LINE),
    ("the user name, To without its 0", {"dialled": "sip:u@us", "to": "sip:222969569@op"}, LINE),
    ("nobody, To", {"dialled": "sip:us:5060", "to": TO_LINE}, LINE),
    ("Asterisk's s, To", {"dialled": "sip:s@us", "to": TO_LINE}, LINE),
    ("a tel URI in To", {"dialled": "sip:u@us", "to": "tel:+33-2-22-96-95-69"}, LINE),
    ("To in brackets", {"dialled": "sip:u@us", "to": "<sip:+33222969569;npdi@op;user=phone>"}, LINE),
    ("the called party before To",
     {"dialled": "sip:u@us", "called_party": '"B, (5)" <tel:+33222969569>', "to": "sip:0222969500@op"}, LINE),
    ("a called party that is not ours", {"dialled": "sip:u@us", "called_party": "<sip:x@y>", "to": TO_LINE}, LINE),
    ("a number that is not ours, To", {"dialled": "sip:0999999999@us", "to": TO_LINE}, LINE),
    ("the account alone", {"dialled": "sip:acct-4711@us", "to": "sip:acct-4711@op"}, MAIN),
    ("nothing at all", {"dialled": "sip:us", "to": ""}, MAIN),
    ("the account is a number of ours, To another", {"dialled": "sip:0222969501@us", "to": TO_LINE}, LINE),
    ("the account is a number of ours", {"dialled": "sip:0222969501@us", "to": "sip:0222969501@op"}, HEAD),
    ("rubbish in To", {"dialled": "sip:u@us", "to": '<<">;;@@'}, MAIN),
]  # fmt: skip


@pytest.mark.parametrize(("given", "number"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_the_number_that_is_meant(given: dict[str, str], number: str) -> None:
    arrived = read(encode_stasis_args({"kind": "trunk", **given}))
    accounts = ("acct-4711", "u", "0222969501")
    assert called_at_trunk(arrived, OURS.__contains__, accounts, MAIN, NumberFormat.AUTO) == number


def test_without_a_number_of_its_own_the_account_alone_is_nobody() -> None:
    arrived = read(encode_stasis_args({"kind": "trunk", "dialled": "sip:acct@us", "to": "sip:acct@op"}))
    assert called_at_trunk(arrived, OURS.__contains__, ("acct",)) == "acct"


def test_arguments_of_an_older_dialplan_are_read() -> None:
    old = encode_stasis_args({"kind": "trunk", "dialled": "sip:0222969569@us"})[:-2]
    assert called_at_trunk(read(old), OURS.__contains__) == LINE
