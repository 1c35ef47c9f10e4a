"""How each trunk stands, for the doctor: by the running system; where none runs, by one OPTIONS to each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from callcontrol.asterisk import certificates
from callcontrol.asterisk.names import lookup
from callcontrol.asterisk_conf.addresses import names_in
from callcontrol.config.load import Config, TrunkConfig
from callcontrol.config.trunks import Transport
from callcontrol.errors import ConfigError
from callcontrol.runtime import findings, sip_probe
from callcontrol.runtime.findings import Finding
from callcontrol.runtime.trunk_news import healthz


async def trunk_findings(config: Config, *, running: bool) -> list[Finding]:
    """One or more for each trunk."""
    if not config.trunks:
        return []
    health = await healthz(config) if running else None
    if health is not None and isinstance(trunks := health.get("trunks"), list):
        warnings = [str(said) for said in health.get("warnings", [])]
        good = [
            each for each in trunks if not any(said.startswith(f"trunk {each['name']}:") for said in warnings)
        ]
        return [
            *(Finding(False, said) for said in warnings),
            *(Finding(True, f"trunk {each['name']}: {standing(each)}") for each in good),
        ]
    if running:
        return [Finding(False, "the web does not answer: how the trunks stand is not known")]
    found = await lookup(names_in(config.trunks))
    missing = [name for name, addresses in found.items() if not addresses]
    reachable = [trunk for trunk in config.trunks if trunk.host not in missing]
    return [
        *(Finding(False, f"the name {name} of a trunk has no address now") for name in missing),
        *await asyncio.gather(*(_probed(trunk, config) for trunk in reachable)),
    ]


async def _shows_certificate(trunk: TrunkConfig, where: str, config: Config) -> Finding:
    try:
        why = await certificates.trouble(trunk, config.trunks)
    except ConfigError as error:
        return Finding(False, str(error))
    except OSError as error:
        return findings.trunk_silent(trunk.name, where, str(error) or "it says nothing for 3 s")
    return findings.trunk_certificate(trunk.name, where, why)


async def _probed(trunk: TrunkConfig, config: Config) -> Finding:
    where = f"{trunk.host}:{trunk.port}"
    if certificates.verified([trunk]):
        return await _shows_certificate(trunk, where, config)
    if trunk.transport is not Transport.UDP or trunk.outbound_proxy is not None:
        return Finding(None, f"trunk {trunk.name}: how {where} stands is known while callcontrol runs")
    try:
        return findings.trunk_asked(trunk.name, where, await sip_probe.answers(trunk.host, trunk.port))
    except OSError as error:
        return findings.trunk_asked(trunk.name, where, None, error.strerror or str(error))


def standing(trunk: Mapping[str, Any]) -> str:
    """What ``/healthz`` says of a trunk without trouble, in words."""
    asked = {True: "answers OPTIONS", False: "answers no OPTIONS", None: "is not asked by OPTIONS"}
    registration = trunk["registration"]
    said = {"none": "no registration", "trying": "registering now"}.get(registration, registration)
    since = f" since {trunk['registration_since'][:19]}Z" if registration == "registered" else ""
    return f"{said}{since}, {asked[trunk['reachable']]}"
