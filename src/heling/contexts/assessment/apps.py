from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "heling.contexts.assessment"
    label = "assessment"
    verbose_name = "能力评估"

    def ready(self) -> None:
        from heling.contexts.assessment import handlers  # noqa: F401 - subscribes
        from heling.contexts.assessment.access import GRANTS
        from heling.contexts.identity.public import grant
        from heling.platform.journal.words import show_subject

        grant(GRANTS)
        show_subject("assessment", "assessment")
