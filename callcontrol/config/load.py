"""Reads the configuration of a whole system: ``callcontrol.yaml`` and the environment (``CALLCONTROL_SIP_PORT`` for
``sip.port``; it wins). What can be set is in ``file.py`` and
``model.py``.

The only things ``load`` may write are the generated secrets in the runtime folder, made once, mode 0600.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from callcontrol.config import trunks
from callcontrol.config.environment import refuse_unknown, scalar_keys, variable
from callcontrol.config.file import ConfigFile
from callcontrol.config.model import Config, WebConfig
from callcontrol.config.secrets import Secrets
from callcontrol.config.trunks import TrunkConfig
from callcontrol.documents.judge import validated
from callcontrol.documents.read import Fault, Faulty, fault
from callcontrol.documents.tree import MappingNode, Node, Scalar, read
from callcontrol.errors import ConfigError, SettingsInvalid
from callcontrol.sentences.config import OTHERWISE, WANTED
from callcontrol.sentences.table import MOST_MISTAKES

__all__ = ["Config", "ConfigError", "TrunkConfig", "load"]

_ENVIRONMENT = 0
"""The line of what stands in the environment."""


DEMO_TRUNK = "demo-trunk"
"""The trunk of demo/callcontrol.yaml."""


def load(path: Path | None, environ: Mapping[str, str], *, make_secrets: bool = True) -> Config:
    """Read ``path`` (None: the file that CALLCONTROL_CONFIG names, else ``callcontrol.yaml`` of this folder
    if there is one).

    With ``make_secrets`` false nothing is written: secrets that do not exist yet read as empty. Raises
    ConfigError.
    """
    path, root = _read(path, environ)
    refuse_unknown(environ)
    if isinstance(root, MappingNode):
        _add_environment(root, environ)
    try:
        file = validated(ConfigFile, root)
        if found := list(_contradictions(file, root)):
            raise Faulty(found)
    except Faulty as faulty:
        raise ConfigError("\n".join(dict.fromkeys(_told(faulty.faults, path)))) from None
    return _filled(file, path, make_secrets=make_secrets)


def _read(path: Path | None, environ: Mapping[str, str]) -> tuple[Path | None, Node]:
    wanted = path or (Path(named) if (named := environ.get("CALLCONTROL_CONFIG")) else None)
    path = wanted or Path("callcontrol.yaml")
    try:
        return path.absolute(), read(path.read_text(encoding="utf-8"), "en")
    except FileNotFoundError:
        if wanted is None:
            return None, MappingNode(1)
        raise ConfigError(f"The configuration file {path} does not exist.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"The configuration file {path} cannot be read: it is no text in UTF-8.") from None
    except OSError as error:
        raise ConfigError(
            f"The configuration file {path} cannot be read: {error.strerror or error}."
        ) from None
    except SettingsInvalid as invalid:
        (mistake,) = invalid.mistakes
        text = mistake.text if mistake.text[1].isupper() else mistake.text[0].lower() + mistake.text[1:]
        raise ConfigError(f"{path.name} line {mistake.line}: {text}") from None


def _add_environment(root: MappingNode, environ: Mapping[str, str]) -> None:
    """Put the variables that are set over the values of the file; an empty one counts as not set."""
    for section, name in scalar_keys():
        values = root.setdefault(section, MappingNode(1))
        if (text := environ.get(variable(section, name))) and isinstance(values, MappingNode):
            values[name] = Scalar(text, _ENVIRONMENT, False)
            values.lines[name] = _ENVIRONMENT


def _contradictions(file: ConfigFile, root: Node) -> Iterator[Fault]:
    """What only two keys together show to be wrong."""
    if file.rtp.end < file.rtp.start + 3:
        yield fault("rtp_range", root, ("rtp",), start=file.rtp.start, end=file.rtp.end)
    for code, place in trunks.contradictions(file.trunks):
        yield fault(code, root, ("trunks", *place))


def _filled(file: ConfigFile, path: Path | None, *, make_secrets: bool) -> Config:
    """The defaults that follow from other keys, from secrets and from where we are."""
    runtime_dir = _or(file.runtime.dir, Path.cwd() / ".runtime")
    folder = path.parent if path else Path.cwd()
    secrets = Secrets.make(runtime_dir) if make_secrets else Secrets.read(runtime_dir)
    embedded = f"postgresql://callcontrol:{quote(secrets.postgres_password)}@127.0.0.1:{secrets.postgres_port}/callcontrol"
    url = file.database.url or embedded
    return Config(
        database=replace(
            file.database,
            url=url,
            listen_url=file.database.listen_url or url,
            embedded=not file.database.url,
        ),
        asterisk=replace(
            file.asterisk,
            ari_url=file.asterisk.ari_url.rstrip("/"),
            ari_password=file.asterisk.ari_password or secrets.ari_password,
            rootfs=_or(file.asterisk.rootfs, runtime_dir / "rootfs"),
        ),
        sip=file.sip,
        rtp=file.rtp,
        web=replace(file.web, public_url=(file.web.public_url or _own_url(file.web)).rstrip("/")),
        smtp=replace(
            file.smtp,
            url=file.smtp.url or "smtp://127.0.0.1:1025",
            catch_all=not file.smtp.url if file.smtp.catch_all is None else file.smtp.catch_all,
        ),
        media_dir=_or(file.media.dir, runtime_dir / "media"),
        keep_free=file.media.keep_free_mb * 1_000_000,
        trunks=tuple(_demo_moved(trunks.filled(trunk, folder), file) for trunk in file.trunks),
        limits=file.limits,
        clock=file.dev.clock,
        runtime_dir=runtime_dir,
        log_level=file.log.level,
        source=path,
        link_key=secrets.link_key,
        node=secrets.node,
    )


def _demo_moved(trunk: TrunkConfig, file: ConfigFile) -> TrunkConfig:
    """``demo.outside_port``: where the demo's outside is, when its port is another program's here."""
    port = file.demo.outside_port
    return replace(trunk, port=port) if port is not None and trunk.name == DEMO_TRUNK else trunk


def _or(folder: Path, default: Path) -> Path:
    return default if folder == Path() else folder


def _own_url(web: WebConfig) -> str:
    shown = "127.0.0.1" if web.bind in ("0.0.0.0", "::") else web.bind  # noqa: S104 - compared, not bound
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{web.port}"


def _told(faults: list[Fault], path: Path | None) -> Iterator[str]:
    """A sentence for each fault."""
    name = path.name if path else "configuration"
    for each in sorted(faults, key=lambda each: each.line)[:MOST_MISTAKES]:
        parent, _, key = each.where.rpartition(".")
        place = f"{name} line {each.line}"
        if each.line == _ENVIRONMENT:
            place = f"environment variable {variable(*map(str, each.place))}"
        values = {
            **each.parameters,
            "known": ", ".join(sorted(each.parameters.get("known", ()))),
            "meant": f" Did you mean {parent}{'.' if parent else ''}{each.meant}?" if each.meant else "",
            "file": name,
            "place": place,
            "where": each.where or "the file",
            "parent": parent,
            "key": key,
        }
        if each.code in OTHERWISE:
            yield OTHERWISE[each.code].format_map(values)
        else:
            shown = each.text if len(each.text) <= 60 else each.text[:57] + "..."
            yield f"{place}: {each.where} must be {WANTED[each.code].format_map(values)}, not {shown!r}."
