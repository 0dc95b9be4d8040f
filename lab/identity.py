"""Hash what a result depends on: cells, the code that ran, artifacts and trials. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from json.encoder import encode_basestring_ascii

from lab.words import Artifact, Cell, EngineName, Tolerance, Trial

# Raise it when the way a cell is built changes what is in it.
FINGERPRINT_VERSION = 1

# Files of the probe that only a load runs: a change there leaves artifacts as they are.
LOAD_ONLY = frozenset({"following.py", "forgetting.py", "ladder.py", "refusing.py"})
# Files that decide nothing about an answer that is kept: they watch and report, or ask files of people.
NEUTRAL = frozenset(
    {
        "asking.py",
        "__main__.py",
        "cuda.py",
        "elf.py",
        "facts.py",
        "__init__.py",
        "zoo/__init__.py",
        "formats/__init__.py",
        "recipes/__init__.py",
    }
)
PLAIN = "plain"
# What one file of the probe takes from another: a module of a package, or a name of a module.
IMPORT = re.compile(r"^from probe\.?([\w.]*) import (?:\(([\w,\s]+)\)|([\w, ]+))", re.MULTILINE)


def digest(*parts: str) -> str:
    """A short hash of texts; 20 hexadecimal digits. What is hashed is their list in JSON."""
    listed = ", ".join(map(encode_basestring_ascii, parts))
    return hashlib.sha256(f"[{listed}]".encode()).hexdigest()[:20]


def lock_digest(text: str) -> str:
    """Hash what a lock installs; comments and blank lines do not count."""
    lines = (line.split(" #")[0].rstrip() for line in text.splitlines())
    return digest(*(line for line in lines if line and not line.lstrip().startswith("#")))


def environment_key(cell: Cell, lock_text: str) -> str:
    """Cells with the same lock and Python share one environment; variables are set when it runs."""
    return digest(str(FINGERPRINT_VERSION), cell.python, lock_digest(lock_text))


def fingerprint(cell: Cell, lock_text: str, engine: EngineName, recipe: str = "", processor: str = "") -> str:
    """Everything that decides what happens in a cell. Another engine, another fingerprint.

    ``recipe`` is how the engine makes the cell, where that is more than to install its lock; ``processor`` is what of
    it changes how TensorFlow computes.
    """
    env = json.dumps(sorted(cell.env))
    device = (cell.base_image or "", cell.cuda or "", cell.cudnn or "")
    libraries = (cell.cuda_image or "", "wheels on path" if cell.wheels_on_path else "") if cell.cuda else ()
    made_by = (recipe,) if recipe else ()
    runs_on = ("processor", processor) if processor else ()
    return digest(engine, environment_key(cell, lock_text), env, *device, *libraries, *made_by, *runs_on)


@dataclass(frozen=True, kw_only=True)
class ProbeCode:
    """The probe's source, file by file, and the hashes that results carry."""

    files: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, files: Mapping[str, str]) -> ProbeCode:
        """From relative POSIX paths and texts."""
        return cls(files=tuple(sorted(files.items())))

    @property
    def whole(self) -> str:
        """The hash of everything."""
        return digest(*(part for entry in self.files for part in entry))

    def of_model(self, model: str) -> str:
        """The code that builds a model; empty where there is none."""
        return dict(self.files).get(_path("zoo", model), "")

    def for_saving(self, model: str, format_id: str) -> str:
        """The hash of what a save of this model in this format runs."""
        parts = {_path("zoo", model), _path("formats", format_id)}
        recipes = {path for path, _ in self.files if path.startswith("recipes/")}
        return self._of(self._closure(parts) - recipes - LOAD_ONLY)

    def for_loading(self, model: str, format_id: str, strategy: str) -> str:
        """The hash of what a load of this model from this format with this strategy runs."""
        parts = {_path("zoo", model), _path("formats", format_id)}
        if strategy != PLAIN:  # the plain one is imported by the format
            parts.add(_path("recipes", strategy))
        return self._of(self._closure(parts))

    def _of(self, wanted: set[str]) -> str:
        return digest(*(part for path, text in self.files if path in wanted for part in (path, text)))

    def _closure(self, parts: set[str]) -> set[str]:
        """The core of the probe and these files, with everything that they import."""
        texts = dict(self.files)
        found: set[str] = set()
        left = {path for path in texts if "/" not in path} | parts
        while left:
            path = left.pop()
            if path in texts and path not in found and path not in NEUTRAL:
                found.add(path)
                left |= _imported(texts[path])
        return found


def _path(folder: str, name: str) -> str:
    return f"{folder}/{name.replace('-', '_')}.py"


@cache
def _imported(text: str) -> frozenset[str]:
    """The files that a file imports, and some that do not exist: a name may be a module or something in one."""
    found: set[str] = set()
    for module, over_lines, on_one in IMPORT.findall(text):
        names = over_lines or on_one
        folder = module.replace(".", "/")
        found.add(f"{folder}.py")
        found |= {f"{folder}/{name.split(' as ')[0].strip()}.py".lstrip("/") for name in names.split(",")}
    return frozenset(found)


class KeyMaker:
    """Make the keys of artifacts and trials; remembers code hashes, which are asked for again and again.

    ``tolerances`` are those of models that have their own: a load goes on to training only where its answers are right.
    """

    def __init__(
        self,
        code: ProbeCode,
        fingerprints: Mapping[str, str],
        *,
        seed: int,
        depth: str,
        tolerances: Mapping[str, Tolerance],
    ) -> None:
        self._code = code
        self._fingerprints = fingerprints
        self._seed = str(seed)
        self._depth = depth
        self._tolerances = {model: f"{own.atol} {own.rtol}" for model, own in tolerances.items()}
        self._saving: dict[tuple[str, str], str] = {}
        self._loading: dict[tuple[str, str, str], str] = {}

    def artifact(self, producer: str, model: str, format_id: str) -> Artifact:
        """The artifact that this producer saves, or would save."""
        place = (model, format_id)
        if place not in self._saving:
            self._saving[place] = self._code.for_saving(*place)
        code = self._saving[place]
        key = digest("artifact", self._fingerprints[producer], model, format_id, code, self._seed)
        return Artifact(key=key, producer=producer, model=model, format=format_id)

    def trial(self, artifact: Artifact, consumer: str, strategy: str) -> Trial:
        """The attempt of this consumer to load the artifact with this strategy."""
        place = (artifact.model, artifact.format, strategy)
        if place not in self._loading:
            self._loading[place] = self._code.for_loading(*place)
        code = self._loading[place]
        own = [self._tolerances[artifact.model]] if artifact.model in self._tolerances else []
        key = digest("trial", artifact.key, self._fingerprints[consumer], strategy, code, self._depth, *own)
        return Trial(key=key, artifact=artifact, consumer=consumer, strategy=strategy)

    def trials(self, artifact: Artifact, consumer: str, strategies: Sequence[str]) -> list[Trial]:
        """One trial a strategy, in their order."""
        return [self.trial(artifact, consumer, strategy) for strategy in strategies]
