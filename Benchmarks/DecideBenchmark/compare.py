#!/usr/bin/env python3
"""Reading and deciding beside DuckDB, at three sizes, in one run.

    swift build -c release --static-swift-stdlib --product DecideBenchmark
    Benchmarks/DecideBenchmark/compare.py [--sizes 10000,100000,1000000] [--rounds 3]

Makes a ledger of each size up (the same each time), runs DecideBenchmark and ageing.py on it in turn, and prints the
best of the rounds. Without the Python package duckdb the comparison is left out, and said to be.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TODAY = datetime.date(2026, 11, 26)

CONFIGURATION = """
[company]
name = "Example GmbH"
time_zone = "Europe/Berlin"
country = "DE"
language = "en"
currency = "EUR"
[ledger]
path = "{folder}"
[mail]
url = "smtp://127.0.0.1:2525"
security = "none"
from = "Example Accounts <ar@example.com>"
[journal]
directory = "{state}"
[[schedule]]
name = "standard"
steps = [
  {{ name = "upcoming", day = -7, level = 0, template = "upcoming" }},
  {{ name = "first",    day = 5,  level = 1, template = "first" }},
  {{ name = "second",   day = 15, level = 2, template = "second", deadline = 7 }},
  {{ name = "final",    day = 35, level = 3, template = "final", deadline = 10, approval = true, in_doubt = "ask" }},
]
"""


def make_ledger(folder, invoices):
    """So many invoices of a fifth as many customers, in no order, and two fifths as many payments, nine of ten of which
    name an invoice."""
    folder.mkdir()
    dice = random.Random(1)
    customers = invoices // 5
    day = datetime.timedelta(days=1)
    with open(folder / "customers.csv", "w") as file:
        file.write("id,name,email,country,kind,language\n")
        for i in range(customers):
            kind = "business" if i % 5 else "consumer"
            file.write(f"K-{i:06d},Customer {i} Ltd,ar{i}@c{i}.example,DE,{kind},en\n")
    rows = []
    with open(folder / "invoices.csv", "w") as file:
        file.write("number,customer,issued,due,amount,currency,kind\n")
        for i in range(invoices):
            due = TODAY + day * dice.randint(-120, 40)
            customer = f"K-{dice.randrange(customers):06d}"
            amount = f"{dice.randint(1000, 999999) / 100:.2f}"
            file.write(f"R-{i:07d},{customer},{due - day * 30},{due},{amount},EUR,invoice\n")
            rows.append((customer, amount))
    with open(folder / "payments.csv", "w") as file:
        file.write("id,customer,date,amount,currency,invoice\n")
        for i in range(invoices * 2 // 5):
            paid = dice.randrange(invoices)
            customer, amount = rows[paid]
            number = f"R-{paid:07d}" if i % 10 else ""
            file.write(f"P-{i:07d},{customer},{TODAY - day * dice.randint(1, 60)},{amount},EUR,{number}\n")
    # As an export of some minutes ago: one of this moment may still change without its time showing it.
    for file in folder.iterdir():
        os.utime(file, (time.time() - 600, time.time() - 600))


def run(command):
    """What the command said, and the processor time that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode == 3:
        return None
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    said = json.loads(done.stdout)
    said["whole_cpu"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return said


def best(figures, key):
    return min(figures, key=key) if figures else None


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--sizes", default="10000,100000,1000000")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--binary", default=str(ROOT / ".build/release/DecideBenchmark"))
    options = options.parse_args()
    print(f"{'invoices':>9} {'read':>7} {'decide':>7} {'both':>7} {'cpu':>7} {'MB':>5}   "
          f"{'DuckDB':>7} {'cpu':>7} {'MB':>5}   {'ratio':>6}   {'cycle 1':>8} {'cycle 2':>8} {'ratio':>6}")
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="dunningd-benchmark-") as scratch:
            scratch = pathlib.Path(scratch)
            make_ledger(scratch / "ledger", size)
            config = scratch / "dunningd.toml"
            config.write_text(CONFIGURATION.format(folder=scratch / "ledger", state=scratch / "state"))
            ours, theirs, cycles = [], [], []
            for _ in range(options.rounds):
                ours.append(run([options.binary, "once", config, f"{TODAY}T10:00:00Z"]))
                theirs.append(run([sys.executable, HERE / "ageing.py", scratch / "ledger", str(TODAY)]))
                cycles.append(run([options.binary, "cycles", config, f"{TODAY}T10:00:00Z"]))
            our = best(ours, lambda one: one["read"] + one["decide"])
            their = best([one for one in theirs if one], lambda one: one["seconds"])
            cycle = best(cycles, lambda one: one["first"])
            both = our["read"] + our["decide"]
            line = (f"{size:>9} {our['read']:>6.2f}s {our['decide']:>6.2f}s {both:>6.2f}s {our['cpu']:>6.2f}s "
                    f"{our['peak_mb']:>5}   ")
            if their:
                line += (f"{their['seconds']:>6.2f}s {their['whole_cpu']:>6.2f}s {their['peak_mb']:>5}   "
                         f"{both / their['seconds']:>6.2f}   ")
            else:
                line += f"{'-':>7} {'-':>7} {'-':>5}   {'-':>6}   "
            line += f"{cycle['first']:>7.2f}s {cycle['second']:>7.3f}s {cycle['second'] / cycle['first']:>6.3f}"
            print(line, flush=True)
    if not their:
        print("without comparison: the Python package duckdb is not installed (pip install duckdb)")


main()
