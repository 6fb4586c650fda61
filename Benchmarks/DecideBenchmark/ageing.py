#!/usr/bin/env python3
"""The yardstick: DuckDB reads the three files of a ledger folder and ages what is open by customer.

    ageing.py FOLDER DAY        prints one line of JSON; exit status 3 where the package duckdb is not installed

Two threads, and the same files: what is open is an invoice's amount less the payments that name it, and falls into
the buckets of an ageing report. Neither the start of Python nor the import counts.
"""
import json
import resource
import sys
import time

try:
    import duckdb
except ImportError:
    sys.exit(3)

QUERY = """
with paid as (
    select customer, invoice, sum(amount) as amount from read_csv('{folder}/payments.csv')
    where invoice is not null group by customer, invoice),
open as (
    select i.customer, i.currency, date '{day}' - i.due as days,
           greatest(i.amount - coalesce(p.amount, 0), 0) as amount
    from read_csv('{folder}/invoices.csv') i
    left join paid p on p.customer = i.customer and p.invoice = i.number)
select c.id, c.name, o.currency, count(*),
       sum(case when days <= 0 then amount else 0 end) as current,
       sum(case when days between 1 and 30 then amount else 0 end) as "1-30",
       sum(case when days between 31 and 60 then amount else 0 end) as "31-60",
       sum(case when days between 61 and 90 then amount else 0 end) as "61-90",
       sum(case when days > 90 then amount else 0 end) as "91+"
from open o join read_csv('{folder}/customers.csv') c on c.id = o.customer
group by c.id, c.name, o.currency order by c.id
"""

folder, day = sys.argv[1:]
connection = duckdb.connect(config={"threads": 2})
began = time.monotonic()
rows = connection.execute(QUERY.format(folder=folder, day=day)).fetchnumpy()
took = time.monotonic() - began
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"rows": len(rows["id"]), "seconds": took, "peak_mb": usage.ru_maxrss * 1024 // 1_000_000,
                  "version": duckdb.__version__}))
