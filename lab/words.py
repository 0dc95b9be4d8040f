"""The words of the lab as frozen records and enums; they cross all modules. No behaviour beyond naming."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any


class EngineName(StrEnum):
    """What runs a cell."""

    LOCAL = "local"
    DOCKER = "docker"


class Outcome(StrEnum):
    """The judgement of a trial."""

    PASS = "pass"  # noqa: S105 - a word, not a password
    DRIFT = "drift"
    LOAD_ERROR = "load-error"
    CRASH = "crash"
    TIMEOUT = "timeout"
    UNSUPPORTED = "unsupported"
    BLOCKED = "blocked"
    INFRA_ERROR = "infra-error"


FAILURES = (Outcome.DRIFT, Outcome.LOAD_ERROR, Outcome.CRASH, Outcome.TIMEOUT)
JUDGED = (Outcome.PASS, *FAILURES)  # the denominator of every share


class Stage(StrEnum):
    """How deep a trial got, in climbing order; ``build`` and ``save`` are the producer's."""

    IMPORT = "import"
    BUILD = "build"
    SAVE = "save"
    OPEN = "open"
    REBUILD = "rebuild"
    WEIGHTS = "weights"
    INFER = "infer"
    COMPARE = "compare"
    TRAIN = "train"
    RESAVE = "resave"


class Grade(StrEnum):
    """What a passing load is good for: ``whole`` trains on as if it had never been saved."""

    WHOLE = "whole"
    TRAINABLE = "trainable"
    INFERENCE_ONLY = "inference only"


class Role(StrEnum):
    """The two things a probe does in a cell."""

    SAVE = "save"
    LOAD = "load"


@dataclass(frozen=True, kw_only=True)
class Mending:
    """How one cell becomes another one that may load what it cannot: a strategy that changes the environment."""

    cell: str
    strategy: str
    do: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One pinned environment of ``matrix.toml``; never a square of the table."""

    id: str
    tensorflow: str
    python: str
    as_of: date
    package: str
    group: str
    keras: str | None = None
    requires: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    anchors: tuple[str, ...] = ()
    imports: bool = True
    cuda: str | None = None
    cudnn: str | None = None
    cuda_image: str | None = None
    wheels_on_path: bool = False
    base_image: str | None = None
    mends: tuple[Mending, ...] = ()
    note: str = ""
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class CellFacts:
    """The versions in a cell: TensorFlow, the Keras behind ``tf.keras``, Python (major and minor), all packages."""

    tensorflow: str
    keras: str
    python: str
    packages: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Model:
    """A reference model of the zoo and the formats that make sense for it."""

    id: str
    detects: str
    formats: tuple[str, ...]
    tags: tuple[str, ...] = ()
    rtol: float | None = None  # where it computes with fewer digits than the others


@dataclass(frozen=True, kw_only=True)
class Format:
    """A way of saving, the container it must have, and the strategies to load it, the plainest first."""

    id: str
    container: str
    strategies: tuple[str, ...]
    title: str


@dataclass(frozen=True, kw_only=True)
class StrategyLimits:
    """Where a strategy means something: models with one of the tags, consumers whose Keras is of these versions.

    One that is ``last_after_timeout`` changes nothing before the place where a load that never ends hangs.
    """

    id: str
    tags: tuple[str, ...] = ()  # none: every model
    keras: str = ""  # a version specifier; empty: every Keras
    last_after_timeout: bool = False


@dataclass(frozen=True, kw_only=True)
class Unsupported:
    """A combination that is declared impossible, with its source; ``None`` means any."""

    reason: str
    source: str
    producers: tuple[str, ...] | None = None
    consumers: tuple[str, ...] | None = None
    models: tuple[str, ...] | None = None
    formats: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class KnownFailure:
    """One exact trial that is known to fail: ``producer/consumer/model/format/strategy``."""

    trial: str
    reason: str
    link: str


@dataclass(frozen=True, kw_only=True)
class NamedSelection:
    """A part of the matrix that has a name: ids of cells, models and formats."""

    id: str
    cells: tuple[str, ...]
    models: tuple[str, ...]
    formats: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one trial, one save or one build may take; seconds of wall or processor time, MiB."""

    trial_timeout_s: float
    trial_cpu_s: float
    save_timeout_s: float
    memory_mib: int
    build_timeout_s: float
    batch: int


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """An answer passes when ``max_abs_diff <= atol + rtol * max_abs_golden``."""

    atol: float
    rtol: float


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Everything declared in ``matrix.toml``, in the order in which it stands there."""

    cells: tuple[Cell, ...]
    models: tuple[Model, ...]
    formats: tuple[Format, ...]
    unsupported: tuple[Unsupported, ...]
    known_failures: tuple[KnownFailure, ...]
    selections: tuple[NamedSelection, ...]
    limits: Limits
    tolerance: Tolerance
    depth: str
    seed: int
    groups: tuple[tuple[str, str], ...]  # group id, title; in the order of the page
    registry: str = ""
    strategies: tuple[StrategyLimits, ...] = ()

    def tolerance_of(self, model: str) -> Tolerance:
        """How far the answers of a model may be off: its own, or that of all; a model of no zoo has that of all."""
        return self.own_tolerances.get(model, self.tolerance)

    @cached_property
    def own_tolerances(self) -> Mapping[str, Tolerance]:
        """By model, of those that say so."""
        return {model.id: replace(self.tolerance, rtol=model.rtol) for model in self.models if model.rtol is not None}


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """What one producer saves for one model in one format; ``key`` hashes all that goes into it."""

    key: str
    producer: str
    model: str
    format: str


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One consumer's attempt to load one artifact with one strategy."""

    key: str
    artifact: Artifact
    consumer: str
    strategy: str

    @property
    def is_control(self) -> bool:
        """Whether the producer loads its own artifact."""
        return self.artifact.producer == self.consumer

    @property
    def name(self) -> str:
        """The readable id: ``producer/consumer/model/format/strategy``."""
        artifact = self.artifact
        return f"{artifact.producer}/{self.consumer}/{artifact.model}/{artifact.format}/{self.strategy}"


