"""First pages: every role lands on one that it may see, and a task leads to where it is done."""

from __future__ import annotations

import pytest
from django.test import Client

from heling.contexts.identity.public import ROLES, RoleKey
from heling.contexts.identity.testing import family, official, person, sign_in
from heling.contexts.places.testing import VILLAGE, small_country
from heling.contexts.registry.testing import elder

pytestmark = pytest.mark.django_db
OFFICIALS = [key for key, role in ROLES.items() if role.face == "console"]
AT = {RoleKey.CITY: 4, RoleKey.COUNTY: 6, RoleKey.STREET: 9, RoleKey.COMMITTEE: 12}


@pytest.fixture(autouse=True)
def _places(db: None) -> None:
    small_country()


@pytest.mark.parametrize("role", OFFICIALS)
def test_every_official_has_a_first_page(role: RoleKey) -> None:
    browser = Client()
    sign_in(browser, official(role, VILLAGE[: AT.get(role, 6)]))
    answer = browser.get("/console/")
    assert answer.status_code == 200
    assert "待办任务" in answer.content.decode()


def test_a_family_sees_its_elder_and_at_most_five_doors(client: Client) -> None:
    elder_id = elder(name="韦秀英", code=VILLAGE)
    sign_in(client, family(elder_id, VILLAGE))
    page = client.get("/family/").content.decode()
    assert "您代办的老人：韦秀英" in page
    assert 3 <= page.count('class="h-door"') <= 5
    assert 'href="/family/about/"' in page


def test_an_account_without_consent_is_told_what_to_bring(client: Client) -> None:
    sign_in(client, person())
    assert "请带上证件到社区登记" in client.get("/family/").content.decode()


def test_nobody_enters_the_face_of_others(client: Client) -> None:
    assert client.get("/console/").headers["Location"].startswith("/accounts/login/")
    assert client.get("/family/").headers["Location"].startswith("/accounts/login/")
    sign_in(client, family(elder(code=VILLAGE), VILLAGE))
    assert client.get("/console/").status_code == 403
