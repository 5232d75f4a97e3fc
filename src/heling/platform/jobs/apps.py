from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "heling.platform.jobs"
    label = "jobs"
