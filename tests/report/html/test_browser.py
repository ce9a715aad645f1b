"""Pages in a real browser: on every screen, without script, on paper, by keyboard, and with hostile names.

Skipped where there is no Chromium; `.ci/run` installs Debian's where it may.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from tests.cases import DEMOS, case
from tests.report.diagnoses import EVERY, NAMES
from tests.report.html.browser import browser_path
from tests.report.test_hostile import HOSTILE, told

from diagnose.batch import ExplainedRow
from diagnose.loading import load_case, load_rules
from diagnose.matrix.rows import ExplainedPair
from diagnose.model.diagnosis import Diagnosis
from diagnose.pipeline import diagnose
from diagnose.report import Format, render
from diagnose.report.html.grid import PAIRS, REQUESTS, Grid

pytestmark = pytest.mark.skipif(browser_path() is None, reason="there is no Chromium to open pages with")

_CONTROLS = "a, button, summary, select, input"
WIDE, NARROW = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
_PULL_REQUEST = {"snapshot": {"source": {"identity": {"claims": {"sub": "repo:octo/app:pull_request"}}}}}


def _row(line: int, verdict: str, title: str, layer: str) -> ExplainedRow:
    source, role = f"arn:aws:iam::111111111111:user/builder-{line}", "arn:aws:iam::222222222222:role/Deploy"
    return ExplainedRow(
        line=line,
        verdict=verdict,
        source_arn=source,
        dest_role_arn=role,
        primary_cause_title=title,
        layer=layer,
        primary_cause="a-rule" if title else "",
    )


def _demo(name: str) -> Diagnosis:
    return diagnose(load_case(DEMOS / f"{name}.json"), load_rules())


REPORTS: dict[str, Callable[[], Diagnosis]] = {
    "denied by trust": lambda: _demo("wrong-principal"),
    "denied by an SCP": lambda: _demo("scp-region"),
    "undetermined": lambda: _demo("one-side-unread"),
    "allowed": lambda: _demo("allowed"),
    "stopped at the console": lambda: _demo("console-second-switch"),
    "a token of GitHub": lambda: diagnose(case("github", _PULL_REQUEST), load_rules()),
    "contradicted by AWS": lambda: EVERY["contradicted"](NAMES),
    "hostile names": lambda: told("wrong-principal", " ".join(HOSTILE.values())),
    "hostile names without a space": lambda: told("denied-by-scp", "x" * 1000),
}


def _pair(number: int, verdict: str, half_open: str = "", title: str = "", layer: str = "") -> ExplainedPair:
    return ExplainedPair(
        source_arn=f"arn:aws:iam::111111111111:role/service/builder-{number}",
        dest_role_arn="arn:aws:iam::222222222222:role/Deploy",
        verdict=verdict,
        half_open=half_open,
        layer=layer,
        primary_cause_title=title,
    )


GRIDS: dict[str, list[ExplainedRow]] = {
    "many answers": [
        *(_row(line, "denied", "The external ID differs", "trust") for line in range(1, 30)),
        *(_row(line, "denied", "The service control policy denies it", "scp") for line in range(30, 40)),
        *(_row(line, "undetermined", "The trust policy was not read", "trust") for line in range(40, 45)),
        *(_row(line, "allowed", "", "") for line in range(45, 100)),
        ExplainedRow(line=100, error="`line 100` is not a case", hint="expected JSON"),
    ],
    "many hostile answers": [_row(line, "denied", text, text) for line, text in enumerate(HOSTILE.values(), 1)],
}
MATRICES: dict[str, list[ExplainedPair]] = {
    "a matrix": [
        *(_pair(number, "allowed") for number in range(20)),
        *(_pair(number, "denied", "trusted", "The caller has no policies", "identity") for number in range(20, 40)),
        *(_pair(number, "undetermined", "", "The external ID is not known", "trust") for number in range(40, 50)),
    ],
    "a matrix of hostile names": [
        _pair(number, "denied", text, text, text) for number, text in enumerate(HOSTILE.values())
    ],
}
every_page = pytest.mark.parametrize("name", [*REPORTS, *GRIDS, *MATRICES])
every_report = pytest.mark.parametrize("name", REPORTS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path())
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Write every page to a file, and give their addresses."""
    folder = tmp_path_factory.mktemp("pages")
    texts = {name: render(of(), Format.HTML) for name, of in REPORTS.items()}
    for about, grids in ((REQUESTS, GRIDS), (PAIRS, MATRICES)):
        for name, rows in grids.items():
            grid = Grid(about)
            grid.add(rows)
            grid.add_denied(1_000 if about is PAIRS else 0)
            texts[name] = grid.page()
    return {name: _file(folder / f"{number}.html", text) for number, (name, text) in enumerate(texts.items())}


