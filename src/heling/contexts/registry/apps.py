from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "heling.contexts.registry"
    label = "registry"
