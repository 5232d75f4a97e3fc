from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "heling.platform.lists"
    label = "lists"
