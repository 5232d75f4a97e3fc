from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "heling.contexts.entitlements"
    label = "entitlements"
    verbose_name = "待遇"

    def ready(self) -> None:
        from heling.contexts.entitlements import handlers, jobs  # noqa: F401 - they register
        from heling.contexts.entitlements.access import GRANTS
        from heling.contexts.identity.public import grant
        from heling.platform.journal.words import show_subject

        grant(GRANTS)
        for subject in ("application", "notice", "cycle", "determination"):
            show_subject(subject, f"entitlements_{subject}")
