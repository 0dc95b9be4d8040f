"""Follow branches and loops: both arms up to the place where they meet, and what they give as one again.

Loops are those of ``for``; what jumps back in any other way is not understood.
"""

from probe.recipes.parts.bytecode.choices import adds_to, choice_node, comprehension_node, if_statements
from probe.recipes.parts.bytecode.decode import NotThisPython, NotUnderstood
from probe.recipes.parts.bytecode.nodes import compare_node, not_node
from probe.recipes.parts.bytecode.stack import ITERATOR, MARKS, NOTHING_SAID, Frame
from probe.recipes.parts.bytecode.stores import hold, read_target, variables_in


def meeting_places(operations):
    """For every operation the next one that every way from it to the end of the function comes by, or None."""
    ways, meets = [0] * (len(operations) + 1), [None] * len(operations)
    for number in range(len(operations) - 1, -1, -1):
        name, target = operations[number].name, operations[number].target
        if name == "RAISE_VARARGS":
            ways[number] = -1  # it comes by nothing more, so it is in nobody's way
            continue
        following = -1
        for after in next_operations(name, number, target):
            following &= ways[after] if after > number else 0
        following = 0 if name == "RETURN_VALUE" else following
        ways[number] = following | 1 << number
        later = following >> (number + 1)
        meets[number] = number + (later & -later).bit_length() if later else None
    return meets


def next_operations(name, number, target):
    if name == "JUMP":
        return [target]
    if name == "FOR_ITER":
        return [target]  # its body comes back to it
    return [number + 1] if target is None else [number + 1, target]


# --- branches ---


def jump(reader, frame, number, stops):
    target = reader.operations[number].target
    refuse_going_back(reader, number, target, stops, frame.stack)
    return frame, target


def refuse_going_back(reader, number, target, stops, stack):
    if target > number or target in stops:
        return
    if len(stack) != reader.depths.get(target, len(stack)):
        raise NotThisPython("a loop that does not leave the stack as it was")
    raise NotUnderstood("a loop that is none of 'for'")


def jump_if_false(reader, frame, number, stops):
    condition = frame.pop()
    return branch(reader, frame, number, stops, condition, (number + 1, target_of(reader, number)))


def jump_if_true(reader, frame, number, stops):
    condition = frame.pop()
    return branch(reader, frame, number, stops, condition, (target_of(reader, number), number + 1))


def jump_if_none(reader, frame, number, stops):
    condition = compare_node(frame.pop(), "is", NOTHING_SAID)
    return branch(reader, frame, number, stops, condition, (target_of(reader, number), number + 1))


def jump_if_not_none(reader, frame, number, stops):
    condition = compare_node(frame.pop(), "is", NOTHING_SAID)
    return branch(reader, frame, number, stops, condition, (number + 1, target_of(reader, number)))


def jump_or_pop(reader, frame, number, stops):
    """The value that decides stays on the stack where it jumps."""
    condition, target = frame.pop(), target_of(reader, number)
    starts = [(number + 1, frame.stack), (target, [*frame.stack, condition])]
    if reader.operations[number].name == "JUMP_IF_TRUE_OR_POP":
        starts.reverse()
    return both_arms(reader, frame, number, stops, condition, starts)


def target_of(reader, number):
    return reader.operations[number].target


def branch(reader, frame, number, stops, condition, starts):
    return both_arms(reader, frame, number, stops, condition, [(start, frame.stack) for start in starts])


def both_arms(reader, frame, number, stops, condition, starts):
    """``starts``: where it goes on if the condition holds and if it does not, each with the stack there."""
    until = set(stops) | ({reader.meets[number]} - {None})
    ends = {}
    for start, stack in sorted(starts, key=lambda arm: -arm[0]):  # what goes on tells whether it is this Python at all
        refuse_going_back(reader, number, start, stops, stack)
        ends[start] = reader.run(Frame(stack, []), start, until)
    return merge(reader, frame, condition, [ends[start] for start, _ in starts])


def merge(reader, frame, condition, ends):
    (yes, yes_end), (no, no_end) = ends
    if yes.ended or no.ended:
        return merge_ended(frame, condition, yes, no), yes_end if no.ended else no_end
    if yes_end != no_end or len(yes.stack) != len(no.stack):
        raise NotUnderstood("branches that do not meet")
    if yes.statements or no.statements:
        frame.stack = [held_value(reader, yes, no, *both) for both in zip(yes.stack, no.stack)]
        frame.statements += if_statements(condition, yes.statements, no.statements)
    else:
        frame.stack = [merged_value(condition, *both) for both in zip(yes.stack, no.stack)]
    return frame, yes_end


def merge_ended(frame, condition, yes, no):
    """Where one arm has returned, what the other did follows."""
    frame.ended = yes.ended and no.ended
    if frame.ended:
        frame.statements += if_statements(condition, yes.statements, no.statements)
    elif yes.ended:
        frame.statements += if_statements(condition, yes.statements, []) + no.statements
    else:
        frame.statements += if_statements(not_node(condition), no.statements, []) + yes.statements
    frame.stack = no.stack if yes.ended else yes.stack
    return frame


def merged_value(condition, yes, no):
    if yes is no:
        return yes
    if yes.kind in MARKS or no.kind in MARKS:
        raise NotUnderstood("branches that leave {} and {}".format(yes.kind, no.kind))
    return choice_node(condition, yes, no)


def held_value(reader, yes, no, one, other):
    """A value that differs gets a name in both arms."""
    if one is other and (one.kind in (*MARKS, "const", "number") or one in reader.filled):
        return one
    if one.kind in MARKS or other.kind in MARKS or one is other:
        raise NotUnderstood("statements within an expression")
    held = reader.source.new_name()
    yes.statements.append(("assign", held, one))
    no.statements.append(("assign", held, other))
    return held


# --- loops ---


def loop(reader, frame, number, stops):
    """``for``; one that adds to an empty list, set or dict on the stack, and does nothing else, is a comprehension."""
    items = frame.pop()
    target, first = read_target(reader, number + 1)
    fills = [node for node in frame.stack if is_empty(node) and node not in reader.filled]
    stack = [*frame.stack, ITERATOR]
    reader.filled += fills
    body, end = reader.run(Frame(stack, []), first, {number})
    reader.filled = [node for node in reader.filled if node not in fills]
    if end is not None and (len(body.stack) != len(stack) or any(a is not b for a, b in zip(body.stack, stack))):
        raise NotUnderstood("a loop that changes what is on the stack")
    statement = ("for", target, items, body.statements)
    filled = [node for node in frame.stack if adds_to([statement], node)]
    if len(filled) == 1 and filled[0] in fills:
        made = comprehension_node(filled[0].kind, statement, filled[0])
        frame.stack = [made if node is filled[0] else node for node in frame.stack]
    else:
        if not filled:
            hold(reader, frame, variables_in(target))
        frame.statements.append(statement)
    return frame, reader.operations[number].target


def is_empty(node):
    return node.kind in ("list", "set", "dict") and not node.parts


BRANCHES = {
    "JUMP": jump,
    "POP_JUMP_IF_FALSE": jump_if_false,
    "POP_JUMP_IF_TRUE": jump_if_true,
    "POP_JUMP_IF_NONE": jump_if_none,
    "POP_JUMP_IF_NOT_NONE": jump_if_not_none,
    "JUMP_IF_FALSE_OR_POP": jump_or_pop,
    "JUMP_IF_TRUE_OR_POP": jump_or_pop,
    "FOR_ITER": loop,
}
