from tests.plans.conftest import drafted, in_force, published

__all__ = ["drafted", "in_force", "published"]
