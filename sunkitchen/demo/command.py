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
    asked = parser.parse_args(words)

    def work() -> int:
        ffmpeg = serve.find_ffmpeg()
        serve.set_up()
        from sunkitchen.demo import stage

        if not stage.make(ffmpeg, serve.say, count=asked.kitchens):
            raise serve.Trouble("this installation has real kitchens: no demo beside them.")
        for line in stage.sign_ins():
            serve.say(line)
        return 0

    return serve.told(work)
