"""Forms of the identity pages: allauth's in our words, and our own."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm as BaseChangePasswordForm
from allauth.account.forms import LoginForm as BaseLoginForm
from allauth.account.forms import ReauthenticateForm as BaseReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as BaseReauthenticateCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm as BaseActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as BaseAddWebAuthnForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm as BaseEditWebAuthnForm
from django import forms
from django.utils import timezone

from heling.contexts.identity import demo

PASSWORD_HINT = "至少 12 个字符。建议用几个不相干的词连起来，好记又难猜。"  # noqa: S105


def _speak(form: forms.Form, **words: tuple[str, str]) -> None:
    """Give fields our label and hint, and take placeholders away: they vanish while typing."""
    for name, (label, hint) in words.items():
        field = form.fields[name]
        field.label, field.help_text = label, hint
        field.widget.attrs.pop("placeholder", None)


class LoginForm(BaseLoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak(self, login=("用户名", ""), password=("密码", ""))


class ChangePasswordForm(BaseChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak(
            self,
            oldpassword=("现在的密码", ""),
            password1=("新密码", PASSWORD_HINT),
            password2=("再输入一次新密码", ""),
        )


class ReauthenticateForm(BaseReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak(self, password=("密码", ""))


CODE = ("6 位验证码", "看手机验证器上的最新数字；手机不在身边时，可输入一个恢复码。")


class AuthenticateForm(BaseAuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak(self, code=CODE)
        self.fields["code"].widget.attrs.update({"inputmode": "numeric", "autofocus": True})

    def clean_code(self) -> str:
        demo.let_code_be_used_again(self.user, self.cleaned_data["code"])
        return str(super().clean_code())


class ReauthenticateCodeForm(BaseReauthenticateCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak(self, code=CODE)

    def clean_code(self) -> str:
        demo.let_code_be_used_again(self.user, self.cleaned_data["code"])
        return str(super().clean_code())


class ActivateTOTPForm(BaseActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak(self, code=("6 位验证码", "扫码后，验证器会显示 6 位数字。"))


class AddWebAuthnForm(BaseAddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak(
            self,
            name=("给它起个名字", "例如：办公室电脑、红色 UKey"),
            passwordless=("以后可以只用它登录，不输密码", "需要它支持指纹、人脸或 PIN 码。"),
        )
        self.fields["name"].initial = ""


class EditWebAuthnForm(BaseEditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _speak(self, name=("名称", ""))


class PostForm(forms.Form):
    """Who gets the post, and where. Whether the actor may give it is the action's to say."""

    username = forms.CharField(
        label="用户名", max_length=40, help_text="3 至 40 个字母或数字；已有账号填原来的用户名。"
    )
    name = forms.CharField(label="姓名", max_length=40, help_text="与证件一致。")
    code = forms.ChoiceField(label="区划")
    starts = forms.DateField(
        label="起", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    ends = forms.DateField(
        label="止",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="不填表示长期；当天仍有效。",
    )
    medical = forms.BooleanField(label="有医护专业背景", required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], assessor: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        assert isinstance(code, forms.ChoiceField)  # noqa: S101  declared above
        code.choices = [("", "请选择"), *places]
        self.fields["starts"].initial = timezone.localdate()
        if not assessor:
            del self.fields["medical"]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由", max_length=200, help_text="记入业务日志，例如：调离岗位。"
    )


class StaffSessionForm(forms.Form):
    code = forms.ChoiceField(label="进入哪个区划")
    reason = forms.CharField(
        label="理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明处理什么问题、依据哪张工单，至少 10 个字。当地民政和审计都会看到。",
    )
    minutes = forms.TypedChoiceField(
        label="时长", coerce=int, choices=[(15, "15 分钟"), (30, "30 分钟"), (60, "60 分钟")]
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        assert isinstance(code, forms.ChoiceField)  # noqa: S101  declared above
        code.choices = [("", "请选择"), *places]
