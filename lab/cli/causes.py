"""``lab causes``: what fails and why, largest first; what is still unexplained; whether the catalogue is sound."""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from lab.causes import Case, Catalogue, case_of
from lab.causes.classifying import UNEXPLAINED
from lab.causes.linting import lint
from lab.cli.arguments import wanted
from lab.cli.context import Context
from lab.cli.progress import say
from lab.errors import ExitCode
from lab.explaining import EXPLAINED, Explainer, Knowledge
from lab.identity import PLAIN
from lab.judging import judge
from lab.store import SeenTrial, Store, open_store
from lab.words import Matrix, Outcome

EXAMPLES_SHOWN = 3


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``causes``."""
    causes = commands.add_parser(
        "causes",
        parents=[common],
        help="what fails and why, largest first",
        description="Count the failures of a store by cause; judged anew, nothing is run.",
        epilog="example: python -m lab causes --unexplained",
    )
    causes.add_argument("--unexplained", action="store_true", help="only what no cause explains, by its first words")
    causes.add_argument("--check", action="store_true", help="say what is wrong with the catalogue; fails if anything")
    causes.add_argument(
        "--all-code", action="store_true", help="also what was seen by an earlier version of the lab's probe"
    )
    causes.add_argument("--json", action="store_true", help="one JSON object a line")
    causes.set_defaults(command=_causes)


def _causes(arguments: argparse.Namespace) -> int:
    context = Context(replace(wanted(arguments), as_stored=True), say)
    knowledge = context.knowledge()
    with open_store(context.workplace.directory, writing=False) as store:
        cases = _cases(context, store, knowledge) if arguments.all_code else _current_cases(context, store)
    if arguments.check:
        return _check(context.matrix, knowledge.catalogue, cases)
    groups = _groups(knowledge.catalogue, cases)
    wanted_groups = {key: names for key, names in groups.items() if not arguments.unexplained or key[0] == UNEXPLAINED}
    _tell(knowledge.catalogue, wanted_groups, cases, as_json=arguments.json)
    return ExitCode.DONE


def _current_cases(context: Context, store: Store) -> dict[str, Case]:
    """The failures that the page shows."""
    explainer = Explainer(context.matrix, context.knowledge())
    return {
        result.name: explainer.case(result, result.observation)
        for result in context.results(store)
        if result.observation is not None and result.outcome in EXPLAINED
    }


def _cases(context: Context, store: Store, knowledge: Knowledge) -> dict[str, Case]:
    """Every failed trial in the store, whatever code saw it; canaries are not asked."""
    cases = {}
    for seen in store.trials().values():
        case = _case(seen, context.matrix, knowledge)
        if case.outcome in EXPLAINED:
            cases[seen.trial.name] = case
    return cases


def _case(seen: SeenTrial, matrix: Matrix, knowledge: Knowledge) -> Case:
    trial = seen.trial
    judgement = judge(seen.observation, matrix.tolerance_of(trial.artifact.model))
    cells = (knowledge.cells.get(trial.artifact.producer), knowledge.cells.get(trial.consumer))
    attempt = (trial.artifact.format, trial.strategy)
    described = knowledge.described.get(trial.artifact.model)
    return case_of(seen.observation, (judgement.outcome, judgement.stage), attempt, cells, described)


def _check(matrix: Matrix, catalogue: Catalogue, cases: Mapping[str, Case]) -> int:
    strategies = {strategy for form in matrix.formats for strategy in form.strategies}
    problems = lint(catalogue, cases, strategies)
    print(f"{len(catalogue.causes)} causes, {len(cases)} failures, {len(problems)} problems")
    for problem in problems:
        print(f"  {problem}")
    return ExitCode.BAD_INPUT if problems else ExitCode.DONE


def _groups(catalogue: Catalogue, cases: Mapping[str, Case]) -> dict[tuple[str, str], list[str]]:
    """Names of failures by cause; the unexplained by their signature as well. Largest first."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, case in cases.items():
        cause = catalogue.classify(case)
        groups[cause, case.signature if cause == UNEXPLAINED else ""].append(name)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def _tell(
    catalogue: Catalogue, groups: Mapping[tuple[str, str], list[str]], cases: Mapping[str, Case], *, as_json: bool
) -> None:
    total = len(cases)
    for (cause_id, signature), names in groups.items():
        cause = catalogue.get(cause_id)
        of_group = [cases[name] for name in names]
        row = {
            "cause": cause_id,
            "family": cause.family if cause else None,
            "title": cause.title if cause else signature,
            "count": len(names),
            **_kinds(of_group),
            "outcomes": dict(Counter(case.outcome for case in of_group)),
            "stages": dict(Counter(str(case.stage) for case in of_group)),
            "formats": dict(Counter(case.format for case in of_group)),
            "producers": _cells_of(names, 0),
            "consumers": _cells_of(names, 1),
            "examples": names[:EXAMPLES_SHOWN],
            "said": [list(link) for link in of_group[0].said],
        }
        if as_json:
            print(json.dumps(row))
        else:
            print(f"{len(names):7d}  {len(names) / max(1, total):5.1%}  {cause_id}: {row['title']}")
            print(f"{'':16s} {_in_words(of_group)}; {names[0]}")
    if not as_json:
        left = sum(len(names) for (cause_id, _), names in groups.items() if cause_id == UNEXPLAINED)
        print(f"{total} failures ({_in_words(cases.values())}), {left} unexplained ({left / max(1, total):.2%})")


def _kinds(cases: Iterable[Case]) -> dict[str, int]:
    """How many of them are plain loads, attempts to mend a load, and loads whose artifact could not be saved."""
    counts = Counter(
        "blocked" if case.outcome is Outcome.BLOCKED else "loads" if case.strategy == PLAIN else "attempts"
        for case in cases
    )
    return {kind: counts[kind] for kind in ("loads", "attempts", "blocked")}


def _in_words(cases: Iterable[Case]) -> str:
    counts = _kinds(cases)
    words = {"loads": "plain loads", "attempts": "attempts to mend", "blocked": "without an artifact"}
    return ", ".join(f"{words[kind]}: {count}" for kind, count in counts.items() if count)


def _cells_of(names: Iterable[str], place: int) -> list[str]:
    return sorted({name.split("/")[place] for name in names})
