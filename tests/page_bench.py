"""Time the page in a real Chromium: ``nox -s bench -- page [index.html ...]``; without a page, of made-up results."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from page_browsing import FLAGS, ask, written
from page_samples import a_cell, a_matrix, many_results
from selenium import webdriver

TIMES = 5
MODELS = {"100,000 trials": 14, "300,000 trials": 42}
FILTER = """
const select = document.getElementById(arguments[0]);
const shown = document.getElementById("grid-table").dataset;
const began = performance.now();
select.value = [...select.options][Number(arguments[1]) % select.options.length].value;
select.dispatchEvent(new Event("change"));
document.body.offsetHeight;
const answered = performance.now() - began;
const wait = () => (shown.squares === "new" ? arguments[2]([answered, performance.now() - began]) : setTimeout(wait));
wait();
"""
SHOW_GRID = """
document.querySelector(".grid-box").scrollIntoView();
requestAnimationFrame(() => requestAnimationFrame(arguments[0]));
"""


def made_up(directory: Path, models: int) -> str:
    """The address of a page of 22 releases, in the pattern of the tests."""
    cells = tuple(a_cell(f"tf2.{minor}", "keras2" if minor < 16 else "keras3") for minor in range(22))
    matrix = a_matrix(
        cells=cells,
        models=tuple(f"model-{at}" for at in range(models)),
        formats=tuple(f"format-{at}" for at in range(7)),
    )
    directory.mkdir()
    return written(directory, matrix, many_results(matrix))[0]


def until(chrome: webdriver.Chrome, script: str) -> None:
    """Wait until a script says yes."""
    while not ask(chrome, script):
        time.sleep(0.005)


def measure(chrome: webdriver.Chrome, address: str) -> str:
    """Median seconds until the page answers and until all is drawn, and milliseconds of a filter, layout included.

    The grid is scrolled into view, for the squares in view are what a filter has to paint before it has answered.
    """
    usable, drawn, filtered, painted = [], [], [], []
    for _ in range(TIMES):
        chrome.get("about:blank")
        began = time.perf_counter()
        chrome.get(address)
        until(chrome, "return 'ready' in document.documentElement.dataset")
        usable.append(time.perf_counter() - began)
        until(chrome, "return document.documentElement.dataset.ready === 'drawn'")
        drawn.append(time.perf_counter() - began)
        chrome.execute_async_script(SHOW_GRID)
        for at in (1, 2):
            for name in ("format", "model", "outcome"):
                answered, whole = chrome.execute_async_script(FILTER, f"filter-{name}", str(at))
                filtered.append(float(answered))
                painted.append(float(whole))
    return (
        f"usable {statistics.median(usable):.2f} s, drawn {statistics.median(drawn):.2f} s, "
        f"a filter {statistics.median(filtered):.0f} ms (slowest {max(filtered):.0f} ms), "
        f"with the squares out of view {statistics.median(painted):.0f} ms"
    )


def main() -> None:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in FLAGS:
        options.add_argument(flag)
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    with tempfile.TemporaryDirectory() as scratch:
        pages = {path: Path(path).resolve().as_uri() for path in sys.argv[1:]}
        pages = pages or {name: made_up(Path(scratch) / str(models), models) for name, models in MODELS.items()}
        for name, address in pages.items():
            sys.stdout.write(f"{name}: {measure(chrome, address)}\n")
    chrome.quit()


if __name__ == "__main__":
    main()
