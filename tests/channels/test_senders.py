"""Adapters that carry a sign-in code."""

import pytest
from pytest_django.fixtures import Settings

from niangjia.channels.senders import Receipt, SendFailed, sender

PHONE, CODE = "13800138000", "246810"


def refusal(name: str, settings: Settings) -> SendFailed:
    settings.NIANGJIA_SMS_SENDER = name
    with pytest.raises(SendFailed) as failed:
        sender().send_code(PHONE, CODE)
    return failed.value


def test_the_demo_hands_the_code_back_to_be_shown(settings: Settings) -> None:
    settings.NIANGJIA_DEMO, settings.NIANGJIA_SMS_SENDER = True, "demo"
    assert sender().send_code(PHONE, CODE) == Receipt(reference="demo", shown=CODE)


def test_the_demo_carrier_shows_no_code_outside_the_demo(settings: Settings) -> None:
    settings.NIANGJIA_DEMO = False
    assert (refusal("demo", settings).retry, CODE in str(refusal("demo", settings))) == (False, False)


@pytest.mark.parametrize(
    ("name", "retry", "opening"),
    [
        ("refusing", False, "本站还没有开通短信"),
        ("failing", True, "短信暂时发不出去"),
        ("nobody", False, "短信通道“nobody”不存在"),
        ("../demo", False, "短信通道“../demo”不存在"),
    ],
)
def test_a_carrier_that_does_not_send_says_whether_to_try_again(
    name: str, retry: bool, opening: str, settings: Settings
) -> None:
    failed = refusal(name, settings)
    assert (failed.retry, str(failed).startswith(opening)) == (retry, True)


@pytest.mark.parametrize("name", ["demo", "refusing", "failing"])
def test_no_carrier_writes_a_phone_or_a_code_anywhere(
    name: str, settings: Settings, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.NIANGJIA_DEMO, settings.NIANGJIA_SMS_SENDER = True, name
    caplog.set_level(0)
    try:
        sender().send_code(PHONE, CODE)
    except SendFailed as failed:
        caplog.handler.stream.write(str(failed))
    written = caplog.text + "".join(capfd.readouterr())
    assert (PHONE in written, CODE in written) == (False, False)
