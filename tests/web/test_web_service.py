"""Health, metrics, documentation, mails, unknown routes, headers, the log: what is around every request."""

from __future__ import annotations

import asyncio
import errno
import html
import json
import shlex
import time
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from unittest.mock import Mock

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from callcontrol.live import Refusal, Registration, TrunkNow
from callcontrol.portal_bridge import health, writable
from callcontrol.portal_bridge.address import is_direct_and_local
from callcontrol.portal_bridge.app import build, serve
from callcontrol.portal_bridge.security_headers import ALWAYS as HEADERS
from callcontrol.store.pool import borrowed
from tests.stack import CLONE
from tests.web.world import ADMINISTRATOR, CAMILLE, NOW, FakeCallSide, World


async def test_healthy_when_every_part_is(world: World) -> None:
    answer = await world.ask("GET", "/healthz", line=None)
    assert answer.status == 200
    assert answer.json["database"] == answer.json["telephone_system"] == {"status": "ok"}
    world.call_side.up = False
    answer = await world.ask("GET", "/healthz", line=None)
    assert (answer.status, answer.json["telephone_system"]) == (503, {"status": "down"})


async def test_a_full_disk_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "free_bytes", lambda _: 0)
    answer = await world.ask("GET", "/healthz", line=None)
    assert (answer.status, answer.json["storage"]) == (503, {"status": "down"})
    assert answer.json["reasons"] == ["the disk of the messages is full: none can be taken"]
    metrics = (await world.ask("GET", "/metrics", line=None)).raw.decode()
    assert "callcontrol_storage_free_bytes" in metrics


async def test_without_the_calls_the_web_says_so_and_shows_what_the_database_holds(world: World) -> None:
    world.call_side.away = True
    health = await world.ask("GET", "/healthz", line=None)
    assert (health.status, health.json["status"], health.json["calls"]) == (503, "degraded", None)
    assert health.json["reasons"] == ["the process of the calls does not answer"]
    assert health.json["telephone_system"] == {"status": "unknown"}
    for path in ("calls", "messages", "contacts", "call-manager", "forward-numbers"):
        assert (await world.ask("GET", path)).status == 200, path
    for path in ("devices", "explain?from=0612345678"):
        answer = await world.ask("GET", path)
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert answer.json["type"].endswith("calls-away")
        assert "téléphones" in answer.json["detail"]
    metrics = (await world.ask("GET", "/metrics", line=None)).raw.decode()
    assert "callcontrol_calls_process_up 0.0" in metrics
    assert "callcontrol_calls_under_way" not in metrics


async def test_how_the_trunks_stand_is_told_and_no_trouble_of_theirs_makes_us_ill(world: World) -> None:
    refusal = Refusal(datetime(2026, 11, 22, 8, tzinfo=UTC), 403)
    world.call_side.trunks = (
        TrunkNow("op", "dead", NOW, True, Registration.REFUSED, NOW, refusal),
        TrunkNow("spare", "unknown"),
    )
    assert (await world.ask("GET", "/api/v1/trunks", line=CAMILLE)).status == 403
    shown = (await world.ask("GET", "/api/v1/trunks", line=ADMINISTRATOR)).json["items"]
    assert [(each["name"], each["registration"]) for each in shown] == [("op", "refused"), ("spare", "none")]
    assert shown[0]["last_refusal"] == {"at": "2026-11-22T08:00:00Z", "status": 403}
    health = await world.ask("GET", "/healthz", line=None)
    assert (health.status, health.json["status"], health.json["trunks"]) == (200, "ok", shown)
    (warning,) = health.json["warnings"]
    assert warning == "trunk op: not registered, the operator refuses (403); it is tried again and again"
    metrics = (await world.ask("GET", "/metrics", line=None)).raw.decode()
    assert 'callcontrol_trunk_registered{trunk="op"} 0.0' in metrics
    assert 'callcontrol_trunk_registered{trunk="spare"}' not in metrics
    assert 'callcontrol_trunk_last_refusal_timestamp_seconds{status="403",trunk="op"}' in metrics


async def test_a_dead_database_is_told_within_a_second(world: World) -> None:
    await world.pool.close()
    began = time.monotonic()
    answer = await world.ask("GET", "/healthz", line=None)
    assert (answer.status, answer.json["database"]) == (503, {"status": "down"})
    assert time.monotonic() - began < 1
    other = await world.ask("GET", "calls", headers={"Authorization": "Bearer x"})
    assert (other.status, other.headers["Retry-After"]) == (503, "5")
    assert other.json["type"].endswith("unavailable")


