from django.apps import AppConfig


class ShellConfig(AppConfig):
    name = "heling.shell"
    label = "shell"
