"""The face for agents: tools over the same service, which read, cite and propose. What is decided, a person decides."""
