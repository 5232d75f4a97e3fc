from django.apps import AppConfig


class ReformsConfig(AppConfig):
    name = "heling.contexts.reforms"
    label = "reforms"
    verbose_name = "改革推演"

    def ready(self) -> None:
        from heling.contexts.identity.public import grant
        from heling.contexts.reforms import events  # noqa: F401 - they register
        from heling.contexts.reforms.access import GRANTS
        from heling.platform.journal.words import show_subject

        grant(GRANTS)
        show_subject("plan", "reforms_plan")
