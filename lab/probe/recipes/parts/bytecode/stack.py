"""Follow the operations of a function that do not branch, with expressions on the stack in the place of values."""

from probe.recipes.parts.bytecode.decode import NotThisPython, NotUnderstood
from probe.recipes.parts.bytecode.marshal import StoredCode
from probe.recipes.parts.bytecode.nodes import (
    ATOM,
    Node,
    attribute_node,
    binary_node,
    call_node,
    compare_node,
    const_node,
    display_node,
    keyword_node,
    name_node,
    slice_node,
    star_node,
    subscript_node,
    unary_node,
)

NULL = Node("null", ATOM, ["NULL"])  # what 3.11 and newer put beside a function that is no method
ITERATOR = Node("iterator", ATOM, ["<iterator>"])
NOTHING_SAID = Node("const", ATOM, ["None"], (None,))
# What is on the stack and is no value that source could name.
MARKS = ("null", "saved", "iterator", "item", "maker", "code", "inplace", "module", "imported")

CONVERSIONS = {1: "str", 2: "repr", 3: "ascii"}


class Frame:
    """What is on the stack, and the statements so far; ``ended`` where the function has returned."""

    def __init__(self, stack, statements):
        self.stack, self.statements, self.ended = list(stack), list(statements), False

    def pop(self):
        """The value on top."""
        node = self.pop_any()
        if node.kind == "maker":
            return node.parts[2](self, node)  # the function is written out
        if node.kind in MARKS:
            raise NotUnderstood("a value that is {}".format(node.kind))
        return node

    def pop_any(self):
        """Whatever is on top."""
        if not self.stack:
            raise NotThisPython("it takes from an empty stack")
        return self.stack.pop()

    def pop_many(self, count):
        """So many values, the one on top last."""
        if count < 0 or count > len(self.stack):
            raise NotThisPython("it takes {} from a stack of {}".format(count, len(self.stack)))
        return [self.pop() for _ in range(count)][::-1]

    def push(self, node):
        """Put on top."""
        self.stack.append(node)

    def deep(self, count):
        """The place of what is so deep, the top being 1."""
        if not 1 <= count <= len(self.stack):
            raise NotThisPython("it looks {} deep into a stack of {}".format(count, len(self.stack)))
        return len(self.stack) - count


def step(reader, frame, operation):
    """Follow one operation that does not branch."""
    if operation.name not in STEPS:
        raise NotUnderstood("the operation {}".format(operation.name))
    STEPS[operation.name](reader, frame, operation.argument)
    if len(frame.stack) > reader.code.stacksize + 1:  # RETURN_CONST is taken apart
        raise NotThisPython("it needs a larger stack than it says")


# --- the stack ---


def copy(reader, frame, depth):
    node = frame.stack[frame.deep(depth)]
    reader.shared.append(node)
    frame.push(node)


def rotate(reader, frame, count):
    place = frame.deep(count)
    reader.moved += frame.stack[place:]
    frame.stack.insert(place, frame.stack.pop())


def swap(reader, frame, depth):
    place = frame.deep(depth)
    reader.moved += [frame.stack[place], frame.stack[-1]]
    frame.stack[place], frame.stack[-1] = frame.stack[-1], frame.stack[place]


def drop(reader, frame, argument):
    """What is computed and not used may still do something."""
    node = frame.pop_any()
    used = any(node is each for each in reader.shared)
    if node.kind not in (*MARKS, "name", "const", "number") and not used:
        frame.statements.append(("expression", node))


# --- values ---


def load_const(reader, frame, value):
    frame.push(Node("code", ATOM, ["<code>"], (value,)) if isinstance(value, StoredCode) else const_node(value))


def load_fast(reader, frame, name):
    frame.push(reader.bound[name] if name in reader.bound else name_node(name))


def load_global(reader, frame, name):
    reader.source.globals.add(name)
    frame.push(name_node(name))


def load_attribute(reader, frame, name):
    """``import a.b as c`` reads an attribute in 3.6, and is an operation of its own later."""
    node = frame.pop_any()
    if node.kind in ("module", "imported"):
        frame.push(imported_node(node, name))
        return
    frame.push(node)
    frame.push(attribute_node(frame.pop(), name))


def load_method(reader, frame, name):
    load_attribute(reader, frame, name)
    frame.push(NULL)


def unary(reader, frame, sign):
    frame.push(unary_node(sign, frame.pop()))


def binary(reader, frame, sign):
    right, left = frame.pop(), frame.pop()
    frame.push(binary_node(left, sign, right))


def inplace(reader, frame, sign):
    right, left = frame.pop(), frame.pop()
    frame.push(Node("inplace", ATOM, ["<", (left, 0), sign, (right, 0), ">"], (left, sign, right)))


def compare(reader, frame, sign):
    right, left = frame.pop(), frame.pop()
    frame.push(compare_node(left, sign, right))


def subscript(reader, frame, argument):
    index, node = frame.pop(), frame.pop()
    frame.push(subscript_node(node, index))


