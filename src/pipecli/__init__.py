"""The sales pipeline of a small company, in the terminal."""

__version__ = "0.1.0"
