"""The journal: business audit and outbox in one append-only table, and the read log.

An action writes one entry in its own transaction (:func:`heling.platform.journal.record.record`).
Auditors read entries; higher contexts subscribe to them (``deliver.py``).
"""
