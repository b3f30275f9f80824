#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""As bench-hyperd, from Python: the official HyperProcess and ours take turns in this process.

usage: hyperd.py [--rounds N] [--json FILE] FOLDER
       FOLDER is where tableauhyperapi was installed to; HYPERPROCESS_LIBRARY names our library
"""
import argparse
import json
import os
import sys
import tempfile
import time

WARM_UP = 3
MEASURES = ("start", "stop", "both")
SHARES = (10, 50, 90, 95, 99)


def run(api, parameters, hyper_path):
    begin = time.perf_counter()
    hyper = api.HyperProcess(api.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, "bench", hyper_path, parameters)
    str(hyper.endpoint)
    ready = time.perf_counter()
    hyper.close()
    end = time.perf_counter()
    return [1e6 * seconds for seconds in (ready - begin, end - ready, end - begin)]


def percentile(values, percent):
    values, at = sorted(values), percent / 100 * (len(values) - 1)
    below = int(at)
    above = min(below + 1, len(values) - 1)
    return values[below] + (at - below) * (values[above] - values[below])


def report(name, baseline, samples, which, file):
    figures = {f"p{share}": round(percentile([sample[which] for sample in samples], share), 1) for share in SHARES}
    line = {"bench": "hyperd", "variant": "python", "subject": name, "measure": MEASURES[which], "unit": "us",
            "rounds": len(samples), **figures}
    if baseline is not samples:
        line["ratio"] = round(figures["p50"] / percentile([sample[which] for sample in baseline], 50), 4)
    print(f"  {name:14} {MEASURES[which]:8}", *(f"{figure:9.1f}" for figure in figures.values()),
          f" {line['ratio']:6.3f}x" if "ratio" in line else "")
    if file:
        print(json.dumps(line, separators=(",", ":")), file=file)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", type=argparse.FileType("a"))
    parser.add_argument("folder")
    given = parser.parse_args()
    source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path[:0] = [given.folder, os.path.join(source, "bindings", "python")]
    import hyperprocess
    import tableauhyperapi

    apis = {"official": tableauhyperapi, "hyperprocess": hyperprocess}
    samples = {name: [] for name in apis}
    hyper_path = os.path.join(given.folder, "tableauhyperapi", "bin", "hyper")
    with tempfile.TemporaryDirectory() as log_dir:
        for number in range(-WARM_UP, given.rounds):
            for name in sorted(apis, reverse=number % 2 == 0):  # each round begins with the other one
                sample = run(apis[name], {"log_dir": log_dir}, hyper_path)
                if number >= 0:
                    samples[name].append(sample)
    print(f"\nhyperd: python, {given.rounds} rounds")
    print(f"  {'us':14} {'':8}", *(f"{'median' if share == 50 else f'p{share}':>9}" for share in SHARES), "  ratio")
    for which in range(len(MEASURES)):
        for name in apis:
            report(name, samples["official"], samples[name], which, given.json)
    print("  wanted: not slower than the official")


if __name__ == "__main__":
    main()
