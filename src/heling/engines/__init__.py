"""Pure libraries without Django, each usable alone. An engine imports only the kernel."""
