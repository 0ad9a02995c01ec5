"""The forms in which moves are answered: each one gathers words and calls one service function."""
