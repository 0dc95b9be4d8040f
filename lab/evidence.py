"""Judge the observations that a store holds, one by one, in the light of the canaries of their runs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lab.judging import canary_fault, headline, judge, judge_save
from lab.planning import Known
from lab.words import Artifact, Judgement, Matrix, Observation, Outcome, Result, Stage

NOT_SAVED, NOT_RUN = "not saved yet", "not run yet"  # nothing has been tried so far


def tried(results: Iterable[Result]) -> list[Result]:
    """Without what no run has come to."""
    return [result for result in results if result.reason not in {NOT_SAVED, NOT_RUN}]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One stored observation, whichever store it comes from."""

    observation: Observation
    model: str
    run: int
    fingerprint: str
    engine: str
    seen_at: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything a store holds, by key; canaries by run and fingerprint.

    ``import_errors`` are the fingerprints of cells declared not to import, and which do not: their finding.
    """

    saves: Mapping[str, Seen]
    formats: Mapping[str, str]
    trials: Mapping[str, Seen]
    canaries: Mapping[tuple[int, str], Mapping[str, Observation]]
    import_errors: frozenset[str]


class Verdicts:
    """The judgements of evidence, with the tolerances and containers of a matrix."""

    def __init__(self, matrix: Matrix, evidence: Evidence) -> None:
        self._matrix = matrix
        self._evidence = evidence
        self._containers = {form.id: form.container for form in matrix.formats}
        self._canary_faults: dict[tuple[int, str], str | None] = {}

    def known(self) -> Known:
        """What needs not be run again."""
        return Known(
            saves={key: self._save_outcome(key, seen) for key, seen in self._evidence.saves.items()},
            trials={key: self.judge_trial(seen).outcome for key, seen in self._evidence.trials.items()},
        )

    def judge_trial(self, seen: Seen) -> Judgement:
        """Judge one trial, in the light of the canaries of its run and cell."""
        return judge(
            seen.observation,
            self._matrix.tolerance_of(seen.model),
            canary_fault=self._import_fault(seen) or self._canary_fault(seen.run, seen.fingerprint),
        )

    def judge_artifact(self, artifact: Artifact) -> Judgement | None:
        """Why there is nothing to load, or None where there is an artifact."""
        seen = self._evidence.saves.get(artifact.key)
        if seen is None:
            return Judgement(outcome=Outcome.INFRA_ERROR, stage=Stage.SAVE, cause=None, reason=NOT_SAVED)
        return self._judge_save(seen, self._containers[artifact.format])

    def _save_outcome(self, key: str, seen: Seen) -> Outcome | None:
        judgement = self._judge_save(seen, self._containers.get(self._evidence.formats[key], ""))
        return None if judgement is None else judgement.outcome

    def _judge_save(self, seen: Seen, container: str) -> Judgement | None:
        fault = self._import_fault(seen)
        if fault is not None:
            return Judgement(outcome=Outcome.INFRA_ERROR, stage=Stage.IMPORT, cause=None, reason=fault)
        return judge_save(seen.observation, container)

    def _import_fault(self, seen: Seen) -> str | None:
        """An import that fails is the finding where matrix.toml says so, and the lab's own trouble elsewhere."""
        raised = seen.observation.exception
        if seen.observation.failed_at is not Stage.IMPORT or raised is None:
            return None
        if seen.fingerprint in self._evidence.import_errors:
            return None
        return f"TensorFlow does not import: {headline(raised)}"

    def _canary_fault(self, run: int, fingerprint: str) -> str | None:
        """A cell declared not to import has nothing that canaries could check."""
        if fingerprint in self._evidence.import_errors:
            return None
        where = (run, fingerprint)
        if where not in self._canary_faults:
            canaries = self._evidence.canaries.get(where, {})
            self._canary_faults[where] = canary_fault(canaries, self._matrix.tolerance)
        return self._canary_faults[where]
