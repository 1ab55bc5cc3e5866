"""What a page weighs on the wire, and how it feels on a slow line and a slow processor."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench import browser, product
from bench.report import Row, percentile

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SLOW_RUNS = 5
# 1.6 Mbps down, 0.75 up, 150 ms, a processor a quarter as fast.
LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
PROCESSOR = 4
_TYPED = "A lighthouse in fog"
_WATCH = """
window.felt = { lcp: 0, cls: 0, events: {} };
new PerformanceObserver((list) => { for (const e of list.getEntries()) felt.lcp = e.startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) felt.cls += e.value; })
  .observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
  for (const e of list.getEntries())
    if (e.interactionId) felt.events[e.interactionId] = Math.max(felt.events[e.interactionId] ?? 0, e.duration);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
"""


@dataclass
class Wire:
    """What came over the network by kind: how many and how many bytes, headers with them."""

    count: Counter[str] = field(default_factory=Counter)
    size: Counter[str] = field(default_factory=Counter)

    def watch(self, page: "Page") -> Any:
        """Counts what this page asks for; gives the session, for more settings."""
        session = page.context.new_cdp_session(page)
        kinds: dict[str, str] = {}
        session.send("Network.enable")
        session.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
        session.on("Network.loadingFinished", lambda event: self._count(kinds, event))
        return session

    def _count(self, kinds: dict[str, str], event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        self.count[kind] += 1
        self.size[kind] += int(event["encodedDataLength"])

    def told(self) -> str:
        """In words."""
        return ", ".join(f"{n} {kind} {self.size[kind] / 1000:.1f} kB" for kind, n in self.count.most_common())


def wire(_runs: int) -> list[Row]:
    """The studio's first load with an empty cache."""
    with product.studio() as studio, browser.chromium() as chromium:
        seen = Wire()
        page = chromium.new_context(viewport=browser.WINDOW).new_page()
        seen.watch(page)
        page.goto(f"{studio.url}/studio")
        browser.await_usable(page)
        page.wait_for_timeout(2000)
    script, style, requests = seen.size["Script"] / 1000, seen.size["Stylesheet"] / 1000, sum(seen.count.values())
    how = f"new guest, empty cache, 1440 × 900, headers included: {seen.told()}"
    return [
        Row("studio, first load: script", "≤ 200 kB", f"{script:.1f} kB", script <= 200, how),
        Row("studio, first load: CSS", "≤ 20 kB", f"{style:.1f} kB", style <= 20, "the same load"),
        Row("studio, first load: requests", "≤ 15", f"{requests}", requests <= 15, "the same load, the socket apart"),
    ]


def slow(_runs: int) -> list[Row]:
    """The studio on the slow line: when the largest part is painted, how much moves, how soon it answers."""
    with product.studio() as studio, browser.chromium() as chromium:
        felt = [_feel(chromium, f"{studio.url}/studio", use=True)[0] for _ in range(SLOW_RUNS)]
    lcp, cls = percentile([each["lcp"] for each in felt], 50) / 1000, max(each["cls"] for each in felt)
    inp = percentile([max(each["events"].values(), default=0) for each in felt], 50)
    how = f"median of {SLOW_RUNS} new guests, 1.6 Mbps, 150 ms, processor ÷ {PROCESSOR}, 1440 × 900, nothing cached"
    return [
        Row("studio: LCP, slow line", "≤ 1.5 s", f"{lcp:.2f} s", lcp <= 1.5, how),
        Row("studio: CLS, slow line", "≤ 0.02", f"{cls:.3f}", cls <= 0.02, "the largest of the same runs"),
        Row(
            "studio: INP, slow line", "≤ 100 ms", f"{inp:.0f} ms", inp <= 100, "slowest of typing and two menus; median"
        ),
    ]


def public(_runs: int) -> list[Row]:
    """The pages that anybody may find."""
    rows = []
    with product.studio() as studio, browser.chromium() as chromium:
        paths = ["/", "/examples", _first_example(chromium, studio.url)]
        for path in paths:
            runs = [_feel(chromium, f"{studio.url}{path}", use=False) for _ in range(SLOW_RUNS)]
            lcp = percentile([felt["lcp"] for felt, _ in runs], 50) / 1000
            script = runs[0][1].size["Script"] / 1000
            name = path if path in ("/", "/examples") else "/examples/…"
            how = f"median of {SLOW_RUNS}, the same line; {runs[0][1].told()}"
            figure = f"script {script:.1f} kB, LCP {lcp:.2f} s"
            rows.append(
                Row(f"public page {name}", "script ≤ 10 kB, LCP ≤ 0.8 s", figure, script <= 10 and lcp <= 0.8, how)
            )
    return rows


def _feel(chromium: "Browser", url: str, *, use: bool) -> tuple[dict[str, Any], Wire]:
    context = chromium.new_context(viewport=browser.WINDOW)
    page = context.new_page()
    page.add_init_script(_WATCH)
    seen = Wire()
    session = seen.watch(page)
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": PROCESSOR})
    page.goto(url, wait_until="load")
    if use:
        browser.await_usable(page)
    page.wait_for_timeout(1500)
    before = page.evaluate("structuredClone(felt)")  # LCP ends with the first touch
    if use:
        _use(page)
    after = page.evaluate("felt")
    context.close()
    return {**after, "lcp": before["lcp"]}, seen


def _use(page: "Page") -> None:
    page.get_by_role("textbox", name="Prompt").click()
    page.keyboard.type(_TYPED, delay=60)
    for name in ("choose-quality", "choose-shape"):
        page.locator(f"button[popovertarget={name}]").click()
        page.wait_for_timeout(300)
        page.keyboard.press("Escape")
    page.wait_for_timeout(500)


def _first_example(chromium: "Browser", url: str) -> str:
    page = chromium.new_page()
    page.goto(f"{url}/examples")
    path = page.locator("a[href^='/examples/']").first.get_attribute("href")
    page.close()
    return path or "/examples"
