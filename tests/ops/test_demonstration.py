from pathlib import Path

from config.environment import Server
from niangjia.ops.kinds import Exit
from tests.ops.command import Outcome, run

# The real demo takes minutes: one that records what it is asked to do stands in for it.
STAND_IN = """
import sys, types
from niangjia.ops import cli
from niangjia.ops.kinds import DemoAccount

def build(display):
    from niangjia.people.models import Account
    Account.objects.using("owner").create(username="built", phone_index=bytes(32))
    print("built", flush=True)
    if sys.argv[1] == "interrupt":
        raise KeyboardInterrupt

demo = types.ModuleType("niangjia.ops.demo")
demo.build, demo.accounts = build, lambda: [DemoAccount("区妇联主席", "甲", "chair", "secret")]
sys.modules["niangjia.ops.demo"] = demo
sys.exit(cli.run(["demo", "--no-serve"]))
"""


def demo(manner: str) -> Outcome:
    return run("-c", STAND_IN, manner)


def test_the_demo_is_built_once_and_never_where_somebody_works(installation: Server, home: Path) -> None:
    interrupted, built, again = demo("interrupt"), demo("finish"), demo("finish")
    assert [outcome.out.count("built") for outcome in (interrupted, built, again)] == [1, 1, 0]
    assert (interrupted.code != Exit.OK, built.code, again.code) == (True, Exit.OK, Exit.OK)
    assert ["区妇联主席" in outcome.out for outcome in (built, again)] == [True, True]
    (home / "demo.started").unlink()
    (home / "demo.ready").unlink()
    refused = demo("finish")
    assert (refused.code, refused.out) == (Exit.BAD_INPUT, "")
