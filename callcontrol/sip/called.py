"""Which of our numbers a trunk calls. Pure.

Most operators put it into the request URI. With a registered account many call the account instead, at the Contact that
we registered or at its user name (RFC 3261 §10.3 lets a registrar rewrite the request URI so), and name the number in
P-Called-Party-ID (RFC 7315 §4.2) or To (RFC 3261 §8.1.1.2) alone. Natively: extensions.conf, ``fallback-trunk``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from callcontrol.number_format import NumberFormat, in_context, understood
from callcontrol.sip.address import Address, address, requested
from callcontrol.sip.arrival import Arrival, called

NOBODY = ("", "s")
"""User parts that name nobody: none at all, and how Asterisk calls that."""


def called_at_trunk(
    arrival: Arrival,
    is_ours: Callable[[str], bool],
    accounts: Collection[str] = (),
    main: str | None = None,
    spelling: NumberFormat = NumberFormat.AUTO,
    country: str = "FR",
) -> str:
    """The number that is called, canonical where it is ours; else what the request URI says, cleaned.

    ``accounts`` are the user parts that mean the account itself; ``main`` is the number that is called where nothing
    but the account is named. A number of ours in the request URI counts first, unless it is the account's name: then
    whom the other headers name.
    """
    asked = called(arrival, spelling, country)
    to_account = requested(arrival.dialled).user in (*NOBODY, *accounts)
    if is_ours(asked) and not to_account:
        return asked
    for party in map(address, (*arrival.called_parties, arrival.to)):
        number = _number(party, spelling, country)
        if number is not None and is_ours(number):
            return number
    return main if to_account and main is not None and not is_ours(asked) else asked


def _number(of: Address, spelling: NumberFormat, country: str) -> str | None:
    return in_context(of.user, of.context, country) or understood(of.user, spelling, country)
