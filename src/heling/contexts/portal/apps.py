from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "heling.contexts.portal"
    label = "portal"
