"""Hash what a result depends on: cells, the code that ran, artifacts and trials. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lab.words import Artifact, Cell, EngineName, Trial

# Raise it when the way a cell is built changes what is in it.
FINGERPRINT_VERSION = 1

# Files of the probe that only a load runs: a change there leaves artifacts as they are.
LOAD_ONLY = frozenset({"ladder.py", "subjects.py", "formats/whole_model.py", "formats/weights_only.py"})
# Files that watch and report, and decide nothing about an answer.
NEUTRAL = frozenset(
    {"__main__.py", "cuda.py", "elf.py", "facts.py", "__init__.py", "zoo/__init__.py", "formats/__init__.py"}
)


def digest(*parts: str) -> str:
    """A short hash of texts; 20 hexadecimal digits."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


def lock_digest(text: str) -> str:
    """Hash what a lock installs; comments and blank lines do not count."""
    lines = (line.split(" #")[0].rstrip() for line in text.splitlines())
    return digest(*(line for line in lines if line and not line.lstrip().startswith("#")))


def environment_key(cell: Cell, lock_text: str) -> str:
    """Cells with the same lock and Python share one environment; variables are set when it runs."""
    return digest(str(FINGERPRINT_VERSION), cell.python, lock_digest(lock_text))


def fingerprint(cell: Cell, lock_text: str, engine: EngineName, recipe: str = "") -> str:
    """Everything that decides what happens in a cell. Another engine, another fingerprint.

    ``recipe`` is how the engine makes the cell, where that is more than to install its lock.
    """
    env = json.dumps(sorted(cell.env))
    device = (cell.base_image or "", cell.cuda or "", cell.cudnn or "")
    libraries = (cell.cuda_image or "", "wheels on path" if cell.wheels_on_path else "") if cell.cuda else ()
    made_by = (recipe,) if recipe else ()
    return digest(engine, environment_key(cell, lock_text), env, *device, *libraries, *made_by)


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

    def for_saving(self, model: str, format_id: str) -> str:
        """The hash of what a save of this model in this format runs."""
        return self._of_parts(model, format_id, LOAD_ONLY)

    def for_loading(self, model: str, format_id: str) -> str:
        """The hash of what a load of this model from this format runs."""
        return self._of_parts(model, format_id, frozenset())

    def _of_parts(self, model: str, format_id: str, without: frozenset[str]) -> str:
        own = {f"zoo/{model.replace('-', '_')}.py", f"formats/{format_id.replace('-', '_')}.py"}
        shared = {"formats/whole_model.py", "formats/weights_only.py", "formats/savedmodel.py", "formats/keras.py"}
        return digest(
            *(
                part
                for path, text in self.files
                if path not in NEUTRAL and path not in without and (path in own or path in shared or "/" not in path)
                for part in (path, text)
            )
        )


class KeyMaker:
    """Make the keys of artifacts and trials; remembers code hashes, which are asked for again and again."""

    def __init__(self, code: ProbeCode, fingerprints: Mapping[str, str], *, seed: int, depth: str) -> None:
        self._code = code
        self._fingerprints = fingerprints
        self._seed = str(seed)
        self._depth = depth
        self._saving: dict[tuple[str, str], str] = {}
        self._loading: dict[tuple[str, str], str] = {}

    def artifact(self, producer: str, model: str, format_id: str) -> Artifact:
        """The artifact that this producer saves, or would save."""
        code = self._remember(self._saving, self._code.for_saving, model, format_id)
        key = digest("artifact", self._fingerprints[producer], model, format_id, code, self._seed)
        return Artifact(key=key, producer=producer, model=model, format=format_id)

    def trial(self, artifact: Artifact, consumer: str, strategy: str) -> Trial:
        """The attempt of this consumer to load the artifact with this strategy."""
        code = self._remember(self._loading, self._code.for_loading, artifact.model, artifact.format)
        key = digest("trial", artifact.key, self._fingerprints[consumer], strategy, code, self._depth)
        return Trial(key=key, artifact=artifact, consumer=consumer, strategy=strategy)

    def trials(self, artifact: Artifact, consumer: str, strategies: Sequence[str]) -> list[Trial]:
        """One trial a strategy, in their order."""
        return [self.trial(artifact, consumer, strategy) for strategy in strategies]

    @staticmethod
    def _remember(known: dict[tuple[str, str], str], make: object, model: str, format_id: str) -> str:
        if (model, format_id) not in known:
            known[model, format_id] = make(model, format_id)  # type: ignore[operator]
        return known[model, format_id]
