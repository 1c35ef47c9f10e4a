"""How a value of the configuration must be, to complete "callcontrol.yaml line 2: sip.port must be …": by the codes of
the kinds of field. English alone: who runs the system reads it, before any line's language is known. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

WANTED: Mapping[str, str] = {
    "text_empty": "a non-empty text on one line",
    "text_control": "a non-empty text on one line",
    "string_too_long": "a text of at most {max_length} characters",
    "not_integer": "a whole number from {low} to {high}",
    "not_bool": "true or false",
    "enum": "one of {choices}",
    "not_word": "letters, digits, - and _ only",
    "not_url": "a URL that begins with {schemes}",
    "not_address": "an IP address",
    "not_mail": "one e-mail address (name@example.net, or Name <name@example.net>)",
    "not_networks": "a list of networks (192.0.2.0/24) or addresses",
    "not_host": "a host name or an IP address",
    "not_sources": "a list of addresses, networks (192.0.2.0/24) or host names",
    "not_proxy": "a host name or an address, and perhaps :port",
    "not_user_part": "letters, digits and . _ + * ~ ! - only",
    "not_full_number": "a full telephone number",
    "not_codecs": "a list out of {choices}",
    "not_folder": "a folder",
    "not_file": "the name of a file",
    "not_clock": "an instant with its zone (2026-11-22T09:00:00+01:00) or a shift (+90m)",
    "trunk_digits": "a name with at least one letter (digits alone are phones)",
    "trunk_used": "a name that no other trunk has",
}

OTHERWISE: Mapping[str, str] = {
    "unknown_key": "{place}: {where} is not a known key; known are {known}.{meant}",
    "repeated_key": "{place}: {where} stands there twice.",
    "field_missing": "{file}: {parent}: {key} is missing.",
    "not_mapping": "{place}: {where} must be a mapping of keys to values.",
    "not_list": "{place}: {where} must be a list.",
    "not_scalar": "{place}: {where} must be a single value.",
    "not_server": "{place}: {where} must be {scheme}://[user:password@]host[:port].",
    "rtp_range": "rtp.end ({end}) must be at least 3 above rtp.start ({start}).",
    "trunk_login": "{file}: {where}: register needs user and password.",
    "trunk_verify": "{file}: {where}: tls_verify must be the same for all trunks over TLS.",
    "trunk_ca": "{file}: {where}: tls_ca is of use with transport: tls and tls_verify: true alone.",
}
"""Whole sentences of what is said otherwise; the value is not shown."""
