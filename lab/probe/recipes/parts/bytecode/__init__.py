"""Read the bytecode of functions that any Python from 3.6 to 3.13 wrote, and write what they do as source."""