def binary_slice(reader, frame, argument):
    node, start, stop = frame.pop_many(3)
    frame.push(subscript_node(node, slice_node([start, stop])))


# --- what is written out in brackets ---


def build(kind):
    return lambda reader, frame, count: frame.push(display_node(kind, frame.pop_many(count)))


def build_map(reader, frame, count):
    nodes = frame.pop_many(2 * count)
    frame.push(display_node("dict", list(zip(nodes[::2], nodes[1::2]))))


def build_const_key_map(reader, frame, count):
    keys = frame.pop()
    if keys.kind != "tuple" or len(keys.parts) != count:
        raise NotThisPython("a dict of other keys than values")
    frame.push(display_node("dict", list(zip(keys.parts, frame.pop_many(count)))))


def build_unpack(kind):
    def join(reader, frame, count):
        items = [item for node in frame.pop_many(count) for item in spread(kind, node)]
        frame.push(display_node(kind, items))

    return join


def spread(kind, node):
    """What a value adds to a list, tuple or set (its items) or to a dict."""
    if kind == "dict":
        return list(node.parts) if node.kind == "dict" else [star_node("**", node)]
    if node.kind == "frozenset":
        return [const_node(item) for item in node.parts]
    return list(node.parts) if node.kind in ("tuple", "list") else [star_node("*", node)]


def extend(kind):
    def add(reader, frame, depth):
        node = frame.pop()
        place = frame.deep(depth)
        if frame.stack[place].kind != kind:
            raise NotThisPython("items added to what is not written out")
        frame.stack[place] = display_node(kind, list(frame.stack[place].parts) + spread(kind, node))

    return add


def list_to_tuple(reader, frame, argument):
    node = frame.pop()
    if node.kind != "list":
        raise NotThisPython("a tuple of what is not written out")
    frame.push(display_node("tuple", list(node.parts)))


# --- text with values in it ---


def format_value(reader, frame, flags):
    """Up to 3.12 one operation: how the value is written, and whether a format is given; later one for each."""
    spec = [frame.pop()] if flags & 4 else []
    if flags & 3:
        convert_value(reader, frame, flags & 3)
    frame.push(called("format", [frame.pop(), *spec]))


def convert_value(reader, frame, number):
    if number not in CONVERSIONS:
        raise NotThisPython("there is no way {} to write a value".format(number))
    frame.push(called(CONVERSIONS[number], [frame.pop()]))


def build_string(reader, frame, count):
    parts = display_node("tuple", frame.pop_many(count))
    frame.push(call_node(attribute_node(const_node(""), "join"), [parts]))


def called(name, arguments):
    return call_node(name_node(name), arguments)


# --- calls ---


def call_plainly(reader, frame, count):
    arguments = frame.pop_many(count)
    frame.push(reader.call(frame, frame.pop_any(), arguments))


def call_with_null(reader, frame, count):
    names, reader.keywords = reader.keywords, ()
    call_beside_null(reader, frame, with_keywords(frame.pop_many(count), names))


def call_beside_null(reader, frame, arguments):
    """Two places below the arguments: a function and NULL in either order, or a function and its first argument."""
    second, first = frame.pop_any(), frame.pop_any()
    if first is NULL or second is NULL:
        frame.push(reader.call(frame, second if first is NULL else first, arguments))
    else:
        frame.push(reader.call(frame, first, [second, *arguments]))


def remember_keywords(reader, frame, names):
    reader.keywords = tuple(const_node(name) for name in names) if isinstance(names, tuple) else ()


def call_keywords(reader, frame, count):
    names = frame.pop().parts
    arguments = with_keywords(frame.pop_many(count), names)
    if reader.version >= (3, 11):
        call_beside_null(reader, frame, arguments)
    else:
        frame.push(reader.call(frame, frame.pop_any(), arguments))


def with_keywords(arguments, names):
    if len(names) > len(arguments):
        raise NotThisPython("more names than arguments")
    plain = len(arguments) - len(names)
    named = [keyword_node(name.parts[0], value) for name, value in zip(names, arguments[plain:])]
    return arguments[:plain] + named


def call_unpacked(reader, frame, flags):
    keywords = keyword_arguments(frame.pop()) if flags & 1 else []
    arguments = spread("tuple", frame.pop()) + keywords
    if reader.version >= (3, 11):
        call_beside_null(reader, frame, arguments)
    else:
        frame.push(reader.call(frame, frame.pop_any(), arguments))


def keyword_arguments(node):
    """The items of a dict as arguments; what is not a name stays a dict."""
    found = []
    for item in spread("dict", node):
        if isinstance(item, Node):
            found.append(item)
        elif item[0].kind == "const" and isinstance(item[0].parts[0], str) and item[0].parts[0].isidentifier():
            found.append(keyword_node(item[0].parts[0], item[1]))
        else:
            found.append(star_node("**", display_node("dict", [item])))
    return found


# --- functions within the function ---


