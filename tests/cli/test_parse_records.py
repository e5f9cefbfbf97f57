# SPDX-License-Identifier: Apache-2.0
"""What argot parse makes of records with names of their own where they are odd: repeated keys, lists, blanks."""
import json
import sys

from program import case, expect, main

TRAIL = {"eventVersion": "1.08", "eventTime": "2026-02-01T10:00:00Z", "eventSource": "s3.example.com", "eventName": "Get"}
ALERT = {"timestamp": "2026-02-01T10:00:00.000000+0000", "event_type": "alert", "src_ip": "192.0.2.1",
         "dest_ip": "192.0.2.2", "alert": {"signature": "x"}}


def event_of(run, line):
    done = expect(run.run("parse", "-q", "-", stdin=line + "\n"), 0)
    return json.loads(done.out)


@case
def nothing_is_read_out_of_an_object_whose_key_came_before(run):
    first, again = '"userIdentity":{"type":"Root"}', '"userIdentity":{"type":"IAMUser","userName":"bob"}'
    event = event_of(run, json.dumps(TRAIL)[:-1] + f",{first},{again}}}")
    assert event["user_type"] == "Root" and "user_name" not in event, event
    assert "bob" not in json.dumps(event), event


@case
def a_list_for_a_string_is_its_json_in_lower_case_too(run):
    event = event_of(run, json.dumps({**ALERT, "proto": ["TCP", "UDP"], "in_iface": ["E1"], "src_port": [[7], 8]}))
    assert event["network_transport"] == '["tcp", "udp"]', event
    assert event["observer_ingress_interface"] == '["E1"]' and event["source_port"] == 7, event


@case
def a_json_record_is_found_behind_each_blank_of_json(run):
    for blank in " ", "\t", "\r":
        assert event_of(run, blank + json.dumps(TRAIL))["event_type"] == "API_CALL", repr(blank)


@case
def what_is_bound_to_extra_is_a_string_and_what_is_not_stays(run):
    event = event_of(run, json.dumps({**ALERT, "http": {"xff": 7}, "more": 7}))
    assert event["extra"]["xff"] == "7" and event["extra"]["more"] == 7, event


if __name__ == "__main__":
    sys.exit(main())
