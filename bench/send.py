"""The process of the senders (``senders``): ``python -m bench.send NAME WEB_URL SIP_SERVER``."""

from __future__ import annotations

from bench import browsers, floods, senders

if __name__ == "__main__":
    senders.run({**floods.FLOODS, browsers.NAME: browsers.browse})
