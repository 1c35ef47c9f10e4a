"""callcontrol: a hosted-Centrex telephony service on Asterisk, as one asyncio ARI application.

Start reading at ``incoming.py`` (a call enters) and ``ARCHITECTURE.md`` (the map).
"""

__version__ = "0.1.0"
