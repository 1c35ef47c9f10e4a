"""Test rig: small SIP/RTP phones for the end-to-end tests, the demo and the benchmarks. See README.md beside this file.

Standard library only. Never imported by the product.
"""

from .call import Call
from .incoming import IncomingCall
from .message import Request, Response
from .outgoing import OutgoingCall
from .phone import Phone, Trunk, both_hear
from .subscription import Subscription
from .transaction import Timers
from .transfer import Transfer

__all__ = [
    "Call",
    "IncomingCall",
    "OutgoingCall",
    "Phone",
    "Request",
    "Response",
    "Subscription",
    "Timers",
    "Transfer",
    "Trunk",
    "both_hear",
]
