"""The page is one file, the same for the same results, and foreign text in it is inert."""

from __future__ import annotations

import base64
import gzip
import json
import re
from array import array
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from page_samples import HOSTILE, PROVENANCE, a_cell, a_matrix, hostile_results, many_results, reports

from lab.grid import Look, build_grid
from lab.publish import Explanations, render_page
from lab.publish.payload import DETAILS, TEXT_LIMIT, crop, hundredths

MEBIBYTE = 1024 * 1024


def rendered(*, hostile: bool = False) -> str:
    """The page of the synthetic results."""
    matrix = a_matrix()
    results = many_results(matrix) + (hostile_results() if hostile else [])
    return render_page(
        build_grid(matrix, results, reports(matrix)), results, reports(matrix), PROVENANCE, Explanations()
    )


class Tags(HTMLParser):
    """Collects the start tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one tag."""
        self.seen.append((tag, dict(attrs)))


def test_the_same_results_give_the_same_bytes() -> None:
    assert rendered(hostile=True) == rendered(hostile=True)


def test_nothing_is_loaded_from_a_network() -> None:
    page = rendered()

    assert not [tag for tag, attributes in Tags(page).seen if "src" in attributes]
    named = page.replace("http://www.w3.org/2000/svg", "")  # the name of a language, which nothing fetches
    assert not re.search(r"https?://|@import|url\(", named)


def test_hostile_text_makes_no_element() -> None:
    tags = Tags(rendered(hostile=True)).seen

    assert not [tag for tag, attributes in tags if tag in ("img", "svg") or "onerror" in attributes]
    assert [tag for tag, _ in tags].count("script") == 4


def test_the_policy_allows_only_our_own_style_and_script() -> None:
    policy = next(tag["content"] for _, tag in Tags(rendered()).seen if "http-equiv" in tag)

    assert policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def unpacked(page: str, part: str) -> tuple[dict[str, Any], dict[str, array[int]]]:
    """The head of a part of the payload, and its columns."""
    packed = re.search(rf'id="{part}">([^<]+)<', page)
    assert packed
    raw = gzip.decompress(base64.b64decode(packed[1]))
    head = json.loads(raw[4 : 4 + int.from_bytes(raw[:4], "little")])
    columns = {}
    for column in head["columns"]:
        values = array({1: "b", 2: "h", 4: "i"}[column["width"]])
        values.frombytes(raw[column["at"] : column["at"] + head["size"] * column["width"]])
        columns[column["name"]] = values
    return head, columns


@pytest.mark.parametrize("part", ["payload", "details"])
def test_a_column_points_into_its_table(part: str) -> None:
    results = many_results(a_matrix()) + hostile_results()
    page = render_page(build_grid(a_matrix(), results, []), results, [], PROVENANCE, Explanations())

    head, columns = unpacked(page, part)

    assert head["size"] == len(results)
    for name, table in head["tables"].items():
        assert all(-1 <= value < len(table) for value in columns[name])


def test_the_payload_holds_every_result() -> None:
    results = many_results(a_matrix()) + hostile_results()
    page = render_page(build_grid(a_matrix(), results, []), results, [], PROVENANCE, Explanations())

    head, columns = unpacked(page, "payload")

    assert HOSTILE in head["tables"]["model"]
    outcomes = Counter(head["tables"]["outcome"][value] for value in columns["outcome"])
    assert outcomes == Counter(str(result.outcome) for result in results)


def test_the_payload_holds_every_definition_of_the_snippets_once() -> None:
    snippets = {"h5/one": "# one\n\n\ndef shared(): ...", "h5/other": "# other\n\n\ndef shared(): ..."}
    page = render_page(build_grid(a_matrix(), [], []), [], [], PROVENANCE, Explanations(snippets=snippets))

    head, _ = unpacked(page, "payload")

    assert head["parts"] == ["# one", "def shared(): ...", "# other"]


@pytest.mark.parametrize(("seconds", "kept"), [(0.0, 0), (0.034, 3), (0.4567, 46), (12.345, 1200)])
def test_a_time_is_kept_to_two_digits(seconds: float, kept: int) -> None:
    assert hundredths(seconds) == kept


