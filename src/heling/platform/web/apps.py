from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "heling.platform.web"
    label = "web"
