"""What speaks to a language model: requests, the one door out, answers. It knows no workspace and writes nothing.

`request.py` builds what is sent, `model.py` sends it, `answers.py` reads what comes back, `redact.py` hides what must
not leave, `consent.py` remembers who agreed. `service/assistance.py` is how a use case asks.
"""
