"""Stands in for the process of the calls where only its supervision is tested: gives signs of life."""

from __future__ import annotations

import asyncio
import os

from callcontrol import heartbeat

if __name__ == "__main__":
    asyncio.run(heartbeat.beat(os.environ))
