"""Pieces of Python source that know how tightly they bind, so that parentheses stand only where they are needed."""

import keyword
import math

from probe.recipes.parts.bytecode.decode import NotUnderstood
from probe.recipes.parts.bytecode.marshal import StoredItems

MAX_NESTING = 100  # Python 3.7 and 3.8 cannot compile more parentheses in each other
MAX_LENGTH = 100000

# How tightly: https://docs.python.org/3/reference/expressions.html#operator-precedence
LAMBDA, CHOICE, OR, AND, NOT, COMPARISON = 0, 1, 2, 3, 4, 5
UNARY, POWER, ATOM = 12, 13, 15
BINARY = {"|": 6, "^": 7, "&": 8, "<<": 9, ">>": 9, "+": 10, "-": 10, "*": 11, "@": 11, "/": 11, "//": 11, "%": 11}

OPPOSITES = {"in": "not in", "not in": "in", "is": "is not", "is not": "is"}  # <= is not the opposite of > for NaN
BRACKETS = {"tuple": "()", "list": "[]", "set": "{}", "dict": "{}"}


class Node:
    """An expression: ``pieces`` are text, or a node and the level below which it stands in parentheses.

    ``kind`` and ``parts`` tell what it is where that matters later. Nodes are the same only if they are one object.
    """

    __slots__ = ("depth", "kind", "length", "level", "parts", "pieces")

    def __init__(self, kind, level, pieces, parts=()):
        nodes = [piece[0] for piece in pieces if not isinstance(piece, str)]
        self.kind, self.level, self.pieces, self.parts = kind, level, pieces, parts
        self.depth = 1 + max([node.depth for node in nodes], default=0)
        self.length = sum(len(piece) if isinstance(piece, str) else piece[0].length + 2 for piece in pieces)
        if self.depth > MAX_NESTING or self.length > MAX_LENGTH:
            raise NotUnderstood("an expression that is too large")

    def __str__(self):
        return "".join(piece if isinstance(piece, str) else enclosed(*piece) for piece in self.pieces)


def enclosed(node, level):
    return str(node) if node.level >= level else "({})".format(node)


def between(nodes, separator, level=CHOICE):
    pieces = []
    for node in nodes:
        pieces += [separator, (node, level)] if pieces else [(node, level)]
    return pieces


# --- names and constants ---


def name_node(name):
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        raise NotUnderstood("{!r} as a name".format(name))
    return Node("name", ATOM, [name], (name,))


def const_node(value):
    if type(value) is tuple:
        return display_node("tuple", [const_node(item) for item in value])
    if isinstance(value, StoredItems) and value.kind == "frozenset":
        return Node("frozenset", ATOM, ["frozenset(", (const_node(value.items), CHOICE), ")"], value.items)
    if value is None or value is Ellipsis or isinstance(value, (bool, str, bytes)):
        return Node("const", ATOM, ["..." if value is Ellipsis else repr(value)], (value,))
    if isinstance(value, (int, float)):
        text = number_text(value)
        return Node("number", UNARY if text.startswith("-") else ATOM, [text], (value,))
    if isinstance(value, complex):
        texts = number_text(value.real), number_text(value.imag)
        return Node("number", ATOM, ["complex({}, {})".format(*texts)], (value,))
    raise NotUnderstood("a constant of the type {}".format(type(value).__name__))


def number_text(value):
    if isinstance(value, float) and math.isnan(value):
        return "float('nan')"
    if isinstance(value, float) and math.isinf(value):
        return "1e999" if value > 0 else "-1e999"
    return repr(value)


# --- operators ---


def binary_node(left, sign, right):
    if sign == "**":
        return Node("binary", POWER, [(left, POWER + 1), " ** ", (right, UNARY)])
    level = BINARY[sign]
    return Node("binary", level, [(left, level), " {} ".format(sign), (right, level + 1)])


def unary_node(sign, operand):
    if sign == "not ":
        return Node("not", NOT, ["not ", (operand, NOT)], (operand,))
    return Node("unary", UNARY, [sign, (operand, UNARY)])


def compare_node(left, sign, right):
    """``x in {1, 2}``: the set has become a frozenset."""
    if sign in ("in", "not in") and right.kind == "frozenset" and right.parts:
        right = display_node("set", [const_node(item) for item in right.parts])
    return chain_node(left, [(sign, right)])


