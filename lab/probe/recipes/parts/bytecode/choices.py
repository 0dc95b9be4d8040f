"""Write what depends on a condition: ``a if c else b``, ``and``, ``or``, ``if`` statements, comprehensions.

Bytecode has jumps only. What two branches give is put together again by rules that each keep the meaning; ``is`` tells
a value that was computed once from two that merely look the same.
"""

from probe.recipes.parts.bytecode.decode import NotUnderstood
from probe.recipes.parts.bytecode.nodes import CHOICE, OR, Node, and_node, between, not_node, or_node

# A statement is a tuple: its kind, then nodes, and lists of statements for what is within it.
FACTORABLE = ("attribute", "binary", "call", "compare", "list", "set", "subscript", "tuple", "unary")
NO_VALUES = ("colons", "item", "keyword", "star")  # parts of a call or display that hold values


def choice_node(condition, yes, no):
    """``yes if condition else no``, or what means the same and is shorter."""
    if yes is no:
        return yes
    if yes is condition:
        return or_node(condition, no)
    if no is condition:
        return and_node(condition, yes)
    if condition.kind == "not":
        return choice_node(condition.parts[0], no, yes)
    if yes.kind == "not" and no.kind == "not":
        return not_node(choice_node(condition, yes.parts[0], no.parts[0]))
    found = joined_conditions(condition, yes, no) or joined_operands(condition, yes, no) or factored(condition, yes, no)
    return found or Node(
        "choice", CHOICE, [(yes, OR), " if ", (condition, OR), " else ", (no, CHOICE)], (condition, yes, no)
    )


def joined_conditions(condition, yes, no):
    """Jumps to the same place from several conditions."""
    if no.kind == "choice":
        other, other_yes, other_no = no.parts
        if look_same(yes, other_yes):
            return choice_node(or_node(condition, other), yes, other_no)
        if look_same(yes, other_no):
            return choice_node(or_node(condition, not_node(other)), yes, other_yes)
    if yes.kind == "choice":
        other, other_yes, other_no = yes.parts
        if look_same(no, other_no):
            return choice_node(and_node(condition, other), other_yes, no)
        if look_same(no, other_yes):
            return choice_node(and_node(condition, not_node(other)), other_no, no)
    return None


def joined_operands(condition, yes, no):
    """``a and b or c`` and ``(a or b) and c``."""
    if yes.kind == "or" and look_same(yes.parts[1], no):
        return or_node(and_node(condition, yes.parts[0]), no)
    if no.kind == "and" and look_same(no.parts[1], yes):
        return and_node(or_node(condition, no.parts[0]), yes)
    return None


def factored(condition, yes, no):
    """``x + (a if c else b)``: what was computed before the branch is one and the same object in both."""
    place = first_difference(yes, no)
    if place is None or yes.kind in NO_VALUES:
        return None
    one, other = yes.pieces[place][0], no.pieces[place][0]
    before = [piece for piece in yes.pieces[:place] if not isinstance(piece, str)]
    if not before and one is not condition and other is not condition:
        return None
    new = choice_within(condition, one, other)
    return with_piece(yes, place, new) if new else None


def choice_within(condition, yes, no):
    """``f(key=a if c else b)``: a keyword is no value, what is behind it is."""
    if yes.kind not in NO_VALUES and no.kind not in NO_VALUES:
        return choice_node(condition, yes, no)
    place = first_difference(yes, no)
    if place is None:
        return None
    new = choice_within(condition, yes.pieces[place][0], no.pieces[place][0])
    return with_piece(yes, place, new) if new else None


def first_difference(yes, no):
    """The only place in which two expressions of one form differ, or None; before it they are the same objects."""
    if yes.kind != no.kind or yes.kind not in FACTORABLE + NO_VALUES or len(yes.pieces) != len(no.pieces):
        return None
    found = None
    for place, (one, other) in enumerate(zip(yes.pieces, no.pieces)):
        if isinstance(one, str) or isinstance(other, str):
            if one != other:
                return None
        elif found is None:
            found = place if one[0] is not other[0] else None
        elif not look_same(one[0], other[0]):
            return None
    return found


def with_piece(node, place, new):
    old, level = node.pieces[place]
    pieces = [*node.pieces[:place], (new, level), *node.pieces[place + 1 :]]
    return Node(node.kind, node.level, pieces, replaced(node.parts, old, new))


