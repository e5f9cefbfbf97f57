# SPDX-License-Identifier: Apache-2.0
"""Lists and maps of a format file up to their limits, and one entry beyond: no entry is left out in silence."""
import json
import sys

from program import case, expect, main

HEAD = """format: limits
title: A format with a long list
event_time: received
"""
TAIL = """examples:
  - line: one
    expect: {event_type: UNKNOWN, message: one}
"""
LINE = "line: '{message}'\n"
JSON = "kind: json\n"
MANY = 65535


# What stands before the entries, entry number i, how many there may be.
LIMITS = {
    "places in `inside`": (LINE + "inside:\n", "  - line", 64),
    "formats in `before`": (LINE + "before:\n", "  - sshd", 1000),
    "texts in `skip`": (LINE + "skip:\n", "  - 't%d'", 1000),
    "names in a condition": (JSON + "detect:\n", "  $.n%d: 1", 64),
    "values in a condition": (JSON + "detect:\n  $.n:\n", "    - v%d", MANY),
    "constants in `set`": (LINE + "set:\n", "  extra.n%d: v", 200),
    "fields in `derive`": (LINE + "derive:\n", "  extra.n%d: message", 200),
    "names in `from`": (LINE + "derive:\n  user_name:\n    from:\n", "    - message", 64),
    "ranges": (LINE + "derive:\n  user_name:\n    from: message\n    ranges:\n", "      '%d': v", MANY),
    "pairs in a map": (LINE + "derive:\n  user_name:\n    from: message\n    map:\n", "      n%d: v", MANY),
    "cases in `choose`": (LINE + "choose:\n", "  - when: {message: v%d}", 1000),
    "texts in `absent`": (LINE + "absent:\n", "  - v%d", 100),
    "texts in a list": (JSON + "fields:\n  n:\n    to: message\n    absent:\n", "      - v%d", MANY),
    "examples": (LINE + "examples:\n", "  - reject: v%d", MANY),
}


def found(run, begin, entry, count):
    """(code, line) of the errors about a list of so many entries, and where the last entry stands."""
    entries = [entry % number if "%" in entry else entry for number in range(count)]
    text = HEAD + begin + "\n".join(entries) + "\n" + ("" if "examples:" in begin else TAIL)
    done = run.run("check", "--json", run.file("limits.yaml", text))
    said = [json.loads(line) for line in done.out.splitlines()]
    errors = [(each["code"], each["line"], each["text"]) for each in said if each["severity"] == "error"]
    assert done.status == (1 if errors else 0), (done.status, said[:3])
    return errors, (HEAD + begin).count("\n") + count


@case
def entry_beyond_a_limit_is_told_at_its_place(run):
    for what, (begin, entry, most) in LIMITS.items():
        errors, last = found(run, begin, entry, most + 1)
        assert errors == [("ARGOT-0110", last, f"more than {most} {what}")], (what, last, errors[:3])


@case
def list_up_to_its_limit_is_taken(run):
    for what, (begin, entry, most) in LIMITS.items():
        if most == MANY:
            most = 2000  # the rest takes re2c and the C compiler minutes, not the loader
        errors, _ = found(run, begin, entry, most)
        assert not errors, (what, errors[:3])


if __name__ == "__main__":
    sys.exit(main())
