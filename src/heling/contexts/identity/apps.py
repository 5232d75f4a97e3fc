from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "heling.contexts.identity"
    label = "identity"
