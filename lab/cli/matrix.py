"""``lab matrix``: plan, run, render; the main job."""

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
from lab.cli.arguments import add_shard, positive, wanted
from lab.cli.baseline import choose_baseline, print_changes
from lab.cli.context import ROOT, Context, existing
from lab.cli.exporting import USUAL, add_option, export
from lab.cli.planning import plan_lines
from lab.cli.progress import progress, say
from lab.cli.rendering import render
from lab.cli.summary import summarise, summarise_again
from lab.cli.unchanged import LastRun, last_run
from lab.comparing import Change
from lab.engines import processor
from lab.engines.choosing import choose
from lab.engines.protocol import Engine
from lab.errors import ExitCode, LabError
from lab.planning import Known
from lab.running.run import Order, Run, Tally
from lab.sharding import Shard
from lab.store import Store, open_store


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``matrix``."""
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


def _without_places(words: Sequence[str]) -> list[str]:
    """The words of a command without its paths: where a run was kept says nothing about it."""
    kept: list[str] = []
    for before, word in zip(["", *words], words, strict=False):
        if not {before, word.partition("=")[0]} & {"--out", "--matrix", "--baseline"}:
            kept.append(word)
    return kept


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
    named = (chosen.cells, chosen.models, chosen.formats, chosen.selection)
    selection = (*named, engine.name, chosen.onednn, chosen.shard)
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
    say("\n".join(plan_lines(context, planned)))
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
