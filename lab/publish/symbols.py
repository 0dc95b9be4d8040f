"""The symbol beside each outcome's word."""

from __future__ import annotations

from lab.words import Outcome

OUTCOME_SYMBOLS = {
    Outcome.PASS: "✓",
    Outcome.DRIFT: "≈",
    Outcome.LOAD_ERROR: "✗",
    Outcome.CRASH: "⚡\ufe0e",
    Outcome.TIMEOUT: "…",
    Outcome.UNSUPPORTED: "⊘",
    Outcome.BLOCKED: "∅",
    Outcome.INFRA_ERROR: "?",
}
