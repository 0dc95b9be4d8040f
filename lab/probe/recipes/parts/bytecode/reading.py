"""Rebuild the source of a function from bytecode that another Python wrote, without loading or running any of it.

What is not understood raises ValueError; nothing is guessed. Which Python wrote it is not recorded, so it is read as of
each, and the source is taken only if all those that it can be of give the same.
"""

import base64
import binascii
import collections

from probe.recipes.parts.bytecode.decode import NotThisPython, NotUnderstood, version_of
from probe.recipes.parts.bytecode.functions import function_source
from probe.recipes.parts.bytecode.marshal import NoCode, read_code
from probe.recipes.parts.bytecode.opcodes import OPCODES

# ``globals``: names that the source reads and does not define. ``free``: those of variables of the function around it,
# in the order of the stored closure. ``arguments``: how many take their defaults from the right. ``pythons``: of which
# the bytecode can be.
Rebuilt = collections.namedtuple("Rebuilt", "source name globals free arguments pythons")

LAYOUT_SINCE = ("3.11", "3.8", "3.4", "2.7")


def rebuild_source(stored, pythons=tuple(OPCODES)):
    """``stored``: the bytes of a marshalled code object. ``pythons``: of which it may be, where that is known."""
    read = {python: read_as(stored, python) for python in pythons}
    found = {python: result for python, result in read.items() if isinstance(result, Rebuilt)}
    reasons = {python: result for python, result in read.items() if python not in found}
    if not found:
        told = "; ".join("{}: {}".format(python, reason) for python, reason in reasons.items())
        raise ValueError("this is no function of a Python that is known here ({})".format(told))
    if len(set(found.values())) > 1:
        told = "; ".join("{}: {}".format(python, rebuilt.source) for python, rebuilt in found.items())
        raise ValueError("the function can be of several Pythons, for which it is not the same ({})".format(told))
    rebuilt = next(iter(found.values()))
    return rebuilt._replace(pythons=tuple(found))


def read_as(stored, python):
    """What it is in this Python, or why it is of another."""
    try:
        code = read_code(stored, layout_of(python))
        source, names = function_source(code, python)
    except (NoCode, NotThisPython) as error:
        return error
    except NotUnderstood as error:
        raise ValueError("the function, read as of Python {}, has {}".format(python, error)) from error
    return Rebuilt(source, code.name, tuple(sorted(names)), code.freevars, code.argcount, ())


def layout_of(python):
    return next(since for since in LAYOUT_SINCE if version_of(python) >= version_of(since))


def bytecode_of(text):
    """The bytes in a config: base64, or in the oldest files every byte as a character."""
    if "\x00" in text:
        return text.encode("raw_unicode_escape")
    try:
        return base64.b64decode(text.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error):
        return text.encode("raw_unicode_escape")
