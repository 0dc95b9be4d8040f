"""Decode the bytecode of a function into operations that mean the same for 2.7 and every Python from 3.4 to 3.13.

Bytes are taken to be of one Python, and NotThisPython is raised where they cannot be: an operation that it does not
have, a cache that is not empty, a jump into the middle of an operation, a table of lines that does not cover the code.
Source of what each operation means: https://docs.python.org/3/library/dis.html of each version.
"""

import collections

from probe.recipes.parts.bytecode.opcodes import NO_ARGUMENT_BELOW, cache_units, opcode_names

Operation = collections.namedtuple("Operation", "name argument target")
Unit = collections.namedtuple("Unit", "place name argument after")

MAX_OPERATIONS = 5000
JUMPS = ("JUMP_FORWARD", "JUMP_ABSOLUTE", "JUMP_BACKWARD", "CONTINUE_LOOP")

OPERATORS = {
    "ADD": "+",
    "AND": "&",
    "FLOOR_DIVIDE": "//",
    "LSHIFT": "<<",
    "MATRIX_MULTIPLY": "@",
    "MULTIPLY": "*",
    "MODULO": "%",
    "OR": "|",
    "POWER": "**",
    "RSHIFT": ">>",
    "SUBTRACT": "-",
    "TRUE_DIVIDE": "/",
    "XOR": "^",
}
BINARY_OPS = [("BINARY", sign) for sign in OPERATORS.values()] + [("INPLACE", sign) for sign in OPERATORS.values()]
SIGNS = {"POSITIVE": "+", "NEGATIVE": "-", "NOT": "not ", "INVERT": "~"}
COMPARISON_SIGNS = ("<", "<=", "==", "!=", ">", ">=", "in", "not in", "is", "is not")
COMPARISON_MASKS = (2, 10, 8, 7, 4, 12)
INTRINSICS = {5: ("UNARY", "+"), 6: ("LIST_TO_TUPLE", None)}  # of CALL_INTRINSIC_1, from 3.12 on

# What says nothing about the answer: where a loop begins and ends is seen from its jumps.
SAYS_NOTHING = ("NOP", "TO_BOOL", "RESUME", "MAKE_CELL", "COPY_FREE_VARS", "PRECALL", "GEN_START", "SETUP_LOOP")
SAYS_NOTHING += ("POP_BLOCK",)
ROTATIONS = {"ROT_TWO": 2, "ROT_THREE": 3, "ROT_FOUR": 4}
PAIRS = {
    "LOAD_FAST_LOAD_FAST": ("LOAD_FAST", "LOAD_FAST"),
    "STORE_FAST_LOAD_FAST": ("STORE_FAST", "LOAD_FAST"),
    "STORE_FAST_STORE_FAST": ("STORE_FAST", "STORE_FAST"),
}
# These leave a ``try`` or ``with``, so one of those must be there.
ONLY_AFTER_SETUP = ("END_FINALLY", "POP_FINALLY", "CALL_FINALLY", "BEGIN_FINALLY", "POP_EXCEPT", "RERAISE")
ONLY_AFTER_SETUP += ("WITH_CLEANUP", "WITH_CLEANUP_START", "WITH_CLEANUP_FINISH", "WITH_EXCEPT_START")
# What stands in the handlers of comprehensions and generators, which put variables back and pass the exception on.
ONLY_PASSES_ON = ("SWAP", "POP_TOP", "STORE_FAST", "STORE_DEREF", "INTRINSIC 3")


class NotThisPython(ValueError):
    """The bytes cannot be of the Python that was tried."""


class NotUnderstood(ValueError):
    """The function does what is not put into source here."""


def version_of(python):
    return tuple(int(number) for number in python.split("."))


def decode_code(code, python):
    """The operations of a code object, jumps as numbers of operations."""
    check_lines(code, version_of(python))
    units = list(read_units(code.code, python))
    if len(units) > MAX_OPERATIONS:
        raise NotUnderstood("more than {} operations".format(MAX_OPERATIONS))
    check_units(units, code, version_of(python))
    starts, written = {}, []
    for unit in units:
        starts[unit.place] = len(written)
        jump = jump_target(unit, version_of(python))
        written += [(name, argument, jump) for name, argument in simplify(unit, code, version_of(python))]
    operations = [Operation(name, argument, number_of(jump, starts)) for name, argument, jump in written]
    check_handlers(code, operations, starts)
    return [after_loop(operation, operations, version_of(python)) for operation in operations]


