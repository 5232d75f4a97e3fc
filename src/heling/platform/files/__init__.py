"""Uploaded files, sealed on disk: what a stranger finds in ``var/files`` or a backup is noise."""

from heling.platform.files.vault import StoredFile, forget, opened, store

__all__ = ["StoredFile", "forget", "opened", "store"]
