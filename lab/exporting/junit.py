"""Results as JUnit XML, as CI systems show it: what does not load is a failure, the lab's own fault an error."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from lab.words import FAILURES, Outcome, Result

SKIPPED = (Outcome.UNSUPPORTED, Outcome.BLOCKED)
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(results: Sequence[Result]) -> str:
    """One suite a consumer, one test a model and format of a producer, as a person would load it.

    A remedy does not make a test pass: it is told in its output. A known failure is skipped.
    """
    by_case = groupby(results, lambda result: (result.producer, result.consumer, result.model, result.format))
    cases = [list(tried) for _, tried in by_case]
    root = ET.Element("testsuites", name="tensorflow-version-lab")
    for consumer in dict.fromkeys(tried[0].consumer for tried in cases):
        tests = [_test(tried) for tried in cases if tried[0].consumer == consumer]
        suite = ET.SubElement(root, "testsuite", name=consumer, tests=str(len(tests)))
        for name, child in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(name, str(sum(test.find(child) is not None for test in tests)))
        suite.extend(tests)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _test(tried: Sequence[Result]) -> ET.Element:
    plain = tried[0]
    name = f"{plain.producer}/{plain.model}/{plain.format}"
    test = ET.Element("testcase", classname=plain.consumer, name=name, time=f"{plain.seconds:.4f}")
    said = {"message": _text(plain.reason), "type": plain.cause or plain.outcome.value}
    if plain.outcome in SKIPPED or (plain.known_failure and plain.outcome is not Outcome.PASS):
        ET.SubElement(test, "skipped", message=_text(plain.known_failure or plain.reason))
    elif plain.outcome in FAILURES:
        ET.SubElement(test, "failure", said).text = _text(_message(plain))
    elif plain.outcome is Outcome.INFRA_ERROR:
        ET.SubElement(test, "error", said).text = _text(_message(plain))
    remedy = next((each for each in tried[1:] if each.outcome is Outcome.PASS), None)
    if remedy is not None:
        ET.SubElement(test, "system-out").text = f"loads with {remedy.strategy} ({remedy.grade})"
    return test


def _message(result: Result) -> str:
    seen = result.observation
    raised = (seen.exception or seen.probe_error) if seen else None
    return f"{raised.type}: {raised.message}" if raised else result.reason


def _text(text: str) -> str:
    """What XML can hold of a text."""
    return NOT_IN_XML.sub("\ufffd", text)
