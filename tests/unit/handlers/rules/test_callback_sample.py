"""The monthly sample of finished orders (S-CB-02, domain.md 5.4)."""

import pytest

from handlers.rules.callback import CallbackRules, sample_size, sampled

RULES = CallbackRules()


@pytest.mark.parametrize(
    ("orders", "households", "size"),
    [
        (0, 2688, 0),
        (1, 2688, 1),
        (20, 2688, 1),
        (21, 2688, 2),
        (100, 2688, 5),
        (9000, 2688, 134),
        (50, 10, 1),
        (50, 0, 3),
    ],
)
def test_five_per_cent_and_below_five_per_cent_of_households(orders: int, households: int, size: int) -> None:
    assert sample_size(RULES, orders, households) == size


def test_draw_is_repeatable_by_its_seed_and_changes_with_it() -> None:
    orders = dict.fromkeys(range(100))
    assert sampled(orders, 5, "a") == sampled(orders, 5, "a")
    assert sampled(orders, 5, "a") != sampled(orders, 5, "b")
    assert len(set(sampled(orders, 5, "a"))) == 5


def test_each_repairer_is_drawn_before_anyone_twice() -> None:
    orders = {id_: 7 if id_ < 90 else 8 for id_ in range(100)}
    assert {orders[id_] for id_ in sampled(orders, 2, "x")} == {7, 8}
