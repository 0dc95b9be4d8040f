"""One module a format: ``save(tf, reference, directory)`` and ``STRATEGIES``, the ways to load what it wrote."""
