"""A server that lacks an operation or a parameter of ours is found out at start, by name."""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import Any

from callcontrol.asterisk import operations as ops


def api_docs() -> list[dict[str, Any]]:
    """The api-docs of a server that has just what we use, in the form of Swagger 1.1."""
    by_path: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for op in ops.ALL:
        query = [{"name": name, "paramType": "query"} for name in op.query]
        path = [{"name": "channelId", "paramType": "path"}]
        by_path[op.path].append({"httpMethod": op.method, "nickname": "x", "parameters": path + query})
    return [
        {
            "apis": [
                {"path": path, "operations": made}
                for path, made in by_path.items()
                if path.split("/")[1] == name
            ]
        }
        for name in ops.RESOURCES
    ]


def test_a_server_that_has_all_lacks_nothing() -> None:
    assert ops.missing(api_docs()) == []


def test_a_server_without_any_lacks_all() -> None:
    assert len(ops.missing([])) == len(ops.ALL) > 20


def test_each_operation_and_each_parameter_is_missed_by_its_name() -> None:
    whole = api_docs()
    for d, document in enumerate(whole):
        for a, api in enumerate(document["apis"]):
            for o, operation in enumerate(api["operations"]):
                name = f"{operation['httpMethod']} {api['path']}"
                without = copy.deepcopy(whole)
                del without[d]["apis"][a]["operations"][o]
                assert ops.missing(without) == [name]
                for p, parameter in enumerate(operation["parameters"]):
                    without = copy.deepcopy(whole)
                    del without[d]["apis"][a]["operations"][o]["parameters"][p]
                    lacking = [f"{name}?{parameter['name']}"] if parameter["paramType"] == "query" else []
                    assert ops.missing(without) == lacking


def test_a_path_parameter_is_no_query_parameter() -> None:
    document = api_docs()
    for api in document[ops.RESOURCES.index("channels")]["apis"]:
        for operation in api["operations"]:
            for parameter in operation["parameters"]:
                parameter["paramType"] = "path"
    assert any(name.endswith("?channelId") for name in ops.missing(document))
