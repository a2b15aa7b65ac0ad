"""``python -m passerelle`` is the ``passerelle`` program."""

from passerelle.cli import main

main()
