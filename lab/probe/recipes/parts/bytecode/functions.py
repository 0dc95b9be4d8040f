"""Write a function, and those within it, as source."""

from probe.recipes.parts.bytecode.branches import BRANCHES, meeting_places
from probe.recipes.parts.bytecode.choices import comprehension_node, statement_lines
from probe.recipes.parts.bytecode.counted import COUNTED
from probe.recipes.parts.bytecode.decode import NotThisPython, NotUnderstood, decode_code, version_of
from probe.recipes.parts.bytecode.marshal import StoredCode
from probe.recipes.parts.bytecode.nodes import CHOICE, LAMBDA, Node, call_node, name_node
from probe.recipes.parts.bytecode.stack import NULL, Frame, step
from probe.recipes.parts.bytecode.stores import STORES, hold

COMPREHENSIONS = {"<listcomp>": "list", "<setcomp>": "set", "<dictcomp>": "dict", "<genexpr>": "generator"}
NO_PLAIN_FUNCTION = 0x20 | 0x80 | 0x100 | 0x200  # flags of generators and coroutines
STAR_ARGUMENTS, STAR_KEYWORDS = 0x04, 0x08
# What nodes are written with, so that no variable may have these names.
WRITTEN_WITH = {"ascii", "complex", "float", "format", "frozenset", "repr", "set", "slice", "str"}

MAX_STEPS = 10000
MAX_NESTED = 60  # functions and branches within each other


class Source:
    """What a function and those within it share."""

    def __init__(self, python, code):
        self.python, self.globals = python, set()
        self.taken = set(names_in(code))
        self.steps, self.nested = 0, 0

    def new_name(self):
        """A name for a value that is needed later."""
        number = next(number for number in range(1, MAX_STEPS) if "held_{}".format(number) not in self.taken)
        self.taken.add("held_{}".format(number))
        return name_node("held_{}".format(number))


def names_in(code):
    yield from code.names
    yield from code.locals
    for constant in code.consts:
        if isinstance(constant, StoredCode):
            yield from names_in(constant)


def locals_in(code):
    yield from code.locals
    for constant in code.consts:
        if isinstance(constant, StoredCode):
            yield from locals_in(constant)


class FunctionReader:
    """One function; ``bound`` are variables that stand for expressions.

    ``depths``: how much is on the stack before an operation. ``shared`` are the values that were copied on the stack,
    ``moved`` those that changed their places, ``filled`` the lists, sets and dicts that a loop adds to.
    """

    def __init__(self, code, source, bound=()):
        self.code, self.source, self.bound = code, source, dict(bound)
        self.version = version_of(source.python)
        self.operations = decode_code(code, source.python)
        self.meets = meeting_places(self.operations)
        self.depths = {}
        self.shared, self.moved, self.filled, self.keywords = [], [], [], ()

    def body(self):
        """The statements of the function."""
        frame, _ = self.run(Frame([], []), 0, ())
        refuse_copies(self.shared, frame.statements)
        if self.code.name != "<genexpr>":
            refuse_additions(frame.statements)
        return frame.statements

    def run(self, frame, number, stops):
        """Follow until the function ends or an operation of ``stops`` is reached: the frame, and that one or None."""
        self.source.nested += 1
        if self.source.nested > MAX_NESTED:
            raise NotUnderstood("branches and functions in more than {} others".format(MAX_NESTED))
        while not frame.ended and number not in stops:
            self.source.steps += 1
            if self.source.steps > MAX_STEPS or number >= len(self.operations):
                raise NotUnderstood("a function with so many branches, or without an end")
            self.depths.setdefault(number, len(frame.stack))
            frame, number = self.follow(frame, number, stops)
        self.source.nested -= 1
        return frame, None if frame.ended else number

    def follow(self, frame, number, stops):
        """Follow one operation; returns the frame after it, and the next."""
        operation = self.operations[number]
        special = BRANCHES.get(operation.name) or STORES.get(operation.name) or COUNTED.get(operation.name)
        if special:
            return special(self, frame, number, stops)
        step(self, frame, operation)
        return frame, number + 1

    def call(self, frame, function, arguments):
        """A call; comprehensions were functions of their own up to 3.11, those of generators still are."""
        name = function.parts[0].name if function.kind == "maker" else None
        if name in COMPREHENSIONS and len(arguments) == 1:
            return self.comprehension(function.parts[0], COMPREHENSIONS[name], arguments[0])
        frame.push(function)
        return call_node(frame.pop(), arguments)

    def comprehension(self, code, kind, items):
        """What such a function gives for the items that it is called with."""
        statements = FunctionReader(code, self.source, {".0": items}).body()
        if kind == "generator" and [each[0] for each in statements] == ["for", "return"]:
            return comprehension_node(kind, statements[0], NULL)
        if [each[0] for each in statements] == ["return"] and statements[0][1].kind == kind + "s":
            return statements[0][1]
        raise NotUnderstood("a comprehension that is more than that")

    def write(self, frame, maker):
        """A function as a value: a lambda, or the name of one that is defined first."""
        code, given, _ = maker.parts
        statements = self.inner(code)
        if [each[0] for each in statements] == ["return"]:
            head = "lambda {}: ".format(", ".join(parameters(code, given))).replace("lambda :", "lambda:")
            return Node("lambda", LAMBDA, [head, (statements[0][1], CHOICE)])
        name = self.source.new_name()
        hold(self, frame, set())
        frame.statements.append(("def", name, parameters(code, given), statements))
        return name

    def define(self, frame, maker, target):
        """The statement that defines a function under a name."""
        code, given, _ = maker.parts
        return ("def", target, parameters(code, given), self.inner(code))

    def inner(self, code):
        """The statements of a function within this one."""
        if code.flags & NO_PLAIN_FUNCTION or code.name in COMPREHENSIONS:
            raise NotUnderstood("a generator, a coroutine, or a comprehension that is not called at once")
        return FunctionReader(code, self.source).body()


