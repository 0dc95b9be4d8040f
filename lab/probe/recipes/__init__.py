"""One module a recipe: code that a person can paste to load a file; the page shows it as it was run.

A recipe imports TensorFlow and what it brings, and at most other recipes; nothing else of the probe. It has
``GIVES``, which says what comes out (a word of ``probe.following``), and ``load`` with one or more of these
parameters, by name:

``path``            the file, folder or prefix that was saved
``custom_objects``  the user's own classes and functions, by name
``build_model``     the user's code: builds the same architecture anew, compiled as it was

The first line of its docstring says in plain words what it does. Modules below ``parts`` are shared by recipes
and are no recipes themselves.
"""
