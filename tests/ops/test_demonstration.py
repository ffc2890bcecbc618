from config.environment import Server
from tests.ops.command import run

# The real demo takes minutes: one that records what it is asked to do stands in for it.
STAND_IN = """
import sys, types
from niangjia.ops import cli

def build(display):
    from niangjia.people.models import Account
    Account.objects.using("owner").create(username="built", phone_index=bytes(32))
    print("built", flush=True)
    if manner == "interrupt":
        raise RuntimeError("interrupted")

demo = types.ModuleType("niangjia.ops.demo")
demo.build, demo.accounts = build, lambda: [DemoAccount("区妇联主席", "甲", "chair", "secret")]
sys.modules["niangjia.ops.demo"] = demo
from config.environment import State
from niangjia.ops.kinds import DemoAccount

for manner in ("interrupt", "finish", "again", "moved"):
    print("*", manner, flush=True)
    if manner == "moved":
        for name in ("demo.started", "demo.ready"):
            (State.from_environment().home / name).unlink()
    try:
        print("code", cli.run(["demo", "--no-serve"]), flush=True)
    except RuntimeError as error:
        print(error, flush=True)
    from django.db import connections
    connections.close_all()
"""


def test_the_demo_is_built_once_starts_over_and_never_goes_where_somebody_works(installation: Server) -> None:
    outcome = run("-c", STAND_IN)
    told = [part.split() for part in outcome.out.split("* ")[1:]]
    assert [(part[0], part.count("built"), part[-1], "区妇联主席" in part) for part in told] == [
        ("interrupt", 1, "interrupted", False),
        ("finish", 1, "0", True),
        ("again", 0, "0", True),
        ("moved", 0, "2", False),
    ]
    assert "里已有账号，不是空的，演示数据不会写进去" in outcome.err
