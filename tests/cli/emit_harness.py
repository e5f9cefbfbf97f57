# SPDX-License-Identifier: Apache-2.0
"""A C program around what argot compile --emit c makes of any format, that prints all that its face gives of each line;
and the comparison of that with the lines of argot parse."""
import json
import os
import re
import shutil
import subprocess

RECEIVED = ("2026-03-01T12:00:00Z", 1772366400000000000)
SKIPPED, EVENT, LETTER = 0, 1, 2
(STRING, HOST, KEYWORD, ENUM, INT, UINT, FLOAT, BOOL, IP, PORT, MAC, TIMESTAMP, DURATION, BYTES, TEXTS,
 IPS) = range(1, 17)  # enum argot_alone_type
REPLACED = "\ufffd"

PROGRAM = r"""
#include "NAME.h"
#include <stdio.h>
#include <stdlib.h>
static void hex(const void *from, size_t n)
{
    const unsigned char *at = from;
    putchar('"');
    while (n--)
        printf("%02x", *at++);
    putchar('"');
}
static void text(const struct argot_alone_text *t) { hex(t->at, t->at ? t->length : 0); }
static void list(const struct argot_alone_list *l, int addresses)
{
    putchar('[');
    for (unsigned i = 0; i < l->count; i++) {
        if (i)
            putchar(',');
        if (addresses)
            hex(l->items[i].ip, 16);
        else
            text(&l->items[i].text);
    }
    putchar(']');
}
static void value(struct argot_NAME *p, const struct argot_alone_value *v)
{
    static char room[1 << 20];
    printf("[%d,%u,", v->extra, v->type);
    hex(v->name, v->name_length);
    putchar(',');
    switch (v->type) {
    case ARGOT_ALONE_STRING:
    case ARGOT_ALONE_HOST:
    case ARGOT_ALONE_KEYWORD:
    case ARGOT_ALONE_ENUM: text(&v->text); break;
    case ARGOT_ALONE_IP: hex(v->ip, 16); break;
    case ARGOT_ALONE_TEXT_LIST: list(&v->list, 0); break;
    case ARGOT_ALONE_IP_LIST: list(&v->list, 1); break;
    case ARGOT_ALONE_FLOAT: printf("%.17g", v->f64); break;
    case ARGOT_ALONE_INT:
    case ARGOT_ALONE_TIMESTAMP:
    case ARGOT_ALONE_DURATION: printf("%lld", (long long)v->i64); break;
    default: printf("%llu", (unsigned long long)v->u64); break;
    }
    putchar(',');
    size_t n = argot_NAME_print(p, v, room, sizeof room);
    hex(room, n < sizeof room ? n : sizeof room - 1);
    printf(",%d]", v->type < ARGOT_ALONE_INT ? (int)v->text.json : 0);
}
static void result(struct argot_NAME *p, int i)
{
    size_t n, count;
    const char *json = argot_NAME_json(p, i, &n);
    printf("{\"outcome\":%d,\"is\":%d,\"json\":", argot_NAME_outcome(p, i), argot_NAME_is(p, i));
    hex(json, json ? n : 0);
    printf(",\"fields\":[");
    const struct argot_alone_value *v = argot_NAME_fields(p, i, &count);
    for (size_t k = 0; k < count; k++) {
        if (k)
            putchar(',');
        value(p, &v[k]);
    }
    printf("],\"as\":{\"\":0");
STRUCTURES
    printf("}");
    struct argot_alone_letter letter;
    if (argot_NAME_letter(p, i, &letter))
        printf(",\"reason\":\"%s\",\"offset\":%u", letter.reason, letter.offset);
    printf("}");
}
int main(void)
{
    static char line[1 << 21];
    struct argot_alone_options options = {NULL, RECEIVEDll};
    struct argot_NAME *p = argot_NAME_new(&options);
    unsigned length;
    while (p && scanf("%u", &length) == 1 && length < sizeof line && getchar() == ' ' &&
           fread(line, 1, length, stdin) == length) {
        char *exact = malloc(length ? length : 1); /* so that a read beyond it is seen */
        for (unsigned i = 0; i < length; i++)
            exact[i] = line[i];
        int n = argot_NAME_parse(p, exact, length);
        free(exact);
        printf("[");
        for (int i = 0; i < n; i++) {
            if (i)
                putchar(',');
            result(p, i);
        }
        puts("]");
    }
    argot_NAME_free(p);
    return p ? 0 : 1;
}
"""

