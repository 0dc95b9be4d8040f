"""``lab images``: build the images of cells, list them with their sizes, remove old ones."""

from __future__ import annotations

import argparse
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from lab.cli.arguments import wanted
from lab.cli.context import Context
from lab.cli.progress import say
from lab.engines.choosing import open_images
from lab.errors import CellFault, ExitCode, LabError
from lab.running.cells import LockedCell
from lab.words import EngineName

MIB = 1 << 20
SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Made:
    """What became of one cell."""

    cell: str
    seconds: float = 0.0
    reused: bool = False
    fault: str = ""


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``images``."""
    images = commands.add_parser(
        "images",
        parents=[common],
        help="build the images of cells, list or prune them",
        description="Build the images of the cells that are named and are not there yet, then list the lab's images. "
        "Without names only list. --prune removes the lab's own images (found by label) that no cell of the matrix "
        "has any more; with --all every one of the lab's.",
        epilog="example: python -m lab images 'tf2.1*' tf2.4",
    )
    images.add_argument("names", nargs="*", metavar="CELL", help="cells or globs to build")
    images.add_argument("--prune", action="store_true", help="remove images that no cell has any more")
    images.add_argument("--all", action="store_true", help="with --prune: remove all of the lab's images")
    images.add_argument("--json", action="store_true", help="one JSON object an image")
    images.set_defaults(command=_images)


def _images(arguments: argparse.Namespace) -> int:
    if arguments.engine == EngineName.LOCAL:
        message = "images are Docker's: leave out --engine local ('lab prune' frees what the local engine keeps)"
        raise LabError(message)
    names = " ".join(arguments.names) or None
    chosen = replace(wanted(arguments), engine=EngineName.DOCKER, cells=names or arguments.cells, every_cell=True)
    context = Context(chosen, say)
    made = _build(context) if chosen.cells or chosen.selection else []
    if arguments.prune:
        _prune(context, everything=arguments.all)
    _list(context, as_json=arguments.json)
    faults = [one for one in made if one.fault]
    for one in faults:
        say(f"{one.cell}: infra-error: {one.fault}")
    return ExitCode.INFRA_ERROR if faults else ExitCode.DONE


def _build(context: Context) -> list[Made]:
    engine = context.engine()
    stop = Event()

    def make(locked: LockedCell) -> Made:
        cell = locked.cell
        if locked.fault is not None:
            return Made(cell=cell.id, fault=locked.fault)
        log = context.workplace.log(cell.id, "build")
        try:
            built = engine.build(cell, locked.lock_text, locked.fingerprint, log, stop)
        except CellFault as fault:
            return Made(cell=cell.id, fault=str(fault))
        say(f"{cell.id}: " + ("there already" if built.reused else f"built in {built.seconds:.0f} s"))
        return Made(cell=cell.id, seconds=built.seconds, reused=built.reused)

    with ThreadPoolExecutor(context.jobs) as pool:
        builds = [pool.submit(make, locked) for locked in context.locked.values()]
        try:
            return [build.result() for build in builds]
        except BaseException:
            stop.set()
            for build in builds:
                build.cancel()
            raise


def _prune(context: Context, *, everything: bool) -> None:
    images = open_images(context.chosen_engine, context.matrix)
    used = set() if everything else context.all_fingerprints()
    for image in images.list():
        if image.fingerprint not in used:
            images.remove(image.id)
            say(f"removed {image.cell} ({image.size // MIB} MiB, fingerprint {image.fingerprint})")


def _list(context: Context, *, as_json: bool) -> None:
    found = open_images(context.chosen_engine, context.matrix).list()
    for image in found:
        if as_json:
            row = {
                "schema": SCHEMA,
                "cell": image.cell,
                "fingerprint": image.fingerprint,
                "id": image.id,
                "bytes": image.size,
                "created": image.created,
            }
            sys.stdout.write(json.dumps(row) + "\n")
        else:
            print(f"{image.cell:32s} {image.size // MIB:6d} MiB  {image.fingerprint}  {image.created[:19]}")
    if not as_json:
        total = sum(image.size for image in found) // MIB
        print(f"{len(found)} images of the lab, {total} MiB (shared layers count each time)")
