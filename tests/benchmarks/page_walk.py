"""A walk through the pages of a real server with a real Chromium, timed step by step."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
from playwright.sync_api import Page, WebSocket
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.e2e.server import open_browser, running_app

__all__ = ["PAGES", "Walk", "walk"]

PATIENCE_MS: Final = 60_000
PAGES: Final = (
    *("Overview", "Segments", "Customers", "Reasons", "Trust"),
    *("Cohorts", "Tiers", "Lists", "Budget", "Products", "Export", "Look back", "Report"),
)

Act = Callable[[Page], None]


def _press(role: str, name: str) -> Act:
    return lambda page: page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]


def _type(label: str, text: str) -> Act:
    def act(page: Page) -> None:
        box = page.get_by_role("textbox", name=label)
        box.fill(text)
        box.press("Enter")

    return act


def _choose(label: str, place: int) -> Act:
    """Choose the n-th option of a select box, the next where that one is chosen already."""

    def act(page: Page) -> None:
        box = page.get_by_role("combobox", name=label).first
        option = page.get_by_role("option").nth(place)
        while not option.is_visible():  # what is drawn late closes an open list
            box.press("ArrowDown")
            page.wait_for_timeout(100)
        is_chosen = option.get_attribute("aria-selected") == "true"  # as in the round before
        page.get_by_role("option").nth(place + is_chosen).click()

    return act


def _slide(key: str) -> Act:
    return lambda page: page.get_by_role("slider").first.press(key)


STEPS: Final[dict[str, tuple[tuple[str, Act], ...]]] = {
    "Segments": (
        ("cut-offs moved", _slide("ArrowRight")),
        ("another feature", _choose("Compare the tiers by", 3)),
        ("RFM groups", _press("radio", "RFM groups")),
        ("Lifecycle", _press("radio", "Lifecycle")),
        ("Personas", _press("radio", "Personas")),
        ("Value tiers", _press("radio", "Value tiers")),
        ("cut-offs moved back", _slide("ArrowLeft")),
    ),
    "Customers": (
        ("only high value", _press("button", "High")),
        ("all values", _press("button", "High")),
        ("id contains 12", _type("Customer id contains", "12")),
        ("no search", _type("Customer id contains", "")),
    ),
    "Reasons": (
        ("One fact closely", _press("radio", "One fact closely")),
        ("Like customers", _press("radio", "Like customers")),
        ("Two groups", _press("radio", "Two groups")),
        ("All customers", _press("radio", "All customers")),
    ),
    "Trust": (("another measure", _choose("Measure", 2)),),
    "Cohorts": (
        ("net revenue", _choose("Show", 3)),
        ("another cohort", _choose("Won in", 2)),
        ("who bought again", _choose("Who bought in", 2)),
        ("retention", _choose("Show", 0)),
    ),
    "Lists": (
        ("Win back", _press("radio", "Win back")),
        ("Second order", _press("radio", "Second order")),
        ("Churn early warning", _press("radio", "Churn early warning")),
    ),
    "Export": (
        ("Klaviyo", _choose("Where does the list go?", 2)),
        ("only high value", _press("button", "High")),
        ("all values", _press("button", "High")),
        ("Meta", _choose("Where does the list go?", 5)),
        ("CSV", _choose("Where does the list go?", 0)),
    ),
    "Report": (
        ("PDF", _press("radio", "PDF")),
        ("HTML", _press("radio", "HTML")),
    ),
}


@dataclass
class _Wire:
    """What goes between browser and server, and when."""

    asked: float = 0.0
    ended: float = 0.0
    received: int = 0
    has_ended: bool = False
    failures: list[str] = field(default_factory=list)

    def watch(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda _frame: self._send())
        socket.on("framereceived", self._receive)

    def forget(self) -> None:
        self.asked = self.ended = 0.0
        self.received, self.has_ended = 0, False

    def _send(self) -> None:
        if not self.asked:
            self.asked = time.perf_counter()

    def _receive(self, frame: str | bytes) -> None:
        if isinstance(frame, str) or not self.asked:
            return
        self.received += len(frame)
        self.ended = time.perf_counter()
        message = ForwardMsg.FromString(frame)
        self.has_ended |= message.WhichOneof("type") == "script_finished"
        if message.WhichOneof("type") == "delta" and message.delta.new_element.HasField(
            "exception"
        ):
            self.failures.append(message.delta.new_element.exception.message)


@dataclass(frozen=True)
class Visit:
    """One step: milliseconds until the last byte and until the page stands still, and bytes."""

    served_ms: float
    settled_ms: float
    received: int
    computing_ms: float


@dataclass
class Walk:
    """What a walk found: visits by page and step, and the server's largest memory in MB."""

    visits: dict[str, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    peak_mb: float = 0.0
    begun_mb: float = 0.0


def walk(workspace: Path, rounds: int, pages: tuple[str, ...] = PAGES) -> Walk:
    """Open every page several times on a server of its own."""
    found = Walk()
    with running_app(workspace) as address, open_browser() as browser, _watching(found) as server:
        page = browser.new_page(viewport={"width": 1400, "height": 900}, locale="en-US")
        page.set_default_timeout(PATIENCE_MS)
        wire = _Wire()
        page.on("websocket", wire.watch)
        page.goto(f"{address}/overview")
        _wait_until_still(page)
        for _ in range(rounds):
            for name in pages:
                title = f"{name}: opened"
                found.visits[title].append(_take(page, wire, server, _open(name)))
                for step, act in STEPS.get(name, ()):
                    found.visits[f"{name}: {step}"].append(_take(page, wire, server, act))
        if wire.failures:
            raise RuntimeError("; ".join(dict.fromkeys(wire.failures)))
    return found


def _open(name: str) -> Act:
    navigation = "stSidebarNav"
    return lambda page: (
        page.get_by_test_id(navigation).get_by_role("link", name=name, exact=True).click()
    )


def _take(page: Page, wire: _Wire, server: psutil.Process, act: Act) -> Visit:
    wire.forget()
    used = sum(server.cpu_times()[:2])
    act(page)
    begun = wire.asked or time.perf_counter()
    while not wire.has_ended and time.perf_counter() - begun < PATIENCE_MS / 1000:
        page.wait_for_timeout(5)
    if not wire.has_ended:
        raise TimeoutError("the script did not end")
    _wait_until_still(page)
    settled = time.perf_counter()
    computing = sum(server.cpu_times()[:2]) - used
    return Visit(
        (wire.ended - wire.asked) * 1000,
        (settled - wire.asked) * 1000,
        wire.received,
        computing * 1000,
    )


def _wait_until_still(page: Page) -> None:
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


@contextmanager
def _watching(found: Walk) -> Iterator[psutil.Process]:
    """Watch the memory of the server that this process has started."""
    children = psutil.Process().children()
    (server,) = [one for one in children if "streamlit" in " ".join(one.cmdline())]
    stopped = threading.Event()
    found.begun_mb = server.memory_info().rss / 2**20

    def look() -> None:
        while not stopped.wait(0.05):
            found.peak_mb = max(found.peak_mb, server.memory_info().rss / 2**20)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield server
    finally:
        stopped.set()
        watcher.join()
