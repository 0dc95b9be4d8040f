"""Decide what an observation means. Pure: no file, process, clock or network."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lab.words import Difference, Grade, Judgement, Observation, Outcome, Raised, Stage, Tolerance

SIGKILL = 9

# The lab's own troubles, whoever words them; seen through OSError, HDF5 and TensorFlow's file system alike.
TROUBLE_OF_THE_LAB = re.compile(
    r"No space left on device|Disk quota exceeded|Cannot allocate memory|errno = (28|12)\b|Too many open files"
    r"|^Unable to allocate .* for an array|OOM when allocating tensor",
    re.MULTILINE,
)

# Functions that only run at a stage, by the beginning of their names: the deepest stage among the frames tells how
# far a load got. Read off the tracebacks of TensorFlow 2.0 to 2.21.
FUNCTIONS_OF_STAGE = (
    (
        Stage.WEIGHTS,
        (
            "_load_checkpoint",
            "_load_state",
            "_raise_loading_failure",
            "_restore",
            "assign",
            "load_attributes_from_hdf5_group",
            "load_optimizer_weights",
            "load_own_variables",
            "load_subset_weights_from_hdf5_group",
            "load_weights",
            "restore",
        ),
    ),
    (
        Stage.REBUILD,
        (
            "_import_graph_def",
            "_load_all",
            "_load_layer",
            "_load_nodes",
            "_model_from_config",
            "_recreate",
            "_revive",
            "compile_args_from_training_config",
            "compile_from_config",
            "deserialize",
            "from_config",
            "function_from_graph_def",
            "import_graph_def",
            "importer",
            "load_function_def_library",
            "load_layers",
            "model_from_",
            "revive_",
        ),
    ),
)

# Keras leaves its own frames out of a traceback; where a layer's file is left, a layer was being made.
LAYER_FILE = re.compile(r"keras/.*(layers|engine)/")

# Canaries: a cell is believed only when each of them does what it must.
CANARY_CONTROL = "control"
CANARY_ALTERED = "altered-golden"
CANARY_CORRUPT = "corrupt"
CANARY_UNKNOWN = "unknown-format"


def judge(seen: Observation, tolerance: Tolerance, *, canary_fault: str | None = None) -> Judgement:
    """Judge a trial; ``canary_fault`` says why the cell it ran in is not believed."""
    fault = fault_of_the_lab(seen) or canary_fault
    if fault is not None:
        return _judgement(Outcome.INFRA_ERROR, seen.failed_at, fault)
    if seen.death is not None:
        return _judge_death(seen)
    if seen.exception is not None and not _answered(seen):
        return _judgement(Outcome.LOAD_ERROR, _stage_of_failure(seen), headline(seen.exception))
    return _judge_answers(seen, tolerance)


def grade(seen: Observation, tolerance: Tolerance) -> Grade:
    """What a passing load is good for; the trial must have climbed to training.

    ``resumed`` is empty where the producer had no optimizer whose state could have come along.
    """
    if seen.failed_at is Stage.TRAIN or not seen.training:
        return Grade.INFERENCE_ONLY
    return Grade.WHOLE if not seen.resumed or within(seen.resumed, tolerance) else Grade.TRAINABLE


def judge_save(seen: Observation, container: str) -> Judgement | None:
    """Judge a save: None where an artifact of the format was written, else why there is nothing to load."""
    fault = fault_of_the_lab(seen)
    if fault is not None:
        return _judgement(Outcome.INFRA_ERROR, seen.failed_at, fault)
    if seen.death is not None:
        return _judgement(Outcome.BLOCKED, Stage.SAVE, f"the save ended the process: {_describe_death(seen)}")
    if seen.exception is not None:
        return _judgement(Outcome.BLOCKED, seen.failed_at, f"the save failed: {headline(seen.exception)}")
    if seen.container != container:
        return _judgement(Outcome.BLOCKED, Stage.SAVE, f"the save wrote {seen.container} instead of {container}")
    return None


def fault_of_the_lab(seen: Observation) -> str | None:
    """Why this observation says nothing about TensorFlow, or None."""
    if seen.lab_fault is not None:
        return seen.lab_fault
    if seen.probe_error is not None:
        return f"the probe failed: {headline(seen.probe_error)}"
    death = seen.death
    if death is not None and death.out_of_memory:
        return "over the memory limit (limits.memory_mib in matrix.toml)"
    if death is not None and death.signal == SIGKILL and not death.timed_out:
        return "killed from outside: out of memory on this machine, or by somebody"
    if seen.exception is not None and _is_trouble(seen.exception):
        return f"this machine ran out: {headline(seen.exception)}"
    return None


def canary_fault(canaries: Mapping[str, Observation], tolerance: Tolerance) -> str | None:
    """Why the cell behind these canaries is not believed, or None when each did what it must."""
    must = {
        CANARY_CONTROL: Outcome.PASS,
        CANARY_ALTERED: Outcome.DRIFT,
        CANARY_CORRUPT: Outcome.LOAD_ERROR,
        CANARY_UNKNOWN: Outcome.LOAD_ERROR,
    }
    for name, expected in must.items():
        if name not in canaries:
            return f"canary '{name}' gave no answer"
        outcome = judge(canaries[name], tolerance).outcome
        crashed_as_well = name == CANARY_CORRUPT and outcome is Outcome.CRASH
        if outcome is not expected and not crashed_as_well:
            return f"canary '{name}' was {outcome}, not {expected}: {judge(canaries[name], tolerance).reason}"
    return None


def within(differences: tuple[Difference, ...], tolerance: Tolerance) -> bool:
    """Whether all answers are right within the tolerance."""
    return bool(differences) and all(
        entry.misfit is None
        and entry.mismatches == 0
        and entry.max_abs_diff <= tolerance.atol + tolerance.rtol * entry.max_abs_golden
        for entry in differences
    )


def headline(raised: Raised) -> str:
    """The root of an exception in one line: wrappers repeat themselves, the innermost cause says it."""
    kind, message = raised.type, raised.message
    if raised.chain and not message.strip():
        kind, message = raised.chain[0]
    line = next((line.strip() for line in message.splitlines() if line.strip()), "")
    return f"{kind}: {line}"[:300]


def _judge_death(seen: Observation) -> Judgement:
    if seen.death is not None and seen.death.timed_out:
        return _judgement(Outcome.TIMEOUT, seen.failed_at, f"no answer after {seen.seconds:.0f} s")
    return _judgement(Outcome.CRASH, seen.failed_at, _describe_death(seen))


def _describe_death(seen: Observation) -> str:
    death = seen.death
    if death is None:
        return ""
    if death.timed_out:
        return f"no answer after {seen.seconds:.0f} s"
    if death.signal is not None:
        return f"ended by signal {death.signal}"
    return f"the process ended with exit code {death.exit_code} and without an answer"


def _answered(seen: Observation) -> bool:
    """Whether the answers were compared before something failed: training and saving again come after."""
    return bool(seen.differences)


def _judge_answers(seen: Observation, tolerance: Tolerance) -> Judgement:
    if not seen.differences:
        return _judgement(Outcome.INFRA_ERROR, seen.failed_at, "the probe sent neither an answer nor a failure")
    widest = max(entry.max_abs_diff for entry in seen.differences)
    if not within(seen.differences, tolerance):
        misfits = [entry.misfit for entry in seen.differences if entry.misfit]
        mismatches = sum(entry.mismatches for entry in seen.differences)
        reason = misfits[0] if misfits else f"max_abs_diff {widest:.3g}, {mismatches} values of another kind"
        return Judgement(
            outcome=Outcome.DRIFT,
            stage=Stage.COMPARE,
            cause=None,
            reason=f"answers differ: {reason}",
            max_abs_diff=widest,
        )
    after = "" if seen.exception is None else f"; {seen.failed_at} failed: {headline(seen.exception)}"
    return Judgement(
        outcome=Outcome.PASS, stage=seen.reached, cause=None, reason=f"answers rightly{after}", max_abs_diff=widest
    )


def _stage_of_failure(seen: Observation) -> Stage | None:
    """The stage that failed; one call does three of them, so the frames tell which."""
    if seen.failed_at is not Stage.OPEN or seen.exception is None:
        return seen.failed_at
    frames = seen.exception.frames
    functions = [frame.rpartition(" ")[2] for frame in frames]
    for stage, beginnings in FUNCTIONS_OF_STAGE:
        if any(function.startswith(beginnings) for function in functions):
            return stage
    return Stage.REBUILD if any(LAYER_FILE.search(frame) for frame in frames) else Stage.OPEN


def _is_trouble(raised: Raised) -> bool:
    """Whether this machine ran out of something: the cause of an exception, whatever wraps it."""
    return raised.type == "MemoryError" or TROUBLE_OF_THE_LAB.search(_whole_text(raised)) is not None


def _whole_text(raised: Raised) -> str:
    return "\n".join((raised.message, *(message for _, message in raised.chain)))


def _judgement(outcome: Outcome, stage: Stage | None, reason: str) -> Judgement:
    return Judgement(outcome=outcome, stage=stage, cause=None, reason=reason)
