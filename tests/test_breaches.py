"""Claims about broken promises: how they are grouped, and that the page lists them."""

from __future__ import annotations

from page_samples import PROVENANCE, a_matrix, a_result, reports

from lab.grid import build_grid
from lab.promises import Breach, breaches, read_rules
from lab.publish import Explanations, render_page
from lab.words import Outcome, Result


def promised(outcome: Outcome = Outcome.LOAD_ERROR, rule: str = "some-rule", **changed: str) -> Result:
    return a_result(outcome, promise="promised", rule=rule, **changed)


def counts(found: tuple[Breach, ...]) -> list[tuple[str, str, int]]:
    return [(each.rule, each.cause, len(each.results)) for each in found]


def test_breaches_are_grouped_by_rule_and_cause_the_largest_first() -> None:
    found = breaches(
        [
            promised(cause="rare"),
            promised(cause="often", model="cnn"),
            promised(Outcome.DRIFT, cause="often", model="lstm"),
            promised(cause="often", rule="another-rule"),
        ]
    )

    assert counts(found) == [("some-rule", "often", 2), ("another-rule", "often", 1), ("some-rule", "rare", 1)]


def test_what_passes_was_not_judged_or_is_not_promised_breaks_nothing() -> None:
    unpromised = a_result(Outcome.LOAD_ERROR, promise="not-promised", rule="some-rule")

    assert breaches([promised(Outcome.PASS), promised(Outcome.BLOCKED), unpromised]) == ()


def test_a_breach_that_nothing_explains_says_so() -> None:
    assert counts(breaches([promised()])) == [("some-rule", "unexplained", 1)]


def test_a_breach_knows_its_formats_and_pairs() -> None:
    (found,) = breaches([promised(), promised(model="cnn"), promised(consumer="tf2.15", format="keras")])

    assert (found.formats, found.pairs) == (("h5", "keras"), 2)


def test_the_page_lists_them_with_rule_and_example() -> None:
    rule = read_rules().rules[0]
    matrix, results = a_matrix(), [promised(rule=rule.id)]
    explained = Explanations(rules={rule.id: rule}, broken=breaches(results))

    page = render_page(build_grid(matrix, results, reports(matrix)), results, reports(matrix), PROVENANCE, explained)

    listed = page.split('id="promises"')[1].split("</section>")[0]
    assert rule.id in listed
    assert rule.sources[0] in listed
    assert 'href="#tf2.4..tf2.10" data-trial="dense/h5"' in listed
