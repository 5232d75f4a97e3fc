from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "heling.contexts.entitlements"
    label = "entitlements"
