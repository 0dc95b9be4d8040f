"""``lab matrix``: plan, run, render; the main job. ``lab plan`` shows the plan alone."""

from __future__ import annotations

import argparse
import json
import platform
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lab import __version__
from lab.cli.arguments import positive, shard
from lab.cli.baseline import choose_baseline, print_changes
from lab.cli.context import ROOT, Context, Wanted, existing, stored_processor
from lab.cli.exporting import USUAL, add_option, export
from lab.cli.progress import progress, say
from lab.cli.rendering import render
from lab.cli.summary import summarise, summarise_again
from lab.cli.unchanged import LastRun, last_run
from lab.comparing import Change
from lab.engines import processor
from lab.engines.choosing import choose
from lab.engines.protocol import Engine
from lab.errors import ExitCode, LabError
from lab.planning import Known, Plan
from lab.running.run import Order, Run, Tally
from lab.sharding import Shard
from lab.store import FILE, Store, open_store
from lab.words import EngineName

SECONDS_A_SAVE = 0.4
SECONDS_A_LOAD = 0.25
SECONDS_A_CELL = 25.0
MIB_A_CELL = 1100
MIB_AN_ARTIFACT = 0.15
REASONS_SHOWN = 12
ENGINE_NOTES = {
    EngineName.LOCAL: "no sandbox: what is in a model runs as you",
    EngineName.DOCKER: "containers without a network, without privileges, with a root that cannot be written",
}


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``matrix`` and ``plan``."""
    matrix = commands.add_parser(
        "matrix",
        parents=[common],
        help="save, load and judge everything selected, then render the page",
        description="Build the selected cells, save the reference models in each, load each in every other one, and "
        "render the grid. Nothing that is known is run again; Ctrl-C loses nothing.",
        epilog="example: python -m lab matrix --select quick",
    )
    matrix.add_argument("--fresh", action="store_true", help="run everything selected anew")
    matrix.add_argument(
        "--baseline", type=Path, metavar="FILE", help="another run's results.parquet, or its lab results --json"
    )
    add_option(matrix)
    matrix.add_argument(
        "--emit",
        choices=("github",),
        help="print a job matrix for GitHub Actions, one job a shard, and run nothing (see --shards)",
    )
    matrix.add_argument("--shards", type=positive, default=5, metavar="N", help="with --emit: how many (default: 5)")
    matrix.add_argument(
        "--fail-on", choices=("regressed",), help="exit code 6 where a trial passed in the baseline and fails now"
    )
    matrix.add_argument(
        "--keep-images",
        type=positive,
        default=0,
        metavar="N",
        help="with Docker: keep at most N images of cells and work cell by cell, where the disk cannot hold them all",
    )
    matrix.set_defaults(command=_matrix)
    add_shard(matrix)
    plan = commands.add_parser(
        "plan",
        parents=[common],
        help="show what would run and what is left out",
        description="Show the plan alone: cells, artifacts, trials, what is known, what is left out and why.",
        epilog="example: python -m lab plan --select quick",
    )
    plan.add_argument("--fresh", action="store_true", help="as if nothing were known")
    plan.add_argument("--json", action="store_true", help="one JSON object")
    add_shard(plan)
    plan.set_defaults(command=_plan)


def add_shard(parser: argparse.ArgumentParser) -> None:
    """Add ``--shard``."""
    parser.add_argument(
        "--shard",
        type=shard,
        metavar="K/N",
        help="only the K-th of N parts: some of the consumers, each with all of its producers",
    )


def _without_places(words: Sequence[str]) -> list[str]:
    """The words of a command without its paths: where a run was kept says nothing about it."""
    kept: list[str] = []
    for before, word in zip(["", *words], words, strict=False):
        if not {before, word.partition("=")[0]} & {"--out", "--matrix", "--baseline"}:
            kept.append(word)
    return kept


def wanted(arguments: argparse.Namespace) -> Wanted:
    """The selection that the arguments ask for."""
    return Wanted(
        matrix=arguments.matrix.resolve(),
        out=arguments.out.resolve(),
        cells=arguments.cells,
        models=arguments.models,
        formats=arguments.formats,
        selection=arguments.select,
        engine=arguments.engine,
        onednn=arguments.onednn,
        jobs=arguments.jobs,
        keep_images=getattr(arguments, "keep_images", 0),
        shard=getattr(arguments, "shard", None),
    )


def _plan(arguments: argparse.Namespace) -> int:
    context = Context(replace(wanted(arguments), planning=True), say)
    known = Known()
    if not arguments.fresh and (context.workplace.directory / FILE).exists():
        with open_store(context.workplace.directory, writing=False) as store:
            known = context.known(store)
    planned = context.plan(known)
    if arguments.json:
        print(json.dumps(_plan_fields(context, planned)))
    else:
        print("\n".join(_plan_lines(context, planned)))
    return ExitCode.DONE


def _matrix(arguments: argparse.Namespace) -> int:
    if arguments.fail_on and not arguments.baseline:
        message = (
            "--fail-on compares with another run: name its results with --baseline FILE (lab results --json > FILE)"
        )
        raise LabError(message)
    existing(arguments.matrix)
    if arguments.emit:
        print(
            json.dumps({"shard": [str(Shard(number=k + 1, count=arguments.shards)) for k in range(arguments.shards)]})
        )
        return ExitCode.DONE
    engine = choose(arguments.engine)
    chosen = replace(wanted(arguments), engine=engine)
    selection = (
        chosen.cells,
        chosen.models,
        chosen.formats,
        chosen.selection,
        engine.name,
        chosen.onednn,
        chosen.shard,
    )
    sources = [ROOT / folder for folder in ("lab", "images", "reports/templates", "reports/published")]
    last = last_run(chosen.out, chosen.matrix, map(str, selection), sources)
    asks_for_more = arguments.fresh or arguments.baseline or not set(arguments.export) <= set(USUAL)
    if not asks_for_more and (summary := last.summary()) is not None:
        say("nothing to do: nothing has changed since the last run (--fresh runs it anew)")
        print(summary)
        return ExitCode.DONE
    return _run_and_report(arguments, Context(chosen, say), last)


def _run_and_report(arguments: argparse.Namespace, context: Context, last: LastRun) -> int:
    baseline = choose_baseline(arguments.baseline)
    with open_store(context.workplace.directory, writing=True) as store:
        last.forget()
        tally = _run(context, store, fresh=arguments.fresh)
        results = context.results(store)
        page = render(context, store, results, baseline)
        summary = summarise(results, tally)
        print("\n".join(summary.lines))
        changes = None if baseline is None else print_changes(context, results, baseline)
        export(context, store, results, arguments.export, changes)
        print(f"page: {page}")
    if changes and changes[Change.REGRESSED] and arguments.fail_on:
        return ExitCode.REGRESSED
    if summary.infra_errors:
        return ExitCode.INFRA_ERROR
    last.remember("\n".join((*summarise_again(summary), f"page: {page}")))
    return ExitCode.DONE


def _run(context: Context, store: Store, *, fresh: bool) -> Tally:
    planned = context.plan(Known() if fresh else context.known(store))
    damaged = frozenset[str]() if fresh else context.damaged(store, planned)
    if damaged:
        say(f"{len(damaged)} artifacts are damaged or gone: they are saved anew")
        planned = context.plan(context.known(store, damaged=damaged))
    say("\n".join(_plan_lines(context, planned)))
    if planned.is_empty:
        return Tally()
    engine: Engine = context.engine()
    arguments = shlex.join(_without_places(sys.argv[1:]))
    run_id = store.begin_run(engine.name, host(context.chosen_engine.processor), context.code.whole, arguments)
    order = Order(
        matrix=context.matrix,
        scope=context.scope,
        keys=context.keys,
        locked=context.locked,
        engine=engine,
        workplace=context.workplace,
        code=context.workplace.snapshot_probe(context.code),
        jobs=context.jobs,
        cell_by_cell=bool(context.wanted.keep_images),
        known=lambda: context.known(store, since_run=run_id if fresh else 0),
    )
    with progress() as shown:
        try:
            tally = Run(order, store, run_id, shown).go(planned)
        except KeyboardInterrupt:
            say("stopped; everything seen so far is kept: run the same command again to go on")
            raise
    store.finish_run(run_id)
    return tally


def host(trait: str | None = None) -> str:
    """What this machine is, without its name, and as on which processor TensorFlow computes there."""
    machine = f"{platform.system()} {platform.machine()}, {processor.described(trait)}"
    return f"{machine}, lab {__version__}, Python {platform.python_version()}"


def _plan_fields(context: Context, planned: Plan) -> dict[str, Any]:
    return {
        "schema": 1,
        "engine": context.engine_name,
        "cells": [cell.id for cell in context.selection.cells],
        "pairs": len(context.scope.pairs),
        "saves": planned.save_count,
        "loads": planned.load_count,
        "known_saves": planned.known_saves,
        "known_trials": planned.known_trials,
        "left_out": dict(planned.left_out),
        "estimated_seconds": round(_seconds(context, planned)),
        "estimated_mib": round(_mib(planned)),
    }


def _plan_lines(context: Context, planned: Plan) -> list[str]:
    cells = len(context.selection.cells)
    lines = [
        f"engine: {context.engine_name} ({ENGINE_NOTES[context.engine_name]})",
        (
            f"plan: {cells} cells, {len(context.scope.pairs)} pairs, {planned.save_count} artifacts to save "
            f"({planned.known_saves} known), {planned.load_count} to load ({planned.known_trials} trials known)"
        ),
    ]
    if not planned.is_empty:
        minutes = _seconds(context, planned) / 60
        lines.append(f"      about {max(1, round(minutes))} min, up to {_mib(planned) / 1024:.1f} GiB of disk")
        lines += _other_processor(context)
    if context.gpu_cells_left_out:
        lines.append(
            f"      {context.gpu_cells_left_out} GPU cells are left out: they want Docker; name those without a "
            "cuda_image with --cells to run them here"
        )
    reasons = list(planned.left_out.items())
    if reasons:
        lines.append("left out:")
        lines += [f"  {count:6d}  {reason}" for reason, count in reasons[:REASONS_SHOWN]]
    if len(reasons) > REASONS_SHOWN:
        rest = sum(count for _, count in reasons[REASONS_SHOWN:])
        lines.append(f"  {rest:6d}  for {len(reasons) - REASONS_SHOWN} more reasons: python -m lab plan --json")
    return lines


def _other_processor(context: Context) -> list[str]:
    """That what the store has was computed otherwise, where that is why it does not count, and how to go on with it."""
    stored = stored_processor(context.wanted.out)
    here = context.chosen_engine.trait
    if stored is None or stored == here:
        return []
    asked = next(word for word, trait in processor.ASKED.items() if trait == stored)
    return [
        f"      the last run was made with oneDNN {asked}; here TensorFlow computes otherwise, so nothing of it counts",
        f"      (--onednn {asked} computes as it did, and goes on with it)",
    ]


def _seconds(context: Context, planned: Plan) -> float:
    cells = len(planned.saves) + len(planned.loads)
    work = planned.save_count * SECONDS_A_SAVE + planned.load_count * SECONDS_A_LOAD + cells * SECONDS_A_CELL
    return 0.0 if planned.is_empty else work / context.jobs


def _mib(planned: Plan) -> float:
    cells = len(set(planned.saves) | set(planned.loads))
    return cells * MIB_A_CELL + planned.save_count * MIB_AN_ARTIFACT
