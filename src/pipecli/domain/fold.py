"""Text as people compare it: case, accents and compatibility forms set aside, so "Élan" finds "ELAN".

What is stored and shown stays as it was typed; only comparisons, searches and folded columns use this form.
"""


def fold(text: str) -> str:
    """The text without case or accents; folding twice changes nothing, and only "" folds to ""."""
    if text.isascii():
        return text.lower()
    return _fold_unicode(text)


def spelled(text: str) -> str:
    """The words of a text as names and labels are compared: without case, accents, hyphens, underscores, further spaces
    or letters that nobody sees."""
    return " ".join(fold(on_one_line(text)).replace("-", " ").replace("_", " ").split())


def on_one_line(text: str) -> str:
    """The text as it is typed: without letters that nobody sees, every run of spaces or breaks one space."""
    if not text.isprintable():
        from unicodedata import category

        seen = (letter for letter in text if category(letter) != "Cf")
        text = "".join(letter if letter.isprintable() else " " for letter in seen)
    return " ".join(text.split())


def _fold_unicode(text: str) -> str:
    """The compatibility caseless form of Unicode (definition D146), less its combining marks."""
    from unicodedata import combining, normalize

    folded = normalize("NFD", text).casefold()
    for _round in range(2):
        folded = normalize("NFKD", folded).casefold()
    folded = normalize("NFKD", folded)
    return "".join(letter for letter in folded if not combining(letter)) or text