@every_page
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_page_can_be_read_on_every_screen(
    name: str, screen: Any, theme: Any, browser: Browser, pages: dict[str, str]
) -> None:
    with _opened(browser.new_context(viewport=screen, color_scheme=theme), pages[name]) as page:
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        assert _too_wide(page) == []
        assert _covered(page) == []
        # Each width and each theme once: this is what takes the time.
        if (screen is WIDE) == (theme == "light"):
            results = Axe().run(page)
            assert results.violations_count == 0, results.generate_report()


@every_report
def test_a_page_reads_without_its_script(name: str, browser: Browser, pages: dict[str, str]) -> None:
    with _opened(browser.new_context(java_script_enabled=False, viewport=WIDE), pages[name]) as page:
        assert page.locator("h1").is_visible()
        assert page.locator(".way .name").last.is_visible()
        assert not any(button.is_visible() for button in page.locator("button").all())
        summary = page.locator("summary").first
        if summary.count():
            summary.click()
            assert summary.locator("xpath=following-sibling::*").first.is_visible()


def test_who_calls_where_it_stops_why_and_what_to_change_stand_on_the_first_screen(
    browser: Browser, pages: dict[str, str]
) -> None:
    with _opened(browser.new_context(viewport=WIDE), pages["denied by trust"]) as page:
        seen = [
            page.get_by_role("heading", level=1),
            page.locator(".way .name", has_text="user builder"),
            page.locator(".way li", has_text="trust policy"),
            page.get_by_text("The account id in the trust policy is mistyped."),
            page.locator("mark").first,
            page.locator("ins").first,
            page.get_by_text("Only this user gains access."),
        ]
        for element in seen:
            box = element.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= WIDE["height"]


def test_a_button_copies_what_stands_beside_it(browser: Browser, pages: dict[str, str]) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    with _opened(context, pages["denied by an SCP"]) as page:
        page.get_by_role("button", name="Copy AWS CLI").first.click()
        page.get_by_role("status").get_by_text("Copied").wait_for(state="attached")
        assert page.locator(".copy", has_text="Copied").is_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("aws sts assume-role \\\n  --role-arn arn:aws:iam::222222222222:role/Deploy \\\n")
        assert copied.endswith("--region eu-west-1")


def test_what_cannot_be_copied_is_selected(browser: Browser, pages: dict[str, str]) -> None:
    context = browser.new_context()
    context.add_init_script("delete Navigator.prototype.clipboard; document.execCommand = () => false;")
    with _opened(context, pages["denied by an SCP"]) as page:
        page.get_by_role("button", name="Copy AWS CLI").first.click()
        page.get_by_role("status").get_by_text("press Ctrl+C").wait_for(state="attached")
        assert page.locator(".copy", has_text="Press Ctrl+C").is_visible()
        assert page.evaluate("getSelection().toString()").startswith("aws sts assume-role")


def test_answers_can_be_filtered(browser: Browser, pages: dict[str, str]) -> None:
    with _opened(browser.new_context(viewport=WIDE), pages["many answers"]) as page:
        shown = page.locator("tbody tr:visible")
        assert shown.count() == 100
        page.get_by_label("Verdict").select_option("denied")
        assert shown.count() == 39
        page.get_by_label("Layer").select_option("trust policy")
        assert shown.count() == 29
        page.get_by_label("Text").fill("BUILDER-7")
        assert shown.count() == 1
        assert page.locator("output").inner_text() == "1 of 100 shown"
        page.get_by_label("Text").press("Enter")
        assert shown.count() == 1


