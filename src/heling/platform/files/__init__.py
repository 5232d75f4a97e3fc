"""Uploaded files, sealed on disk: what a stranger finds in ``var/files`` or a backup is noise."""

from heling.platform.files.vault import StoredFile, as_path, forget, store

__all__ = ["StoredFile", "as_path", "forget", "store"]