def read_units(stored, python):
    """Operations with their arguments, caches left out."""
    return read_wide_units(stored, python) if version_of(python) < (3, 6) else read_words(stored, python)


def read_wide_units(stored, python):
    """Up to 3.5 an operation takes one byte, or three where it has an argument."""
    names = opcode_names(python)
    place, begin, high = 0, 0, 0
    while place < len(stored):
        name, size = names.get(stored[place]), 3 if stored[place] >= NO_ARGUMENT_BELOW[python] else 1
        if name is None or place + size > len(stored):
            raise NotThisPython("byte {}: {} is no operation".format(place, stored[place]))
        argument = (high << 16) | stored[place + 1] | stored[place + 2] << 8 if size == 3 else 0
        place += size
        if name == "EXTENDED_ARG":
            high = argument
            continue
        yield Unit(begin, name, argument, place)
        begin, high = place, 0


def read_words(stored, python):
    """From 3.6 on an operation takes two bytes, and its argument one of them."""
    names, caches = opcode_names(python), cache_units(python)
    place, begin, high = 0, 0, 0
    while place + 1 < len(stored):
        name, argument = names.get(stored[place]), (high << 8) | stored[place + 1]
        said = argument and stored[place] < NO_ARGUMENT_BELOW[python] and name not in ROTATIONS  # 3.10 says it twice
        if name is None or name == "CACHE" or said:
            raise NotThisPython("byte {}: {} {} is no operation".format(place, stored[place], argument))
        place += 2
        if name == "EXTENDED_ARG" and argument < 1 << 24:
            high = argument
            continue
        after = place + 2 * caches.get(name, 0)
        if any(stored[place:after]) or after > len(stored):
            raise NotThisPython("byte {}: no cache of {}".format(place, name))
        yield Unit(begin, name, argument, after)
        place, begin, high = after, after, 0
    if place != len(stored) or begin != place:
        raise NotThisPython("it ends within an operation")


def check_lines(code, version):
    """Whether the table of line numbers covers the code as it does in that Python."""
    if version >= (3, 11):
        covered = sum((byte & 7) + 1 for byte in code.lines if byte & 0x80) * 2
    else:
        covered = sum(code.lines[::2])
    is_all = covered == len(code.code)
    if is_all != (version >= (3, 10)) or covered > len(code.code):
        raise NotThisPython("its table of lines covers {} of {} bytes".format(covered, len(code.code)))


def check_units(units, code, version):
    names = [unit.name for unit in units]
    if version >= (3, 11) and "RESUME" not in names:
        raise NotThisPython("it does not begin with RESUME")
    copied = [unit.argument for unit in units if unit.name == "COPY_FREE_VARS"]
    if copied and copied != [len(code.freevars)]:
        raise NotThisPython("it copies {} of {} free variables".format(copied, len(code.freevars)))
    within = any(name.startswith("SETUP_") and name != "SETUP_LOOP" for name in names)
    if version < (3, 11) and not within and any(name in ONLY_AFTER_SETUP for name in names):
        raise NotThisPython("it leaves what it has not entered")


# --- jumps ---


def jump_target(unit, version):
    """The byte to which an operation jumps, or None."""
    name = unit.name
    if not (name.startswith(("JUMP", "POP_JUMP")) or name in ("FOR_ITER", "CONTINUE_LOOP")):
        return None
    size = 2 if version >= (3, 10) else 1
    if version >= (3, 11):
        return unit.after + size * (-unit.argument if "BACKWARD" in name else unit.argument)
    return size * unit.argument + (unit.after if name in ("JUMP_FORWARD", "FOR_ITER") else 0)


def number_of(place, starts):
    if place is None:
        return None
    if place not in starts:
        raise NotThisPython("it jumps into the middle of an operation, to byte {}".format(place))
    return starts[place]