def test_pairs_can_be_filtered_by_what_is_half_set_up(browser: Browser, pages: dict[str, str]) -> None:
    with _opened(browser.new_context(viewport=NARROW), pages["a matrix"]) as page:
        page.get_by_label("Text").fill("half open")
        assert page.locator("output").inner_text() == "20 of 50 shown"


def test_answers_are_a_plain_table_without_script(browser: Browser, pages: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    with _opened(context, pages["many answers"]) as page:
        assert page.locator("tbody tr:visible").count() == 100
        assert page.locator("select:visible, input:visible").count() == 0


@every_page
def test_everything_can_be_reached_by_keyboard(name: str, browser: Browser, pages: dict[str, str]) -> None:
    with _opened(browser.new_context(viewport=WIDE), pages[name]) as page:
        wanted = [each for each in page.locator(_CONTROLS).all() if each.is_visible()]
        reached = []
        for _ in wanted:
            page.keyboard.press("Tab")
            reached.append(page.evaluate(f"document.activeElement.matches('{_CONTROLS}')"))
            ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert ring == "solid"
        assert all(reached)


@every_report
def test_paper_is_white_and_has_nothing_to_click(name: str, browser: Browser, pages: dict[str, str]) -> None:
    context = browser.new_context(viewport={"width": 680, "height": 1000}, color_scheme="dark")
    with _opened(context, pages[name]) as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not any(each.is_visible() for each in page.locator("button, details:not([open]) summary").all())
        assert page.locator(".way li").last.is_visible()
        assert _too_wide(page) == []
        assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param("const it = document.createElement('script'); it.text = 'window.ran = 1'", id="a script"),
        pytest.param(
            "const it = document.createElement('b'); it.setAttribute('onclick', 'window.ran = 1'); it.click()",
            id="a handler",
        ),
        pytest.param("const it = document.createElement('img'); it.src = 'https://evil.example/x.png'", id="an image"),
        pytest.param(
            "const it = document.createElement('style'); it.textContent = 'body { opacity: 0 }'", id="a style"
        ),
    ],
)
def test_nothing_else_runs_or_loads(attempt: str, browser: Browser, pages: dict[str, str]) -> None:
    page = browser.new_page()
    refused: list[str] = []
    loaded: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.on("requestfinished", lambda request: loaded.append(request.url))
    page.goto(pages["denied by trust"])
    page.evaluate(f"(() => {{ {attempt}; document.body.append(it); it.click(); }})()")
    page.wait_for_timeout(100)
    assert page.evaluate("window.ran") is None
    assert page.evaluate("getComputedStyle(document.body).opacity") == "1"
    assert loaded == [pages["denied by trust"]]
    assert any("Content Security Policy" in text for text in refused)
    page.close()


@contextmanager
def _opened(context: BrowserContext, address: str) -> Iterator[Page]:
    """Open a page that loads nothing, asks nothing and complains of nothing."""
    page = context.new_page()
    amiss: list[str] = []
    page.on("console", lambda message: amiss.append(message.text))
    page.on("pageerror", lambda error: amiss.append(str(error)))
    page.on("dialog", lambda dialog: amiss.append(dialog.message))
    page.on("request", lambda request: amiss.append(request.url) if request.url != address else None)
    page.goto(address)
    yield page
    assert amiss == []
    context.close()


def _too_wide(page: Page) -> list[str]:
    """Name what stands out of the page to the right."""
    wide: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map(each => each.outerHTML.slice(0, 200))"""
    )
    return wide


def _covered(page: Page) -> list[str]:
    """Name the listings that a button lies upon."""
    covered: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".copied")].filter(each => {
            const [button, text] = ["button", "pre"].map(name => each.querySelector(name).getBoundingClientRect());
            return button.left < text.right && button.bottom > text.top && button.top < text.bottom;
        }).map(each => each.textContent)"""
    )
    return covered


def _file(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return path.as_uri()
