"""Read the code object of a Python function out of marshal's format, whichever Python wrote it, without running it.

``marshal.loads`` reads only what the same Python wrote: the fields of a code object changed with 3.0, 3.8 and 3.11, and
what does not fit ends in ``bad marshal data`` or a crash; here nothing is built but numbers, text, tuples and
``StoredCode``.
Format: https://github.com/python/cpython/blob/main/Python/marshal.c
"""

import collections
import struct

MAX_DEPTH = 60  # of tuples and functions in each other; what a person writes has a few
MAX_BYTES = 1000000
MAX_DIGITS = 300  # of 15 bits each

StoredCode = collections.namedtuple(
    "StoredCode",
    "layout name argcount kwonlyargcount flags stacksize code consts names varnames freevars cellvars locals lines"
    " exceptions",
)
# A list, dict or set: none of them is a constant that a lambda can have, but for the frozenset of ``x in {1, 2}``.
StoredItems = collections.namedtuple("StoredItems", "kind items")

# The fields of a code object in their order; those in capitals are numbers of four bytes, the others objects.
HEAD = "ARGCOUNT KWONLYARGCOUNT NLOCALS STACKSIZE FLAGS code consts names varnames freevars cellvars"
TAIL = "filename name FIRSTLINE lines"
HEAD_3_11 = "ARGCOUNT POSONLYARGCOUNT KWONLYARGCOUNT STACKSIZE FLAGS code consts names locals kinds"
TAIL_3_11 = "filename name qualname FIRSTLINE lines exceptions"
LAYOUTS = {
    "2.7": (HEAD.replace(" KWONLYARGCOUNT", "") + " " + TAIL).split(),
    "3.4": (HEAD + " " + TAIL).split(),
    "3.8": (HEAD.replace(" KWONLY", " POSONLYARGCOUNT KWONLY") + " " + TAIL).split(),
    "3.11": (HEAD_3_11 + " " + TAIL_3_11).split(),
}
FREE, CELL, LOCAL = 0x80, 0x40, 0x20  # kinds of variables, from 3.11 on


class NoCode(ValueError):
    """These bytes are no code object in the layout that was tried."""


def read_code(stored, layout):
    """The code object that all of these bytes are, in one of ``LAYOUTS``; raises NoCode where they are none."""
    if len(stored) > MAX_BYTES:
        raise NoCode("{} bytes are too many for a function".format(len(stored)))
    reader = MarshalReader(stored, layout)
    code = reader.read()
    if not isinstance(code, StoredCode):
        raise NoCode("this is no function")
    if reader.place != len(stored):
        raise NoCode("{} bytes are left over".format(len(stored) - reader.place))
    return code


class MarshalReader:
    """One object after the other; ``references`` holds those that later ones may point back to."""

    def __init__(self, stored, layout):
        self.stored, self.fields, self.layout = stored, LAYOUTS[layout], layout
        self.readers = READERS_OF_2 if layout == "2.7" else READERS
        self.place, self.depth, self.references = 0, 0, []

    def read(self):
        """The object that begins here."""
        mark = self.take(1)[0]
        kind, kept = chr(mark & 0x7F), bool(mark & 0x80)
        if kind not in self.readers or (kept and self.layout == "2.7"):
            raise NoCode("byte {}: no object begins with {!r}".format(self.place - 1, chr(mark)))
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NoCode("objects in more than {} others".format(MAX_DEPTH))
        number = len(self.references) if kept and kind not in "NFTS.r0" else None
        if number is not None:
            self.references.append(UNFINISHED)
        found = self.readers[kind](self)
        if number is not None:
            self.references[number] = found
        self.depth -= 1
        return found

    def take(self, count):
        """So many bytes."""
        if count > len(self.stored) - self.place:
            raise NoCode("it ends after {} bytes, within an object".format(len(self.stored)))
        self.place += count
        return self.stored[self.place - count : self.place]

    def number(self, form="<i"):
        """A number of a fixed size."""
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def count(self, form="<i"):
        """How many bytes or objects follow; each takes one byte at least."""
        found = self.number(form)
        if not 0 <= found <= len(self.stored) - self.place:
            raise NoCode("byte {}: {} of something cannot follow".format(self.place, found))
        return found

    def items(self, count):
        """So many objects."""
        found = tuple([self.read() for _ in range(count)])
        if any(item is END for item in found):
            raise NoCode("byte {}: an end mark among objects".format(self.place))
        return found

    def reference(self):
        """An object that has been read before."""
        number = self.number()
        if not 0 <= number < len(self.references) or self.references[number] is UNFINISHED:
            raise NoCode("byte {}: there is no object number {} to refer to".format(self.place, number))
        return self.references[number]

    def long(self):
        """An integer in digits of 15 bits, the smallest first; a negative count means a negative number."""
        size = self.number()
        if abs(size) > MAX_DIGITS:
            raise NoCode("a number of {} digits".format(abs(size)))
        digits = [self.number("<H") for _ in range(abs(size))]
        value = sum(digit << (15 * place) for place, digit in enumerate(digits))
        return -value if size < 0 else value

    def bytes(self):
        """Bytes behind their length."""
        return self.take(self.count())

    def interned(self):
        """A name of Python 2, which is kept for later."""
        self.references.append(self.bytes())
        return self.references[-1]

    def text_float(self):
        """A float that is written out."""
        written = self.take(self.count("<B"))
        try:
            return float(written.decode("ascii"))
        except ValueError as error:
            raise NoCode("a float that is none: {!r}".format(written)) from error

    def text(self, form, encoding):
        """Text behind its length."""
        written = self.take(self.count(form))
        try:
            return written.decode(encoding, "surrogatepass" if encoding == "utf-8" else "strict")
        except UnicodeDecodeError as error:
            raise NoCode("text that is no {}".format(encoding)) from error

    def mapping(self):
        """Keys and values up to an end mark."""
        items = []
        while True:
            key = self.read()
            if key is END:
                return StoredItems("dict", tuple(items))
            items.append((key, self.read()))

    def code(self):
        """A code object, checked field by field."""
        fields = {name.lower(): self.number() if name.isupper() else self.read() for name in self.fields}
        if self.layout == "3.11":
            fields.update(split_locals(fields))
        elif self.layout == "2.7":
            fields = as_of_python_3(fields)
        check_code(fields)
        locals_here = fields.get("locals") or fields["varnames"] + fields["cellvars"] + fields["freevars"]
        known = dict(fields, layout=self.layout, locals=locals_here, exceptions=fields.get("exceptions", b""))
        return StoredCode(**{name: known[name] for name in StoredCode._fields})


