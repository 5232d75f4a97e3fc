import pytest
@pytest.mark.django_db
def test_migrates():
    from heling.contexts.entitlements.models import Application
    assert not Application.objects.exists()