def make_function(reader, frame, flags):
    """Up to 3.12 the flags say what lies below: defaults, those of keywords, annotations, variables around."""
    if reader.version < (3, 11):
        frame.pop()  # its qualified name
    code = frame.pop_any()
    if code.kind != "code":
        raise NotThisPython("a function without code")
    given = {flag: frame.pop_any() for flag in (8, 4, 2, 1) if flags is not None and flags & flag}
    frame.push(maker_node(reader, code.parts[0], given))


def set_function_attribute(reader, frame, flag):
    """From 3.13 on each of them is set by itself."""
    maker, given = frame.pop_any(), frame.pop_any()
    if maker.kind != "maker":
        raise NotThisPython("defaults of what is no function")
    frame.push(maker_node(reader, maker.parts[0], dict(maker.parts[1], **{str(flag): given})))


def maker_node(reader, code, given):
    """A function that is still to be written out, with its defaults; the variables around it are known by name."""
    return Node("maker", ATOM, ["<function>"], (code, {str(flag): node for flag, node in given.items()}, reader.write))


# --- imports ---


def import_name(reader, frame, dotted):
    names, level = frame.pop(), frame.pop()
    if level.parts != (0,) and (level.parts != (-1,) or reader.version >= (3,)):  # -1: Python 2 looks here, too
        raise NotUnderstood("an import relative to a module")
    plain = names.kind == "const"
    frame.push(Node("module", ATOM, [".".join(str(name_node(part)) for part in dotted.split("."))], (dotted, plain)))


def import_from(reader, frame, name):
    frame.push(imported_node(frame.stack[frame.deep(1)], name))


def imported_node(node, name):
    """A name of a module; of ``import a.b as c``, where no names are listed, the path so far."""
    dotted, plain = node.parts[:2]
    before = node.parts[2] if node.kind == "imported" else dotted.split(".")[0]
    return Node("imported", ATOM, [str(name_node(name))], (dotted, plain, before + "." + name if plain else name))


STEPS = {
    "POP_TOP": drop,
    "PUSH_NULL": lambda reader, frame, argument: frame.push(NULL),
    "COPY": copy,
    "ROTATE": rotate,
    "SWAP": swap,
    "LOAD_CONST": load_const,
    "LOAD_FAST": load_fast,
    "LOAD_DEREF": load_fast,
    "LOAD_CLOSURE": load_fast,
    "LOAD_GLOBAL": load_global,
    "LOAD_ASSERTION_ERROR": lambda reader, frame, argument: load_global(reader, frame, "AssertionError"),
    "LOAD_FAST_AND_CLEAR": lambda reader, frame, name: frame.push(Node("saved", ATOM, [name], (name,))),
    "LOAD_ATTR": load_attribute,
    "LOAD_METHOD": load_method,
    "UNARY": unary,
    "BINARY": binary,
    "INPLACE": inplace,
    "COMPARE": compare,
    "BINARY_SUBSCR": subscript,
    "BINARY_SLICE": binary_slice,
    "GET_ITER": lambda reader, frame, argument: frame.push(frame.pop()),
    "BUILD_TUPLE": build("tuple"),
    "BUILD_LIST": build("list"),
    "BUILD_SET": build("set"),
    "BUILD_MAP": build_map,
    "BUILD_CONST_KEY_MAP": build_const_key_map,
    "BUILD_SLICE": lambda reader, frame, count: frame.push(slice_node(frame.pop_many(count))),
    "BUILD_TUPLE_UNPACK": build_unpack("tuple"),
    "BUILD_TUPLE_UNPACK_WITH_CALL": build_unpack("tuple"),
    "BUILD_LIST_UNPACK": build_unpack("list"),
    "BUILD_SET_UNPACK": build_unpack("set"),
    "BUILD_MAP_UNPACK": build_unpack("dict"),
    "BUILD_MAP_UNPACK_WITH_CALL": build_unpack("dict"),
    "LIST_EXTEND": extend("list"),
    "SET_UPDATE": extend("set"),
    "DICT_UPDATE": extend("dict"),
    "DICT_MERGE": extend("dict"),
    "LIST_TO_TUPLE": list_to_tuple,
    "FORMAT_VALUE": format_value,
    "FORMAT_SIMPLE": lambda reader, frame, argument: format_value(reader, frame, 0),
    "FORMAT_WITH_SPEC": lambda reader, frame, argument: format_value(reader, frame, 4),
    "CONVERT_VALUE": convert_value,
    "BUILD_STRING": build_string,
    "CALL_FUNCTION": call_plainly,
    "CALL_METHOD": lambda reader, frame, count: call_beside_null(reader, frame, frame.pop_many(count)),
    "CALL_FUNCTION_KW": call_keywords,
    "CALL_KW": call_keywords,
    "CALL_FUNCTION_EX": call_unpacked,
    "KW_NAMES": remember_keywords,
    "CALL": call_with_null,
    "MAKE_FUNCTION": make_function,
    "SET_FUNCTION_ATTRIBUTE": set_function_attribute,
    "IMPORT_NAME": import_name,
    "IMPORT_FROM": import_from,
}