MESSAGE = re.compile(r"^struct argot_\w+?_as_(\w+) \{\n    struct \{.*?\} has;.*?\n(.*?)^\};", re.M | re.S)
MEMBER = re.compile(r"^    ([\w ]+?) (\w+)(?:\[16\])?;(?: /\* (.*?) \*/)?$", re.M)
SHOWN = {
    "struct argot_alone_text": "text(&m.{0})",
    "struct argot_alone_list": "list(&m.{0}, {1})",
    "uint8_t": "hex(m.{0}, 16)",
    "double": 'printf("%.17g", m.{0})',
    "int64_t": 'printf("%lld", (long long)m.{0})',
    "uint64_t": 'printf("%llu", (unsigned long long)m.{0})',
}


def structures(name, header):
    """The messages in their order, and C that prints which of their structures is filled, and with what."""
    lines, messages = [], []
    for message, body in MESSAGE.findall(header):
        messages.append((message, [member for _, member, _ in MEMBER.findall(body)]))
        lines.append(f"    {{\n    struct argot_{name}_as_{message} m;\n"
                     f"    if (argot_{name}_as_{message}(p, i, &m) == 1) {{\n"
                     f'    printf(",\\"{message}\\":{{\\"\\":0");')
        for kind, member, remark in MEMBER.findall(body):
            shown = SHOWN[kind].format(member, int(remark == "of addresses"))
            lines.append(f'    if (m.has.{member}) {{ printf(",\\"{member}\\":"); {shown}; }}')
        lines.append('    printf("}");\n    }\n    }')
    return messages, "\n".join(lines)


def build(run, out, name, flags):
    """The program for the format whose files lie in `out`; with the names of its messages and their members."""
    messages, code = structures(name, (out / f"{name}.h").read_text(encoding="utf-8"))
    text = PROGRAM.replace("STRUCTURES", code).replace("NAME", name).replace("RECEIVED", str(RECEIVED[1]))
    (out / "harness.c").write_text(text, encoding="utf-8")
    compiler = "clang" if shutil.which("clang") else "cc"
    words = [compiler, *flags, "-g", "-o", out / "harness", out / "harness.c", out / f"{name}.c"]
    done = subprocess.run(words, cwd=run.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr[:3000]}"
    return out / "harness", messages


def answers(run, program, lines):
    """What the program gives of each line: a list of results."""
    data = b"".join(b"%d %s" % (len(line), line) for line in lines)
    environment = {**os.environ, "UBSAN_OPTIONS": "halt_on_error=1", "ASAN_OPTIONS": "detect_leaks=1"}
    done = subprocess.run([program], input=data, capture_output=True, check=False, cwd=run.folder, env=environment)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[:4000]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(lines), (len(found), len(lines))
    return found


BEHIND = re.compile(rb',"source":"(?:[^"\\]|\\.)*","record":(\d+),"line":\d+(?:,"part":\d+)?\}$')
BEFORE = re.compile(rb'^\{"source":"(?:[^"\\]|\\.)*",')


