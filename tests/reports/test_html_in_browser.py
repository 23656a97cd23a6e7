"""The HTML page in a real browser: what only a browser can tell.

Chromium and its driver are looked for on the path; `apt-get install chromium chromium-driver`
brings both. Where they are missing the tests are skipped, except in continuous integration.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from tests.reports.diagnoses import everything
from tests.reports.simulations import HOSTILE, simulated

from holdfast.reports.options import RenderOptions
from holdfast.reports.render import render
from holdfast.reports.render_replays import render_replays

pytestmark = pytest.mark.real

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium that logs every request."""
    binary = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    if binary is None or driver is None:
        missing = "no Chromium here: apt-get install -y chromium chromium-driver"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    running = webdriver.Chrome(options=options, service=Service(driver))
    yield running
    running.quit()


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Any:
    """The browser with a fresh report."""
    file = tmp_path / "report.html"
    file.write_text(render("html", everything(), RenderOptions(version="1")), encoding="utf-8")
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(file.as_uri())
    return browser


def requests(log: list[dict[str, Any]]) -> set[str]:
    """The addresses that were asked for."""
    messages = [json.loads(entry["message"])["message"] for entry in log]
    return {
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    }


def summaries(page: Any) -> Any:
    """The visible findings, as far as one can click them."""
    found = page.find_elements(By.CSS_SELECTOR, ".finding > summary")
    return [summary for summary in found if summary.is_displayed()]


def focused_finding(page: Any) -> str:
    """The id of the finding that has the focus, or ""."""
    script = "return document.activeElement.closest('.finding')?.id || ''"
    return str(page.execute_script(script))


def test_nothing_is_requested(page: Any) -> None:
    """Opening a report tells nobody: the file itself is the only thing asked for."""
    asked = requests(page.get_log("performance"))

    assert {address for address in asked if not address.startswith("data:")} == {page.current_url}
    assert page.get_log("browser") == []


def test_policy_stops_a_request(page: Any) -> None:
    """Even a script that got in could not send anything out."""
    page.execute_script("new Image().src = 'http://127.0.0.1:9/leak'")
    messages = [entry["message"] for entry in page.get_log("browser")]

    assert any("Content Security Policy" in message for message in messages)


def test_timeline_is_drawn(page: Any) -> None:
    """Bars have a size and a colour of their own."""
    drawing = page.find_element(By.CSS_SELECTOR, "#finding-1 svg.timeline")
    bars = drawing.find_elements(By.CSS_SELECTOR, "rect")
    fills = {bar.value_of_css_property("fill") for bar in bars}

    assert drawing.is_displayed()
    assert drawing.size["width"] > 400
    assert len(bars) == len(fills) == 3


def test_page_of_a_simulation_is_drawn_and_asks_nothing(browser: Any, tmp_path: Path) -> None:
    """It needs no script: the policy forbids all, and the drawing is there."""
    file = tmp_path / "replays.html"
    text = render_replays("html", simulated(HOSTILE), RenderOptions(version="1"))
    file.write_text(text, encoding="utf-8")
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(file.as_uri())
    asked = requests(browser.get_log("performance"))
    drawing = browser.find_element(By.CSS_SELECTOR, "svg.timeline")
    cells = browser.find_elements(By.CSS_SELECTOR, ".numbers td")

    assert {address for address in asked if not address.startswith("data:")} == {file.as_uri()}
    assert browser.get_log("browser") == []
    assert drawing.size["width"] > 400
    assert "better" in {cell.text for cell in cells}
    assert not browser.find_elements(By.TAG_NAME, "img")


def press(page: Any, *keys: str) -> None:
    """Press keys one after the other, wherever the focus is."""
    for key in keys:
        ActionChains(page).send_keys(key).perform()


def test_keyboard_alone_reads_everything(page: Any) -> None:
    """Tab reaches the skip link first; j and k walk; Enter folds and unfolds."""
    press(page, Keys.TAB)
    assert page.switch_to.active_element.text == "Skip to the findings"

    press(page, "j", "j")
    assert focused_finding(page) == "finding-1"
    finding = page.find_element(By.ID, "finding-1")
    before = finding.get_attribute("open")
    press(page, Keys.ENTER)
    assert finding.get_attribute("open") != before

    press(page, "k")
    assert focused_finding(page) == "group-1"
    press(page, Keys.TAB)
    assert page.switch_to.active_element.tag_name in ("summary", "pre", "button")


def test_focus_can_be_seen(page: Any) -> None:
    """Who uses the keyboard sees where it is."""
    press(page, "j")

    assert page.switch_to.active_element.value_of_css_property("outline-style") == "solid"


def test_filter_hides_what_does_not_match(page: Any) -> None:
    """Typing a word leaves the findings that hold it, and says how many."""
    press(page, "/")
    box = page.switch_to.active_element
    box.send_keys("worker-1")

    assert box.get_attribute("aria-label") == "Filter findings by any word"
    assert len(summaries(page)) == 1
    assert page.find_element(By.TAG_NAME, "output").text == "1 of 3"
    box.send_keys("no such word")
    assert page.find_element(By.CSS_SELECTOR, ".nothing").is_displayed()
    box.send_keys(Keys.ESCAPE)
    assert len(summaries(page)) == 3


def scheme(page: Any, name: str) -> dict[str, str]:
    """Colours of the page in one colour scheme."""
    feature = {"name": "prefers-color-scheme", "value": name}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    body = page.find_element(By.TAG_NAME, "body")
    bar = page.find_element(By.CSS_SELECTOR, "#finding-1 svg.timeline .running")
    return {
        "page": body.value_of_css_property("background-color"),
        "text": body.value_of_css_property("color"),
        "bar": bar.value_of_css_property("fill"),
    }


def test_both_colour_schemes_are_their_own(page: Any) -> None:
    """Dark is dark and light is light, the drawing included."""
    light, dark = scheme(page, "light"), scheme(page, "dark")

    assert all(light[part] != dark[part] for part in light)


CONTRAST = """
const part = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const light = rgb => 0.2126 * part(rgb[0]) + 0.7152 * part(rgb[1]) + 0.0722 * part(rgb[2]);
const numbers = text => text.match(/[\\d.]+/g).map(Number);
const ground = element => {
  for (let e = element; e; e = e.parentElement) {
    const rgb = numbers(getComputedStyle(e).backgroundColor);
    if (rgb.length < 4 || rgb[3] > 0) return rgb;
  }
  return [255, 255, 255];
};
return [...document.querySelectorAll("h1, p, h2, h3, li, span, b, code, button, summary, output")]
  .filter(e => e.checkVisibility() && e.innerText.trim())
  .map(e => {
    const [a, b] = [light(numbers(getComputedStyle(e).color)), light(ground(e))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.className + ": " + e.innerText];
  })
  .filter(([ratio]) => ratio < 4.5);
"""


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_has_contrast(page: Any, name: str) -> None:
    """All text can be read in both schemes (WCAG 2.2, 1.4.3: at least 4.5 to 1)."""
    scheme(page, name)

    assert page.execute_script(CONTRAST) == []


def test_nothing_overflows_a_telephone(page: Any) -> None:
    """On call often means on a telephone: the page does not scroll sideways."""
    size = {"width": 380, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    wide = page.execute_script("return document.documentElement.scrollWidth")
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    assert wide <= 380
