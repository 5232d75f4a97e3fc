"""Pure words that everybody shares: no Django, no I/O, nothing of ours above it."""