def wanted(run, name, lines, *words):
    """For each line (outcome, JSON) of its events, or of its letter, as argot parse writes them."""
    log, letters = run.file("lines.log", b"".join(line + b"\n" for line in lines)), run.folder / "letters.json"
    done = run.run("parse", "-q", "-f", name, "--received-at", RECEIVED[0], "--with", "record", "--dead-letters",
                   str(letters), *words, log)
    assert done.status == 0, done.err
    found = {}
    for line in done.raw.splitlines():
        found.setdefault(int(BEHIND.search(line).group(1)), []).append((EVENT, BEHIND.sub(b"}", line)))
    for line in letters.read_bytes().splitlines():
        found.setdefault(json.loads(line)["record"], []).append((LETTER, BEFORE.sub(b"{", line)))
    return [found.get(number, [(SKIPPED, b"")]) for number in range(1, len(lines) + 1)]


# ---- comparing ----


def words_of(text):
    """Text without what stands for bytes that are none; how many they were, Python counts in its own way."""
    return text.replace(REPLACED, "")


def same(kind, value, shown, is_json, want):
    """Whether a field is what the JSON says."""
    if kind == IPS:
        return json.loads(bytes.fromhex(shown)) == want and len(value) == len(want)
    if kind == TEXTS:
        return [words_of(bytes.fromhex(one).decode("utf-8", "replace")) for one in value] == [words_of(one) for one in want]
    text = bytes.fromhex(shown).decode("utf-8", "replace")
    if kind <= ENUM:
        assert value == shown, (value, shown)
        if is_json:
            return json.dumps(json.loads(text or "null", strict=False)) == json.dumps(want) or REPLACED in text
        return words_of(text) == words_of(want)
    if kind == BOOL:
        return text == ("true" if want else "false") and bool(value) is want
    if kind in (IP, MAC, TIMESTAMP):
        return text == want
    if kind == FLOAT:
        return value == want or float(text) == want
    return value == want and text == str(want)


def check_fields(result, event):
    """The walk gives the fields of the JSON, each once, in its order."""
    extra = event.pop("extra", {})
    fields = [one for one in result["fields"] if not one[0]]
    members = [one for one in result["fields"] if one[0]]
    assert [bytes.fromhex(one[2]).decode() for one in fields] == list(event), (fields, event)
    assert {words_of(bytes.fromhex(one[2]).decode("utf-8", "replace")) for one in members} == {words_of(one) for one in extra}
    for found, where in ((fields, event), (members, extra)):
        for _, kind, name, value, shown, is_json in found:
            name = bytes.fromhex(name).decode("utf-8", "replace")
            if name in where and len(where) == len(found):
                assert same(kind, value, shown, is_json, where[name]), (name, kind, value, shown, where[name])


def check_structure(result, messages):
    """The structure of the event's message has every field of the walk, and members of extra where it names them."""
    number, filled = result["is"], dict(result["as"])
    filled.pop("")
    if number < 0:
        assert not filled, result
        return
    name, members = messages[number]
    assert list(filled) == [name], (list(filled), name)
    found = filled[name]
    found.pop("")
    for extra, _, field, value, _, _ in result["fields"]:
        field = bytes.fromhex(field).decode("utf-8", "replace")
        field = "extra_" + re.sub(r"\W", "_", field, flags=re.A) if extra else field
        if extra and field not in found:
            continue
        assert found.pop(field) == value, (field, value, result["as"])
    assert not found, found


def check_line(line, got, want, messages):
    told = [(one["outcome"], bytes.fromhex(one["json"])) for one in got]
    numbers = re.compile(rb'"record":\d+,"line":\d+,')
    plain = [(outcome, numbers.sub(b"", text)) for outcome, text in told]
    assert plain == [(outcome, numbers.sub(b"", text)) for outcome, text in want], (line, told, want)
    for result in got:
        if result["outcome"] == EVENT:
            check_fields(result, json.loads(bytes.fromhex(result["json"])))
        if result["outcome"] == LETTER:
            letter = json.loads(bytes.fromhex(result["json"]))
            assert (result["reason"], result["offset"]) == (letter["reason"], letter["offset"]), result
        check_structure(result, messages)