async def test_metrics_count_by_route_and_never_by_path(world: World) -> None:
    await world.ask("GET", "calls/some-call")
    await world.ask("GET", f"/api/v1/lines/{CAMILLE}/calls")
    await world.ask("GET", "/nowhere/0612345678", line=None)
    text = (await world.ask("GET", "/metrics", line=None)).raw.decode()
    assert (
        'callcontrol_http_requests_total{method="GET",route="/api/v1/me/calls/{call}",status="404"} 1.0'
        in text
    )
    assert "callcontrol_calls_under_way 0.0" in text
    assert "callcontrol_calls_process_up 1.0" in text
    assert "0612345678" not in text
    assert CAMILLE not in text


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/me/nothing", "/api/v2/me", "/api/v1/me/calls/a/b"])
async def test_an_unknown_path_is_a_problem(world: World, path: str) -> None:
    answer = await world.ask("GET", path)
    assert (answer.status, answer.json["title"]) == (404, "Cela n’existe pas.")
    english = await world.ask("GET", path, line=None, headers={"Accept-Language": "de, en;q=0.8, fr;q=0.5"})
    assert english.json["title"] == "There is no such thing."


async def test_a_method_that_is_not_possible_says_which_are(world: World) -> None:
    answer = await world.ask("DELETE", "calls")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD,POST")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/api/docs", "/api/openapi.json", "/nowhere", "/api/v1/me"]
)
async def test_every_answer_has_the_security_headers(world: World, path: str) -> None:
    headers = (await world.ask("GET", path, line=None)).headers
    assert all(headers[name] == value for name, value in HEADERS.items())
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Cache-Control" in headers


async def test_the_log_has_no_secret_and_no_full_number(world: World) -> None:
    with capture_logs() as entries:
        await world.ask("GET", f"/api/v1/lines/{CAMILLE}/calls?cursor=0612345678")
        await world.ask("GET", "explain?from=0612345678")
        await world.ask("POST", "/api/v1/sessions", {"number": CAMILLE, "password": "hunter2"}, line=None)
        await world.ask("PATCH", "call-manager", {"unconditional": {"number": "0612345678"}})
    text = json.dumps(entries, default=str)
    for secret in (CAMILLE, "0612345678", "612345678", "hunter2", *world.tokens.values()):
        assert secret not in text
    assert {entry["event"] for entry in entries} >= {"web.request", "web.login_failed"}


async def test_an_unexpected_error_has_an_id_that_the_log_knows(world: World) -> None:
    class Broken(FakeCallSide):
        async def state(self, line: str, *, as_told: bool = False) -> object:  # type: ignore[override]
            raise ValueError("secret detail")

    client = TestClient(
        TestServer(build(replace(world.services, call_side=Broken(), registry=CollectorRegistry())))
    )
    await client.start_server()
    try:
        with capture_logs() as entries:
            headers = {"Authorization": f"Bearer {await world.token(CAMILLE)}"}
            response = await client.get("/api/v1/me/devices", headers=headers)
            problem = await response.json(content_type="application/problem+json")
    finally:
        await client.close()
    assert response.status == problem["status"] == 500
    assert "secret detail" not in json.dumps(problem)
    assert any(entry.get("incident") == problem["incident"] for entry in entries)


async def test_a_port_that_is_taken_is_told(world: World) -> None:
    app = web.Application()
    runner = await serve(app, "127.0.0.1", 0)
    try:
        with pytest.raises(OSError, match="address already in use"):
            await serve(web.Application(), "127.0.0.1", runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def test_the_document_says_what_is_served(world: World) -> None:
    document = (await world.ask("GET", "/api/openapi.json", line=None)).json
    assert document["openapi"].startswith("3.1")
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names)) > 20
    assert all(operation["summary"] and operation["responses"] for operation in operations)
    page = (await world.ask("GET", "/api/docs", line=None)).raw.decode()
    assert "<script" not in page
    assert "http://" not in page.replace("http://127.0.0.1", "")
    assert all(f'id="{name}"' in page for name in names)


async def test_the_first_lines_of_the_reference_log_in_as_a_line_of_the_demo(world: World) -> None:
    demo = yaml.safe_load((CLONE / "demo" / "company.yaml").read_text(encoding="utf-8"))
    line = demo["lines"][0]
    page = html.unescape((await world.ask("GET", "/api/docs", line=None)).raw.decode())
    shell = page.partition("# log in")[2].partition("</pre>")[0]
    sent = json.loads(shlex.split(shell.partition("--json ")[2].partition(" |")[0])[0])
    assert "".join(sent["number"].split()) == line["number"]
    assert sent["password"] == line["portal_password"]
    others = [text for text in page.split("<pre>") if text.startswith("curl")]
    assert len(others) > 20
    open_to_all = [text.split()[1:4] for text in others if "Authorization" not in text]
    assert ["-X", "POST", "$API/api/v1/sessions"] in open_to_all
    assert len(open_to_all) < 5


async def test_the_start_is_the_log_in_and_french(world: World) -> None:
    page = (await world.ask("GET", "/", line=None)).raw.decode()
    assert '<html lang="fr"' in page
    assert "Veuillez ouvrir une session ci-dessous." in page
    assert "/dev/mail" in page


