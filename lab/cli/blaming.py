"""``lab blame`` and ``lab since``: which change of the environment flips a failure, and in which release it began."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from lab.blaming import Swap, axes, changes, smallest_flips, stretches, swaps, throwaway_cells
from lab.cli.arguments import wanted
from lab.cli.context import Context
from lab.cli.one_load import load_once
from lab.cli.progress import say
from lab.engines.locking import resolve
from lab.errors import CellFault, ExitCode, LabError
from lab.grid import PLAIN
from lab.judging import judge
from lab.store import open_store
from lab.versions import facts_of
from lab.words import Cell, CellFacts, Outcome, Result

MAIN_GROUP = "main"
SHOWN = 12


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``blame`` and ``since``."""
    blame = commands.add_parser(
        "blame",
        parents=[common],
        help="the smallest change of the environment that makes a failing load pass",
        description="Compare a failing load with the same load in all other cells, one axis at a time: TensorFlow, "
        "Keras, Python, NumPy, h5py, protobuf, environment variables. With --make-cells also in throwaway cells: the "
        "failing one with one axis taken from a cell that works.",
        epilog="example: python -m lab blame tf2.4 tf2.21 dense-sequential h5 --make-cells",
    )
    for name in ("producer", "consumer", "model", "format"):
        blame.add_argument(name, metavar=name.upper())
    blame.add_argument("--strategy", default=PLAIN, metavar="NAME", help="default: plain")
    blame.add_argument("--make-cells", action="store_true", help="build throwaway cells that differ in one axis")
    blame.add_argument("--json", action="store_true", help="one JSON object a line")
    blame.set_defaults(command=_blame)
    since = commands.add_parser(
        "since",
        parents=[common],
        help="the releases at which a model in a format begins to fail, or to load",
        description="For every release that saved it: the stretches of releases that load it and that do not.",
        epilog="example: python -m lab since dense-sequential h5",
    )
    for name in ("model", "format"):
        since.add_argument(name, metavar=name.upper())
    since.add_argument("--json", action="store_true", help="one JSON object a line")
    since.set_defaults(command=_since)


def _since(arguments: argparse.Namespace) -> int:
    arguments.models, arguments.formats = arguments.model, arguments.format
    context = Context(replace(wanted(arguments), as_stored=True), say)
    with open_store(context.workplace.directory, writing=False) as store:
        results = [result for result in context.results(store) if result.strategy == PLAIN and result.key]
    releases = [cell.id for cell in context.matrix.cells if cell.group == MAIN_GROUP]
    told = 0
    for producer in releases:
        found = stretches(releases, [result for result in results if result.producer == producer])
        told += bool(found)
        if arguments.json and found:
            print(json.dumps({"producer": producer, "stretches": [asdict(stretch) for stretch in found]}))
        elif found:
            parts = [
                f"{one.first if one.first == one.last else f'{one.first} to {one.last}'} {one.outcome}"
                + (f" ({one.cause})" if one.cause else "")
                for one in found
            ]
            print(f"saved in {producer:8s} " + "; ".join(parts))
    if not told:
        message = f"no release has saved {arguments.model} as {arguments.format} in this store: run 'nox -s matrix'"
        raise LabError(message, ExitCode.NOTHING_SELECTED)
    return ExitCode.DONE


def _blame(arguments: argparse.Namespace) -> int:
    arguments.models, arguments.formats = arguments.model, arguments.format
    context = Context(replace(wanted(arguments), as_stored=not arguments.make_cells), say)
    with open_store(context.workplace.directory, writing=False) as store:
        results = [result for result in context.results(store) if result.producer == arguments.producer]
    outcomes = _outcomes(results, arguments.consumer, arguments.strategy)
    failing = _failing(arguments, results)
    facts = context.knowledge().cells
    cells = {cell.id: cell for cell in context.matrix.cells}
    found = {cell: axes(cells[cell], facts[cell]) for cell in outcomes if cell in facts}
    tried = list(swaps(failing.consumer, outcomes, found))
    if arguments.make_cells:
        working = next((swap.cell for swap in tried if swap.outcome is Outcome.PASS and swap.changes), None)
        if working is None:
            raise LabError(f"no cell of this store loads it with {arguments.strategy}: there is nothing to swap from")
        tried += _try_throwaways(context, failing, _to_make(cells[failing.consumer], cells[working], facts), found)
    _tell(failing, sorted(tried, key=lambda swap: len(swap.changes)), as_json=arguments.json)
    return ExitCode.DONE


