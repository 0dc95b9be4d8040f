"""Explain failures: a catalogue of causes as data, and the pure function that picks one for an observation."""

from lab.causes.classifying import Case, Catalogue, case_of
from lab.causes.entries import Cause, Family, Tier
from lab.causes.reading import read_catalogue

__all__ = ["Case", "Catalogue", "Cause", "Family", "Tier", "case_of", "read_catalogue"]
