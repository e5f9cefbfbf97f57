#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# check_standards.py SOURCE ARGOT ARGOT_GEN
# Holds what formats/schema.yaml says of ECS and OCSF, and what --schema writes of every shipped format's examples,
# against the facts of those standards in ecs.tsv and ocsf.json; and that no value of an event is missing there.
import copy
import ipaddress
import os
import re
import sys
import unittest

import examples
import ocsf

SOURCE, ARGOT, ARGOT_GEN = sys.argv[1:4]
HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = examples.dump(ARGOT_GEN, os.path.join(SOURCE, 'formats', 'schema.yaml'))
FIELDS = {field['name']: field for field in SCHEMA['fields']}
TEXTS = {'keyword', 'constant_keyword', 'wildcard', 'text', 'match_only_text', 'flattened'}
NUMBERS = {'long', 'float', 'scaled_float'}
# What a field of ours may be in ECS.
TYPES = {
    'string': TEXTS, 'host': TEXTS, 'keyword': TEXTS, 'enum': TEXTS, 'mac': TEXTS, 'string_list': TEXTS,
    'int': NUMBERS, 'uint': NUMBERS, 'bytes': NUMBERS, 'port': NUMBERS, 'duration': NUMBERS, 'float': NUMBERS,
    'bool': {'boolean'}, 'ip': {'ip'}, 'ip_list': {'ip'}, 'timestamp': {'date'},
}
# Types whose values all standards write alike.
SAME = ('string', 'host', 'keyword', 'string_list', 'int', 'uint', 'bytes', 'port', 'float', 'bool', 'ip', 'ip_list')


def read_ecs():
    facts = {}
    with open(os.path.join(HERE, 'ecs.tsv'), encoding='utf-8') as file:
        for line in file:
            if not line.startswith('#'):
                name, kind, many, values = line.rstrip('\n').split('\t')
                facts[name] = (kind, many == 'list', None if values == '-' else values.split(','))
    return facts


def bare(path):
    return re.sub(r'\[[^]]*\]', '', path)


def places(field, standard):
    """(path, how it is written) of all that a field may become."""
    main = [field[standard]] if standard in field else []
    for key in ('_on_event_type', '_beside'):
        main += field.get(standard + key, {}).values()
    return main