def test_the_details_hold_every_exception_once() -> None:
    results = hostile_results() * 2

    page = render_page(build_grid(a_matrix(), results, []), results, [], PROVENANCE, Explanations())

    details, _ = unpacked(page, "details")
    assert details["exceptions"] == [[HOSTILE, 0, [], [0, 1]]]
    assert details["messages"] == [f"{HOSTILE} <!-- <script>"]
    assert details["frames"] == [HOSTILE, "{{ 7 * 7 }}"]


def test_what_only_an_opened_square_shows_is_not_read_before_the_page_answers() -> None:
    head, columns = unpacked(rendered(), "payload")

    assert not DETAILS & {*columns, *head["tables"]}


@pytest.mark.parametrize(("text", "shown"), [("a" * TEXT_LIMIT, "a" * TEXT_LIMIT), ("a" * 9000 + "the end", "the end")])
def test_a_long_text_is_cropped_in_its_middle(text: str, shown: str) -> None:
    cropped = crop(text)

    assert cropped.startswith("a" * (TEXT_LIMIT // 2))
    assert cropped.endswith(shown)
    assert ("more characters: see `lab show`" in cropped) == (cropped != text)


@pytest.mark.parametrize("look", list(Look))
def test_a_look_has_its_symbol_and_its_word(look: Look) -> None:
    rule = f'.face.look-{look}::after {{ content: "{look.symbol}"; content: "{look.symbol}" / "{look.word}"; }}'

    assert rule in rendered()


def test_every_square_is_a_link_with_words() -> None:
    page = rendered()

    assert '<td id="tf2.4..tf2.10"><a href="#tf2.4..tf2.10" title="tf2.4 → tf2.10\nplain: mixed,' in page


def test_the_causes_stand_in_the_html() -> None:
    assert "keras3-config-in-keras2" in rendered().split('id="payload"')[0]


def test_every_machine_that_ran_trials_is_named_with_their_number() -> None:
    machines = "Linux x86_64, 2 cores (100 trials)<br>Linux x86_64, 4 cores (20 trials)"

    assert f"<dt>Machine</dt><dd>{machines}</dd>" in rendered()


def test_a_cells_reason_stands_in_the_html() -> None:
    matrix = a_matrix()
    failed = [replace(each, state="import-error", reason=HOSTILE) for each in reports(matrix)]

    page = render_page(build_grid(matrix, [], failed), [], failed, PROVENANCE, Explanations())

    assert "&lt;/script&gt;&lt;img" in page


def test_a_cell_with_cuda_gives_three_answers_and_says_what_cannot_be_judged_here() -> None:
    matrix = a_matrix()
    seen = {
        "libraries": {
            "cudart": {"version": "11.2.0", "found_by": "its wheel", "soname": "libcudart.so.11.0"},
            "cudnn": {"version": "7.6.5", "found_by": "its wheel", "soname": "libcudnn.so.8"},
        },
        "built": {"cuda": "11.2", "cudnn": "8"},
        "driver": None,
        "no_driver": "driver not found",
        "computed_on": "CPU",
    }
    first, *others = reports(matrix)
    with_cuda = replace(first, cell=replace(first.cell, cuda="11.2", cudnn="8.1"), facts={"cuda": seen})

    page = render_page(
        build_grid(matrix, [], [with_cuda, *others]), [], [with_cuda, *others], PROVENANCE, Explanations()
    )

    assert "cuda: 11.2 declared, 11.2 built with, 11.2.0 loads" in page
    assert "cudnn 8.1 is declared, there is 7.6.5" in page
    assert page.count("this host cannot judge") == 1


def test_seventy_thousand_results_stay_under_six_mebibytes() -> None:
    cells = tuple(a_cell(f"tf2.{minor}", "keras2" if minor < 16 else "keras3") for minor in range(22))
    models = tuple(f"model-{at}" for at in range(14))
    formats = tuple(f"format-{at}" for at in range(7))
    matrix = a_matrix(cells=cells, models=models, formats=formats)
    results = many_results(matrix)
    assert len(results) > 70_000

    page = render_page(
        build_grid(matrix, results, reports(matrix)), results, reports(matrix), PROVENANCE, Explanations()
    )

    assert len(page.encode()) < 6 * MEBIBYTE
