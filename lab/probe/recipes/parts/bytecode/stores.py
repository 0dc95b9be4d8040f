"""Follow the operations that make statements: what is stored, returned, raised, imported, or added in a loop."""

from probe.recipes.parts.bytecode.decode import NotThisPython, NotUnderstood
from probe.recipes.parts.bytecode.nodes import (
    attribute_node,
    display_node,
    name_node,
    slice_node,
    star_node,
    subscript_node,
)
from probe.recipes.parts.bytecode.stack import ITERATOR, MARKS, NULL


def read_target(reader, number):
    """What the next operations store into, as source, and the number of the operation after them."""
    operation = reader.operations[number]
    if operation.name in ("STORE_FAST", "STORE_DEREF"):
        return variable_node(reader, operation.argument), number + 1
    if operation.name not in ("UNPACK_SEQUENCE", "UNPACK_EX"):
        raise NotUnderstood("a value that goes into {}".format(operation.name))
    count, starred, targets = operation.argument, None, []
    if operation.name == "UNPACK_EX":
        count, starred = (count & 0xFF) + 1 + (count >> 8), count & 0xFF
    number += 1
    for place in range(count):
        node, number = read_target(reader, number)
        targets.append(star_node("*", node) if place == starred else node)
    return display_node("tuple", targets), number


def variable_node(reader, name):
    """A variable that can be set here."""
    if name in reader.code.freevars:
        raise NotUnderstood("a variable of the function around it that is set")
    return name_node(name)


def variables_in(target):
    """Names of the variables that a target sets."""
    if target.kind == "name":
        return {target.parts[0]}
    inner = target.parts if target.kind in ("tuple", "star") else ()
    return {name for part in inner for name in variables_in(part)}


def unpack(reader, frame, number, stops):
    node = frame.pop()
    target, after = read_target(reader, number)
    assign(reader, frame, target, node)
    return frame, after


def store_variable(reader, frame, number, stops):
    """What a comprehension puts back is no statement: its variables are its own."""
    together = stored_together(reader, frame, number, stops)
    if together > 1:
        targets = [read_target(reader, number + place)[0] for place in range(together)]
        values = [frame.pop() for _ in range(together)]
        if not any(value in reader.moved for value in values):
            targets, values = targets[::-1], values[::-1]  # as they were computed
        assign(reader, frame, display_node("tuple", targets), display_node("tuple", values))
        return frame, number + together
    node = frame.pop_any()
    if node.kind != "saved":
        store(reader, frame, variable_node(reader, reader.operations[number].argument), node)
    return frame, number + 1


def stored_together(reader, frame, number, stops):
    """``a, b = b, a``: how many values, all of them computed before, go into variables one after the other."""
    values, names = [], []
    for operation, node in zip(reader.operations[number:], reversed(frame.stack)):
        stored = operation.name in ("STORE_FAST", "STORE_DEREF") and number + len(values) not in stops
        if not stored or node.kind in MARKS or node in values or operation.argument in names:
            break
        values.append(node)
        names.append(operation.argument)
    return len(values)


def store_subscript(reader, frame, number, stops):
    index, container, node = frame.pop(), frame.pop(), frame.pop_any()
    store(reader, frame, subscript_node(container, index), node)
    return frame, number + 1


def store_slice(reader, frame, number, stops):
    container, start, stop = frame.pop_many(3)
    store(reader, frame, subscript_node(container, slice_node([start, stop])), frame.pop_any())
    return frame, number + 1


def store_attribute(reader, frame, number, stops):
    holder, node = frame.pop(), frame.pop_any()
    store(reader, frame, attribute_node(holder, reader.operations[number].argument), node)
    return frame, number + 1