def replaced(parts, old, new):
    if isinstance(parts, (list, tuple)):
        return type(parts)([replaced(part, old, new) for part in parts])
    return new if parts is old else parts


def look_same(one, other):
    return one is other or (one.length == other.length and str(one) == str(other))


# --- statements ---


def if_statements(condition, yes, no):
    """``if`` with what is within it, as a list of one statement."""
    if not yes and not no:
        return [("expression", condition)]
    if not yes:
        return if_statements(not_node(condition), no, yes)
    if condition.kind == "not" and no:
        return if_statements(condition.parts[0], no, yes)
    if [each[0] for each in yes] == ["return"] and [each[0] for each in no] == ["return"]:
        return [("return", choice_node(condition, yes[0][1], no[0][1]))]
    return joined_ifs(condition, yes, no) or [("if", condition, yes, no)]


def joined_ifs(condition, yes, no):
    if is_if(yes) and text_of(yes[0][3]) == text_of(no):
        return if_statements(and_node(condition, yes[0][1]), yes[0][2], no)
    if is_if(no) and text_of(no[0][2]) == text_of(yes):
        return if_statements(or_node(condition, no[0][1]), yes, no[0][3])
    return None


def is_if(statements):
    return len(statements) == 1 and statements[0][0] == "if"


def text_of(statements):
    return "\n".join(statement_lines(statements, ""))


def statement_lines(statements, indent):
    """The source of statements, line by line."""
    for kind, *parts in statements:
        if kind == "def":
            yield "{}def {}({}):".format(indent, parts[0], ", ".join(parts[1]))
            yield from block_lines(parts[2], indent)
        elif kind == "if":
            yield from if_lines(parts, indent)
        elif kind == "for":
            yield "{}for {} in {}:".format(indent, bare(parts[0]), parts[1])
            yield from block_lines(parts[2], indent)
        elif kind == "add":  # to a list, set or dict that becomes a comprehension, see below
            yield "{}add {}".format(indent, ", ".join(str(part) for part in parts[1:]))
        elif kind == "assign":
            yield "{}{} = {}".format(indent, bare(parts[0]), parts[1])
        else:
            yield indent + SIMPLE_STATEMENTS[kind].format(*parts)


def if_lines(parts, indent, word="if"):
    condition, yes, no = parts
    yield "{}{} {}:".format(indent, word, condition)
    yield from block_lines(yes, indent)
    if is_if(no):
        yield from if_lines(no[0][1:], indent, "elif")
    elif no:
        yield indent + "else:"
        yield from block_lines(no, indent)


def bare(target):
    """``a, b`` without the parentheses that a tuple does not need here."""
    return str(target)[1:-1] if target.kind == "tuple" and len(target.parts) > 1 else str(target)


def block_lines(statements, indent):
    if len(indent) > 80:
        raise NotUnderstood("more than 20 statements in each other")
    yield from statement_lines(statements or [("pass",)], indent + "    ")


SIMPLE_STATEMENTS = {
    "augment": "{} {}= {}",
    "expression": "{}",
    "import": "{}",
    "pass": "pass",
    "raise": "raise {}",
    "return": "return {}",
}


# --- comprehensions ---


def comprehension_node(kind, statement, display):
    """``[element for target in items if condition]`` of loops that do nothing but add to one list, set or dict."""
    pieces = []
    while statement[0] != "add" or statement[1] is not display:
        if statement[0] == "for" and len(statement[3]) == 1:
            pieces += [" for {} in ".format(bare(statement[1])), (statement[2], OR)]
            statement = statement[3][0]
        elif statement[0] == "if" and len(statement[2]) == 1 and not statement[3]:
            pieces += [" if ", (statement[1], OR)]
            statement = statement[2][0]
        else:
            raise NotUnderstood("a loop that fills a {} and does more than that".format(kind))
    opening, closing = {"list": "[]", "set": "{}", "dict": "{}", "generator": "()"}[kind]
    named = kind if kind == "generator" else kind + "s"
    return Node(named, 15, [opening, *between(statement[2:], ": "), *pieces, closing])


def adds_to(statements, display):
    """Whether anything within adds to this list, set or dict."""
    for kind, *parts in statements:
        if kind == "add" and parts[0] is display:
            return True
        if any(isinstance(part, list) and adds_to(part, display) for part in parts):
            return True
    return False