def chain_node(first, rest):
    pieces = [(first, COMPARISON + 1)]
    for sign, operand in rest:
        pieces += [" {} ".format(sign), (operand, COMPARISON + 1)]
    return Node("compare", COMPARISON, pieces, (first, rest))


def and_node(left, right):
    """``a < b and b < c``, where both b are one and the same value, is ``a < b < c``."""
    if right.kind == "and":
        return and_node(and_node(left, right.parts[0]), right.parts[1])
    last = left.parts[1] if left.kind == "and" else left
    if last.kind == "compare" and right.kind == "compare" and last.parts[1][-1][1] is right.parts[0]:
        chain = chain_node(last.parts[0], list(last.parts[1]) + list(right.parts[1]))
        return and_node(left.parts[0], chain) if left.kind == "and" else chain
    return Node("and", AND, [(left, AND), " and ", (right, AND + 1)], (left, right))


def or_node(left, right):
    if right.kind == "or":
        return or_node(or_node(left, right.parts[0]), right.parts[1])
    return Node("or", OR, [(left, OR), " or ", (right, OR + 1)], (left, right))


def not_node(operand):
    if operand.kind == "not":
        return operand.parts[0]
    if operand.kind == "compare" and len(operand.parts[1]) == 1 and operand.parts[1][0][0] in OPPOSITES:
        sign, right = operand.parts[1][0]
        return compare_node(operand.parts[0], OPPOSITES[sign], right)
    return unary_node("not ", operand)


# --- what is in brackets or behind a dot ---


def display_node(kind, items):
    """A tuple, list, set or dict that is written out; the items of a dict are pairs, or one with two stars."""
    if not items and kind == "set":
        return Node("set", ATOM, ["set()"], ())
    opening, closing = BRACKETS[kind]
    nodes = [item_node(*item) if isinstance(item, tuple) else item for item in items] if kind == "dict" else items
    comma = "," if kind == "tuple" and len(items) == 1 else ""
    return Node(kind, ATOM, [opening, *between(nodes, ", "), comma + closing], tuple(items))


def item_node(key, value):
    return Node("item", CHOICE, [(key, CHOICE), ": ", (value, CHOICE)], (key, value))


def star_node(stars, node):
    return Node("star", CHOICE, [stars, (node, 6)], (node,))


def keyword_node(name, value):
    return Node("keyword", CHOICE, [str(name_node(name)), "=", (value, LAMBDA)], (name, value))


def attribute_node(node, name):
    held = Node("held", ATOM, ["(", (node, LAMBDA), ")"]) if node.kind == "number" else node
    return Node("attribute", ATOM, [(held, ATOM), ".", str(name_node(name))], (node, name))


def call_node(function, arguments):
    """A generator that is the only argument needs no parentheses of its own."""
    only = arguments[0] if len(arguments) == 1 and arguments[0].kind == "generator" else None
    pieces = only.pieces[1:-1] if only else between(arguments, ", ", LAMBDA)
    return Node("call", ATOM, [(function, ATOM), "(", *pieces, ")"])


def slice_node(parts):
    return Node("slice", ATOM, ["slice(", *between(parts, ", "), ")"], tuple(parts))


def subscript_node(node, index):
    return Node("subscript", ATOM, [(node, ATOM), "[", *index_pieces(index), "]"], (node, index))


def index_pieces(index):
    """``x[:, 0]``: a tuple needs no parentheses here, and slices are written with colons."""
    if index.kind == "tuple" and index.parts and all(item.kind != "star" for item in index.parts):
        pieces = between([colon_node(item) for item in index.parts], ", ")
        return [*pieces, ","] if len(index.parts) == 1 else pieces
    return [(colon_node(index), LAMBDA)]


def colon_node(node):
    if node.kind != "slice":
        return node
    start, stop, *step = [None if part.kind == "const" and part.parts[0] is None else part for part in node.parts]
    pieces = [*between([start] if start else [], ""), ":", *between([stop] if stop else [], "")]
    if step:
        pieces += [":", *between(step if step[0] else [], "")]
    return Node("colons", ATOM, pieces)
