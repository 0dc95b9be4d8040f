"""Say what the documented rules promise of a trial, and whether what was seen breaks that. Pure and total."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from functools import lru_cache

from packaging.version import Version

from lab.promises.rules import Promise, Rule, Step, Subject, Verdict
from lab.words import FAILURES, CellFacts, Outcome

PLAIN = "plain"
NO_RULE = "no-rule"


UNSPOKEN = Promise(
    verdict=Verdict.SILENT,
    rule=NO_RULE,
    title="No rule speaks of it",
    says="Nothing was found in the documentation of TensorFlow and Keras that speaks of such a trial.",
)
UNKNOWN_CELL = Promise(
    verdict=Verdict.SILENT,
    rule=NO_RULE,
    title="A cell without a lock",
    says="What is in one of the two cells is not known, so no rule can be looked up.",
)

_PARTS = (
    (Step.OLDER_MAJOR, Step.NEWER_MAJOR),
    (Step.OLDER_MINOR, Step.NEWER_MINOR),
    (Step.OLDER_PATCH, Step.NEWER_PATCH),
)


class Rulebook:
    """The table of rules; of those that fit a trial the first counts."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        # A run has some hundred pairs and some hundred subjects, and tens of thousands of trials.
        self._of_pairs: dict[tuple[CellFacts, CellFacts], frozenset[int]] = {}
        self._of_subjects: dict[Subject, tuple[int, ...]] = {}

    def promise(
        self,
        producer: CellFacts | None,
        consumer: CellFacts | None,
        model_tags: Collection[str],
        format_id: str,
        strategy: str = PLAIN,
    ) -> Promise:
        """What the documentation says of one trial; a cell that nothing is known of is None."""
        if producer is None or consumer is None:
            return UNKNOWN_CELL
        subject = Subject(tags=frozenset(model_tags), format=format_id, strategy=strategy)
        fitting = self.fitting((producer, consumer), subject)
        return _promise(fitting[0]) if fitting else UNSPOKEN

    def fitting(self, pair: tuple[CellFacts, CellFacts], subject: Subject) -> tuple[Rule, ...]:
        """Every rule that fits a trial of this pair, the one that counts first."""
        if pair not in self._of_pairs:
            self._of_pairs[pair] = frozenset(number for number, rule in enumerate(self.rules) if fits_pair(rule, *pair))
        if subject not in self._of_subjects:
            self._of_subjects[subject] = tuple(
                number for number, rule in enumerate(self.rules) if fits_subject(rule, subject)
            )
        of_pair = self._of_pairs[pair]
        return tuple(self.rules[number] for number in self._of_subjects[subject] if number in of_pair)


def broken(promise: Promise, outcome: Outcome) -> bool:
    """Whether the documentation promises what was judged not to work: something to report upstream."""
    return promise.verdict is Verdict.PROMISED and outcome in FAILURES


@lru_cache(maxsize=4096)  # as many pairs of releases as there are pairs of cells, at most
def step(producer: str, consumer: str) -> Step:
    """Where the consumer's release stands, seen from the producer's; what comes after the patch does not count."""
    saved, loaded = Version(producer), Version(consumer)
    parts = (
        (saved.major, loaded.major),
        (saved.minor, loaded.minor),
        (saved.micro, loaded.micro),
    )
    for (older, newer), (mine, other) in zip(_PARTS, parts, strict=True):
        if mine != other:
            return newer if other > mine else older
    return Step.SAME


def fits_pair(rule: Rule, producer: CellFacts, consumer: CellFacts) -> bool:
    """Whether a rule is about these two cells."""
    return (
        rule.producer.fit(producer)
        and rule.consumer.fit(consumer)
        and (rule.tensorflow is None or step(producer.tensorflow, consumer.tensorflow) in rule.tensorflow)
        and (rule.keras is None or step(producer.keras, consumer.keras) in rule.keras)
        and rule.same_environment in {None, producer == consumer}
    )


def fits_subject(rule: Rule, subject: Subject) -> bool:
    """Whether a rule is about what was saved and how it is loaded."""
    return (
        any(fnmatchcase(subject.format, pattern) for pattern in rule.formats)
        and any(fnmatchcase(subject.strategy, pattern) for pattern in rule.strategies)
        and (rule.tags is None or not rule.tags.isdisjoint(subject.tags))
        and rule.without.isdisjoint(subject.tags)
    )


def _promise(rule: Rule) -> Promise:
    return Promise(
        verdict=rule.verdict,
        rule=rule.id,
        title=rule.title,
        says=rule.says,
        caveat=rule.caveat,
        sources=rule.sources,
    )
