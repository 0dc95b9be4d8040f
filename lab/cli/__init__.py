"""The command line: the only part that prints and picks exit codes."""
