"""Names of categories: finer ones count as the agreed name."""

from nlp.categories import categories, finer, standard
from nlp.evaluate import Case, Outcome, report


def test_a_finer_name_counts_as_the_agreed_one() -> None:
    assert standard("electric_shock") == "electricity"
    assert standard("lift") == "lift"
    assert standard(None) is None


def test_finer_names_lead_to_agreed_ones() -> None:
    assert set(finer().values()) <= categories()
    assert not set(finer()) & categories()


def test_evaluation_counts_a_finer_name_as_right() -> None:
    case = Case("楼道没人扫", "complaint", category="hygiene")
    read = Outcome(
        case=case,
        intent="complaint",
        confidence=0.9,
        category_given_intent="cleaning",
        wishes=(("complaint", "cleaning"),),
    )
    assert report([read]).category == 1.0
