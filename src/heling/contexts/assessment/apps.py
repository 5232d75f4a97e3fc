from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "heling.contexts.assessment"
    label = "assessment"
