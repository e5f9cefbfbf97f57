#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_layers.py SOURCE [GENERATED_C...]

Holds every #include "..." of the runtime and the generator against the table of layers in docs/architecture.md, and
every generated normalizer against its own: it sees argot/normalizer.h and argot/lex.h alone. <...> is for the C
library and the libraries named in SYSTEM.
"""
import pathlib
import re
import sys

# A folder may include its own headers and those of the folders named here. A name with a dot is that one header.
LAYERS = {
    "runtime/include/argot": set(),
    "runtime/base": set(),
    "runtime/yaml": {"base"},
    "runtime/event": {"base", "argot"},
    "runtime/decode": {"base", "event", "argot"},
    "runtime/normalize": {"base", "event", "decode", "argot"},
    "runtime/correlate": {"base", "event", "argot"},
    "runtime/input": {"base", "event", "argot"},
    "runtime/store": {"base", "event", "argot"},
    "runtime/output": {"base", "event", "argot"},
    "runtime/pipeline": {
        "base", "event", "decode", "normalize", "correlate", "input", "store", "output", "argot",
    },
    "runtime/cli": {
        "base", "event", "decode", "normalize", "correlate", "input", "store", "output", "argot",
        "pipeline", "yaml", "grammar/grammar.h", "generator/check_file.h", "generator/test_file.h",
    },
    "grammar": {"base", "event", "argot", "correlate/plan.h"},
    "generator": {"base", "yaml", "event", "argot", "decode/decode.h"},
}
GENERATED = {"argot/normalizer.h", "argot/lex.h"}

# Headers of other libraries, each in one folder only, so that a library can be replaced in one place.
SYSTEM = {
    "yaml.h": "runtime/yaml",
    "zlib.h": "runtime/input",
    "zstd.h": "runtime/input",
    "lzma.h": "runtime/input",
    "bzlib.h": "runtime/input",
    "sqlite3.h": "runtime/store",
    "pcre2.h": "runtime/correlate",
    "hs.h": "runtime/correlate",
    "pthread.h": "runtime/normalize runtime/pipeline runtime/correlate",
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)


def includes(path):
    """(line number, kind, header) of each #include."""
    text = path.read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)


def allowed(folder, header):
    if folder == "runtime/include/argot":
        return header.startswith("argot/")
    if "/" not in header:
        return False  # so that an include always says its folder
    place = header.rsplit("/", 1)[0]
    own = folder.split("/", 1)[1] if folder.startswith("runtime/") else folder
    return place == own or place in LAYERS[folder] or header in LAYERS[folder]


def check_folder(root, folder, wrong):
    for path in sorted((root / folder).glob("*.[ch]")):
        name = path.relative_to(root)
        for line, kind, header in includes(path):
            if kind == '"' and not allowed(folder, header):
                wrong.append(f"{name}:{line}: {folder} may not include \"{header}\"")
            if kind == "<" and folder not in SYSTEM.get(header, folder).split():
                wrong.append(f"{name}:{line}: <{header}> belongs to {SYSTEM[header]}")


def check_generated(path, wrong):
    for line, kind, header in includes(path):
        if kind == '"' and header not in GENERATED:
            wrong.append(f"{path}:{line}: generated code may not include \"{header}\"")


def check_unknown_folders(root, wrong):
    for path in sorted((root / "runtime").rglob("*.[ch]")):
        folder = str(path.parent.relative_to(root))
        if folder not in LAYERS:
            wrong.append(f"{path.relative_to(root)}: {folder} has no layer; add it to the table")


def main():
    root = pathlib.Path(sys.argv[1])
    wrong = []
    for folder in LAYERS:
        check_folder(root, folder, wrong)
    for path in sys.argv[2:]:
        check_generated(pathlib.Path(path), wrong)
    check_unknown_folders(root, wrong)
    print("\n".join(wrong) or "every include points down")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
