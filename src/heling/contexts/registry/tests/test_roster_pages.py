"""The roster pages, through the real views."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from heling.contexts.identity.public import RoleKey
from heling.contexts.identity.testing import official, sign_in
from heling.contexts.places.testing import VILLAGE, plant
from heling.contexts.registry.models import Elder, RosterBatch
from heling.contexts.registry.testing import resident_id
from heling.platform.jobs.work import carry_out

pytestmark = pytest.mark.django_db
HEAD = "姓名,身份证号,居住村（社区）,户籍所在村（社区）,联系电话\n"


@pytest.fixture
def client(tmp_path: Path, settings: Any) -> Client:
    """A browser in the hands of a street clerk; jobs rebuild that clerk from the account."""
    plant(VILLAGE)
    settings.FILES_ROOT = tmp_path
    browser = Client()
    sign_in(browser, official(RoleKey.STREET, VILLAGE[:9]))
    return browser


def line(name: str = "王小明", phone: str = "", number: str = "") -> str:
    number = number or resident_id(date(1941, 3, 5))
    return f"{name},{number},{VILLAGE},{VILLAGE},{phone}\n"


def upload(client: Client, text: str, name: str = "名册.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode("utf-8-sig") if text else b"")
    return client.post("/console/elders/import/", {"file": file})


def test_a_roster_goes_in_by_three_clicks(client: Client) -> None:
    assert client.get("/console/elders/import/").status_code == 200
    answer = upload(client, HEAD + line() + line("李秀英", phone="=1+1"))
    assert answer.status_code == 302
    carry_out(RosterBatch.objects.get().run_id or 0)
    page = client.get(answer.headers["Location"]).content.decode()
    assert "要改什么" in page
    assert "李秀英" in page
    faults = client.get(answer.headers["Location"] + "faults/")
    assert ",'=1+1" in faults.content.decode("utf-8-sig")
    client.post(answer.headers["Location"] + "write/")
    carry_out(RosterBatch.objects.get().run_id or 0)
    assert Elder.objects.count() == 1
    assert "已写入" in client.get(answer.headers["Location"]).content.decode()


def test_a_wrong_kind_of_file_is_said_on_the_form(client: Client) -> None:
    answer = upload(client, "x", name="名册.xls")
    assert answer.status_code == 422
    assert "另存为" in answer.content.decode()
    assert upload(client, "").status_code == 422


def test_the_template_has_every_heading(client: Client) -> None:
    answer = client.get("/console/elders/import/template/")
    assert answer.content[:2] == b"PK"


def test_a_dropped_batch_can_no_longer_be_written(client: Client) -> None:
    place = upload(client, HEAD + line()).headers["Location"]
    client.post(place + "drop/")
    assert client.post(place + "write/").status_code == 409