def after_loop(operation, operations, version):
    """From 3.12 on a loop that is done jumps over the operations that clear its iterator away."""
    if operation.name != "FOR_ITER" or version < (3, 12):
        return operation
    expected = ["END_FOR"] if version < (3, 13) else ["END_FOR", "POP_TOP"]
    skipped = operations[operation.target : operation.target + len(expected)]
    if [each.name for each in skipped] != expected:
        raise NotThisPython("a loop that does not end in {}".format(" ".join(expected)))
    return operation._replace(target=operation.target + len(expected))


def check_handlers(code, operations, starts):
    """From 3.11 on ``try`` and ``with`` show only in a table beside the code."""
    for place in handler_places(code.exceptions):
        number = number_of(place, starts)
        names = [operation.name for operation in operations[number:]]
        others = [name for name in names if name not in ONLY_PASSES_ON]
        if others[:1] != ["RERAISE"]:
            raise NotUnderstood("'try' or 'with'")


def handler_places(table):
    """The bytes at which handlers begin; numbers of six bits a byte, the start of an entry is marked."""
    numbers, value = [], 0
    for byte in table:
        value = (value << 6) | (byte & 0x3F)
        if not byte & 0x40:
            numbers.append(value)
            value = 0
    if len(numbers) % 4:
        raise NotThisPython("its table of exceptions is cut off")
    return [2 * target for target in numbers[2::4]]


# --- operations ---


def simplify(unit, code, version):
    """One operation as one or several that mean the same everywhere: pairs of name and argument."""
    name = unit.name
    if name in SAYS_NOTHING:
        return []
    if name in WRITTEN_ANEW:
        return WRITTEN_ANEW[name](unit.argument, code, version)
    first, _, second = name.partition("_")
    if first in ("BINARY", "INPLACE") and second in OPERATORS:
        return [(first, OPERATORS[second])]
    if first == "UNARY":
        return [("UNARY", SIGNS[second])]
    return [without_distance(name) or (name, unit.argument)]


def without_distance(name):
    """A jump without its distance and direction, which are read elsewhere; None for all else."""
    if name.startswith("POP_JUMP_"):
        return (name.replace("_FORWARD", "").replace("_BACKWARD", ""), None)
    return ("JUMP", None) if name in JUMPS else None


def pick(names, number):
    if not 0 <= number < len(names):
        raise NotThisPython("there is no name or constant number {}".format(number))
    return names[number]


def global_name(argument, code, version):
    if version < (3,) and pick(code.names, argument) in ("True", "False"):
        return [("LOAD_CONST", code.names[argument] == "True")]
    if version < (3, 11):
        return [("LOAD_GLOBAL", pick(code.names, argument))]
    found = [("LOAD_GLOBAL", pick(code.names, argument >> 1))]
    null = [("PUSH_NULL", None)] if argument & 1 else []
    return found + null if version >= (3, 13) else null + found


def attribute(argument, code, version):
    if version < (3, 12):
        return [("LOAD_ATTR", pick(code.names, argument))]
    return [("LOAD_METHOD" if argument & 1 else "LOAD_ATTR", pick(code.names, argument >> 1))]


def comparison(argument, code, version):
    """From 3.9 on ``in`` and ``is`` are operations of their own, from 3.12 on lower bits say the sign once more."""
    if version < (3, 12):
        return [("COMPARE", pick(COMPARISON_SIGNS if version < (3, 9) else COMPARISON_SIGNS[:6], argument))]
    number = argument >> (5 if version >= (3, 13) else 4)
    if argument & 15 != pick(COMPARISON_MASKS, number):
        raise NotThisPython("a comparison {} that contradicts itself".format(argument))
    return [("COMPARE", COMPARISON_SIGNS[number])]


def fast(name):
    return lambda argument, code, version: [
        (name, pick(code.locals if version >= (3, 11) else code.varnames, argument)),
    ]


def deref(name):
    return lambda argument, code, version: [
        (name, pick(code.locals, argument if version >= (3, 11) else argument + len(code.varnames))),
    ]


def named(name):
    return lambda argument, code, version: [(name, pick(code.names, argument))]


def pair(first, second):
    def both(argument, code, version):
        return [(first, pick(code.locals, argument >> 4)), (second, pick(code.locals, argument & 15))]

    return both


