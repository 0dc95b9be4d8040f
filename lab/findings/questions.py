"""The questions, each a function of what was seen. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from lab.blaming import VARIABLES, axes, changes
from lab.causes import Catalogue, Family
from lab.findings.answers import (
    Count,
    Finding,
    Seen,
    Verdict,
    count,
    fails,
    names,
    not_judged,
    passes,
)
from lab.identity import PLAIN
from lab.words import Cell, CellFacts, Result

MAIN = "main"
HDF5 = frozenset({"h5", "keras-suffix-h5", "h5-no-optimizer"})
OLD, NEW = "tf2.4", "tf2.10"
MOST = 0.5
AXIS_IN_WORDS = {VARIABLES: "environment variable"}
# What the probe notes of a wrong question: it was answered, or nothing came back.
ACCEPTED, ENDED_THE_PROCESS = "accepted", "it ended the process"


def find(
    results: Sequence[Result], cells: Mapping[str, Cell], facts: Mapping[str, CellFacts], catalogue: Catalogue
) -> tuple[Finding, ...]:
    """Every question with its answer, in the order in which they were asked."""
    seen = Seen(results=results, cells=cells, facts=facts, catalogue=catalogue)
    return tuple(ask(seen) for ask in QUESTIONS)


def _prevalence(seen: Seen) -> Finding:
    question = "Version mismatches are the most prevalent source of loading errors."
    if not seen.failed:
        return not_judged("version-mismatch", question, "nothing failed in this run")
    families = Counter(seen.family(result) for result in seen.failed)
    counts = tuple(
        Count(label=f"failures by {family}" if family else "unexplained failures", part=number, whole=len(seen.failed))
        for family, number in families.most_common()
    )
    same = [result for result in seen.plain if result.producer == result.consumer]
    other = [result for result in seen.plain if result.producer != result.consumer]
    counts += (count("failures in the saving cell itself", same, fails), count("failures elsewhere", other, fails))
    most = families.most_common(1)[0][0]
    return Finding(
        id="version-mismatch",
        question=question,
        verdict=Verdict.HOLDS if most is Family.VERSION else Verdict.DEPENDS,
        answer=f"The largest family of causes is {most or 'unexplained'}: {counts[0].text} of the failing loads.",
        counts=counts,
        rests_on=len(seen.plain),
        trials=names(result for result in seen.failed if seen.family(result) is most),
    )


def _four_to_ten(seen: Seen) -> Finding:
    question = f"A model saved in TensorFlow 2.4 and loaded in 2.10 is highly likely to fail ({OLD} → {NEW})."
    pair = [result for result in seen.plain if (result.producer, result.consumer) == (OLD, NEW)]
    if not pair:
        return not_judged("2.4-to-2.10", question, "this run has no such pair")
    failing = count("loads that fail", pair, fails)
    own = count("the same in 2.4 itself", [r for r in seen.plain if (r.producer, r.consumer) == (OLD, OLD)], fails)
    return Finding(
        id="2.4-to-2.10",
        question=question,
        verdict=Verdict.HOLDS if failing.part > MOST * failing.whole else Verdict.DOES_NOT_HOLD,
        answer=f"{failing.text} of the loads fail; {own.text} fail in the saving release itself already.",
        counts=(failing, own),
        rests_on=len(pair),
        trials=names(result for result in pair if fails(result)),
    )


def _minor_and_patch(seen: Seen) -> Finding:
    question = "Minor and patch updates break loading too."
    main = seen.group(MAIN)
    steps = list(pairwise(main))
    patches = [
        (cell, anchor)
        for cell in seen.group("patch")
        for anchor in seen.cells[cell].anchors
        if _one_minor(seen, cell, anchor)
    ]
    forward, backward = _broken(seen, steps), _broken(seen, [(new, old) for old, new in steps])
    patched = _broken(seen, [*patches, *((new, old) for old, new in patches)])
    if not forward[1]:
        return not_judged("minor-and-patch", question, "this run has no two releases beside each other")
    counts = (
        Count(label="steps to the next minor with a load that breaks", part=len(forward[0]), whole=len(forward[1])),
        Count(label="steps back to the minor before", part=len(backward[0]), whole=len(backward[1])),
        Count(label="pairs of two patches of one minor", part=len(patched[0]), whole=len(patched[1])),
    )
    broken = [result for results in (*forward[0].values(), *patched[0].values()) for result in results]
    return Finding(
        id="minor-and-patch",
        question=question,
        verdict=Verdict.HOLDS if counts[0].part and counts[2].part else Verdict.DEPENDS,
        answer=f"Going one minor up breaks at least one load in {counts[0].text} steps; "
        f"another patch of the same minor in {counts[2].text}.",
        counts=counts,
        rests_on=sum(len(results) for results in (*forward[1].values(), *backward[1].values(), *patched[1].values())),
        trials=names(broken),
    )


def _one_minor(seen: Seen, one: str, other: str) -> bool:
    minors = {cell.tensorflow.rpartition(".")[0] for cell in (seen.cells[one], seen.cells[other])}
    return len(minors) == 1


def _broken(
    seen: Seen, pairs: Sequence[tuple[str, str]]
) -> tuple[dict[tuple[str, str], list[Result]], dict[tuple[str, str], list[Result]]]:
    """Loads that the saving cell itself can do and the other cannot, and all loads, by pair."""
    own = {(r.producer, r.model, r.format) for r in seen.plain if r.producer == r.consumer and passes(r)}
    by_pair: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in seen.plain:
        by_pair[result.producer, result.consumer].append(result)
    every = {pair: by_pair[pair] for pair in pairs if pair in by_pair}
    broken = {
        pair: [r for r in results if fails(r) and (r.producer, r.model, r.format) in own]
        for pair, results in every.items()
    }
    return {pair: results for pair, results in broken.items() if results}, every


def _axes(seen: Seen) -> Finding:
    question = (
        "Another Keras, NumPy, h5py, protobuf, Python or environment variable leads to failures: which of them does?"
    )
    flips: dict[str, Counter[bool]] = defaultdict(Counter)
    examples: list[Result] = []
    outcomes = {(r.producer, r.model, r.format, r.consumer): r for r in seen.plain}
    for variant, base in _one_axis_pairs(seen):
        axis = ", ".join(
            AXIS_IN_WORDS.get(each[0], each[0])
            for each in changes(
                axes(seen.cells[base], seen.facts[base]), axes(seen.cells[variant], seen.facts[variant])
            )
        )
        for (producer, model, form, consumer), result in outcomes.items():
            other = outcomes.get((producer, model, form, base)) if consumer == variant else None
            if other is not None:
                flipped = fails(result) != fails(other)
                flips[axis][flipped] += 1
                examples += [result] if flipped else []
    if not flips:
        return not_judged("axes", question, "this run has no two cells that differ in little")
    counts = tuple(
        Count(label=f"loads that another {axis} flips", part=seen_[True], whole=seen_[True] + seen_[False])
        for axis, seen_ in sorted(flips.items(), key=lambda item: -item[1][True] / max(1, sum(item[1].values())))
    )
    harmful = [each for each in counts if each.part]
    return Finding(
        id="axes",
        question=question,
        verdict=Verdict.DEPENDS if harmful else Verdict.DOES_NOT_HOLD,
        answer="; ".join(
            f"{each.label.removeprefix('loads that another ').removesuffix(' flips')}: {each.text} flip"
            for each in counts
        ),
        counts=counts,
        rests_on=sum(each.whole for each in counts),
        trials=names(examples),
    )


def _one_axis_pairs(seen: Seen) -> list[tuple[str, str]]:
    """Variants with the anchor of the same TensorFlow."""
    return [
        (cell.id, anchor)
        for cell in seen.cells.values()
        for anchor in cell.anchors
        if cell.group in {"dependency", "keras3", "legacy-keras", "variable"}
        and anchor in seen.facts
        and cell.id in seen.facts
        and seen.cells[anchor].tensorflow == cell.tensorflow
    ]


def _signatures(seen: Seen) -> Finding:
    question = "Wrong input shapes, dtypes and names are refused by SavedModel signatures; and names stay equal."
    noted = [
        (result, dict(result.observation.notes)) for result in seen.results if result.observation and passes(result)
    ]
    asked = [(result, notes) for result, notes in noted if notes.get("refusals")]
    if not asked:
        return not_judged("signatures", question, "no signature was asked in this run")
    counts = []
    for kind, label in (
        ("shape", "wrong shapes refused"),
        ("dtype", "wrong dtypes refused"),
        ("name", "wrong names refused"),
    ):
        said = [dict(notes["refusals"])[kind] for _, notes in asked if kind in dict(notes["refusals"])]
        refused = sum(text not in (ACCEPTED, ENDED_THE_PROCESS) for text in said)
        counts.append(Count(label=label, part=refused, whole=len(said)))
        if fatal := said.count(ENDED_THE_PROCESS):
            counts.append(Count(label=f"wrong {kind}s that ended the process", part=fatal, whole=len(said)))
    spelled: dict[tuple[str, str], set[str]] = defaultdict(set)
    for result, notes in asked:
        spelled[result.model, result.format].add(str(sorted(dict(notes["signature"]).items())))
    differing = Count(
        label="models and formats whose signature is spelled differently by some producer",
        part=sum(len(texts) > 1 for texts in spelled.values()),
        whole=len(spelled),
    )
    all_refused = all(each.part == each.whole for each in counts if each.label.endswith("refused"))
    return Finding(
        id="signatures",
        question=question,
        verdict=Verdict.DEPENDS if differing.part else Verdict.HOLDS if all_refused else Verdict.DOES_NOT_HOLD,
        answer=f"{'; '.join(f'{each.label}: {each.text}' for each in counts)}. "
        f"Names do not stay equal for {differing.text} models and formats: Keras 3 names inputs anew.",
        counts=(*counts, differing),
        rests_on=len(asked),
        trials=names(result for result, _ in asked),
    )


def _hdf5(seen: Seen) -> Finding:
    question = "HDF5 has compatibility problems of its own."
    of_h5 = [result for result in seen.plain if result.format in HDF5]
    if not of_h5:
        return not_judged("hdf5", question, "no HDF5 file was loaded in this run")
    failing = [result for result in of_h5 if fails(result)]
    own = [result for result in failing if seen.family(result) is Family.FORMAT]
    rest = [result for result in seen.plain if result.format not in HDF5]
    if not rest:
        return not_judged("hdf5", question, "nothing but HDF5 files was loaded in this run: nothing to compare")
    counts = (
        count("HDF5 loads that fail", of_h5, fails),
        count("loads of other formats that fail", rest, fails),
        Count(label="HDF5 failures whose cause is the format itself", part=len(own), whole=len(failing)),
    )
    return Finding(
        id="hdf5",
        question=question,
        verdict=Verdict.HOLDS if own else Verdict.DOES_NOT_HOLD,
        answer=f"{counts[0].text} HDF5 loads fail, {counts[1].text} of the others; {counts[2].text} of the former fail "
        "by the format itself, the rest would hit any format that stores a config.",
        counts=counts,
        rests_on=len(of_h5),
        trials=names(own or failing),
    )


def _custom_objects(seen: Seen) -> Finding:
    question = "Models with custom objects fail without them and load with custom_objects or registration."
    without: list[Result] = []
    mended: list[Result] = []
    for tried in seen.tried.values():
        plain = next((r for r in tried if r.strategy == PLAIN and seen.family(r) is Family.CUSTOM_OBJECT), None)
        if plain is not None:
            without.append(plain)
            mended += [r for r in tried if passes(r) and "custom-objects" in r.strategy]
    if not without:
        return not_judged("custom-objects", question, "no load failed for want of a custom object in this run")
    counts = [
        Count(
            label="loads that fail for want of custom objects and pass with them", part=len(mended), whole=len(without)
        )
    ]
    for form in sorted({result.format for result in without}):
        whole = sum(result.format == form for result in without)
        counts.append(Count(label=f"the same in {form}", part=sum(r.format == form for r in mended), whole=whole))
    return Finding(
        id="custom-objects",
        question=question,
        verdict=Verdict.HOLDS if len(mended) == len(without) else Verdict.DEPENDS,
        answer=f"Of the loads that fail for want of the user's own classes, {counts[0].text} pass once they are given.",
        counts=tuple(counts),
        rests_on=len(without),
        trials=names(mended or without),
    )


def _environment(seen: Seen) -> Finding:
    question = "The environment decides: CUDA and cuDNN, a GPU at training and none at loading, Python, packages."
    found = [result for result in seen.failed if seen.family(result) is Family.ENVIRONMENT]
    on_gpu = [result for result in seen.plain if seen.cells.get(result.consumer) and seen.cells[result.consumer].cuda]
    counts = (
        Count(label="failures by the environment", part=len(found), whole=len(seen.failed)),
        count("loads in cells with CUDA in them that fail", on_gpu, fails),
    )
    answer = f"{counts[0].text} failing loads are the environment's own."
    if not on_gpu:
        answer += " No cell with CUDA took part in this run, so nothing is said of GPUs here."
    return Finding(
        id="environment",
        question=question,
        verdict=Verdict.DEPENDS if found else Verdict.NOT_JUDGED,
        answer=answer,
        counts=counts,
        rests_on=len(seen.plain),
        trials=names(found),
    )


def _control(seen: Seen) -> Finding:
    question = "A virtual environment with the saving version makes a model load."
    own = [result for result in seen.plain if result.producer == result.consumer]
    if not own:
        return not_judged("control", question, "no cell was paired with itself in this run")
    with_remedy = [
        tried
        for (producer, consumer, _, _), tried in seen.tried.items()
        if producer == consumer and any(map(passes, tried))
    ]
    counts = (
        count("loads that pass where they were saved", own, passes),
        Count(label="with the best remedy", part=len(with_remedy), whole=len(own)),
    )
    failing = [result for result in own if fails(result)]
    return Finding(
        id="control",
        question=question,
        verdict=Verdict.HOLDS if not failing else Verdict.DEPENDS,
        answer=f"{counts[0].text} loads pass in the very environment that saved them, {counts[1].text} with a remedy.",
        counts=counts,
        rests_on=len(own),
        trials=names(failing),
    )


QUESTIONS: tuple[Callable[[Seen], Finding], ...] = (
    _prevalence,
    _four_to_ten,
    _minor_and_patch,
    _axes,
    _signatures,
    _hdf5,
    _custom_objects,
    _environment,
    _control,
)