def leaves(value, path=''):
    """(path, value) of all that is no object; lists of texts and numbers as they are."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, path + '.' + key if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for one in value:
            yield from leaves(one, path)
    else:
        yield path, value


class EcsNames(unittest.TestCase):
    facts = read_ecs()

    def test_each_place_is_a_field_of_ecs_with_a_type_that_fits(self):
        for field in FIELDS.values():
            for path in places(field, 'ecs'):
                with self.subTest(field=field['name'], path=path):
                    kind = self.facts[bare(path)][0]
                    wanted = NUMBERS if field.get('ecs_as') == 'number' else TYPES[field['type']]
                    self.assertIn(kind, wanted)

    def test_each_copy_is_a_field_of_ecs_with_a_type_that_fits(self):
        for path, fields in SCHEMA['standards']['ecs']['copies'].items():
            for name in fields:
                with self.subTest(path=path, field=name):
                    kind = self.facts[bare(path)][0]
                    # An address may stand as a text.
                    self.assertTrue(kind in TYPES[FIELDS[name]['type']] or
                                    (kind in TEXTS and FIELDS[name]['type'] == 'ip'))

    def test_what_ecs_has_as_a_list_is_one(self):
        for field in FIELDS.values():
            for path in places(field, 'ecs'):
                kind, many, _ = self.facts[bare(path)]
                with self.subTest(field=field['name'], path=path):
                    self.assertTrue(not many or '[' in path or field['type'].endswith('_list'))

    def test_kinds_categories_and_types_are_allowed(self):
        for kind in SCHEMA['event_types']:
            words = {'event.kind': [kind['ecs']['kind']], 'event.category': kind['ecs']['category'],
                     'event.type': kind['ecs']['type']}
            for name, values in words.items():
                for value in values:
                    with self.subTest(type=kind['name'], name=name):
                        self.assertIn(value, self.facts[name][2])


class Standard:
    """What is common to the events of both."""
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.events = []
        for name, received, lines in examples.read(SOURCE, ARGOT_GEN):
            with_record = cls.options + ('--with', 'record')
            native = examples.parse(ARGOT, lines, received, '--with', 'record')
            other = examples.parse(ARGOT, lines, received, '--schema', cls.standard, *with_record)
            assert len(native) == len(other), name
            cls.events += [(name, *pair) for pair in zip(native, other)]

    def each(self, check):
        for name, native, event in self.events:
            with self.subTest(format=name, line=native['line']):
                check(native, event)

    def test_there_are_events_of_all_formats(self):
        self.assertGreater(len(self.events), 300)

    def test_no_value_is_missing(self):
        own = SCHEMA['standards'][self.standard]['rest']
        values = ('source', 'record', 'line', 'part', 'extra')

        def check(native, event):
            rest = event[own]
            written = {}
            for path, value in leaves({key: one for key, one in event.items() if key != own}):
                written.setdefault(path, []).extend(value if isinstance(value, list) else [value])
            under = SCHEMA['standards']['ocsf']['classes'].get(str(event.get('class_uid')), {}).get('under', {})
            for name, value in native.items():
                if name in values or name in rest:
                    self.assertEqual(rest.get(name), value, name)
                    continue
                wanted = {bare(path) for path in places(FIELDS[name], self.standard)}
                wanted |= {bare(under.get('name', '')) + '.' + path for path in wanted}
                found = [one for path in wanted for one in written.get(path, [])]
                self.assertTrue(found, '%s is missing' % name)
                if not any(key.startswith(self.standard + '_') and key[-3:] in ('_as', 'ues', 'ags')
                           for key in FIELDS[name]) and FIELDS[name]['type'] in SAME:
                    for one in value if isinstance(value, list) else [value]:
                        self.assertIn(one, found, name)
        self.each(check)


class EcsEvents(Standard, unittest.TestCase):
    standard = 'ecs'
    facts = read_ecs()

    def test_each_member_is_a_field_of_ecs_of_its_type(self):
        self.each(lambda native, event: self.check_members(event))

    def check_members(self, event):
        for path, value in leaves({key: one for key, one in event.items() if key != 'argot'}):
            self.assertIn(path, self.facts)
            kind, many, values = self.facts[path]
            if many and not path.startswith('dns.answers') and not path.startswith('email.attachments'):
                self.assertIsInstance(value, list, path)
            for one in value if isinstance(value, list) else [value]:
                self.check_value(path, kind, one)
                self.assertTrue(values is None or one in values, (path, one))

    def check_value(self, path, kind, value):
        if kind in NUMBERS:
            self.assertIsInstance(value, int, path)
            self.assertLess(value, 2**63, path)
        elif kind == 'boolean':
            self.assertIsInstance(value, bool, path)
        else:
            self.assertIsInstance(value, str, path)
        if kind == 'ip':
            ipaddress.ip_address(value)
        if kind == 'date':
            self.assertRegex(value, r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$')

    def test_what_each_event_must_have(self):
        def check(native, event):
            self.assertEqual(event['ecs'], {'version': SCHEMA['standards']['ecs']['version']})
            self.assertEqual(event['@timestamp'], native['event_time'])
            self.assertIn('kind', event['event'])
        self.each(check)


class OcsfChecker(unittest.TestCase):
    """That the checker sees what is wrong."""
    facts = ocsf.Facts()
    event = {
        'time': 1, 'class_uid': 4002, 'category_uid': 4, 'activity_id': 3, 'type_uid': 400203, 'severity_id': 1,
        'metadata': {'version': '1.8.0', 'product': {'name': 'x'}, 'profiles': ['security_control']},
        'disposition_id': 1, 'src_endpoint': {'ip': '192.0.2.1', 'port': 1}, 'http_response': {'code': 200},
        'observables': [{'name': 'src_endpoint.ip', 'type_id': 2, 'value': '192.0.2.1'}], 'unmapped': {'a': [{}]},
    }
    wrong = [
        ('an unknown attribute', ['bogus'], 1), ('one below', ['src_endpoint', 'bogus'], 1),
        ('no severity', ['severity_id'], None), ('no code', ['http_response', 'code'], None),
        ('no class', ['class_uid'], None), ('another class', ['class_uid'], 12345),
        ('no such activity', ['activity_id'], 77), ('another type', ['type_uid'], 400204),
        ('another category', ['category_uid'], 3), ('a text for a number', ['time'], '1'),
        ('a number for a text', ['message'], 1), ('a large number', ['src_endpoint', 'port'], 65536),
        ('no address', ['src_endpoint', 'ip'], '192.0.2'), ('no list', ['metadata', 'profiles'], 'security_control'),
        ('no profile', ['metadata', 'profiles'], []), ('another version', ['metadata', 'version'], '1.7.0'),
        ('99 without its name', ['status_id'], 99), ('a name without its number', ['severity'], 'High'),
        ('neither request nor response', ['http_response'], None), ('a truth for a number', ['time'], True),
        ('another value observed', ['observables', 0, 'value'], '192.0.2.2'),
    ]

    def test_a_good_event_is_good(self):
        self.assertEqual(self.facts.check(self.event), [])

    def test_what_is_wrong_is_seen(self):
        for name, path, value in self.wrong:
            event = copy.deepcopy(self.event)
            place = event
            for key in path[:-1]:
                place = place[key]
            if value is None:
                del place[path[-1]]
            else:
                place[path[-1]] = value
            if name == 'a name without its number':
                del event['severity_id']
            with self.subTest(name):
                self.assertTrue(self.facts.check(event))


class OcsfEvents(Standard, unittest.TestCase):
    standard = 'ocsf'
    facts = ocsf.Facts()

    def test_each_event_is_one_of_ocsf(self):
        self.each(lambda native, event: self.assertEqual(self.facts.check(event), []))

    # What makes an event of each type one of its class.
    NEEDS = {
        'AUTH_LOGIN': ['user_name', 'user_id'], 'AUTH_LOGOUT': ['user_name', 'user_id'],
        'AUTH_PRIVILEGE_USE': ['user_name', 'target_user_name'], 'SESSION_START': ['user_name'],
        'SESSION_END': ['user_name'], 'ACCOUNT_CREATE': ['target_user_name'], 'ACCOUNT_DELETE': ['target_user_name'],
        'PASSWORD_CHANGE': ['user_name', 'target_user_name'], 'GROUP_MEMBER_ADD': ['group_name'],
        'HTTP_ACCESS': ['status_code'], 'HTTP_PROXY': ['status_code'], 'NETWORK_CONNECTION': ['source_ip'],
        'FIREWALL_TRAFFIC': ['source_ip'], 'DNS_QUERY': ['source_ip'], 'IDS_ALERT': ['rule_name', 'rule_id'],
    }

    def test_events_that_have_what_their_class_needs_are_of_it(self):
        classes = {kind['name']: kind['ocsf']['class'] for kind in SCHEMA['event_types']}
        seen = set()

        def check(native, event):
            kind = native['event_type']
            if any(name in native for name in self.NEEDS.get(kind, [])):
                self.assertEqual(event['class_uid'], classes[kind])
                seen.add(kind)
        self.each(check)
        self.assertGreater(len(seen), 10)

    def test_times_keep_their_digits(self):
        def check(native, event):
            self.assertEqual(event['metadata']['original_time'], native['event_time'])
        self.each(check)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
