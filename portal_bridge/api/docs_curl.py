"""The curl line of an operation, as somebody types it into a shell beside a running demo. Pure."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

LOG_IN = """# log in as Camille of the demo, and keep the token
API=http://127.0.0.1:8080
TOKEN=$(curl -s $API/api/v1/sessions --json {credentials} |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])')
# read a document, change one value of it
curl -s $API/api/v1/me/call-manager -H "Authorization: Bearer $TOKEN"
curl -s -X PATCH $API/api/v1/me/call-manager -H "Authorization: Bearer $TOKEN" --json '{{"reject_anonymous": true}}'
# what would happen to a call, and why
curl -s "$API/api/v1/me/explain?from=0145678901" -H "Authorization: Bearer $TOKEN\""""
"""Lines that work as they stand, with the demo's first line."""


def log_in(credentials: Any) -> str:
    """The first lines that a newcomer types; ``credentials`` is the example of the log-in."""
    return LOG_IN.format(credentials=shlex.quote(json.dumps(credentials, ensure_ascii=False)))


def curl(path: str, method: str, operation: dict[str, Any]) -> str:
    """One line for one operation, with its example body."""
    examples = {
        each["name"]: each.get("example", "…")
        for each in operation.get("parameters", ())
        if each["in"] == "path"
    }
    address = re.sub(r"\{(\w+)\}", lambda match: str(examples.get(match[1], "…")), path)
    words = ["curl", *(() if method == "get" else ("-X", method.upper())), f"$API{address}"]
    if operation.get("security") != []:
        words.append('-H "Authorization: Bearer $TOKEN"')
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        if "example" in content:
            words.append(f"--json {shlex.quote(json.dumps(content['example'], ensure_ascii=False))}")
        else:
            words.append(f"-H 'Content-Type: {media_type}' --data-binary @FILE")
        break
    return " ".join(words)
