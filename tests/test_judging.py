"""Claims about judgement: what an observation means, and whose fault it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.judging import (
    CANARY_ALTERED,
    CANARY_CONTROL,
    CANARY_CORRUPT,
    CANARY_UNKNOWN,
    canary_fault,
    grade,
    headline,
    judge,
    judge_save,
    within,
)
from lab.words import Death, Difference, Grade, Judgement, Observation, Outcome, Raised, Stage, Tolerance

TOLERANCE = Tolerance(atol=1e-5, rtol=1e-4)
SIGKILL, SIGSEGV = 9, 11

SAME = Difference(misfit=None, max_abs_diff=1e-7, max_abs_golden=1.0, mismatches=0)
FAR = Difference(misfit=None, max_abs_diff=0.5, max_abs_golden=1.0, mismatches=0)
ERROR = Raised(type="ValueError", message="Unknown layer: Foo\nlook at the guide")

PASSED = Observation(reached=Stage.TRAIN, differences=(SAME,))
DRIFTED = Observation(reached=Stage.COMPARE, differences=(FAR,))
FAILED = Observation(reached=Stage.IMPORT, failed_at=Stage.OPEN, exception=ERROR)


def judged(seen: Observation) -> Judgement:
    return judge(seen, TOLERANCE)


def failed_in(*frames: str) -> Observation:
    return replace(FAILED, exception=replace(ERROR, frames=frames))


# --- answers ---


def test_a_right_answer_passes() -> None:
    assert judged(PASSED).outcome is Outcome.PASS


def test_a_pass_is_as_deep_as_it_got() -> None:
    assert judged(PASSED).stage is Stage.TRAIN


def test_a_pass_tells_its_greatest_difference() -> None:
    wider = replace(SAME, max_abs_diff=2e-6)

    assert judged(replace(PASSED, differences=(SAME, wider, SAME))).max_abs_diff == 2e-6


def test_another_answer_is_a_drift() -> None:
    found = judged(DRIFTED)

    assert (found.outcome, found.stage, found.max_abs_diff) == (Outcome.DRIFT, Stage.COMPARE, 0.5)


def test_one_output_that_differs_is_a_drift_of_the_whole() -> None:
    assert judged(replace(DRIFTED, differences=(SAME, FAR, SAME))).outcome is Outcome.DRIFT


def test_an_output_of_another_shape_is_a_drift_that_says_so() -> None:
    misfit = Difference(misfit="shape [2] instead of [3]", max_abs_diff=0.0, max_abs_golden=0.0, mismatches=0)

    assert judged(replace(DRIFTED, differences=(misfit,))).reason == "answers differ: shape [2] instead of [3]"


def test_a_value_of_another_kind_is_a_drift() -> None:
    """NaN where a number was, another class or another string."""
    assert judged(replace(PASSED, differences=(replace(SAME, mismatches=1),))).outcome is Outcome.DRIFT


def test_a_right_answer_passes_though_training_fails_after_it() -> None:
    seen = replace(PASSED, reached=Stage.COMPARE, failed_at=Stage.TRAIN, exception=ERROR)

    assert judged(seen).outcome is Outcome.PASS


def test_a_pass_tells_that_training_failed_after_it() -> None:
    seen = replace(PASSED, reached=Stage.COMPARE, failed_at=Stage.TRAIN, exception=ERROR)

    assert judged(seen).reason == "answers rightly; train failed: ValueError: Unknown layer: Foo"


def test_an_observation_of_nothing_is_the_labs_fault() -> None:
    assert judged(Observation()).outcome is Outcome.INFRA_ERROR


# --- tolerance ---


@pytest.mark.parametrize(
    ("diff", "golden", "right"),
    [
        (1e-5, 0.0, True),
        (1.1e-5, 0.0, False),
        (1e-5 + 1e-4, 1.0, True),
        (1.2e-4, 1.0, False),
        (0.09, 1000.0, True),
    ],
)
def test_the_tolerance_grows_with_the_golden(diff: float, golden: float, *, right: bool) -> None:
    entry = Difference(misfit=None, max_abs_diff=diff, max_abs_golden=golden, mismatches=0)

    assert within((entry,), TOLERANCE) is right


def test_no_answer_is_not_a_right_answer() -> None:
    assert not within((), TOLERANCE)


# --- exceptions ---


def test_an_exception_is_a_load_error() -> None:
    assert judged(FAILED).outcome is Outcome.LOAD_ERROR


def test_the_reason_is_the_first_line_of_the_exception() -> None:
    assert judged(FAILED).reason == "ValueError: Unknown layer: Foo"


def test_an_exception_while_answering_is_a_load_error_there() -> None:
    found = judged(replace(FAILED, reached=Stage.WEIGHTS, failed_at=Stage.INFER))

    assert (found.outcome, found.stage) == (Outcome.LOAD_ERROR, Stage.INFER)


def test_an_exception_without_words_is_told_by_its_cause() -> None:
    raised = Raised(type="RuntimeError", message=" \n", chain=(("KeyError", "'config'"),))

    assert headline(raised) == "KeyError: 'config'"


def test_a_headline_stays_one_line_of_bounded_length() -> None:
    assert len(headline(Raised(type="ValueError", message="x" * 5000))) == 300


@pytest.mark.parametrize(
    ("frames", "stage"),
    [
        (("probe/ladder.py:70 _climb", "keras/src/saving/saving_api.py:176 load_model"), Stage.OPEN),
        (("keras/saving/save.py:200 load_model", "keras/engine/sequential.py:466 from_config"), Stage.REBUILD),
        (("keras/saving/save.py:200 load_model", "keras/layers/serialization.py:159 deserialize"), Stage.REBUILD),
        (("keras/saving/saved_model/load.py:384 _revive_from_config",), Stage.REBUILD),
        (("tensorflow/python/framework/importer.py:497 _import_graph_def_internal",), Stage.REBUILD),
        (("keras/saving/hdf5_format.py:728 load_weights_from_hdf5_group",), Stage.WEIGHTS),
        (("keras/src/saving/saving_lib.py:430 _load_state",), Stage.WEIGHTS),
        (("tensorflow/python/training/tracking/util.py:1343 restore",), Stage.WEIGHTS),
        (("keras/engine/sequential.py:466 from_config", "keras/saving/hdf5_format.py:9 load_weights"), Stage.WEIGHTS),
    ],
    ids=lambda value: value if isinstance(value, str) else value[-1].split()[-1],
)  # fmt: skip
def test_the_frames_tell_how_deep_one_call_got(frames: tuple[str, ...], stage: Stage) -> None:
    assert judged(failed_in(*frames)).stage is stage


def test_frames_do_not_move_a_stage_that_the_probe_has_told() -> None:
    seen = replace(failed_in("keras/saving/hdf5_format.py:728 load_weights"), failed_at=Stage.INFER)

    assert judged(seen).stage is Stage.INFER


def test_a_failed_import_is_a_load_error_at_import() -> None:
    seen = Observation(failed_at=Stage.IMPORT, exception=Raised(type="ImportError", message="numpy.core failed"))

    assert (judged(seen).outcome, judged(seen).stage) == (Outcome.LOAD_ERROR, Stage.IMPORT)


# --- deaths ---


def test_a_segfault_is_a_crash() -> None:
    found = judged(Observation(death=Death(signal=SIGSEGV)))

    assert (found.outcome, found.reason) == (Outcome.CRASH, "ended by signal 11")


def test_an_exit_without_an_answer_is_a_crash_even_with_code_0() -> None:
    assert judged(Observation(death=Death(exit_code=0))).outcome is Outcome.CRASH


def test_a_hang_is_a_timeout_though_the_lab_ends_it_with_sigkill() -> None:
    seen = Observation(death=Death(signal=SIGKILL, timed_out=True), seconds=60.2)

    assert (judged(seen).outcome, judged(seen).reason) == (Outcome.TIMEOUT, "no answer after 60 s")


def test_an_oom_kill_is_the_labs_fault_not_tensorflows() -> None:
    seen = Observation(death=Death(signal=SIGKILL, out_of_memory=True))

    assert judged(seen).outcome is Outcome.INFRA_ERROR


def test_a_kill_from_outside_is_the_labs_fault() -> None:
    assert judged(Observation(death=Death(signal=SIGKILL))).outcome is Outcome.INFRA_ERROR


# --- the lab's own faults ---


def test_an_error_of_the_probe_is_the_labs_fault() -> None:
    found = judged(Observation(failed_at=Stage.OPEN, probe_error=ERROR))

    assert (found.outcome, found.reason) == (
        Outcome.INFRA_ERROR,
        "the probe failed: ValueError: Unknown layer: Foo",
    )


def test_a_fault_of_the_lab_is_told_as_it_is() -> None:
    assert judged(Observation(lab_fault="the probe ended early")).reason == "the probe ended early"


def test_a_fault_of_the_lab_outweighs_a_right_answer() -> None:
    assert judged(replace(PASSED, lab_fault="half a line")).outcome is Outcome.INFRA_ERROR


@pytest.mark.parametrize(
    "message",
    [
        "[Errno 28] No space left on device: 'variables'",
        "Unable to create file (unable to open file: name = 'm.h5', errno = 28, error message = 'No space left')",
        "[Errno 122] Disk quota exceeded",
        "[Errno 12] Cannot allocate memory",
        "[Errno 24] Too many open files: 'm.h5'",
    ],
)
def test_a_machine_that_ran_out_is_the_labs_fault(message: str) -> None:
    assert judged(replace(FAILED, exception=Raised(type="OSError", message=message))).outcome is Outcome.INFRA_ERROR


def test_a_machine_that_ran_out_is_seen_behind_other_errors() -> None:
    raised = replace(ERROR, chain=(("OSError", "[Errno 28] No space left on device"),))

    assert judged(replace(FAILED, exception=raised)).outcome is Outcome.INFRA_ERROR


def test_another_errno_is_no_machine_that_ran_out() -> None:
    raised = Raised(type="OSError", message="unable to open file: errno = 2, error message = 'No such file'")

    assert judged(replace(FAILED, exception=raised)).outcome is Outcome.LOAD_ERROR


def test_a_cell_that_is_not_believed_has_no_findings() -> None:
    found = judge(FAILED, TOLERANCE, canary_fault="canary 'control' was crash")

    assert (found.outcome, found.reason) == (Outcome.INFRA_ERROR, "canary 'control' was crash")


def test_a_cell_that_is_not_believed_has_no_passes() -> None:
    assert judge(PASSED, TOLERANCE, canary_fault="canary 'corrupt' was pass").outcome is Outcome.INFRA_ERROR


# --- saves ---


def saved(seen: Observation, container: str = "hdf5-model") -> Judgement | None:
    return judge_save(seen, container)


def test_a_save_in_the_container_of_its_format_blocks_nothing() -> None:
    assert saved(Observation(reached=Stage.SAVE, container="hdf5-model")) is None


def test_a_save_in_another_container_is_blocked() -> None:
    found = saved(Observation(reached=Stage.SAVE, container="zip"))

    assert found is not None
    assert (found.outcome, found.reason) == (Outcome.BLOCKED, "the save wrote zip instead of hdf5-model")


def test_a_save_that_raises_is_blocked_where_it_raised() -> None:
    found = saved(Observation(failed_at=Stage.BUILD, exception=ERROR))

    assert found is not None
    assert (found.outcome, found.stage) == (Outcome.BLOCKED, Stage.BUILD)


@pytest.mark.parametrize(
    "death", [Death(signal=SIGSEGV), Death(exit_code=0), Death(signal=SIGKILL, timed_out=True)], ids=str
)
def test_a_save_that_ends_its_process_is_blocked(death: Death) -> None:
    found = saved(Observation(death=death))

    assert found is not None
    assert found.outcome is Outcome.BLOCKED


@pytest.mark.parametrize(
    "seen",
    [
        Observation(probe_error=ERROR),
        Observation(death=Death(signal=SIGKILL, out_of_memory=True)),
        Observation(exception=Raised(type="OSError", message="[Errno 28] No space left on device")),
        Observation(lab_fault="the probe ended early"),
    ],
    ids=["probe error", "memory", "disk", "early end"],
)
def test_a_save_that_the_lab_spoilt_is_an_infra_error(seen: Observation) -> None:
    found = saved(seen)

    assert found is not None
    assert found.outcome is Outcome.INFRA_ERROR


# --- canaries ---

SINGING = {
    CANARY_CONTROL: PASSED,
    CANARY_ALTERED: DRIFTED,
    CANARY_CORRUPT: FAILED,
    CANARY_UNKNOWN: FAILED,
}


def test_canaries_that_do_what_they_must_are_no_fault() -> None:
    assert canary_fault(SINGING, TOLERANCE) is None


def test_a_corrupt_artifact_may_crash_the_cell_as_well() -> None:
    assert canary_fault({**SINGING, CANARY_CORRUPT: Observation(death=Death(signal=SIGSEGV))}, TOLERANCE) is None


@pytest.mark.parametrize("name", SINGING)
def test_a_missing_canary_is_a_fault(name: str) -> None:
    rest = {other: seen for other, seen in SINGING.items() if other != name}

    assert canary_fault(rest, TOLERANCE) == f"canary '{name}' gave no answer"


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        (CANARY_CONTROL, FAILED),
        (CANARY_CONTROL, DRIFTED),
        (CANARY_CONTROL, Observation(death=Death(signal=SIGSEGV))),
        (CANARY_ALTERED, PASSED),
        (CANARY_ALTERED, FAILED),
        (CANARY_CORRUPT, PASSED),
        (CANARY_CORRUPT, Observation(probe_error=ERROR)),
        (CANARY_UNKNOWN, PASSED),
        (CANARY_UNKNOWN, Observation(death=Death(signal=SIGSEGV))),
    ],
    ids=lambda value: value if isinstance(value, str) else judged(value).outcome.value,
)
def test_a_canary_that_does_something_else_is_a_fault_that_names_it(name: str, seen: Observation) -> None:
    fault = canary_fault({**SINGING, name: seen}, TOLERANCE)

    assert fault is not None
    assert fault.startswith(f"canary '{name}' was {judged(seen).outcome.value}, not ")


# --- grades ---

TRAINED = replace(PASSED, training=(("optimizer", "Adam"), ("iterations", 1)))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (replace(TRAINED, resumed=(SAME,)), Grade.WHOLE),
        (replace(TRAINED, resumed=(FAR,)), Grade.TRAINABLE),
        (TRAINED, Grade.WHOLE),
        (PASSED, Grade.INFERENCE_ONLY),
        (replace(TRAINED, failed_at=Stage.TRAIN, exception=ERROR), Grade.INFERENCE_ONLY),
    ],
    ids=["resumes", "starts its optimizer anew", "never had an optimizer", "cannot train", "fails to train"],
)
def test_a_pass_is_graded_by_how_it_trains_on(seen: Observation, expected: Grade) -> None:
    assert grade(seen, TOLERANCE) is expected
