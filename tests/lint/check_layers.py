#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_layers.py SOURCE [GENERATED_C...]

Holds every #include "..." of the runtime, the generator and the grammar against the table of layers in
docs/architecture.md, and every generated normalizer against its own: it sees the headers of runtime/include/argot
alone. <...> is for the C library and the libraries named in SYSTEM.
"""
import pathlib
import re
import sys

PAGE = "docs/architecture.md"
ROW = re.compile(r"^\| `?([\w/ ]+?)`? \|(.*)\|$", re.M)
GENERATED = "generated normalizers"
SOURCES = {".c", ".h", ".re", ".y"}

# Headers of other libraries, each in one folder only, so that a library can be replaced in one place.
SYSTEM = {
    "yaml.h": "runtime/yaml",
    "zlib.h": "runtime/input",
    "zstd.h": "runtime/input",
    "lzma.h": "runtime/input",
    "bzlib.h": "runtime/input",
    "pcre2.h": "runtime/correlate",
    "sqlite3.h": "runtime/store",
    "microhttpd.h": "runtime/report",
    "seccomp.h": "runtime/cli",
    "systemd/sd-journal.h": "runtime/input",
    "curl/curl.h": "runtime/send",
    "pthread.h": "runtime/normalize runtime/pipeline",
}

SYSTEM.update(
    (f"openssl/{name}.h", "runtime/input") for name in ("bio", "err", "pem", "ssl", "x509", "evp", "crypto"))

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)


def read_layers(root):
    """folder -> what it may include beside its own headers: folders, or single headers with a dot in their name."""
    section = (root / PAGE).read_text(encoding="utf-8").partition("| folder | may include |")[2].partition("\n\n")[0]
    return {folder: set(re.findall(r"`([^`]+)`", names)) for folder, names in ROW.findall(section)}


def includes(path):
    """(line number, kind, header) of each #include."""
    text = path.read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)


def allowed(layers, folder, header):
    if folder == "runtime/include/argot":
        return header.startswith("argot/")
    if "/" not in header:
        return False  # so that an include always says its folder
    place = header.rsplit("/", 1)[0]
    own = folder.split("/", 1)[1] if folder.startswith("runtime/") else folder
    return place == own or place in layers[folder] or header in layers[folder]


def check_folder(root, layers, folder, wrong):
    for path in sorted((root / folder).glob("*")):
        if path.suffix not in SOURCES:
            continue
        name = path.relative_to(root)
        for line, kind, header in includes(path):
            if kind == '"' and not allowed(layers, folder, header):
                wrong.append(f"{name}:{line}: {folder} may not include \"{header}\"")
            if kind == "<" and folder not in SYSTEM.get(header, folder).split():
                wrong.append(f"{name}:{line}: <{header}> belongs to {SYSTEM[header]}")


def check_generated(path, layers, wrong):
    for line, kind, header in includes(path):
        if kind == '"' and header not in layers[GENERATED]:
            wrong.append(f"{path}:{line}: generated code may not include \"{header}\"")


def check_unknown_folders(root, layers, wrong):
    for top in ("runtime", "generator", "grammar"):
        for path in sorted((root / top).rglob("*.[ch]")):
            folder = str(path.parent.relative_to(root))
            if folder not in layers:
                wrong.append(f"{path.relative_to(root)}: {folder} has no layer; add it to the table in {PAGE}")
    for folder in layers:
        if folder != GENERATED and not (root / folder).is_dir():
            wrong.append(f"{PAGE}: there is no folder {folder}")


def main():
    root = pathlib.Path(sys.argv[1])
    layers = read_layers(root)
    if GENERATED not in layers:
        print(f"{PAGE}: no table of layers with a row for {GENERATED}")
        return 1
    wrong = []
    for folder in layers:
        check_folder(root, layers, folder, wrong)
    for path in sys.argv[2:]:
        check_generated(pathlib.Path(path), layers, wrong)
    check_unknown_folders(root, layers, wrong)
    print("\n".join(wrong) or "every include points down")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
