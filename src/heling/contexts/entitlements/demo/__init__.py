"""Cases of people who do not exist, walked by the real actions to every stage."""

from heling.contexts.entitlements.demo.office import DemoOffice
from heling.contexts.entitlements.demo.scenes import demo_cases

__all__ = ["DemoOffice", "demo_cases"]
