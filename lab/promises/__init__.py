"""Promises: what the documented rules of TensorFlow and Keras say of a trial, from a small table with sources."""

from lab.promises.breaches import Breach, breaches
from lab.promises.judging import NO_RULE, Rulebook, broken
from lab.promises.reading import read_rules
from lab.promises.rules import Promise, Rule, Step, Verdict

__all__ = ["NO_RULE", "Breach", "Promise", "Rule", "Rulebook", "Step", "Verdict", "breaches", "broken", "read_rules"]
