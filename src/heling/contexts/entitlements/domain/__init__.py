"""The entitlements context without Django: states, terms, publicity, results in plain words."""
