from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "heling.contexts.registry"
    label = "registry"
    verbose_name = "老年人登记"

    def ready(self) -> None:
        from heling.contexts.identity.public import grant
        from heling.contexts.registry.access import GRANTS
        from heling.contexts.registry.imports import jobs  # noqa: F401 - registers its jobs
        from heling.platform.journal.words import show_subject

        grant(GRANTS)
        show_subject("elder", "registry_elder")
