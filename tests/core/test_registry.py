import pytest

from niangjia.core.registry import Registry, RegistryError


@pytest.fixture
def registry() -> Registry[int]:
    registry = Registry[int]("指标")
    registry.register("b.grants", 2)
    registry.register("a.visits", 1)
    return registry


def test_items_are_found_by_key_and_listed_as_declared(registry: Registry[int]) -> None:
    assert (registry.get("a.visits"), list(registry), len(registry)) == (1, [2, 1], 2)
    assert ("a.visits" in registry, "c" in registry) == (True, False)


def test_declaring_hands_the_item_back(registry: Registry[int]) -> None:
    assert registry.register("c", 3) == 3


def test_a_key_is_used_once(registry: Registry[int]) -> None:
    with pytest.raises(RegistryError) as error:
        registry.register("a.visits", 9)
    assert str(error.value) == "指标“a.visits”重复登记：已有1，请改用别的键。"
    assert registry.get("a.visits") == 1


def test_nothing_is_declared_after_the_start(registry: Registry[int]) -> None:
    registry.freeze()
    with pytest.raises(RegistryError) as error:
        registry.register("c", 3)
    assert str(error.value) == "指标“c”登记太晚：系统启动完成后不再接受登记，请在应用加载时登记。"


def test_an_unknown_key_is_answered_with_the_known_ones(registry: Registry[int]) -> None:
    with pytest.raises(RegistryError) as error:
        registry.get("visits")
    assert str(error.value) == "没有名为“visits”的指标。已登记的有：a.visits、b.grants。"


def test_an_empty_catalogue_says_that_it_is_empty() -> None:
    with pytest.raises(RegistryError) as error:
        Registry[int]("适配器").get("x")
    assert str(error.value) == "没有名为“x”的适配器。已登记的有：无。"
