# SPDX-License-Identifier: Apache-2.0
# Words and signs of rule files. A token is (kind, value, place): kind is a sign, a keyword or one of name, text, regex,
# int, float, duration, ip, net, end; place is the line.
import ipaddress
import re

KEYWORDS = set(
    """let list from table key rule extend test title note meta severity tags silent collect keep limit late match except
    lookup on as by when where any all absent new over learning within every session leak sequence first then without no
    until together has rearm after below always alert at log expect end in like contains starts ends is null true false or
    and not""".split()
)
UNITS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9, "d": 86400 * 10**9,
         "w": 7 * 86400 * 10**9}  # fmt: skip
SIZES = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}
ESCAPES = {"\\": "\\", '"': '"', "n": "\n", "r": "\r", "t": "\t"}

OCTETS = r"[0-9]+(?:\.[0-9]+){3}"
GROUPS = r"[0-9A-Fa-f]*:(?:[0-9A-Fa-f]*:)+[0-9A-Fa-f]*(?:\.[0-9]+)*"
NAME = r"[A-Za-z_][A-Za-z0-9_]*"
QUOTED = r"`[^`\n\r]+`"
PATTERNS = [  # the longest match counts, the first of equals
    ("name", rf"(?:{NAME}|{QUOTED})(?:\.(?:[A-Za-z0-9_]+|{QUOTED}))*"),
    ("int", r"0[xX][0-9A-Fa-f]+|[0-9]+"),
    ("float", r"[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+"),
    ("duration", r"(?:[0-9]+(?:ns|us|ms|[smhdw]))+"),
    ("size", r"[0-9]+[KMGTP]i?B"),
    ("ip", rf"{OCTETS}|{GROUPS}"),
    ("net", rf"(?:{OCTETS}|{GROUPS})/[0-9]+"),
    ("text", r'"(?:[^"\\\n\r]|\\[^\n\r])*"(?:i(?![A-Za-z0-9_]))?|' r"'[^'\n\r]*'(?:i(?![A-Za-z0-9_]))?"),
    ("sign", r"==|!=|<=|>=|[<>=+*/%()\[\]{},:?-]"),
]
COMPILED = [(kind, re.compile(pattern)) for kind, pattern in PATTERNS]
BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
REGEX = re.compile(r"/((?:[^/\\\n\r]|\\[^\n\r])*)/([ims]*)")
NEGATED = re.compile(r"not[ \t\r\n]+(in|like|contains|starts|ends)(?![A-Za-z0-9_])")
PARTS = re.compile(rf"{QUOTED}|[A-Za-z0-9_]+")


class Refused(Exception):
    """What is no rule file."""


def address(text):
    """An address; an IPv4-mapped one is the IPv4 address that it equals."""
    found = ipaddress.ip_address(text)
    return found.ipv4_mapped or found if found.version == 6 else found


def network(text):
    """A network without host bits; one of 96 bits and more of mapped addresses is one of IPv4."""
    found = ipaddress.ip_network(text, strict=False)
    if found.version == 6 and found.prefixlen >= 96 and found.network_address.ipv4_mapped is not None:
        return ipaddress.ip_network((found.network_address.ipv4_mapped, found.prefixlen - 96))
    return found


def unescape(text):
    """The bytes of a text in double quotes."""
    found, at = bytearray(), 0
    while at < len(text):
        if text[at] != "\\":
            found += text[at].encode()
            at += 1
        elif text[at + 1] == "x":
            found.append(int(text[at + 2 : at + 4], 16))
            at += 4
        else:
            found += ESCAPES[text[at + 1]].encode()
            at += 2
    return bytes(found)


def parts_of(text):
    return [part.strip("`") for part in PARTS.findall(text)]


def _value(kind, text):
    if kind == "name":
        return parts_of(text)
    if kind == "int":
        return int(text, 0) if text[:2] in ("0x", "0X") else int(text)
    if kind == "float":
        return float(text)
    if kind == "duration":
        return sum(int(number) * UNITS[unit] for number, unit in re.findall(r"([0-9]+)([a-z]+)", text))
    if kind == "size":
        digits, scale, binary = re.fullmatch(r"([0-9]+)([KMGTP])(i?)B", text).groups()
        return int(digits) * (1024 if binary else 1000) ** SIZES[scale]
    if kind == "ip":
        return address(text)
    if kind == "net":
        return network(text)
    fold = text.endswith("i")
    body = text[1 : -2 if fold else -1]
    return (unescape(body) if text[0] == '"' else body.encode(), fold)


def tokens_of(source):
    """All tokens of a file, the end too."""
    found, at, last, place = [], 0, None, 1
    while True:
        begin, at = at, BLANK.match(source, at).end()
        place += source.count("\n", begin, at)
        if at == len(source):
            found.append(("end of file", None, place))
            return found
        regex = REGEX.match(source, at) if last in ("like", "not like", "[", ",") else None
        negated = NEGATED.match(source, at)
        if regex:
            kind, value, end = "regex", (regex.group(1).replace("\\/", "/").encode(), regex.group(2)), regex.end()
        elif negated:
            kind, value, end = "not " + negated.group(1), None, negated.end()
        else:
            kind, match = None, None
            for each, pattern in COMPILED:
                here = pattern.match(source, at)
                if here and (match is None or here.end() > match.end()):
                    kind, match = each, here
            if match is None:
                raise Refused(f"line {place}: {source[at:at + 20]!r}")
            text, end = match.group(), match.end()
            if kind == "sign" or (kind == "name" and text in KEYWORDS):
                kind, value = text, None
            else:
                value = _value(kind, text)
                kind = "int" if kind == "size" else kind
        found.append((kind, value, place))
        place += source.count("\n", at, end)
        last, at = kind, end
