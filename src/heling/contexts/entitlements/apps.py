from datetime import time

from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "heling.contexts.entitlements"
    label = "entitlements"
    verbose_name = "待遇"

    def ready(self) -> None:
        from heling.contexts.entitlements import handlers, jobs  # noqa: F401 - they register
        from heling.contexts.entitlements.access import GRANTS
        from heling.contexts.identity.public import grant
        from heling.platform.jobs.schedules import every_day, every_month
        from heling.platform.journal.words import show_subject

        grant(GRANTS)
        every_day("entitlements.ages", at=time(1, 20))
        every_day("entitlements.rolls", at=time(3, 30))
        every_month("entitlements.months", day=1, at=time(2, 0))
        every_month("entitlements.unclaimed", day=2, at=time(2, 0))
        for subject in ("application", "notice", "cycle", "determination"):
            show_subject(subject, f"entitlements_{subject}")
