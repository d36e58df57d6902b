"""The chat page in a real browser: said, answered, reloaded without doubles, sent again after an outage."""

from pathlib import Path

import pytest

from tests.fakes.front import Front

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
playwright = pytest.importorskip("playwright.async_api")


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine")
async def test_a_talk_survives_a_reload_and_an_outage(front: Front) -> None:
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = await browser.new_page(viewport={"width": 390, "height": 844})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(f"http://127.0.0.1:{front.server.port}/chat")
        await page.fill("#text", "你好")
        await page.press("#text", "Enter")
        await page.wait_for_selector(".row.bot")
        await page.wait_for_selector("#typing", state="hidden")
        await page.reload()
        await page.wait_for_selector(".row.bot")
        assert await page.locator(".row.mine").count() == 1

        await page.context.set_offline(True)
        await page.fill("#text", "楼道灯不亮")
        await page.click("#send")
        await page.wait_for_selector(".meta.failed")
        await page.context.set_offline(False)
        await page.wait_for_selector(".meta.failed", state="detached")
        await page.reload()
        await page.wait_for_selector(".row.mine >> nth=1")
        assert await page.locator(".row.mine").count() == 2
        assert errors == []
        await browser.close()
