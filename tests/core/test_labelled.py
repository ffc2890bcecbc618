from niangjia.core.labelled import Labelled


class Signal(Labelled):
    GO = "go", "通行"
    STOP = "stop"


def test_a_labelled_word_is_its_value_and_says_its_label() -> None:
    assert (Signal("go"), f"{Signal.GO}", Signal.GO.label, Signal.STOP.label) == (Signal.GO, "go", "通行", "")
