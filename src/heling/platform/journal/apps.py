from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "heling.platform.journal"
    label = "journal"
