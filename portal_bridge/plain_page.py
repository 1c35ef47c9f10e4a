"""Plain pages without scripts, which need nothing but themselves: the reference of the API, links in mails, the mails
of the demonstration. Pure.

Everything shown is escaped here or by the caller; the style stands in the page and is allowed by its hash alone.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

from aiohttp import web

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff;max-width:60rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem}h2{font-size:1.3rem;margin-top:2.5rem;border-bottom:2px solid #1b4f8f}
h3{font-size:1.05rem;margin-top:1.8rem}a{color:#12479a}a:focus{outline:3px solid #c05600}
code,pre{font:14px/1.4 ui-monospace,monospace;background:#f2f4f7}pre{padding:.7rem;overflow:auto;white-space:pre-wrap}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{text-align:left;vertical-align:top;border:1px solid #8a8f98;padding:.3rem .5rem}th{background:#e8edf4}
button{font:inherit;font-weight:600;color:#fff;background:#12479a;border:2px solid #12479a;border-radius:.4rem;
padding:.7rem 1.4rem;min-height:2.75rem;cursor:pointer}button:hover{background:#0c3474}
button:focus-visible{outline:3px solid #c05600;outline-offset:2px}
.method{font-weight:700}nav ul{columns:22rem;padding-left:1.2rem}nav li{break-inside:avoid}
h3,a,p,td,p code{overflow-wrap:anywhere}td{min-width:4rem}
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_FORM_POLICY = POLICY.replace("form-action 'none'", "form-action 'self'")


def frame(title: str, body: str, language: str = "fr") -> str:
    """A whole page around ``body``, which is HTML already."""
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def respond(page: str, *, with_form: bool = False) -> web.Response:
    """The page as an answer. ``with_form``: it may send a form, to ourselves alone."""
    return web.Response(
        text=page,
        content_type="text/html",
        headers={
            "Content-Security-Policy": _FORM_POLICY if with_form else POLICY,
            "Cache-Control": "no-cache",
        },
    )
