"""The board's screens: one topic each."""
