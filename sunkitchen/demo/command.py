"""`python -m sunkitchen demo`: make the demo in this installation, as `serve` does, and print who can sign in."""

import argparse


def main(words: list[str]) -> int:
    from sunkitchen import serve
    from sunkitchen.demo import town

    parser = argparse.ArgumentParser(prog="sunkitchen demo", description=__doc__)
    parser.add_argument(
        "--kitchens",
        type=int,
        default=town.SIZE,
        metavar="N",
        help=f"only the first N of {town.SIZE}, where none is",
    )
    parser.add_argument("--reset", action="store_true", help="remove the demo first; refused beside anything real")
    asked = parser.parse_args(words)

    def work() -> int:
        from django.conf import settings

        ffmpeg = serve.find_ffmpeg()
        serve.set_up()
        if asked.reset:
            with serve.alone(settings.VAR):  # whoever serves it would show what is no more
                anew()
                make(ffmpeg)
        else:
            make(ffmpeg)
        return 0

    def anew() -> None:
        from sunkitchen.demo import reset

        try:
            reset.reset()
        except reset.NotADemo as reason:
            raise serve.Trouble(str(reason)) from None

    def make(ffmpeg: str) -> None:
        from sunkitchen.demo import stage

        if not stage.make(ffmpeg, serve.say, count=asked.kitchens):
            raise serve.Trouble("this installation has real kitchens: no demo beside them.")
        for line in stage.sign_ins():
            serve.say(line)

    return serve.told(work)
