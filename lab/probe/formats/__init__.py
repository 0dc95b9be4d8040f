"""One module a format: ``save(tf, reference, directory)``, ``FILE`` and ``PLAIN``.

``FILE`` is what it writes within the directory (``.`` for the directory itself), ``PLAIN`` the recipe that a
person would type to load it.
"""
