"""The board: the whole pipeline on one screen, in a terminal or a browser. It calls the service, as commands do."""
