"""Claims about who can use the page: axe-core finds nothing, in light and in dark, with everything open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from page_browsing import (
    ask,
    browser_starter,  # noqa: F401 - pytest finds fixtures by name
    chrome_with_javascript,  # noqa: F401 - as above
    visit,
    written,
)
from page_samples import a_cell, a_matrix, a_result, hostile_results, many_results
from selenium_axe_python import Axe

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
KINDS = (("", "keras2"), ("-keras3.12", "keras3"))
A3_WIDE, A3_HIGH = (420 - 24) * 96 / 25.4, (297 - 24) * 96 / 25.4  # CSS pixels, within the margins
PLACES = ("", "#view=remedies&tag=&model=cnn", "#tf2.4..tf2.15&trial=dense/h5", "#ask=tf2.4..h5..tf2.21")


def violations(chrome: Chrome) -> list[str]:
    """What axe finds, and where."""
    checker = Axe(chrome)
    checker.inject()
    found: list[dict[str, Any]] = checker.run(options=RULES)["violations"]
    return [f"{each['id']}: {each['help']}: {node['html'][:200]}" for each in found for node in each["nodes"][:3]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing(chrome: Chrome, tmp_path: Path, scheme: str, place: str) -> None:
    matrix = a_matrix()
    address, _ = written(tmp_path, matrix, many_results(matrix) + hostile_results())
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    visit(chrome, address + place)
    ask(chrome, "document.querySelectorAll('details').forEach(each => { each.open = true })")

    assert violations(chrome) == []


def test_all_of_a_drawn_page_is_laid_out(chrome: Chrome, tmp_path: Path) -> None:
    # What a browser skips lies, for a checker and for whoever measures, over what follows it.
    matrix = a_matrix()
    visit(chrome, written(tmp_path, matrix, many_results(matrix))[0])

    skipped = (
        "return [...document.querySelectorAll('main > *')]"
        ".filter(each => getComputedStyle(each).contentVisibility !== 'visible').map(each => each.textContent)"
    )
    assert ask(chrome, skipped) == []


def test_the_grid_of_all_cells_prints_on_one_page(chrome: Chrome, tmp_path: Path) -> None:
    cells = tuple(a_cell(f"tf2.{minor}{kind}", group) for kind, group in KINDS for minor in range(22))
    results = [a_result(producer=cell.id, consumer=cell.id, model="dense") for cell in cells]
    visit(chrome, written(tmp_path, a_matrix(cells=cells), results)[0])

    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    size = (
        "const {width, height} = document.getElementById('grid-table').getBoundingClientRect(); return [width, height]"
    )
    wide, high = cast("tuple[float, float]", ask(chrome, size))
    clips = ask(chrome, "return getComputedStyle(document.getElementById('grid-box')).contain")
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})

    assert wide <= A3_WIDE
    assert high <= A3_HIGH
    assert clips == "none"


def test_every_control_is_reached_by_tab(chrome: Chrome, tmp_path: Path) -> None:
    matrix = a_matrix()
    visit(chrome, written(tmp_path, matrix, many_results(matrix))[0])
    ask(chrome, "document.querySelectorAll('details').forEach(each => { each.open = true }); document.body.focus()")
    wanted = ask(
        chrome,
        "return [...document.querySelectorAll('select, button, input, summary')]"
        ".filter(each => each.offsetParent && each.type !== 'radio' && !each.closest('dialog')).length",
    )

    seen: set[str] = set()
    for _ in range(400):
        chrome.switch_to.active_element.send_keys("\ue004")
        seen.add(
            str(
                ask(
                    chrome,
                    "const all = [...document.querySelectorAll('select, button, input, summary')];"
                    "const at = document.activeElement;"
                    "return at.type === 'radio' || at.closest('dialog') ? '' : all.indexOf(at)",
                )
            )
        )
        if len(seen - {"", "-1"}) == wanted:
            break

    assert len(seen - {"", "-1"}) == wanted
