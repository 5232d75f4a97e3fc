from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "heling.platform.web"
    label = "web"

    def ready(self) -> None:
        """Every form of every context asks in our words (Django's say 这个字段是必填项)."""
        from django import forms

        forms.Field.default_error_messages["required"] = "请填写。"
        for choice in (forms.ChoiceField, forms.ModelChoiceField, forms.ModelMultipleChoiceField):
            choice.default_error_messages["required"] = "请选择。"
        forms.FileField.default_error_messages["required"] = "请选择文件。"
        forms.BooleanField.default_error_messages = {"required": "请先勾选。"}
