"""Settle the questions that the lab was asked, each with the trials that its answer rests on. Pure."""

from lab.findings.answers import Finding, Verdict
from lab.findings.questions import find

__all__ = ["Finding", "Verdict", "find"]
