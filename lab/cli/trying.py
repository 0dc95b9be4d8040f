"""``lab try``: where does this file load, why not elsewhere, and what makes it load."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.causes import Catalogue
from lab.cli.arguments import wanted
from lab.cli.context import Context
from lab.cli.progress import say
from lab.errors import ExitCode, LabError
from lab.identity import PLAIN
from lab.recipes import RecipeBook
from lab.running import checkpoints
from lab.running.foreign import Foreign, place, recognise
from lab.running.user_code import read_code
from lab.trying import Attempt, Bench, Brought, Course
from lab.words import Cell, EngineName, Outcome, Stage

MAIN_GROUP = "main"
WORDS_SHOWN = 200
# Seen with convolutions of 1 by 1 and stride 2, which oneDNN trains by writing past their images.
TRAINING_CRASHES = "a step of training it there crashes ({}): a fault of TensorFlow, TF_ENABLE_ONEDNN_OPTS=0 may help"


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``try``."""
    parser = commands.add_parser(
        "try",
        parents=[common],
        help="load a file of yours in every cell",
        description="Load model files (HDF5, .keras, SavedModel folders, JSON with its weights, weights or "
        "checkpoints with your code) in the cells of the matrix: where they load, why not elsewhere, and what makes "
        "them load. Answers are compared with those of the first cell that loads the file, beginning with the release "
        "that saved it. Loading a model runs what is in it.",
        epilog="example: python -m lab try model.h5 --cells 'tf2.4 tf2.15 tf2.21' --trust",
    )
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--trust", action="store_true", help="run what is in the file without a sandbox (local engine)")
    parser.add_argument("--code", type=Path, metavar="FILE.py", help="your code: custom_objects(tf) and build(tf)")
    parser.add_argument(
        "--weights", type=Path, metavar="FILE.h5", help="the weights of FILE, where that is an architecture in JSON"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(command=_try)


def _try(arguments: argparse.Namespace) -> int:
    context = Context(wanted(arguments), say)
    if context.engine_name is EngineName.LOCAL and not arguments.trust:
        message = (
            "loading a model runs what is in it, and the local engine is no sandbox: say --trust for files that you"
            " trust, or use --engine docker"
        )
        raise LabError(message)
    given = None if arguments.code is None else read_code(arguments.code)
    foreign, refused = _recognised(arguments.files, arguments.weights, builds=given is not None and given.builds)
    bench = _bench(context)
    with tempfile.TemporaryDirectory(prefix="lab-try-") as scratch:
        brought = Course(bench, Path(scratch), given).run(foreign)
    labels = labels_of([each.foreign.path for each in brought])
    for each in brought:
        code = _write_code(each, context, labels[each.foreign.path])
        _print(each, bench, code, as_json=arguments.json)
    faults = [one for each in brought for one in each.attempts if one.judgement.outcome is Outcome.INFRA_ERROR]
    if faults:
        return ExitCode.INFRA_ERROR
    return ExitCode.BAD_INPUT if refused else ExitCode.DONE


def _recognised(paths: Sequence[Path], weights: Path | None, *, builds: bool) -> tuple[list[Foreign], int]:
    """The files that are models, and how many are not, each of which is told; raises LabError where none is."""
    if weights is not None and len(paths) > 1:
        message = f"--weights {weights} can be those of one architecture, and {len(paths)} files are named"
        raise LabError(message)
    found: list[Foreign] = []
    refused: list[str] = []
    for path in paths:
        try:
            found.append(recognise(path, weights, builds=builds))
        except LabError as error:
            refused.append(str(error))
            continue
        if found[-1].weights is not None:
            say(f"{path}: with the weights {found[-1].weights}")
        elif weights is not None:
            raise LabError(f"{path} is no architecture in JSON: it has its own weights, and --weights is of no use")
    if not found:
        raise LabError("\n".join(refused))
    for why in refused:
        say(f"left out: {why}")
    return found, len(refused)


def _bench(context: Context) -> Bench:
    chosen = context.wanted.cells or context.wanted.selection
    knowledge = context.knowledge()
    return Bench(
        matrix=context.matrix,
        cells=[cell for cell in context.selection.cells if chosen or cell.group == MAIN_GROUP],
        locked=context.locked,
        facts=knowledge.cells,
        catalogue=knowledge.catalogue,
        engine=context.engine(),
        code=context.code,
        probe=context.workplace.snapshot_probe(context.code),
        jobs=context.jobs,
        say=say,
    )


def labels_of(paths: Sequence[Path]) -> dict[Path, str]:
    """A name for every file, with as many of its folders as it takes to tell it from the others."""
    found: dict[Path, str] = {}
    for path in paths:
        parts = path.absolute().parts[1:]
        others = [other.absolute().parts[1:] for other in paths if other != path]
        depth = next((n for n in range(1, len(parts)) if all(other[-n:] != parts[-n:] for other in others)), len(parts))
        found[path] = "-".join(parts[-depth:])
    return found


def _write_code(each: Brought, context: Context, label: str) -> dict[str, Path]:
    """The code of every remedy that loads the file, to be run as it stands; where it is, by strategy."""
    helping = {one.strategy for one in each.attempts if one.judgement.outcome is Outcome.PASS} - {PLAIN}
    directory = context.workplace.directory / "remedies"
    book = RecipeBook(context.code)
    model, written = each.foreign.path, {}
    in_folder = each.foreign.weights is not None or each.foreign.format == checkpoints.TRACKED
    if in_folder and helping:  # the code reads all of it from one folder
        shutil.rmtree(directory / label, ignore_errors=True)
        place(each.foreign, "", directory / label)
        model = directory / label / "model"
    for strategy in sorted(helping):
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{label}-{strategy}.py"
        path.write_text(book.snippet(each.form.id, strategy, str(model)), encoding="utf-8")
        written[strategy] = path
    return written


def _print(each: Brought, bench: Bench, code: Mapping[str, Path], *, as_json: bool) -> None:
    if as_json:
        for attempt in each.attempts:
            print(json.dumps({**_fields(attempt, each), "code": str(code.get(attempt.strategy, "")) or None}))
        return
    saved = f"saved with {_saved_with(each.foreign)}"
    said = f"answers compared with those of {each.reference}" if each.reference else "no cell loads it"
    print(f"{each.foreign.path}: {each.form.title}, {saved}; {said}")
    for cell in bench.cells:
        for line in outcome_lines(cell, each.at(cell.id), bench.catalogue):
            print(f"  {line}")
    for strategy, path in code.items():
        print(f"  code of {strategy}: {path}")


def _saved_with(foreign: Foreign) -> str:
    if foreign.keras:
        return f"Keras {foreign.keras}"
    return f"TensorFlow {foreign.tensorflow}" if foreign.tensorflow else "an unknown Keras"


def outcome_lines(cell: Cell, attempts: Sequence[Attempt], catalogue: Catalogue) -> list[str]:
    """What became of a file in a cell: how it loads there, or why not, by its first hurdle and by the last one met."""
    if not attempts:
        return [f"{cell.id:10s} not tried"]
    first, last = attempts[0], attempts[-1]
    loads = last.judgement.outcome is Outcome.PASS
    headline = _headline_of_pass(last) if loads else _headline_of_failure(attempts)
    below = _below_a_pass(first, last, catalogue) if loads else _below_a_failure(attempts, catalogue)
    return [f"{cell.id:10s} {headline}", *(f"{'':10s}   {line}" for line in below)]


def _headline_of_pass(last: Attempt) -> str:
    return "loads" if last.strategy == PLAIN else f"loads with {last.strategy}"


def _headline_of_failure(attempts: Sequence[Attempt]) -> str:
    tried = ", ".join(attempt.strategy for attempt in attempts[1:])
    return f"{attempts[0].judgement.outcome}" + (f"; none of these helps: {tried}" if tried else "")


def _below_a_pass(first: Attempt, last: Attempt, catalogue: Catalogue) -> list[str]:
    lines = [f"but {TRAINING_CRASHES.format(last.training)}"] if last.training else []
    return lines if last.strategy == PLAIN else [*lines, _why(first, catalogue)]


def _below_a_failure(attempts: Sequence[Attempt], catalogue: Catalogue) -> list[str]:
    """The first hurdle and the last one, each with its words, and what to do about what is left."""
    first = attempts[0]
    met = [one for one in attempts if one.cause not in {None, first.cause} and not _is_unasked(one)]
    others = [one for one in met if _depth(one) >= _depth(first)]
    lines = [_why(first, catalogue), *_words(first, catalogue)]
    left = first
    if others:
        left = others[-1]
        lines += [f"and {left.strategy} gets further: {_why(left, catalogue)}", *_words(left, catalogue)]
    cause = catalogue.get(left.cause or "")
    return [*lines, f"what to do: {cause.advice}"] if cause and cause.advice else lines


def _depth(attempt: Attempt) -> int:
    """How far a load got; the stage of a process that died is not known, and a death is told."""
    stages = list(Stage)
    return len(stages) if attempt.judgement.stage is None else stages.index(attempt.judgement.stage)


def _is_unasked(attempt: Attempt) -> bool:
    """Whether the probe itself did not know what to ask: no hurdle of the file."""
    raised = attempt.observation.exception
    return raised is not None and raised.type.endswith(".Refused")


def _why(attempt: Attempt, catalogue: Catalogue) -> str:
    cause = catalogue.get(attempt.cause or "")
    return f"{cause.title if cause else attempt.judgement.reason} [{attempt.cause}]"


def _words(attempt: Attempt, catalogue: Catalogue) -> list[str]:
    """What it said, cropped; nothing where it stands beside it already, for want of a cause."""
    said = " ".join(attempt.judgement.reason.split())
    if not said or catalogue.get(attempt.cause or "") is None:
        return []
    return ["  " + (said if len(said) <= WORDS_SHOWN else f"{said[:WORDS_SHOWN]} …")]


def _fields(attempt: Attempt, each: Brought) -> dict[str, Any]:
    raised = attempt.observation.exception
    return {
        "file": attempt.file,
        "format": each.form.id,
        "keras": each.foreign.keras,
        "reference": each.reference,
        "consumer": attempt.consumer,
        "strategy": attempt.strategy,
        "outcome": attempt.judgement.outcome,
        "stage": attempt.judgement.stage,
        "cause": attempt.cause,
        "reason": attempt.judgement.reason,
        "training": attempt.training,
        "exception": None if raised is None else f"{raised.type}: {raised.message}",
    }
