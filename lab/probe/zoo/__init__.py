"""One module a reference model, written as a user would write it; the first line says what it detects.

Every module has ``build(tf)``, ``sample(rng)`` giving lists of input and target arrays (batch first), and where
they are needed ``custom_objects(tf)`` or ``signatures(module)``. Names of inputs and outputs sort in the order
in which the lists hold them. Classes of the "user" say ``__module__ = "__main__"``: a consumer that does not
define them shall not find them by import.
"""
