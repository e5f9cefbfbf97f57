#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_seam.py BUILD PROGRAM

Reads the symbols of every object file of argot (not of tests) and of argot-gen. Only base/seam_*system.c may call the
operating system: the rest calls pure functions of the C library, the libraries named below, and each other. A symbol
that is in no list is an error, so a new one is a decision and not an accident.
"""
import pathlib
import re
import subprocess
import sys

# Depend on their arguments alone; touch neither files, clock, memory manager, locale nor environment.
PURE = set(
    """
    memchr memcmp memcpy memmem memmove memrchr memset mempcpy
    strchr strchrnul strcmp strcspn strlen strncmp strnlen strpbrk strtok_r strrchr strspn strstr strcasecmp strncasecmp
    strtol strtoll strtoul strtoull strtod strerror strerror_r strerrordesc_np strerrorname_np strsignal
    snprintf vsnprintf sscanf __isoc99_sscanf __isoc23_sscanf qsort qsort_r bsearch abort
    ldexp frexp fmod floor ceil pow sin cos asin sqrt nextafter lround llround rint trunc __isinf __isnan __fpclassify __signbit
    explicit_bzero __explicit_bzero_chk
    __errno_location __assert_fail __stack_chk_fail __cpu_model __cpu_indicator_init
    __memcpy_chk __memmove_chk __memset_chk __snprintf_chk __vsnprintf_chk __strcpy_chk
    __isoc23_strtol __isoc23_strtoll __isoc23_strtoul __isoc23_strtoull
    setjmp _setjmp longjmp __longjmp_chk
    _GLOBAL_OFFSET_TABLE_ __dso_handle __popcountdi2 __divti3 __fixdfti __floattidf __ctype_b_loc
    """.split()
)

# By the folder that may call them: patterns and why.
EXCEPTIONS = [
    ("yaml", r"yaml_\w+", "libyaml; its memory manager cannot be replaced"),
    ("input", r"inflate\w*|crc32\w*", "zlib, on the seam's memory"),
    ("input", r"ZSTD_\w+", "zstd; its stable interface has no memory hook"),
    ("input", r"lzma_\w+", "liblzma, on the seam's memory"),
    ("input", r"BZ2_\w+", "bzip2, on the seam's memory"),
    ("base", r"dlopen|dlsym", "library.c: libcurl, OpenSSL, libmicrohttpd and libsystemd, which have resources of their own"),
    ("input", r"free", "libsystemd gives out memory of its own"),
    ("input", r"fnmatch", "patterns of names; it looks at no file"),
    ("correlate", r"pcre2_\w+", "PCRE2, on the seam's memory; its machine code lies in pages of its own"),
    ("store", r"sqlite3_\w+", "SQLite, which reads and writes its own files and has memory of its own"),
    ("normalize", r"pthread_(mutex|once)\w+", "shapes are made once and shared by threads"),
    ("pipeline", r"pthread_\w+", "the pool of workers"),
    ("cli", r"getopt_long|optarg|optind|opterr|optopt", "the command line"),
    ("cli", r"sig(action|emptyset|addset|procmask)|pthread_sigmask|signal", "an interrupt ends a run in order"),
    ("cli", r"getenv|secure_getenv", "NO_COLOR, TERM, COLUMNS, CC, PATH, TMPDIR, NOTIFY_SOCKET, WATCHDOG_USEC"),
    ("cli", r"readlink|realpath", "finds share/argot beside the program"),
    ("cli", r"sysconf|sched_getaffinity|__sched_cpucount|get_nprocs", "how many workers -j auto takes"),
    ("cli", r"mallopt", "what a run gives back goes back to the system"),
    ("cli", r"getpwnam_r|initgroups|[gs]etres[ug]id|setuid|geteuid|prctl", "gives up the rights of root"),
    ("cli", r"seccomp_\w+", "gives up calls of the system, by libseccomp"),
    ("cli", r"ioctl", "how wide the terminal is"),
    ("cli", r"f?stat(64)?", "whether an output is one of the inputs"),
    ("cli", r"nanosleep", "a run waits for room on the disk"),
    ("cli", r"glob(64)?|globfree(64)?", "files that a pattern of a configuration stands for"),
    ("cli", r"opendir|readdir(64)?|closedir|lstat(64)?", "files in folders"),
    ("cli", r"[gs]etrlimit(64)?", "many inputs are open at once"),
    ("cli", r"mkdir", "the folder that argot compile --emit c writes to"),
    ("cli", r"dlopen|dlsym|dlerror|__ehdr_start", "modules, in load.c and elf.c"),
    ("cli", r"fork|execvp|_exit|waitpid|kill|dup2|setenv|mkdtemp|nftw(64)?|remove|open(64)?|strtok_r|__strtok_r",
     "runs argot-gen and the C compiler, over files in a folder of their own"),
    ("generator", r"fprintf|fputs|fwrite|fflush|stdout|stderr", "what argot-gen says"),
    ("generator", r"calloc|free|exit", "its main program; without memory it ends"),
    ("generator", r"fork|exec\w+|_exit|waitpid|setrlimit\w*|dup2|mkdtemp|rmdir|getenv|open(64)?",
     "starts re2c under limits, over files of its own"),
]
INSTRUMENTED = re.compile(r"__(asan|ubsan|tsan|msan|lsan|sanitizer|gcov|llvm|sancov)\w*")
SEAM = ("seam_system.c.o", "seam_live_system.c.o")


def folder_of(member):
    """The folder whose source an object file was made from, from the names that Meson gives."""
    for part in (r"runtime/(\w+)/", r"libargot_(\w+)\.a", r"runtime_(\w+?)_\w+\.c\.o", r"(generator)[_/]", r"(cli)_"):
        match = re.search(part, member)
        if match:
            return match.group(1)
    return "?"


def objects(build):
    """Object files of the program, the generator and their libraries."""
    for path in sorted(build.rglob("*.c.o")):
        name = str(path.relative_to(build))
        if not name.startswith(("tests/", "meson-private/")):
            yield path, name


def symbols(path):
    """(defined, undefined) names of one object file."""
    output = subprocess.run(["nm", "-P", str(path)], check=True, capture_output=True, text=True).stdout
    defined, undefined = set(), set()
    for line in output.splitlines():
        name, kind = line.split()[:2]
        name = name.split("@")[0]
        (undefined if kind in "Uw" else defined).add(name)
    return defined, undefined


def excused(folder, symbol):
    return any(folder == place and re.fullmatch(pattern, symbol) for place, pattern, _ in EXCEPTIONS)


def main():
    build = pathlib.Path(sys.argv[1])
    tables = {name: symbols(path) for path, name in objects(build)}
    ours = set().union(*(defined for defined, _ in tables.values())) if tables else set()
    wrong = []
    for name, (_, undefined) in tables.items():
        if name.endswith(SEAM):
            continue
        folder = folder_of(name)
        for symbol in sorted(undefined - ours - PURE):
            if not INSTRUMENTED.fullmatch(symbol) and not excused(folder, symbol):
                wrong.append(f"{name}: calls {symbol}; {folder} has to use the seam, or name it here with a reason")
    if not any(name.endswith(SEAM) for name in tables):
        wrong.append(f"{build}: no {SEAM[0]} here; built with other names?")
    print("\n".join(wrong) or f"{len(tables)} object files keep to the seam")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
