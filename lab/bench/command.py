"""``lab bench``: time the lab against loads in one process and against a process for each load."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from lab.bench import timing
from lab.bench.report import Bench, Round, fields, table
from lab.bench.workload import ROOT, Chosen, Workload, find_workload, run_matrix
from lab.errors import ExitCode

CELLS = "tf2.4 tf2.10 tf2.16"
# No images: asked wrongly, a signature with images may end the process (tensorflow#111453), and with it the floor.
MODELS = "dense-sequential dense-functional multi-io embedding-attention"


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``bench``."""
    del common  # its defaults are its own, and engines and jobs are not its subject
    bench = commands.add_parser(
        "bench",
        help="time the lab against loads in one process and a process for each load",
        description="Save what is selected where it is not known, then time the loads three ways, side by side: all in "
        "one process (the floor), as the lab runs them, and with a fresh process for each of a sample (what a person "
        "would script). Then time a run with nothing to do.",
        epilog="example: python -m lab bench --cells 'tf2.4 tf2.10' --repeat 5",
    )
    bench.add_argument("--cells", metavar="GLOBS", default=CELLS, help="producers and consumers (default: %(default)s)")
    bench.add_argument("--models", metavar="GLOBS", default=MODELS, help="default: %(default)s")
    bench.add_argument("--formats", metavar="GLOBS", default="*", help="default: all")
    bench.add_argument("--matrix", type=Path, default=ROOT / "matrix.toml", metavar="FILE", help="default: matrix.toml")
    bench.add_argument(
        "--out", type=Path, default=ROOT / "reports" / "out" / "bench", metavar="DIR", help="store and artifacts"
    )
    bench.add_argument("--repeat", type=_positive, default=3, metavar="N", help="repetitions (default: %(default)s)")
    bench.add_argument("--sample", type=_positive, default=6, metavar="N", help="processes (default: %(default)s)")
    bench.add_argument("--json", action="store_true", help="one JSON object")
    bench.set_defaults(command=_bench)


def _bench(arguments: argparse.Namespace) -> int:
    chosen = Chosen(
        cells=arguments.cells,
        models=arguments.models,
        formats=arguments.formats,
        matrix=arguments.matrix.resolve(),
        out=arguments.out.resolve(),
    )
    load_average = os.getloadavg()[0]
    _say("saving what is not known, and loading it once")
    run_matrix(chosen)
    load = find_workload(chosen, _say)
    rounds = tuple(_round(load, arguments.sample, f"{turn} of {arguments.repeat}") for turn in _turns(arguments.repeat))
    idle_s = tuple(run_matrix(chosen) for _ in rounds)
    measured = Bench(
        cells=tuple(built.cell.id for built, _ in load.cells),
        rounds=rounds,
        idle_s=idle_s,
        cores=os.cpu_count() or 1,
        load_average=load_average,
    )
    print(json.dumps(fields(measured)) if arguments.json else "\n".join(table(measured)))
    return ExitCode.DONE


def _round(load: Workload, sample: int, turn: str) -> Round:
    """The three ways after each other, cell by cell, so that all of them meet the same machine."""
    floor, lab, script = [], [], []
    for built, jobs in load.cells:
        _say(f"{turn}: {built.cell.id}: in one process")
        floor.append(timing.in_one_process(load, built, jobs))
        _say(f"{turn}: {built.cell.id}: the lab")
        lab.append(timing.by_the_lab(load, built, jobs))
        _say(f"{turn}: {built.cell.id}: a process for each")
        singles = timing.single_trials(lab[-1], jobs, sample)
        script.append(timing.in_fresh_processes(load, built, singles))
    return Round(floor=timing.together(floor), lab=timing.together(lab), script=timing.together(script))


def _turns(count: int) -> range:
    return range(1, count + 1)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        message = "must be 1 or more"
        raise argparse.ArgumentTypeError(message)
    return value
