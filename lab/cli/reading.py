"""``lab cells``, ``lab results``, ``lab show``: read what is declared and what was found."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from lab.causes import Catalogue
from lab.cli.arguments import wanted
from lab.cli.context import DEFAULT_OUT, ROOT, Context
from lab.cli.progress import say
from lab.cli.rendering import cell_reports
from lab.cuda_check import check
from lab.errors import ExitCode, LabError
from lab.evidence import tried
from lab.fields import SCHEMA, result_fields
from lab.identity import PLAIN
from lab.recipes import RecipeBook
from lab.store import FILE, open_store
from lab.words import CellReport, Observation, Outcome, Result

FRAMES_SHOWN = 12


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``cells``, ``results`` and ``show``."""
    for name, command, text, example in (
        ("cells", _cells, "list the cells with their lock, fingerprint and state", "cells --json"),
        ("results", _results, "list every result, one a line", "results --cells 'tf2.4 tf2.21' --formats h5"),
    ):
        parser = commands.add_parser(
            name,
            parents=[common],
            help=text,
            description=text.capitalize() + ".",
            epilog=f"example: python -m lab {example}",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line (schema in the README)")
        parser.set_defaults(command=command)
    show = commands.add_parser(
        "show",
        parents=[common],
        help="the whole evidence of one square",
        description="Everything that is known of a pair: observations, tracebacks, environments, how to reproduce.",
        epilog="example: python -m lab show tf2.16 tf2.10 dense-sequential h5",
    )
    for name, optional in (("producer", False), ("consumer", False), ("model", True), ("format", True)):
        show.add_argument(name, metavar=name.upper(), nargs="?" if optional else None)
    show.add_argument("--json", action="store_true", help="one JSON object a line")
    show.set_defaults(command=_show)


def cell_fields(report: CellReport, lock: Path) -> dict[str, Any]:
    """The public contract of one cell."""
    cell = report.cell
    found = check(cell, report.facts)
    return {
        "schema": SCHEMA,
        "id": cell.id,
        "tensorflow": cell.tensorflow,
        "keras": report.facts.get("keras") or cell.keras,
        "python": cell.python,
        "cuda": cell.cuda,
        "cudnn": cell.cudnn,
        "lock": f"images/locks/{lock.name}" if lock.exists() else None,
        "fingerprint": report.fingerprint,
        "state": report.state,
        "reason": report.reason,
        "group": cell.group,
        "cuda_check": None if found is None else asdict(found),
    }


def _cells(arguments: argparse.Namespace) -> int:
    context = Context(replace(wanted(arguments), every_cell=True, as_stored=True), say)
    reports = cell_reports(context, _seen_cells(context))
    rows = [cell_fields(report, context.locks.path(report.cell)) for report in reports]
    if arguments.json:
        _print_json(rows)
        return ExitCode.DONE
    for row in rows:
        print(f"{row['id']:26s} TF {row['tensorflow']:8s} Python {row['python']:5s} {row['state']:12s} {row['reason']}")
        for answer in (row["cuda_check"] or {}).get("answers", ()):
            print("  {library:6s} declared {declared:6s} built with {built:8s} loads {loaded}".format(**answer))
    return ExitCode.DONE


def _results(arguments: argparse.Namespace) -> int:
    context = Context(replace(wanted(arguments), as_stored=True), say)
    with open_store(context.workplace.directory, writing=False) as store:
        results = context.results(store)
    if arguments.json:
        _print_json(result_fields(result) for result in results)
        return ExitCode.DONE
    for result in _tried(results):
        print(f"{result.outcome:12s} {result.name}  {result.reason}")
    return ExitCode.DONE


def _tried(results: Sequence[Result]) -> list[Result]:
    """Without what no run has come to, which is told by its number."""
    found = tried(results)
    if len(found) < len(results):
        say(f"{len(results) - len(found)} more of the selection have not been run yet (--json lists them)")
    return found


def _show(arguments: argparse.Namespace) -> int:
    pair = f"{arguments.producer} {arguments.consumer}"
    arguments.cells, arguments.models, arguments.formats = pair, arguments.model, arguments.format
    context = Context(replace(wanted(arguments), as_stored=True), say)
    with open_store(context.workplace.directory, writing=False) as store:
        results = [
            result
            for result in context.results(store)
            if (result.producer, result.consumer) == (arguments.producer, arguments.consumer)
        ]
        reports = {report.cell.id: report for report in cell_reports(context, store.cells())}
    if not results:
        message = f"{arguments.producer} and {arguments.consumer} are not compared: see 'pairing' in matrix.toml"
        raise LabError(message, ExitCode.NOTHING_SELECTED)
    if arguments.json:
        _print_json({**result_fields(result), "evidence": _evidence(result.observation)} for result in results)
        return ExitCode.DONE
    where = _where(arguments)
    catalogue, book = context.knowledge().catalogue, RecipeBook(context.code)
    mendings = {mender.id: mending.do for mender in context.matrix.cells for mending in mender.mends}
    for result in _tried(results):
        print("\n".join(_evidence_lines(result, where)))
        print("\n".join([*_cause_lines(result, catalogue), *_remedy_lines(result, book, mendings)]), end="")
    print("\n".join(_environment_lines(reports[arguments.producer], reports[arguments.consumer])))
    return ExitCode.DONE


def _evidence(seen: Observation | None) -> dict[str, Any] | None:
    if seen is None:
        return None
    raised = seen.exception or seen.probe_error
    return {
        "reached": seen.reached,
        "failed_at": seen.failed_at,
        "exception": None if raised is None else {"type": raised.type, "message": raised.message},
        "chain": [] if raised is None else [list(link) for link in raised.chain],
        "frames": [] if raised is None else list(raised.frames),
        "stage_seconds": dict(seen.stage_seconds),
        "rss_bytes": seen.rss_bytes,
        "training": dict(seen.training),
        "log_tail": seen.log_tail,
    }


def _evidence_lines(result: Result, where: str) -> list[str]:
    lines = [f"{result.name}: {result.outcome}" + (f" at {result.stage}" if result.stage else "")]
    lines.append(f"  {result.reason}")
    if result.none_helps:
        lines.append("  no remedy helps: all that apply were run")
    if result.max_abs_diff is not None:
        lines.append(f"  max_abs_diff {result.max_abs_diff:.3g} in {result.seconds:.2f} s, seen {result.seen_at}")
    raised = result.observation and (result.observation.exception or result.observation.probe_error)
    if raised:
        lines.append(f"  {raised.type}: {raised.message}".replace("\n", "\n    "))
        lines += [
            f"    caused by {kind}: {message.splitlines()[0] if message else ''}" for kind, message in raised.chain
        ]
        lines += [f"      {frame}" for frame in raised.frames[-FRAMES_SHOWN:]]
    if result.observation and result.observation.log_tail:
        lines.append("  log: " + result.observation.log_tail.strip().replace("\n", "\n    "))
    if result.key:
        lines.append(f"  reproduce: python -m lab repro {result.key}{where}")
    return lines


def _cause_lines(result: Result, catalogue: Catalogue) -> list[str]:
    cause = catalogue.get(result.cause) if result.cause else None
    if cause is None:
        return []
    said = [f"  why: {cause.title} [{cause.family}: {cause.id}]", f"    {' '.join(cause.explanation.split())}"]
    return [*said, *([f"    what to do: {cause.advice}"] if cause.advice else []), ""]


def _remedy_lines(result: Result, book: RecipeBook, mendings: Mapping[str, str]) -> list[str]:
    """What to paste, or what to do to the environment, where a remedy brought the pass."""
    if result.outcome is not Outcome.PASS or result.strategy == PLAIN:
        return []
    if result.ran_in:
        return [f"  remedy ({result.grade}), tried in {result.ran_in}: {mendings.get(result.ran_in, '')}", ""]
    lines = book.snippet(result.format, result.strategy).splitlines()
    return [f"  remedy ({result.grade}), to paste:", *(f"    {line}" for line in lines), ""]


def _where(arguments: argparse.Namespace) -> str:
    """The options that a reproduction needs to find the same store and matrix."""
    options = [("--out", arguments.out, DEFAULT_OUT), ("--matrix", arguments.matrix, ROOT / "matrix.toml")]
    return "".join(
        f" {option} {shlex.quote(str(path))}"
        for option, path, default in options
        if path.resolve() != default.resolve()
    )


def _environment_lines(producer: CellReport, consumer: CellReport) -> list[str]:
    """The two environments side by side, only what differs."""
    left, right = producer.facts.get("packages", {}), consumer.facts.get("packages", {})
    lines = [f"environments: {producer.cell.id} | {consumer.cell.id} (only what differs)"]
    lines.append(f"  {'python':28s} {producer.facts.get('python', '?'):16s} {consumer.facts.get('python', '?')}")
    differing = [name for name in sorted(left.keys() | right.keys()) if left.get(name) != right.get(name)]
    return lines + [f"  {name:28s} {left.get(name, '-'):16s} {right.get(name, '-')}" for name in differing]


def _seen_cells(context: Context) -> dict[str, dict[str, Any]]:
    """What the store knows of cells; nothing where nothing has been run yet."""
    if not (context.workplace.directory / FILE).exists():
        return {}
    with open_store(context.workplace.directory, writing=False) as store:
        return store.cells()


def _print_json(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        sys.stdout.write(json.dumps(row) + "\n")
