"""What a page says about causes and remedies: catalogue entries, snippets to paste, ways to another environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lab.causes import Cause
from lab.explaining import Knowledge
from lab.findings import Finding
from lab.grid import PLAIN
from lab.promises import Breach, Rule, breaches
from lab.recipes import RecipeBook
from lab.words import Matrix, Outcome, Result

BETWEEN_PARTS = "\n\n\n"  # what stands between the definitions of a snippet


@dataclass(frozen=True, kw_only=True)
class Explanations:
    """What a page explains by.

    Causes by id; snippets by ``format/strategy``, the least effort first; what to do to an environment, by the cell it
    becomes; findings; the promises that are broken as a person would type the load.
    """

    causes: Mapping[str, Cause] = field(default_factory=dict)
    snippets: Mapping[str, str] = field(default_factory=dict)
    mendings: Mapping[str, str] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    broken: Sequence[Breach] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)

    def title(self, cause: str) -> str:
        """The title of a cause, or what it is called itself."""
        return self.causes[cause].title if cause in self.causes else cause

    def packed(self) -> dict[str, Any]:
        """As the page's script reads them."""
        return {
            "causes": {
                cause.id: {
                    "title": cause.title,
                    "family": cause.family,
                    "explanation": cause.explanation,
                    "advice": cause.advice,
                    "sources": list(cause.sources),
                }
                for cause in self.causes.values()
            },
            "rules": {
                rule.id: {"title": rule.title, "says": rule.says, "caveat": rule.caveat, "sources": list(rule.sources)}
                for rule in self.rules.values()
            },
            **_in_parts(self.snippets),
            "mendings": dict(self.mendings),
        }


def explain(
    matrix: Matrix,
    knowledge: Knowledge,
    book: RecipeBook,
    results: Iterable[Result],
    findings: Sequence[Finding],
) -> Explanations:
    """What these results need: nothing is carried to the page that it does not show."""
    causes: dict[str, Cause] = {}
    snippets: dict[str, str] = {}
    mendings = {mender.id: mending.do for mender in matrix.cells for mending in mender.mends}
    ran_in: set[str] = set()
    spoken: set[str] = set()
    plain: list[Result] = []
    for result in results:
        spoken.add(result.rule)
        if result.strategy == PLAIN:
            plain.append(result)
        cause = knowledge.catalogue.get(result.cause) if result.cause else None
        if cause is not None:
            causes[cause.id] = cause
        if result.ran_in:
            ran_in.add(result.ran_in)
        elif result.outcome is Outcome.PASS and result.strategy != PLAIN:
            place = f"{result.format}/{result.strategy}"
            if place not in snippets:
                snippets[place] = book.snippet(result.format, result.strategy)
    return Explanations(
        causes={each: causes[each] for each in sorted(causes)},
        snippets={each: snippets[each] for each in _by_effort(matrix) if each in snippets},
        mendings={cell: do for cell, do in sorted(mendings.items()) if cell in ran_in},
        findings=findings,
        broken=breaches(plain),
        rules={rule.id: rule for rule in knowledge.rules.rules if rule.id in spoken},
    )


def _in_parts(snippets: Mapping[str, str]) -> dict[str, Any]:
    """Snippets as the numbers of their parts, each part once: most of a long one are functions that others have too."""
    parts: dict[str, int] = {}
    numbered = {
        place: [parts.setdefault(part, len(parts)) for part in snippet.split(BETWEEN_PARTS)]
        for place, snippet in snippets.items()
    }
    return {"snippets": numbered, "parts": list(parts), "betweenParts": BETWEEN_PARTS}


def _by_effort(matrix: Matrix) -> list[str]:
    """Every ``format/strategy`` in the order in which the strategies are tried."""
    return [f"{form.id}/{strategy}" for form in matrix.formats for strategy in form.strategies]