@dataclass(frozen=True, kw_only=True)
class Rescue:
    """What a consumer cannot load may load in ``mender``, the cell that its environment becomes by ``mending``."""

    producer: Cell
    consumer: Cell
    mender: Cell
    mending: Mending


@dataclass(frozen=True, kw_only=True)
class Raised:
    """An exception as data: type, message, what caused it (innermost last), frames (outermost first)."""

    type: str
    message: str
    chain: tuple[tuple[str, str], ...] = ()
    frames: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Death:
    """How a child ended before it had answered."""

    exit_code: int | None = None
    signal: int | None = None
    timed_out: bool = False
    out_of_memory: bool = False


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One output against its golden: numbers only."""

    misfit: str | None
    max_abs_diff: float
    max_abs_golden: float
    mismatches: int


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What was seen of one save or load, unjudged. ``lab_fault`` is set where the lab itself failed.

    ``resumed`` compares the answers after one more training step with the producer's; ``notes`` are further facts
    of a load: how many ``variables`` there are and how many it ``changed``.
    """

    reached: Stage | None = None
    failed_at: Stage | None = None
    exception: Raised | None = None
    probe_error: Raised | None = None
    death: Death | None = None
    lab_fault: str | None = None
    differences: tuple[Difference, ...] = ()
    container: str | None = None
    seconds: float = 0.0
    stage_seconds: tuple[tuple[str, float], ...] = ()
    rss_bytes: int = 0
    log_tail: str = ""
    training: tuple[tuple[str, Any], ...] = ()
    resumed: tuple[Difference, ...] = ()
    notes: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What an observation means."""

    outcome: Outcome
    stage: Stage | None
    cause: str | None
    reason: str
    max_abs_diff: float | None = None
    grade: Grade | None = None


@dataclass(frozen=True, kw_only=True)
class CellReport:
    """What is known of a cell after a run: its state, the reason, and the facts the probe gathered."""

    cell: Cell
    fingerprint: str
    state: str  # ready | import-error | infra-error | not-built
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Result:
    """One line of the public contract: a trial, or the reason why there is none, with its judgement.

    Where nothing was run (``blocked``, ``unsupported``) ``key`` is empty and ``observation`` is what the
    producer's save showed, if anything. ``seen_at`` is an ISO 8601 date and time in UTC, ``seconds`` wall time.
    What failed has a ``cause``, ``unexplained`` at worst, and a ``signature``: the first words of the failure
    without what differs from run to run. What passed has a ``grade``. ``ran_in`` is the cell that the trial ran in
    where the strategy is another environment than the consumer's own. ``promise`` is what the documentation says of
    such a trial, by its ``rule``; both are empty where nothing was judged. ``none_helps`` is said of the plain strategy
    that failed, where every remedy that applies was run as well, and none of them answers rightly.
    """

    producer: str
    consumer: str
    model: str
    format: str
    strategy: str
    outcome: Outcome
    stage: Stage | None
    cause: str | None
    reason: str
    max_abs_diff: float | None
    seconds: float
    engine: str
    key: str
    seen_at: str
    observation: Observation | None = None
    known_failure: str | None = None
    signature: str = ""
    grade: Grade | None = None
    ran_in: str = ""
    promise: str = ""
    rule: str = ""
    none_helps: bool = False

    @property
    def name(self) -> str:
        """The readable id: ``producer/consumer/model/format/strategy``."""
        return f"{self.producer}/{self.consumer}/{self.model}/{self.format}/{self.strategy}"


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where and how the results of a page came about; no names of people or machines.

    ``machines`` are the hosts of the runs, the one with the most trials first, each with the number of them.
    ``loads`` are artifacts in consumers, each tried as typed and then with what may help: ``trials_run`` in all.
    ``cells`` gives the fingerprint of each cell: lock, Python, environment, engine. ``left_out`` results are not among
    them, for no run has come to them.
    """

    started_at: str
    finished_at: str
    engine: str
    machines: Mapping[str, int]
    lab_version: str
    probe_hash: str
    trials_run: int
    loads: int
    cells: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0
