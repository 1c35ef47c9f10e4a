"""The JSON API (contract.md, "JSON API"): one resource in each file, one table of all routes, OpenAPI made from it."""
