"""The frame of every page: languages, widths, policy, menus without dead links, errors, forms of elsewhere."""

from __future__ import annotations

import re

import pytest
from aiohttp import ClientResponse

from callcontrol.facts import Presentation
from callcontrol.history import Peer
from callcontrol.message import Message, MessageKind
from callcontrol.portal_bridge.auth import COOKIE
from callcontrol.portal_bridge.pages.csrf import token
from callcontrol.portal_bridge.pages.page import Door
from callcontrol.portal_bridge.pages.serve import own_path
from callcontrol.portal_bridge.pages.table import PAGES
from tests.web.portal.portal import Portal, whole
from tests.web.world import CAMILLE, FAX_LINE, GROUP, NOW, PAUL, World

HTML = {"Accept": "text/html,*/*"}


@pytest.mark.parametrize(
    "path", [page.path for page in PAGES if page.door is Door.SETTLED and page.path != "/"]
)
async def test_a_page_is_whole(portal: Portal, path: str) -> None:
    await whole(portal, path)


async def test_every_link_of_the_frame_leads_to_a_page(portal: Portal) -> None:
    for line in (CAMILLE, PAUL, FAX_LINE, GROUP):
        page = await portal.open("/account", line)
        links = await page.eval_on_selector_all(
            "a[href^='/']", "all => all.map(each => each.getAttribute('href'))"
        )
        assert len(links) > 5
        for link in sorted(set(links)):
            assert (await page.request.get(link)).ok, (line, link)


async def test_menus_close_by_escape_and_give_the_focus_back(portal: Portal) -> None:
    page = await portal.open("/account")
    user = page.locator("details.menu summary", has_text="Camille")
    await user.press("Enter")
    await page.get_by_role("button", name="Se déconnecter").wait_for()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Se déconnecter").wait_for(state="hidden")
    assert await user.evaluate("each => each === document.activeElement")


@pytest.mark.parametrize("width", [320, 360])
async def test_a_count_of_three_digits_leaves_the_tabs_on_one_line(portal: Portal, width: int) -> None:
    messages = [
        Message(f"m-{n}", CAMILLE, MessageKind.VOICE, Peer(Presentation.ANONYMOUS), NOW, f"{n}.wav16", 2.0)
        for n in range(123)
    ]
    await portal.world.repositories.messages.deliver_all(messages)
    page = await portal.open("/messages", width=width)
    tabs = page.locator("#main-tabs a")
    assert "123" in await tabs.nth(1).inner_text()
    assert await tabs.count() == 2
    boxes = [await tabs.nth(n).bounding_box() for n in range(2)]
    assert len({(box["y"], box["height"]) for box in boxes if box}) == 1, boxes
    assert all(box and box["height"] < 60 for box in boxes), boxes
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def get(world: World, path: str, **headers: str) -> tuple[ClientResponse, str]:
    async with world.client.get(path, headers={**HTML, **headers}, allow_redirects=False) as response:
        return response, await response.text()


async def test_a_page_runs_nothing_that_is_not_a_file_of_ours(world: World) -> None:
    for path in ("/login", "/nowhere"):
        response, text = await get(world, path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text)


async def test_the_first_load_is_small_and_its_files_are_kept(world: World) -> None:
    _, page = await get(world, "/login")
    addresses = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(addresses) >= 5
    total = len(page.encode())
    for address in addresses:
        async with world.client.get(address, headers={"Accept-Encoding": "gzip"}) as response:
            assert "immutable" in response.headers["Cache-Control"]
            total += int(response.headers["Content-Length"])
    assert total < 150_000
    assert (await get(world, addresses[0].replace("/static/", "/static/0")))[0].status == 404


async def test_whoever_is_not_logged_in_is_led_to_the_log_in_and_back(world: World) -> None:
    response, _ = await get(world, "/account?x=1")
    assert (response.status, response.headers["Location"]) == (303, "/login?next=/account%3Fx%3D1")
    response, _ = await get(world, "/account", **{"HX-Request": "true"})
    assert (response.status, response.headers["HX-Trigger"]) == (204, "session-ended")
    response, _ = await get(world, "/account", Cookie=f"{COOKIE}=nobody")
    assert response.status == 303


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "",
        "évil",
        "[",
        "//[",
    ],
)
def test_nobody_is_led_elsewhere_by_a_log_in(address: str) -> None:
    assert own_path(address) == "/"


async def test_errors_are_pages_for_browsers_and_documents_for_programs(world: World) -> None:
    response, text = await get(world, "/nowhere")
    assert (response.status, response.content_type) == (404, "text/html")
    assert "Cette page n’existe pas" in text
    response, text = await get(world, "/nowhere", **{"Accept-Language": "en"})
    assert "This page does not exist" in text
    for path in ("/api/nowhere", "/api/v1/me"):
        assert (await get(world, path))[0].content_type == "application/problem+json"
    assert (await world.ask("GET", "/nowhere", line=None)).json["status"] == 404


async def post(world: World, path: str, form: dict[str, str], **headers: str) -> int:
    async with world.client.post(
        path, data=form, headers={**HTML, **headers}, allow_redirects=False
    ) as response:
        return response.status


async def test_a_form_that_we_did_not_show_to_this_very_session_changes_nothing(world: World) -> None:
    await Portal(world, None).settle(CAMILLE)  # type: ignore[arg-type]
    await Portal(world, None).settle(PAUL)  # type: ignore[arg-type]
    mine, pauls = await world.token(CAMILLE), await world.token(PAUL)
    key = world.services.config.link_key
    cookie = {"Cookie": f"{COOKIE}={mine}"}
    path = "/security/sessions/end-others"
    right = token(key, mine)
    for form in (
        {},
        {"csrf": ""},
        {"csrf": "0" * 64},
        {"csrf": token(key, pauls)},
        {"csrf": right[:-1]},
        {"csrf": "é"},
    ):
        assert await post(world, path, form, **cookie) == 403, form
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert await post(world, path, {"csrf": right}, **cookie, **headers) == 403, headers
    assert await post(world, path, {"csrf": right}, **cookie) == 303
    await world.repositories.sessions.end(mine)  # a form that is sent again after the log-out
    async with world.client.post(
        path, data={"csrf": right}, headers=cookie, allow_redirects=False
    ) as response:
        assert response.headers["Location"].startswith("/login")


async def test_a_form_that_is_no_form_is_refused_in_a_sentence(world: World) -> None:
    async with world.client.get("/login") as response:
        await response.read()
    for body, kind, status in (
        (b"{}", "application/json", 415),
        (b"x" * 270_000, "application/x-www-form-urlencoded", 413),
        (b"a=%00", "application/x-www-form-urlencoded", 400),
        ("é=1".encode(), "application/x-www-form-urlencoded", 400),
    ):
        headers = {**HTML, "Content-Type": kind}
        async with world.client.post("/login", data=body, headers=headers) as response:
            assert (response.status, response.content_type) == (status, "text/html")
