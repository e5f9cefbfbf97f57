#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_eve.py MEGABYTES > FILE: Suricata EVE lines of about one KiB, the same in every run: two thirds flows, one third
alerts over HTTP with what was sent in them, one in a hundred a record of statistics."""
import base64
import json
import random
import sys

random.seed(20260303)
WANT = int(float(sys.argv[1]) * 1e6)
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
COUNTERS = ["pkts", "bytes", "invalid", "ipv4", "ipv6", "tcp", "udp", "sctp", "icmpv4", "icmpv6", "ppp", "vlan", "gre", "teredo"]


def stamp(ms):
    day, rest = divmod(ms, 86400000)
    hour, rest = divmod(rest, 3600000)
    minute, rest = divmod(rest, 60000)
    return f"2026-03-{1 + day % 28:02}T{hour:02}:{minute:02}:{rest // 1000:02}.{rest % 1000:03}{random.randrange(1000):03}+0000"


def address():
    return ".".join(str(random.randrange(1, 224)) for _ in range(4))


def common(kind, when):
    return {
        "timestamp": when,
        "flow_id": random.randrange(10**15, 2 * 10**15),
        "in_iface": "eth0",
        "event_type": kind,
        "src_ip": address(),
        "src_port": random.randrange(1024, 65536),
        "dest_ip": f"10.0.{random.randrange(256)}.{random.randrange(256)}",
        "dest_port": random.choice((22, 80, 443, 2352, 8080)),
        "proto": "TCP",
    }


def flow(when):
    return common("flow", when) | {
        "flow": {
            "pkts_toserver": random.randrange(1, 5000),
            "pkts_toclient": 1,
            "bytes_toserver": random.randrange(54, 9 * 10**6),
            "bytes_toclient": random.randrange(54, 9 * 10**6),
            "start": when,
            "end": when,
            "age": random.randrange(3600),
            "state": "closed",
            "reason": "timeout",
            "alerted": False,
        },
        "tcp": {"tcp_flags": "16", "tcp_flags_ts": "06", "tcp_flags_tc": "14", "syn": True, "rst": True, "ack": True, "state": "closed"},
    }


def alert(when):
    path = f"/cgi-bin/.%2e/.%2e/bin/sh?run={random.randrange(10**6)}"
    sent = f"POST {path} HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: {AGENT}\r\nContent-Length: 33\r\n\r\necho;echo -n {random.randrange(10**9)}"
    return common("alert", when) | {
        "tx_id": 0,
        "alert": {
            "action": "allowed",
            "gid": 1,
            "signature_id": random.randrange(2000000, 2900000),
            "rev": 4,
            "signature": "EXAMPLE WEB Path traversal, second form",
            "category": "Attempted Administrator Privilege Gain",
            "severity": 1,
            "metadata": {
                "affected_product": ["Example_HTTP_server"],
                "attack_target": ["Web_Server"],
                "created_at": ["2026_01_05"],
                "deployment": ["Internet", "Perimeter"],
                "signature_severity": ["Major"],
                "updated_at": ["2026_01_18"],
            },
        },
        "http": {
            "hostname": "www.example.com",
            "http_port": 80,
            "url": path,
            "http_user_agent": AGENT,
            "http_content_type": "text/html",
            "http_method": "POST",
            "protocol": "HTTP/1.1",
            "status": 400,
            "length": random.randrange(1000),
            "http_response_body": base64.b64encode(b"<html>\r\n<head><title>400</title></head>\r\n" * 4).decode(),
        },
        "files": [{"filename": "/bin/sh", "sid": [], "gaps": False, "state": "CLOSED", "stored": False, "size": 33, "tx_id": 0}],
        "app_proto": "http",
        "flow": {"pkts_toserver": 4, "pkts_toclient": 4, "bytes_toserver": random.randrange(9999), "bytes_toclient": 599, "start": when},
        "payload": base64.b64encode(sent.encode()).decode(),
        "stream": 1,
    }


def stats(when):
    parts = ["decoder", "flow", "defrag", "stream", "tcp", "detect", "app_layer", "http", "dns", "file_store", "memory"]
    counted = {part: {name: random.randrange(10**6) for name in COUNTERS} for part in parts}
    return {"timestamp": when, "event_type": "stats", "stats": {"uptime": random.randrange(10**6)} | counted}


def main():
    written = ms = 0
    while written < WANT:
        ms += random.randrange(4000)
        make = random.choices((flow, alert, stats), (66, 33, 1))[0]
        line = json.dumps(make(stamp(ms)), separators=(",", ":")) + "\n"
        written += len(line)
        sys.stdout.write(line)


if __name__ == "__main__":
    main()
