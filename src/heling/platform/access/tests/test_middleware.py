"""One transaction, one scope, one actor per request; every refusal is a page in words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from heling.kernel.actor import ANONYMOUS, Actor
from heling.kernel.errors import (
    BadInput,
    Conflict,
    Forbidden,
    HelingError,
    NotFound,
    Problem,
    Refused,
)
from heling.kernel.identifiers import Territory
from heling.platform.access.middleware import ActorMiddleware
from heling.platform.journal.models import Entry

CLERK = Actor(1, "张三", "street_official", territory=Territory("990103"))

pytestmark = pytest.mark.django_db


def answer(
    view: Callable[[HttpRequest], HttpResponse], *, actor: Actor = CLERK, **headers: str
) -> HttpResponse:
    """What the middleware makes of a view, its exceptions handled as Django does."""
    request = RequestFactory().get("/somewhere/?q=1", headers=headers)
    request.session = SessionStore()
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]

    def inner(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except Exception as error:
            handled = middleware.process_exception(request, error)
            return handled or HttpResponse(status=404 if isinstance(error, Http404) else 500)

    middleware = ActorMiddleware(inner)
    middleware.load = lambda request, request_id: actor
    return middleware(request)


def write(code: str = "990103001001") -> None:
    Entry.objects.create(actor_name="x", role="x", kind="x", payload={}, code=code)


def raising(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        if request.actor.territory:  # type: ignore[attr-defined]
            write()
        raise error

    return view


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadInput(Problem("姓名", "请填写")), 422),
        (Refused("不行。"), 409),
        (Conflict("别人改过。"), 409),
        (Forbidden("不行。"), 403),
        (NotFound("没有。"), 404),
        (HelingError("别的。"), 400),
    ],
    ids=lambda e: type(e).__name__ if isinstance(e, Exception) else str(e),
)
def test_our_errors_become_a_page_and_leave_nothing(error: HelingError, status: int) -> None:
    response = answer(raising(error))
    assert response.status_code == status
    assert error.message in response.content.decode()
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("error", [Http404(), LookupError("ours to mend")])
def test_other_errors_leave_nothing_either(error: Exception) -> None:
    assert answer(raising(error)).status_code in {404, 500}
    assert Entry.objects.count() == 0


def test_an_answer_of_500_leaves_nothing() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        write()
        return HttpResponse(status=500)

    answer(view)
    assert Entry.objects.count() == 0


def test_a_refusal_shown_on_a_form_keeps_what_the_view_wrote() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        write()
        return HttpResponse(status=422)

    answer(view)
    assert Entry.objects.count() == 1


def test_the_view_sees_its_territory_and_the_test_everything_again() -> None:
    write("990103001001")
    write("980103001001")
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(Entry.objects.count())
        return HttpResponse()

    answer(view)
    answer(view, actor=ANONYMOUS)
    assert seen == [1, 0]
    assert Entry.objects.count() == 2


def test_a_stranger_who_may_not_is_asked_to_log_in() -> None:
    response = answer(raising(Forbidden("不行。")), actor=ANONYMOUS)
    assert (response.status_code, response["Location"]) == (
        302,
        "/accounts/login/?next=/somewhere/%3Fq%3D1",
    )


def test_a_fragment_of_a_stranger_turns_the_whole_page() -> None:
    here = {"HX-Request": "true", "HX-Current-URL": "http://testserver/list/?page=2"}
    response = answer(raising(Forbidden("不行。")), actor=ANONYMOUS, **here)
    assert response["HX-Redirect"] == "/accounts/login/?next=/list/%3Fpage%3D2"


def test_a_stranger_looking_for_what_is_not_there_learns_nothing() -> None:
    assert answer(raising(NotFound("没有。")), actor=ANONYMOUS).status_code == 404


@pytest.mark.parametrize("error", [Forbidden("不行。"), NotFound("没有。")])
def test_refusals_go_to_the_security_log_without_names(
    error: HelingError, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "heling.platform.access.middleware"):
        answer(raising(error))
    (line,) = [r.getMessage() for r in caplog.records if r.name.endswith("access.middleware")]
    assert "GET /somewhere/ to user 1 as street_official" in line
    assert "张三" not in line
    assert "q=1" not in line


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def test_waiting_too_long_for_a_row_is_said_kindly() -> None:
    error = caused(OperationalError("canceling"), psycopg.errors.LockNotAvailable())
    response = answer(raising(error))
    assert response.status_code == 409
    assert "别人正在处理同一条数据" in response.content.decode()


def test_another_fault_of_the_database_is_not_dressed_up() -> None:
    error = caused(OperationalError("gone"), psycopg.OperationalError())
    assert answer(raising(error)).status_code == 500


def test_a_violated_constraint_speaks_its_sentence() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into identity_staffsession (user_id, code, reason, started_at, ends_at)"
                " values (1, '990103', 'x', now(), now() + interval '1 minute')"
            )
        raise AssertionError

    response = answer(view)
    assert response.status_code == 409
    assert "请写明理由（至少 10 个字）。" in response.content.decode()


def test_a_constraint_without_a_sentence_is_our_defect() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        Entry.objects.create(actor_name=None, role="x", kind="x", payload={}, code="990103")
        raise AssertionError

    assert answer(view).status_code == 500


def test_the_undone_request_leaves_the_connection_usable() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            raise IntegrityError

    assert answer(view).status_code == 500
    assert Entry.objects.count() == 0


def test_each_request_has_its_own_number() -> None:
    numbers: list[Any] = []

    def load(request: HttpRequest, request_id: str) -> Actor:
        numbers.append(request_id)
        return CLERK

    middleware = ActorMiddleware(lambda request: HttpResponse())
    middleware.load = load
    for _ in range(2):
        middleware(RequestFactory().get("/"))
    assert len(set(numbers)) == 2
    assert all(len(n) == 32 for n in numbers)