def store(reader, frame, target, node):
    if node.kind in ("module", "imported"):
        frame.statements.append(("import", import_text(node, str(target))))
    elif node.kind == "inplace":
        if str(node.parts[0]) != str(target):
            raise NotUnderstood("an operation in place of something else")
        hold(reader, frame, variables_in(target))
        frame.statements.append(("augment", target, node.parts[1], node.parts[2]))
    elif node.kind == "maker" and target.kind == "name":
        hold(reader, frame, variables_in(target))
        frame.statements.append(reader.define(frame, node, target))
    else:
        frame.push(node)
        assign(reader, frame, target, frame.pop())


def assign(reader, frame, target, node):
    """What is on the stack was computed before: it gets a name first."""
    hold(reader, frame, variables_in(target), node)
    frame.statements.append(("assign", target, node))
    if target.kind == "name":
        frame.stack = [target if each is node else each for each in frame.stack]


def hold(reader, frame, changed, but=None):
    """Give names to the values on the stack that a statement may change; ``changed`` are the variables that it sets."""
    for node in frame.stack:
        fixed = node.kind in (*MARKS, "const", "number") or (node.kind == "name" and node.parts[0] not in changed)
        if not fixed and node is not but and node not in reader.filled and node in frame.stack:
            if node in reader.moved:
                raise NotUnderstood("values that change their order")
            held = reader.source.new_name()
            frame.statements.append(("assign", held, node))
            frame.stack = [held if each is node else each for each in frame.stack]


def import_text(node, name):
    dotted, plain, *path = node.parts
    if not plain and path and name_node(path[0]):
        return "from {} import {} as {}".format(node_text(dotted), path[0], name)
    if plain and path == [dotted]:
        return "import {} as {}".format(node_text(dotted), name)
    if plain and not path and name == dotted.split(".")[0]:
        return "import {}".format(node_text(dotted))
    if plain and not path and "." not in dotted:
        return "import {} as {}".format(node_text(dotted), name)
    raise NotUnderstood("an import of {}".format(dotted))


def node_text(dotted):
    return ".".join(str(name_node(part)) for part in dotted.split("."))


def return_value(reader, frame, number, stops):
    frame.statements.append(("return", frame.pop()))
    if any(node is not ITERATOR for node in frame.stack):
        raise NotThisPython("it returns with values on the stack")
    frame.ended = True
    return frame, None


def raise_error(reader, frame, number, stops):
    if reader.operations[number].argument != 1:
        raise NotUnderstood("an error that is raised from another, or again")
    frame.statements.append(("raise", frame.pop()))
    frame.ended = True
    return frame, None


def add_item(reader, frame, number, stops):
    """LIST_APPEND and the like, of comprehensions and of ``[*x, 1]``."""
    operation = reader.operations[number]
    given = frame.pop_many(2 if operation.name == "MAP_ADD" else 1)
    place = frame.deep(operation.argument)
    display = frame.stack[place]
    if display in reader.filled:
        frame.statements.append(("add", display, *given))
    elif display.kind in ("list", "set") and len(given) == 1:
        frame.stack[place] = display_node(display.kind, [*display.parts, *given])  # [*x, 1]
    else:
        raise NotUnderstood("items added to what is not written out")
    return frame, number + 1


def yield_value(reader, frame, number, stops):
    if reader.code.name != "<genexpr>":
        raise NotUnderstood("a generator")
    frame.statements.append(("add", NULL, frame.pop()))
    frame.push(NULL)
    return frame, number + 1


STORES = {
    "STORE_FAST": store_variable,
    "STORE_DEREF": store_variable,
    "STORE_SUBSCR": store_subscript,
    "STORE_SLICE": store_slice,
    "STORE_ATTR": store_attribute,
    "UNPACK_SEQUENCE": unpack,
    "UNPACK_EX": unpack,
    "RETURN_VALUE": return_value,
    "RAISE_VARARGS": raise_error,
    "LIST_APPEND": add_item,
    "SET_ADD": add_item,
    "MAP_ADD": add_item,
    "YIELD_VALUE": yield_value,
}