async def test_the_mails_of_the_catch_all(world: World) -> None:
    assert world.services.mail_dir is not None
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Nouveau <message>", "a@example.net", "b@example.net"
    mail.set_content("Bonjour & à bientôt")
    mail.add_attachment(b"RIFF", maintype="audio", subtype="wav", filename="message.wav")
    await asyncio.to_thread((world.services.mail_dir / "0001-000001.eml").write_bytes, mail.as_bytes())
    listed = (await world.ask("GET", "/dev/mail", line=None)).raw.decode()
    assert "Nouveau &lt;message&gt;" in listed
    shown = (await world.ask("GET", "/dev/mail/0001-000001.eml", line=None)).raw.decode()
    assert "Bonjour &amp; à bientôt" in shown
    assert "message.wav" in shown
    for name in ("..%2F..%2Fetc%2Fpasswd", "x.eml", "%00.eml"):
        assert (await world.ask("GET", f"/dev/mail/{name}", line=None)).status == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_the_mails_are_for_this_machine_alone_and_never_through_a_proxy(
    world: World, header: str
) -> None:
    assert world.services.mail_dir is not None
    await asyncio.to_thread((world.services.mail_dir / "1.eml").write_bytes, b"Subject: secret\n\nx\n")
    for path in ("/dev/mail", "/dev/mail/1.eml"):
        assert (await world.ask("GET", path, line=None)).status == 200
        assert (await world.ask("GET", path, line=None, headers={header: "127.0.0.1"})).status == 404
    assert b"/dev/mail" not in (await world.ask("GET", "/", line=None, headers={header: "192.0.2.1"})).raw


@pytest.mark.parametrize(
    ("peer", "direct"), [("127.0.0.1", True), ("::1", True), ("192.0.2.1", False), ("", False), (None, False)]
)
def test_only_a_peer_on_this_machine_is_local(peer: str | None, direct: bool) -> None:
    transport = Mock(
        get_extra_info=lambda name: (peer, 1) if name == "peername" and peer is not None else None
    )
    request = make_mocked_request("GET", "/dev/mail", transport=transport)
    assert is_direct_and_local(request) is direct


def _paths(app: web.Application) -> list[str]:
    return [route.canonical for route in app.router.resources()]


async def test_no_mails_are_shown_where_they_go_out(world: World, tmp_path: Path) -> None:
    services = replace(world.services, mail_dir=None, registry=CollectorRegistry())
    assert [path for path in _paths(build(services)) if "/dev/mail" in path] == []
    shown = replace(world.services, mail_dir=tmp_path, registry=CollectorRegistry())
    assert [path for path in _paths(build(shown)) if "/dev/mail" in path] != []


async def test_the_time_is_set_only_where_it_is_configured(world: World) -> None:
    answer = await world.ask("PUT", "/api/v1/dev/clock", {"now": "2027-01-01T00:00:00+01:00"}, line=None)
    assert (answer.status, answer.json) == (200, {"now": "2026-12-31T23:00:00Z"})
    assert world.call_side.clock.now() == world.services.clock.now(), "calls have the same time"
    for wrong in ("2027-01-01T00:00:00", "soon", 5, "0001-01-01T00:00:00+14:00", None):
        answer = await world.ask("PUT", "/api/v1/dev/clock", {"now": wrong}, line=None)
        assert answer.status == 422
    config = replace(world.services.config, clock=None)
    app = build(replace(world.services, config=config, registry=CollectorRegistry()))
    assert not any("clock" in path for path in _paths(app))


@pytest.mark.parametrize("where", ["media", "runtime"])
async def test_a_disk_that_takes_no_file_is_told(
    world: World, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """(A disk that is really full: tests/e2e/test_full_disk.py.)"""
    folder = world.services.config.media_dir if where == "media" else world.services.config.runtime_dir
    write = writable._write

    def refuses(path: Path) -> None:
        if path == folder:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path)

    monkeypatch.setattr(writable, "_write", refuses)
    answer = await world.ask("GET", "/healthz", line=None)
    part = {"media": "storage", "runtime": "journal"}[where]
    assert (answer.status, answer.json[part]) == (503, {"status": "down"})
    assert answer.json["status"] == "degraded"


async def test_health_writes_a_row_and_two_files_at_most_once_a_second(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    monkeypatch.setattr(writable, "_write", written.append)
    answers = await asyncio.gather(*(world.ask("GET", "/healthz", line=None) for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert len(written) == 2
    async with borrowed(world.pool) as connection:
        assert await connection.fetchval("SELECT at FROM signs_of_life WHERE part = 'web'") == NOW


async def test_journals_that_a_full_disk_holds_up_are_told(world: World) -> None:
    world.call_side.journals_behind = 3
    answer = await world.ask("GET", "/healthz", line=None)
    assert (answer.status, answer.json["journal"]) == (503, {"status": "down"})
