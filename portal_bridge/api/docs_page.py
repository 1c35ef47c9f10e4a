"""``/api/docs``: the OpenAPI document as a page that works without network and without scripts. Pure."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from callcontrol.portal_bridge.api import docs_curl
from callcontrol.portal_bridge.plain_page import frame
from callcontrol.portal_bridge.texts import PROBLEMS
from callcontrol.routing.rules import RULES

_METHODS = ("get", "post", "put", "patch", "delete")


def docs_page(document: bytes) -> str:
    """The page of a document."""
    api = json.loads(document)
    operations = [
        (path, method, item[method])
        for path, item in api["paths"].items()
        for method in _METHODS
        if method in item
    ]
    parts = [
        *(f"<p>{_inline(text)}</p>" for text in api["info"]["description"].split("\n\n")),
        '<p>The same for programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1). ',
        '<a href="#problems">Problems</a>, <a href="#rules">rules</a>.</p>',
        "<p>With the demo running (<code>make run</code>), these lines work as they stand:</p>",
        f"<pre>{escape(docs_curl.log_in(_credentials(api)))}</pre>",
        f'<nav aria-label="Operations"><ul>{"".join(_link(*each) for each in operations)}</ul></nav>',
    ]
    for tag in api["tags"]:
        parts.append(f"<h2>{escape(tag['name'])}</h2>")
        parts += [_operation(*each, api) for each in operations if tag["name"] in each[2]["tags"]]
    parts += [_problems(), _rules()]
    return frame("API – callcontrol", "".join(parts), "en")


def _link(path: str, method: str, operation: dict[str, Any]) -> str:
    name = escape(operation["operationId"])
    return f'<li><a href="#{name}"><span class="method">{method.upper()}</span> {escape(path)}</a></li>'


def _operation(path: str, method: str, operation: dict[str, Any], api: dict[str, Any]) -> str:
    parts = [
        f'<h3 id="{escape(operation["operationId"])}"><span class="method">{method.upper()}</span> '
        f"<code>{escape(path)}</code></h3><p><strong>{_inline(operation['summary'])}.</strong></p>"
    ]
    parts += [f"<p>{_inline(text)}</p>" for text in operation.get("description", "").split("\n\n") if text]
    if operation.get("security") == []:
        parts.append("<p>Without a log-in.</p>")
    parts.append(f"<pre>{escape(docs_curl.curl(path, method, operation))}</pre>")
    if operation.get("parameters"):
        rows = (
            (
                f"<code>{escape(each['name'])}</code>",
                each["in"],
                _kind(each["schema"]),
                _inline(each["description"]),
            )
            for each in operation["parameters"]
        )
        parts.append(_table(("Parameter", "In", "Type", "Meaning"), rows))
    if "requestBody" in operation:
        media_type, content = next(iter(operation["requestBody"]["content"].items()))
        parts.append(
            f"<p>Body: <code>{media_type}</code></p>{_fields(content['schema'], api)}{_example(content)}"
        )
    parts.append(
        _table(("Status", "Answer"), ((code, _answer(each)) for code, each in operation["responses"].items()))
    )
    return "".join(parts)


def _credentials(api: dict[str, Any]) -> Any:
    content = api["paths"]["/api/v1/sessions"]["post"]["requestBody"]["content"]
    return content["application/json"]["example"]


def _answer(reply: dict[str, Any]) -> str:
    text = _inline(reply["description"])
    headers = "".join(
        f"<br><code>{escape(name)}</code>: {_inline(each['description'])}"
        for name, each in reply.get("headers", {}).items()
    )
    examples = "".join(_example(content) for content in reply.get("content", {}).values())
    return text + headers + examples


def _fields(schema: dict[str, Any], api: dict[str, Any]) -> str:
    resolved = _resolved(schema, api)
    required = set(resolved.get("required", ()))
    rows = (
        (
            f"<code>{escape(name)}</code>{' (required)' if name in required else ''}",
            _kind(each),
            _inline(each.get("description", "")),
        )
        for name, each in resolved.get("properties", {}).items()
    )
    return _table(("Field", "Type", "Meaning"), rows)


def _resolved(schema: dict[str, Any], api: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = api["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _kind(schema: dict[str, Any]) -> str:
    """A type in a few words."""
    if "$ref" in schema:
        return escape(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return escape(" | ".join(json.dumps(value) for value in schema["enum"]))
    if "anyOf" in schema:
        return " or ".join(_kind(option) for option in schema["anyOf"])
    kind = escape(str(schema.get("format") or schema.get("type") or "any"))
    if schema.get("type") == "array":
        kind = f"list of {_kind(schema.get('items', {}))}"
    limits = [
        f"{word} {schema[key]}"
        for key, word in (
            ("minimum", "from"), ("maximum", "to"), ("maxLength", "at most"), ("default", "default")
        )
        if key in schema and not isinstance(schema[key], (dict, list))
    ]  # fmt: skip
    return f"{kind} ({escape(', '.join(limits))})" if limits else kind


def _example(content: dict[str, Any]) -> str:
    if "example" not in content:
        return ""
    return f"<pre>{escape(json.dumps(content['example'], ensure_ascii=False, indent=1))}</pre>"


def _problems() -> str:
    rows = (
        (f'<code id="problem-{kind}">{kind}</code>', str(each.status), escape(each.fr), escape(each.en))
        for kind, each in PROBLEMS.items()
    )
    return '<h2 id="problems">Problems</h2>' + _table(("Type", "Status", "Français", "English"), rows)


def _rules() -> str:
    rows = (
        (f'<code id="rule-{rule.id}">{escape(rule.id)}</code>', escape(rule.fr), escape(rule.en))
        for rule in RULES.values()
    )
    return '<h2 id="rules">Rules of a call</h2>' + _table(("Id", "Français", "English"), rows)


def _table(heads: tuple[str, ...], rows: Any) -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _inline(text: str) -> str:
    """Escaped, with `code` between back quotes."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces))
