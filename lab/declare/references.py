"""Check that the names in ``matrix.toml`` mean something: cells, models, formats, groups, and modules of the probe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lab.declare.naming import matching, suggestion, unknown
from lab.declare.problems import Problem
from lab.declare.schema import CellTable, MatrixFile

PLAIN = "plain"  # every format imports its own plain recipe
TRIAL = ("producer", "consumer", "model", "format", "strategy")

_SLUG = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_MODULES = {"models": "zoo", "formats": "formats"}
_KINDS = {"producers": "cell", "consumers": "cell", "models": "model", "formats": "format"}

Names = Mapping[str, Sequence[str]]


def check_references(file: MatrixFile, names: Names, probe: Path) -> list[Problem]:
    """Every name that leads nowhere; ``names`` holds the ids of each section, ``probe`` the modules they need."""
    return [
        *_cells(file, names),
        *_modules(names, probe),
        *_strategies(file, probe),
        *_limits_of_strategies(file),
        *_formats_of_models(file, names),
        *_selections(file, names),
        *_rules(file, names),
        *_known_failures(file, names),
    ]


def _cells(file: MatrixFile, names: Names) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    groups = names.get("groups", ())
    for cell_id in names["cells"]:
        if not _SLUG.fullmatch(cell_id):
            yield Problem(path=("cells", cell_id), text=f"'{cell_id}' is not a slug of a-z, 0-9, '.' and '-'")
    for cell_id, cell in file.cells.items():
        group = cell.group or file.defaults.group
        if groups and group not in groups:
            yield Problem(path=("cells", cell_id, "group"), text=unknown("group", group, groups))
        for anchor in cell.anchors:
            if not matching(anchor, names["cells"]):
                yield Problem(path=("cells", cell_id, "anchors"), text=unknown("cell", anchor, names["cells"]))
        for key, text in (*_libraries(cell), *_mendings(cell_id, cell, names)):
            yield Problem(path=("cells", cell_id, key), text=text)
        first = seen.setdefault(_environment(cell), cell_id)
        if first != cell_id:
            yield Problem(path=("cells", cell_id), text=f"the same environment as cells.{first}")


def _mendings(cell_id: str, cell: CellTable, names: Names) -> Iterator[tuple[str, str]]:
    """What is said of other cells that this one mends and cannot be so: pairs of a key and what is wrong with it."""
    for mending in cell.mends:
        if mending.cell not in names["cells"]:
            yield "mends", unknown("cell", mending.cell, names["cells"])
        elif mending.cell == cell_id:
            yield "mends", "a cell does not mend itself"


def _libraries(cell: CellTable) -> Iterator[tuple[str, str]]:
    """What is said of CUDA and does not go together: pairs of a key and what is wrong with it."""
    if cell.cuda is None:
        for key in ("cudnn", "cuda_image", "wheels_on_path"):
            if getattr(cell, key):
                yield key, f"{key} without cuda: name the version of CUDA as well"
        return
    if cell.cudnn is None:
        yield "cuda", "cuda without cudnn: name the version of cuDNN as well"
    if cell.cuda_image and cell.wheels_on_path:
        yield (
            "wheels_on_path",
            "cuda_image and wheels_on_path: the libraries come from an image or from wheels, not both",
        )
    if cell.source is None:
        yield "cuda", "cuda without a source: link to where this combination is documented"


def _environment(cell: CellTable) -> str:
    """What makes a cell, without what is only said of it."""
    return cell.model_dump_json(exclude={"group", "anchors", "mends", "note", "source", "imports"})


def _modules(names: Names, probe: Path) -> Iterator[Problem]:
    for section, folder in _MODULES.items():
        for entry_id in names[section]:
            if text := _missing_module(probe / folder, entry_id):
                yield Problem(path=(section, entry_id), text=text)


def _strategies(file: MatrixFile, probe: Path) -> Iterator[Problem]:
    for form, table in file.formats.items():
        for strategy in table.strategies:
            text = "" if strategy == PLAIN else _missing_module(probe / "recipes", strategy)
            if text:
                yield Problem(path=("formats", form, "strategies"), text=text)


def _missing_module(folder: Path, entry_id: str) -> str:
    """What to say where an entry has no module of the probe; empty where it has."""
    module = f"{entry_id.replace('-', '_')}.py"
    if (folder / module).is_file():
        return ""
    known = [path.stem.replace("_", "-") for path in sorted(folder.glob("[a-z]*.py"))]
    return f"there is no module {folder.parent.name}/{folder.name}/{module}" + suggestion(entry_id, known)


def _limits_of_strategies(file: MatrixFile) -> Iterator[Problem]:
    used = sorted({strategy for table in file.formats.values() for strategy in table.strategies} - {PLAIN})
    tags = sorted({tag for table in file.models.values() for tag in table.tags})
    for strategy, limits in file.strategies.items():
        if strategy not in used:
            text = f"no format has a strategy '{strategy}'" + suggestion(strategy, used)
            yield Problem(path=("strategies", strategy), text=text)
        for tag in limits.tags or ():
            if tag not in tags:
                text = f"no model has a tag '{tag}'" + suggestion(tag, tags)
                yield Problem(path=("strategies", strategy, "tags"), text=text)


def _formats_of_models(file: MatrixFile, names: Names) -> Iterator[Problem]:
    for model_id, model in file.models.items():
        for key in ("formats", "also"):
            for form in getattr(model, key) or ():
                if not matching(form, names["formats"]):
                    yield Problem(path=("models", model_id, key), text=unknown("format", form, names["formats"]))


def _selections(file: MatrixFile, names: Names) -> Iterator[Problem]:
    for selection, table in file.selections.items():
        for kind in ("cell", "model", "format"):
            known = names[f"{kind}s"]
            for pattern in getattr(table, f"{kind}s") or ():
                if not matching(pattern, known):
                    yield Problem(path=("selections", selection, f"{kind}s"), text=unknown(kind, pattern, known))


def _rules(file: MatrixFile, names: Names) -> Iterator[Problem]:
    for position, rule in file.unsupported.items():
        for key, kind in _KINDS.items():
            known = names[f"{kind}s"]
            for pattern in getattr(rule, key) or ():
                if not matching(pattern, known):
                    yield Problem(path=("unsupported", position, key), text=unknown(kind, pattern, known))


def _known_failures(file: MatrixFile, names: Names) -> Iterator[Problem]:
    for position, failure in file.known_failures.items():
        for text in _trial(file, names, failure.trial):
            yield Problem(path=("known_failures", position, "trial"), text=text)


def _trial(file: MatrixFile, names: Names, trial: str) -> Iterator[str]:
    parts = trial.split("/")
    if len(parts) != len(TRIAL):
        yield f"trial '{trial}' is not written {'/'.join(TRIAL)}"
        return
    producer, consumer, model, form, strategy = parts
    for kind, name in (("cell", producer), ("cell", consumer), ("model", model), ("format", form)):
        if name not in names[f"{kind}s"]:
            yield f"unknown {kind} '{name}'" + suggestion(name, names[f"{kind}s"])
    if form in file.formats and strategy not in file.formats[form].strategies:
        yield f"format '{form}' has no strategy '{strategy}'" + suggestion(strategy, file.formats[form].strategies)
