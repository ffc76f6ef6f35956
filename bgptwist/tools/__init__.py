"""The command line: one module for each program, with a main(argv) each."""
