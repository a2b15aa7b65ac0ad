"""The command line. :func:`main` is the ``passerelle`` program."""

from passerelle.cli.program import main

__all__ = ["main"]