def parameters(code, given):
    """The arguments of a function, each as source; ``given`` are the defaults, in a tuple and a dict."""
    names = [str(name_node(name)) for name in code.varnames]
    plain, named = names[: code.argcount], names[code.argcount : code.argcount + code.kwonlyargcount]
    left = names[code.argcount + code.kwonlyargcount :]
    wanted = bool(code.flags & STAR_ARGUMENTS) + bool(code.flags & STAR_KEYWORDS)
    if wanted > len(left):
        raise NotThisPython("more arguments than variables")
    star = ["*" + left.pop(0)] if code.flags & STAR_ARGUMENTS else ["*"] if named else []
    stars = ["**" + left.pop(0)] if code.flags & STAR_KEYWORDS else []
    return with_defaults(plain, given.get("1")) + star + with_named_defaults(named, given.get("2")) + stars


def with_defaults(names, given):
    if given is None:
        return names
    if given.kind != "tuple" or len(given.parts) > len(names):
        raise NotUnderstood("defaults that are not written out")
    plain = len(names) - len(given.parts)
    return names[:plain] + ["{}={}".format(*both) for both in zip(names[plain:], given.parts)]


def with_named_defaults(names, given):
    if given is None:
        return names
    if given.kind != "dict" or not all(isinstance(item, tuple) for item in given.parts):
        raise NotUnderstood("defaults that are not written out")
    values = {key.parts[0]: value for key, value in given.parts}
    return ["{}={}".format(name, values[name]) if name in values else name for name in names]


def function_source(code, python):
    """Source of the whole function, and the names of the global variables that it reads."""
    if code.flags & NO_PLAIN_FUNCTION:
        raise NotUnderstood("a generator or a coroutine")
    source = Source(python, code)
    statements = FunctionReader(code, source).body()
    unclear = set(locals_in(code)) & (source.globals | WRITTEN_WITH)
    if unclear:
        raise NotUnderstood("variables {} in two meanings".format(sorted(unclear)))
    head = ", ".join(parameters(code, {}))
    if code.name == "<lambda>" and [each[0] for each in statements] == ["return"]:
        return "lambda {}: {}".format(head, statements[0][1]).replace("lambda :", "lambda:"), source.globals
    name = code.name if code.name.isidentifier() else "rebuilt"
    return "\n".join(statement_lines([("def", name_node(name), [head], statements)], "")), source.globals


def refuse_copies(shared, statements):
    """A value that was computed once must not be written twice."""
    compound = [node for node in shared if node.kind not in ("name", "const", "number", "null")]
    seen = {}
    for node in nodes_in(statements) if compound else ():
        seen[id(node)] = seen.get(id(node), 0) + 1
    if any(seen.get(id(node), 0) > 1 for node in compound):
        raise NotUnderstood("a value that is computed once and used twice")


def refuse_additions(statements):
    """What is left of a loop that fills a list without being a comprehension."""
    for kind, *parts in statements:
        if kind == "add":
            raise NotUnderstood("a loop that fills a list that is in use")
        for part in parts:
            if isinstance(part, list) and kind in ("if", "for"):
                refuse_additions(part)


def nodes_in(value):
    if isinstance(value, Node):
        yield value
        for piece in value.pieces:
            if not isinstance(piece, str):
                yield from nodes_in(piece[0])
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from nodes_in(item)