def _outcomes(results: Sequence[Result], consumer: str, strategy: str) -> dict[str, Outcome]:
    """By the cell that the load ran in: those with this strategy, and those that were taken to another environment."""
    elsewhere = {result.ran_in: result.outcome for result in results if result.ran_in and result.consumer == consumer}
    own = {result.consumer: result.outcome for result in results if result.key and result.strategy == strategy}
    return elsewhere | own


def _failing(arguments: argparse.Namespace, results: Sequence[Result]) -> Result:
    name = f"{arguments.producer}/{arguments.consumer}/{arguments.model}/{arguments.format}/{arguments.strategy}"
    for result in results:
        if result.name == name and result.key:
            if result.outcome is Outcome.PASS:
                raise LabError(f"{name} passes: there is nothing to blame")
            return result
    raise LabError(f"{name} has not been tried: run 'nox -s matrix' first, and see 'python -m lab results'")


def _to_make(failing: Cell, working: Cell, facts: Mapping[str, CellFacts]) -> tuple[Cell, ...]:
    """The cells between the two; none where they are next to each other already."""
    differing = changes(axes(failing, facts[failing.id]), axes(working, facts[working.id]))
    if len(differing) == 1:
        say(f"{failing.id} and {working.id} differ in {differing[0][0]} alone: no cell needs to be made")
        return ()
    made = throwaway_cells(failing, working, facts)
    if not made:
        names = ", ".join(axis for axis, _, _ in differing)
        say(f"{failing.id} and {working.id} differ in {names}: none of it can be changed by itself")
    return made


def _try_throwaways(
    context: Context, failing: Result, made: Sequence[Cell], found: Mapping[str, dict[str, str]]
) -> list[Swap]:
    tried, old = [], found[failing.consumer]
    for cell in made:
        say(f"{cell.id}: locking and building")
        try:
            outcome, facts = _try_in(context, failing, cell)
        except CellFault as error:
            say(f"{cell.id}: cannot be had: {error}")
            continue
        tried.append(Swap(changes=changes(old, axes(cell, facts)), cell=cell.id, outcome=outcome))
        say(f"{cell.id}: {outcome}")
    return tried


def _try_in(context: Context, failing: Result, cell: Cell) -> tuple[Outcome, CellFacts]:
    """Load the artifact of a failing result in another cell; raises CellFault where that cell cannot be had."""
    lock = resolve(cell, context.uv)
    artifact = context.keys.artifact(failing.producer, failing.model, failing.format)
    loaded = load_once(context, artifact, failing.strategy, cell, lock)
    if loaded.seen is None:
        message = f"the probe gave no answer:\n{loaded.log}"
        raise CellFault(message)
    return judge(loaded.seen, context.matrix.tolerance_of(failing.model)).outcome, facts_of(cell, lock)


def _tell(failing: Result, tried: Sequence[Swap], *, as_json: bool) -> None:
    flips = smallest_flips(tried)
    if as_json:
        for swap in tried:
            print(json.dumps({**asdict(swap), "flips": swap in flips}))
        return
    print(f"{failing.name}: {failing.outcome}: {failing.reason}")
    for swap in tried[:SHOWN]:
        print(f"  {swap.outcome:12s} {swap.text}   [{swap.cell}]")
    if not flips:
        print("no change that was tried makes it pass")
    for swap in flips:
        print(f"smallest change that makes it pass: {swap.text}")
