# SPDX-License-Identifier: Apache-2.0
# The examples of format files: each line, the event it must become, the lines that must not fit.
import times
import tree
from paths import Number


def check(naive):
    """Runs all examples; the last line printed is `N passed, N failed`."""
    passed = failed = 0
    for format_ in naive.formats.values():
        for number, example in enumerate(format_.examples, 1):
            wrong = check_one(naive, format_, example)
            passed, failed = passed + (not wrong), failed + bool(wrong)
            if wrong:
                print(f"{format_.name}, example {number}: {example.get('line', example.get('reject'))!r}")
                print("\n".join("    " + each for each in wrong))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def check_one(naive, format_, example):
    """What is wrong with an example, as lines."""
    received = times.read_iso(str(example.get("received_at", "1970-01-01T00:00:00Z")))
    zone = str(example.get("timezone", "UTC"))
    line = str(example["reject"] if "reject" in example else example["line"])
    found = naive.record(line.encode(), format_.name, received, zone)
    if "reject" in example:
        fits = found["outcome"] == "event" and found["event"]["event_type"] != "UNKNOWN"
        return [f"it should not fit: {found}"] if fits else []
    if found["outcome"] != "event":
        return [f"no event: {found}"]
    wanted = example["expect"]
    events = found.get("events", [found["event"]])
    wanted = wanted if isinstance(wanted, list) else [wanted]
    if len(events) != len(wanted):
        return [f"{len(events)} events, not {len(wanted)}"]
    wrong = []
    for event, expected in zip(events, wanted):
        differences(event, expected, "", wrong)
    return wrong


def differences(found, wanted, name, wrong):
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key in {**wanted, **found}:
            differences(found.get(key), wanted.get(key), f"{name}.{key}" if name else key, wrong)
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for number, (one, other) in enumerate(zip(found, wanted)):
            differences(one, other, f"{name}[{number}]", wrong)
    elif not same(found, wanted, name.startswith("extra")):
        wrong.append(f"{name}: {found!r}, not {wanted!r}")


def same(found, wanted, strict):
    """Is a value the one that a scalar of YAML says? strict: numbers and texts are told apart, as in `extra`."""
    if not isinstance(wanted, tree.Scalar) or isinstance(found, (dict, list)):
        return False
    if found is None:
        return wanted.is_null()
    text = str(found).lower() if isinstance(found, bool) else str(found)
    if strict:
        is_text = isinstance(found, str) and not isinstance(found, Number)
        if is_text == (wanted.plain and _is_number(str(wanted)) or wanted.plain and str(wanted) in ("true", "false")):
            return False
    if isinstance(found, float):
        return _is_number(str(wanted)) and found == float(wanted)
    return text == str(wanted)


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
