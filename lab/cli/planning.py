"""``lab plan``: what would run, what is known, and what is left out and why."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from typing import Any

from lab.cli.arguments import add_shard, wanted
from lab.cli.context import Context, stored_processor
from lab.cli.progress import say
from lab.engines import processor
from lab.errors import ExitCode
from lab.planning import Known, Plan
from lab.store import FILE, open_store
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
    """Add ``plan``."""
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
        print("\n".join(plan_lines(context, planned)))
    return ExitCode.DONE


def plan_lines(context: Context, planned: Plan) -> list[str]:
    """The plan for a person: how much, how long, and what is left out."""
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
