"""Read ``matrix.toml`` into the words of the lab, or say everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path

from lab.declare.crossing import dead_rules, never_tried
from lab.declare.locating import Locations
from lab.declare.parsing import Shaped, parse
from lab.declare.problems import Problem, raise_for
from lab.declare.references import check_references
from lab.declare.wording import in_words
from lab.errors import LabError
from lab.words import Matrix

PROBE = Path(__file__).parent.parent / "probe"


def read_matrix(path: Path, *, probe: Path = PROBE) -> Matrix:
    """Read and check the matrix; raises LabError (bad input) that lists all problems, each with its line.

    ``probe`` is the folder that has a module for every model (``zoo``) and for every format (``formats``).
    """
    text = _text(path)
    locations = Locations(text)
    shaped = parse(text, locations)
    if shaped.file is None:
        raise_for(shaped.problems, locations, path.name)
        raise AssertionError("a file without a shape has a problem")
    unresolved = check_references(shaped.file, shaped.names, probe)
    matrix = in_words(shaped.file)
    idle = _idle(matrix, unresolved) if _is_complete(shaped, unresolved) else []
    raise_for([*shaped.problems, *unresolved, *idle], locations, path.name)
    return matrix


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"cannot read {path}: {error}") from error


def _is_complete(shaped: Shaped, unresolved: list[Problem]) -> bool:
    """Whether it can be told what is scheduled: all cells, models and formats are sound."""
    return shaped.is_whole and all(problem.path[0] not in {"cells", "models", "formats"} for problem in unresolved)


def _idle(matrix: Matrix, unresolved: list[Problem]) -> list[Problem]:
    """Rules and known failures that never apply, other than those whose names lead nowhere."""
    reported = {problem.path[:2] for problem in unresolved}
    sound = {
        place: failure
        for place, failure in enumerate(matrix.known_failures)
        if ("known_failures", place) not in reported
    }
    found = [Problem(path=("unsupported", place), text=text) for place, text in dead_rules(matrix)]
    found += [Problem(path=("known_failures", place), text=text) for place, text in never_tried(matrix, sound)]
    return [problem for problem in found if problem.path not in reported]
