"""Follow what Python 2.7 to 3.5 wrote otherwise: calls and functions that count, slices of their own, two divisions.

Source: https://docs.python.org/3.5/library/dis.html, https://docs.python.org/2.7/library/dis.html
"""

from probe.recipes.parts.bytecode.decode import NotThisPython, NotUnderstood
from probe.recipes.parts.bytecode.nodes import (
    binary_node,
    call_node,
    const_node,
    display_node,
    keyword_node,
    name_node,
    slice_node,
    subscript_node,
)
from probe.recipes.parts.bytecode.stack import inplace, keyword_arguments, maker_node, spread

# A function that divides as ``/`` of Python 2 does; who runs the source has to give it.
DIVIDE = "divide_as_python_2"
STAR, STARS = 1, 2  # what a call has beside what it counts: *arguments, **keywords


def call_counted(reader, frame, number, stops):
    """``count``: arguments in the lower byte, pairs of name and value in the higher one."""
    count, beside = reader.operations[number].argument
    if count >> 16:
        raise NotThisPython("a call of {} arguments".format(count))
    stars = keyword_arguments(frame.pop()) if beside & STARS else []
    # 3.5 has the keywords above the *arguments, the others below: https://bugs.python.org/issue25090
    star = starred(frame, beside) if reader.version < (3, 5) else []
    named = [keyword_node(name, value) for name, value in named_pairs(frame, count >> 8)]
    star = starred(frame, beside) if reader.version >= (3, 5) else star
    arguments = frame.pop_many(count & 0xFF) + star + named + stars
    frame.push(reader.call(frame, frame.pop_any(), arguments))
    return frame, number + 1


def starred(frame, beside):
    return spread("tuple", frame.pop()) if beside & STAR else []


def named_pairs(frame, count):
    nodes = frame.pop_many(2 * count)
    names = [node.parts[0] if node.kind == "const" else None for node in nodes[::2]]
    if not all(isinstance(name, str) for name in names):
        raise NotThisPython("keywords without a name")
    return list(zip(names, nodes[1::2]))


def make_counted(reader, frame, number, stops):
    """``count``: defaults, those of keywords, annotations; with ``closed`` the variables around lie above them."""
    count, closed = reader.operations[number].argument
    if reader.version >= (3,):
        frame.pop()  # its qualified name
    code = frame.pop_any()
    if code.kind != "code":
        raise NotThisPython("a function without code")
    if closed:
        frame.pop_any()
    if count >> 16:
        raise NotUnderstood("a function with annotations")
    named = named_pairs(frame, count >> 8)
    plain = frame.pop_many(count & 0xFF)
    given = {1: display_node("tuple", plain)} if plain else {}
    if named:
        given[2] = display_node("dict", [(const_node(name), value) for name, value in named])
    frame.push(maker_node(reader, code.parts[0], given))
    return frame, number + 1


def slice_plainly(reader, frame, number, stops):
    """``SLICE+n``: 1 has a start, 2 a stop, 3 both."""
    flags = reader.operations[number].argument
    stop = frame.pop() if flags & 2 else const_node(None)
    start = frame.pop() if flags & 1 else const_node(None)
    frame.push(subscript_node(frame.pop(), slice_node([start, stop])))
    return frame, number + 1


def divide(reader, frame, number, stops):
    """With a float at either side it is the division of Python 3."""
    right, left = frame.pop(), frame.pop()
    if is_float(left) or is_float(right):
        frame.push(binary_node(left, "/", right))
    else:
        reader.source.globals.add(DIVIDE)
        frame.push(call_node(name_node(DIVIDE), [left, right]))
    return frame, number + 1


def divide_in_place(reader, frame, number, stops):
    if not is_float(frame.stack[frame.deep(1)]):
        raise NotUnderstood("a division in place of Python 2")
    inplace(reader, frame, "/")
    return frame, number + 1


def is_float(node):
    return node.kind == "number" and isinstance(node.parts[0], float)


def store_pair(reader, frame, number, stops):
    """A dict that is written out gets its pairs one by one; the key is on top."""
    key, value, written = frame.pop(), frame.pop(), frame.pop()
    if written.kind != "dict":
        raise NotThisPython("a pair for what is no dict")
    frame.push(display_node("dict", [*written.parts, (key, value)]))
    return frame, number + 1


COUNTED = {
    "CALL_COUNTED": call_counted,
    "MAKE_COUNTED": make_counted,
    "SLICE": slice_plainly,
    "DIVIDE": divide,
    "INPLACE_DIVIDE": divide_in_place,
    "STORE_MAP": store_pair,
}
