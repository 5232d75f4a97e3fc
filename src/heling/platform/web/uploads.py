"""A request too large to be taken in is refused before any of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heling.kernel.errors import BadInput

_ROOM = 64 * 1024  # the form around the file


class UploadLimitMiddleware:
    """Answer 413 with a sentence, before CSRF or a view would parse the body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > settings.UPLOAD_LIMIT_BYTES + _ROOM:
            limit = settings.UPLOAD_LIMIT_BYTES // 1024 // 1024
            error = BadInput.single(
                "文件", f"超过 {limit} MB，没有接收。请按街道或社区拆成几个文件分别上传"
            )
            return render(request, "web/error.html", {"error": error, "status": 413}, status=413)
        return self.get_response(request)
