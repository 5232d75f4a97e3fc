from datetime import time

from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "heling.platform.lists"
    label = "lists"

    def ready(self) -> None:
        from heling.platform.jobs.schedules import every_day
        from heling.platform.lists import export  # noqa: F401 - its jobs register

        every_day("lists.sweep", at=time(3, 17))
