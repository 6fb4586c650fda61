#!/usr/bin/env python3
"""Counts, by plain loops, whom a simple policy would contact on each day of June 2013 over a file of real invoices.

    ibm_model.py FILE.csv free|capped [DAY]       DAY (2013-06-15): every invoice's reason on that day besides

Written from the description of the rules, without the program: it shares no code with it. The policy: every hour of
every day is open, no holidays, no minimum, no approvals, no deadlines; steps below; the first step not passed, one at a
time. `free`: no cap and no gap. `capped`: one day with a notice in any seven days, and as much for reminders.

Prints a line of JSON for each day: day, contacts (messages), by_reason (invoices), sent (a text for each message).
"""

import csv
import datetime
import json
import sys

STEPS = [("upcoming", -7, 0), ("first", 5, 1), ("second", 15, 2), ("third", 30, 3)]


def date(text):
    month, day, year = text.split("/")
    return datetime.date(int(year), int(month), int(day))


def main():
    path, policy = sys.argv[1:3]
    asked = sys.argv[3] if len(sys.argv) > 3 else None
    invoices = []
    with open(path, encoding="ascii", newline="") as file:
        for row in csv.DictReader(file):
            invoices.append({
                "number": row["invoiceNumber"], "customer": row["customerID"], "issued": date(row["InvoiceDate"]),
                "due": date(row["DueDate"]), "settled": date(row["SettledDate"]),
                "disputed": row["Disputed"] == "Yes", "done": [],
            })
    customers = sorted({invoice["customer"] for invoice in invoices})
    last = {}  # (customer, "notice" or "reminder") -> days on which one went

    day = datetime.date(2013, 6, 1)
    while day <= datetime.date(2013, 6, 30):
        counts, sent, reasons = {}, [], {}
        for customer in customers:
            going = {"reminder": [], "notice": []}
            for invoice in invoices:
                if invoice["customer"] != customer or invoice["issued"] > day:
                    continue
                reason = None
                if invoice["settled"] <= day:
                    reason = "settled"
                elif invoice["disputed"]:
                    reason = "disputed"
                else:
                    late = (day - invoice["due"]).days
                    highest = max([level for _, _, level in STEPS if level in invoice["done"]], default=-1)
                    step = None
                    for name, offset, level in STEPS:
                        if level <= highest:
                            continue
                        if level == 0 and late >= 0:
                            continue
                        step = (name, offset, level)
                        break
                    if step is None:
                        reason = "completed"
                    elif late < step[1]:
                        reason = "not_yet"
                    else:
                        kind = "notice" if step[2] >= 1 else "reminder"
                        days = last.get((customer, kind), [])
                        if policy == "capped" and any((day - before).days < 7 for before in days):
                            reason = "too_soon"
                        else:
                            reason = "contact"
                            going[kind].append((invoice, step))
                counts[reason] = counts.get(reason, 0) + 1
                reasons[invoice["number"]] = reason
            for kind, list_ in going.items():
                if not list_:
                    continue
                last.setdefault((customer, kind), []).append(day)
                for invoice, step in list_:
                    invoice["done"].append(step[2])
                lines = sorted(f"{invoice['number']}={step[0]}" for invoice, step in list_)
                sent.append(customer + " " + " ".join(lines))
        answer = {"day": day.isoformat(), "contacts": len(sent), "by_reason": counts, "sent": sorted(sent)}
        if asked == day.isoformat():
            answer["reasons"] = reasons
        print(json.dumps(answer))
        day += datetime.timedelta(days=1)


if __name__ == "__main__":
    main()
