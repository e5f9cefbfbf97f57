# SPDX-License-Identifier: Apache-2.0
# Whether an event is one of OCSF, by the facts in ocsf.json: classes, profiles, required attributes and constraints,
# types, numbers with their names, deprecated and unknown attributes, observables.
import json
import os
import re

INTEGERS = ('integer_t', 'long_t')


class Facts:
    def __init__(self):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'ocsf.json')
        with open(path, encoding='utf-8') as file:
            facts = json.load(file)
        self.version, self.types, self.classes, self.objects = (
            facts['version'], facts['types'], facts['classes'], facts['objects'])
        for name, fact in self.types.items():
            fact['pattern'] = re.compile(fact['regex']) if 'regex' in fact else None
            fact['base'] = fact.get('type', name)

    def check(self, event):
        """A list of what is wrong."""
        return Check(self, event).wrong


class Check:
    def __init__(self, facts, event):
        self.facts, self.event, self.wrong = facts, event, []
        kind = facts.classes.get(str(event.get('class_uid')))
        if not kind:
            self.say('class_uid', 'no such class')
            return
        metadata = event.get('metadata', {})
        self.profiles = set(metadata.get('profiles', []))
        self.entity(kind, event, '')
        if metadata.get('version') != facts.version:
            self.say('metadata.version', 'not ' + facts.version)
        if event.get('type_uid') != event['class_uid'] * 100 + event.get('activity_id', -1):
            self.say('type_uid', 'not that of class and activity')
        if event.get('category_uid') != kind['category']:
            self.say('category_uid', 'not that of the class')
        for observable in event.get('observables', []):
            self.observable(observable)

    def say(self, path, what):
        self.wrong.append('%s: %s' % (path, what))

    def active(self, fact):
        return not fact.get('profiles') or self.profiles & set(fact['profiles'])

    def entity(self, entity, value, path):
        attributes = entity['attributes']
        for name, one in value.items():
            where = path + name
            fact = attributes.get(name)
            if not fact:
                self.say(where, 'unknown')
            elif not self.active(fact):
                self.say(where, 'of the profiles %s, which are not named' % fact['profiles'])
            else:
                self.attribute(fact, one, where)
        for name, fact in attributes.items():
            if fact.get('required') and self.active(fact) and name not in value:
                self.say(path + name, 'required')
            sibling = fact.get('sibling')
            if sibling and 'enum' in fact and sibling in value and name not in value:
                self.say(path + sibling, 'stands without ' + name)
            if sibling and value.get(name) == 99 and sibling not in value:
                self.say(path + sibling, 'required beside 99')
        for kind, names in entity.get('constraints', {}).items():
            count = sum(name in value for name in names)
            if count == 0 or (kind == 'just_one' and count > 1):
                self.say(path, '%s of %s' % (kind, names))

    def attribute(self, fact, value, path):
        if fact.get('deprecated'):
            self.say(path, 'deprecated')
        if fact.get('array'):
            if not isinstance(value, list):
                self.say(path, 'not a list')
                return
            for i, item in enumerate(value):
                self.value(fact, item, '%s[%d]' % (path, i))
        else:
            self.value(fact, value, path)

    def value(self, fact, value, path):
        if fact['type'] in self.facts.objects or fact['type'] == 'object':
            if not isinstance(value, dict):
                self.say(path, 'not an object')
            elif fact['type'] != 'object': # which is open
                self.entity(self.facts.objects[fact['type']], value, path + '.')
            return
        self.scalar(self.facts.types[fact['type']], value, path)
        if 'enum' in fact and str(value) not in fact['enum']:
            self.say(path, 'no such value: %r' % (value,))

    def scalar(self, kind, value, path):
        base = kind['base']
        if base in INTEGERS:
            good = isinstance(value, int) and not isinstance(value, bool) and -2**63 <= value < 2**63
            good = good and ('range' not in kind or kind['range'][0] <= value <= kind['range'][1])
        elif base == 'boolean_t':
            good = isinstance(value, bool)
        elif base == 'float_t':
            good = isinstance(value, (int, float))
        elif base == 'string_t':
            good = isinstance(value, str) and len(value) <= kind.get('max_len', len(value))
            good = good and (not kind['pattern'] or kind['pattern'].search(value))
        else:
            good = base == 'json_t'
        if not good:
            self.say(path, 'no value of its type: %r' % (value,))

    def observable(self, observable):
        found = [self.event]
        for name in observable.get('name', '').split('.'):
            found = [one[name] for one in found if isinstance(one, dict) and name in one]
            found = [item for one in found for item in (one if isinstance(one, list) else [one])]
        if observable.get('value') not in found:
            self.say('observables', 'no such value: %r' % observable)