def as_of_python_3(fields):
    """Names and texts as such; the code and the table of lines stay bytes."""
    names = {name: text_of_2(fields[name]) for name in ("names", "varnames", "freevars", "cellvars", "name", "consts")}
    return dict(fields, kwonlyargcount=0, **names)


def text_of_2(value):
    if type(value) is tuple:  # and no function within this one
        return tuple([text_of_2(item) for item in value])
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode("ascii")
    except UnicodeDecodeError as error:
        raise NoCode("text that is no ASCII") from error


def split_locals(fields):
    """Variables, cells and free variables apart, as they stood before 3.11."""
    names, kinds = fields["locals"], fields["kinds"]
    if not isinstance(names, tuple) or not isinstance(kinds, bytes) or len(names) != len(kinds):
        raise NoCode("a function whose variables cannot be told apart")
    chosen = {"varnames": LOCAL, "cellvars": CELL, "freevars": FREE}
    found = {key: tuple(name for name, kind in zip(names, kinds) if kind & mask) for key, mask in chosen.items()}
    return dict(found, nlocals=len(found["varnames"]))


def check_code(fields):
    """Whether the fields can be those of a function; another layout puts other objects into their places."""
    for name in ("code", "lines", "exceptions"):
        if not isinstance(fields.get(name, b""), bytes):
            raise NoCode("the field {} of a function is not made of bytes".format(name))
    for name in ("names", "varnames", "freevars", "cellvars"):
        if not isinstance(fields[name], tuple) or not all(isinstance(item, str) for item in fields[name]):
            raise NoCode("the field {} of a function is not made of names".format(name))
    if not isinstance(fields["name"], str) or not isinstance(fields["consts"], tuple) or not fields["code"]:
        raise NoCode("a function without its name, its constants or its code")
    arguments = (fields["argcount"], fields["kwonlyargcount"], fields.get("posonlyargcount", 0))
    if min(arguments) < 0 or arguments[0] + arguments[1] > len(fields["varnames"]) or arguments[2] > arguments[0]:
        raise NoCode("a function with other arguments than variables")
    if fields["nlocals"] != len(fields["varnames"]) or not 0 <= fields["stacksize"] < MAX_BYTES:
        raise NoCode("a function whose numbers do not fit its names")


UNFINISHED, END = object(), object()
READERS = {
    "0": lambda reader: END,
    "N": lambda reader: None,
    "F": lambda reader: False,
    "T": lambda reader: True,
    "S": lambda reader: StopIteration,
    ".": lambda reader: Ellipsis,
    "i": lambda reader: reader.number(),
    "I": lambda reader: reader.number("<q"),
    "l": MarshalReader.long,
    "f": MarshalReader.text_float,
    "g": lambda reader: reader.number("<d"),
    "x": lambda reader: complex(reader.text_float(), reader.text_float()),
    "y": lambda reader: complex(reader.number("<d"), reader.number("<d")),
    "s": MarshalReader.bytes,
    "t": lambda reader: reader.text("<i", "utf-8"),
    "u": lambda reader: reader.text("<i", "utf-8"),
    "a": lambda reader: reader.text("<i", "ascii"),
    "A": lambda reader: reader.text("<i", "ascii"),
    "z": lambda reader: reader.text("<B", "ascii"),
    "Z": lambda reader: reader.text("<B", "ascii"),
    "r": MarshalReader.reference,
    "(": lambda reader: reader.items(reader.count()),
    ")": lambda reader: reader.items(reader.count("<B")),
    "[": lambda reader: StoredItems("list", reader.items(reader.count())),
    "<": lambda reader: StoredItems("set", reader.items(reader.count())),
    ">": lambda reader: StoredItems("frozenset", reader.items(reader.count())),
    "{": MarshalReader.mapping,
    "c": MarshalReader.code,
}
# Python 2 refers to names alone, and its text is bytes.
READERS_OF_2 = dict(
    {kind: READERS[kind] for kind in "0NFTS.iIlfgxyu([<>{sc"}, t=MarshalReader.interned, R=MarshalReader.reference
)
