"""Claims about who can use the page: axe-core finds nothing, in light and in dark, with everything open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from page_browsing import (
    ask,
    browser_starter,  # noqa: F401 - pytest finds fixtures by name
    chrome_with_javascript,  # noqa: F401 - as above
    visit,
    written,
)
from page_samples import a_matrix, hostile_results, many_results
from selenium_axe_python import Axe

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
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
