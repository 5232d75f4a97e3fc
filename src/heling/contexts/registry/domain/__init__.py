"""Words, rules and readings of the registry: no Django, no I/O."""
