"""`python -m pipecli` is the `pipe` command."""

from .entry import main

main()
