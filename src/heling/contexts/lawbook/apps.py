from django.apps import AppConfig


class LawbookConfig(AppConfig):
    name = "heling.contexts.lawbook"
    label = "lawbook"
    verbose_name = "规则库"

    def ready(self) -> None:
        from heling.contexts.identity.public import grant
        from heling.contexts.lawbook.access import GRANTS
        from heling.platform.journal.words import name_fields, show_subject

        grant(GRANTS)
        show_subject("draft", "lawbook_draft")
        show_subject("edition", "lawbook_edition")
        name_fields(
            {
                "draft_id": "草稿编号",
                "edition_id": "版本编号",
                "effective_from": "适用起始日",
                "number": "版次",
                "pack": "规则包",
                "packs": "规则包",
                "retroactive": "追溯",
            }
        )