def intrinsic(argument, code, version):
    return [INTRINSICS.get(argument, ("INTRINSIC {}".format(argument), None))]


def call(beside):
    """Up to 3.5 the argument counts; ``beside``: what a call has more, see counted.py."""
    names = {0: "CALL_FUNCTION", 2: "CALL_FUNCTION_KW"}
    return lambda argument, code, version: [
        ("CALL_COUNTED", (argument, beside)) if version < (3, 6) else (names[beside], argument)
    ]


def make(*, closed):
    return lambda argument, code, version: [
        ("MAKE_COUNTED", (argument, closed)) if version < (3, 6) else ("MAKE_FUNCTION", argument)
    ]


def hinted_map(argument, code, version):
    """Up to 3.4 the number of pairs is a hint, and they are stored one by one."""
    return [("BUILD_MAP", 0 if version < (3, 5) else argument)]


WRITTEN_ANEW = {
    "CALL_FUNCTION": call(0),
    "CALL_FUNCTION_VAR": call(1),
    "CALL_FUNCTION_KW": call(2),
    "CALL_FUNCTION_VAR_KW": call(3),
    "MAKE_FUNCTION": make(closed=False),
    "MAKE_CLOSURE": make(closed=True),
    "BUILD_MAP": hinted_map,
    "BINARY_DIVIDE": lambda argument, code, version: [("DIVIDE", None)],
    "UNARY_CONVERT": lambda argument, code, version: [("CONVERT_VALUE", 2)],
    "DUP_TOPX": lambda argument, code, version: [("COPY", argument)] * argument,
    "LOAD_GLOBAL": global_name,
    "LOAD_ATTR": attribute,
    "COMPARE_OP": comparison,
    "CALL_INTRINSIC_1": intrinsic,
    "IS_OP": lambda argument, code, version: [("COMPARE", "is not" if argument else "is")],
    "CONTAINS_OP": lambda argument, code, version: [("COMPARE", "not in" if argument else "in")],
    "BINARY_OP": lambda argument, code, version: [pick(BINARY_OPS, argument)],
    "LOAD_CONST": lambda argument, code, version: [("LOAD_CONST", pick(code.consts, argument))],
    "KW_NAMES": lambda argument, code, version: [("KW_NAMES", pick(code.consts, argument))],
    "RETURN_CONST": lambda argument, code, version: [
        ("LOAD_CONST", pick(code.consts, argument)),
        ("RETURN_VALUE", None),
    ],
    "DUP_TOP": lambda argument, code, version: [("COPY", 1)],
    "DUP_TOP_TWO": lambda argument, code, version: [("COPY", 2), ("COPY", 2)],
    "ROT_N": lambda argument, code, version: [("ROTATE", argument)],
    "RETURN_GENERATOR": lambda argument, code, version: [("PUSH_NULL", None)],
    "LOAD_FAST_CHECK": fast("LOAD_FAST"),
    "MAP_ADD": lambda argument, code, version: ([("ROTATE", 2)] if version < (3, 8) else []) + [("MAP_ADD", argument)],
}
WRITTEN_ANEW.update({name: fast(name) for name in ("LOAD_FAST", "STORE_FAST", "DELETE_FAST", "LOAD_FAST_AND_CLEAR")})
WRITTEN_ANEW.update({name: deref(name) for name in ("LOAD_DEREF", "STORE_DEREF", "LOAD_CLOSURE")})
WRITTEN_ANEW.update(
    {name: named(name) for name in ("LOAD_NAME", "LOAD_METHOD", "IMPORT_NAME", "IMPORT_FROM", "STORE_ATTR")}
)
WRITTEN_ANEW.update(
    {
        "SLICE+{}".format(flags): lambda argument, code, version, flags=flags: [("SLICE", flags)]  # bound now
        for flags in range(4)
    }
)
WRITTEN_ANEW.update({name: pair(*both) for name, both in PAIRS.items()})
WRITTEN_ANEW.update(
    {
        name: lambda argument, code, version, count=count: [("ROTATE", count)]  # bound now, not when it is called
        for name, count in ROTATIONS.items()
    }
)
