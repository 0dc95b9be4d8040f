"""Read the bytecode of functions that Python 2.7 and any from 3.4 to 3.13 wrote, and write what they do as source."""
