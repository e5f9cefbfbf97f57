#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# facts.py ecs FIELDS.json SCHEMA.json >ecs.tsv
# facts.py ocsf EXPORT.json SCHEMA.json >ocsf.json
# Makes the lists of facts beside it, which the tests hold the output of --schema against, from what the projects
# publish: FIELDS.json is EcsFlat of the npm package @elastic/ecs as JSON (or ecs_flat.yml of elastic/ecs, as JSON),
# EXPORT.json the compiled schema of OCSF (schema.ocsf.io/export/schema, or as the Python package ocsf-json-schema ships
# it). SCHEMA.json is what `argot-gen dump formats/schema.yaml` prints. Only what the schema names is kept, and what OCSF
# requires beside it.
import json
import re
import sys

PATH_PART = re.compile(r'^([^\[]+)(\[.*\])?$')


def words_of(path):
    return [PATH_PART.match(part)[1] for part in path.split('.')]


def paths_of(schema, standard):
    """Every path that may be written, with the name of what is written there, or None."""
    found = []
    for field in schema['fields']:
        for path in [field.get(standard), field.get(standard + '_also', {}).get('path')]:
            if path:
                found.append((path, field))
        for key in (standard + '_on_event_type', standard + '_beside'):
            found += [(path, field) for path in field.get(key, {}).values()]
    own = schema['standards'][standard]
    found += [(path, None) for path in own.get('copies', {})]
    for one in own.get('classes', {}).values():
        found += [(path, None) for path in one.get('copies', {})]
    return found


ECS_ALWAYS = ['ecs.version', 'event.kind', 'event.category', 'event.type', 'event.action', 'event.outcome', 'event.id']


def ecs(fields, schema):
    print('# SPDX-License-Identifier: Apache-2.0')
    print('# Fields of the Elastic Common Schema, version %s: name, type, whether its values are a list, and the values'
          % schema['standards']['ecs']['version'])
    print('# allowed, where they are few. From https://github.com/elastic/ecs, Copyright Elasticsearch B.V. and')
    print('# contributors, under the Apache License 2.0. Made by facts.py.')
    wanted = {'.'.join(words_of(path)) for path, _ in paths_of(schema, 'ecs')} | set(ECS_ALWAYS)
    for name in sorted(wanted):
        fact = fields.get(name)
        if not fact:
            sys.exit('ECS has no field ' + name)
        values = ','.join(value['name'] for value in fact.get('allowed_values', []))
        print('%s\t%s\t%s\t%s' % (name, fact['type'], 'list' if 'array' in fact.get('normalize', []) else '-',
                                  values or '-'))


def attribute(fact):
    kept = {'type': fact.get('object_type') or fact['type']}
    if fact.get('is_array'):
        kept['array'] = True
    if fact['requirement'] == 'required':
        kept['required'] = True
    if fact.get('profiles'):
        kept['profiles'] = fact['profiles']
    if 'enum' in fact:
        kept['enum'] = sorted(fact['enum'], key=lambda x: (len(x), x))
    if 'sibling' in fact:
        kept['sibling'] = fact['sibling']
    if '@deprecated' in fact:
        kept['deprecated'] = True
    return kept


ALWAYS = {'class_uid', 'category_uid', 'activity_id', 'activity_name', 'type_uid', 'type_name', 'severity_id', 'severity',
          'observables', 'name', 'type_id', 'value', 'version', 'profiles', 'algorithm_id'}


def pick(entity, words):
    kept = {}
    constraints = entity.get('constraints') or {}
    for name, fact in sorted(entity['attributes'].items()):
        if name in words or (fact['requirement'] == 'required' and not fact.get('profiles')):
            kept[name] = attribute(fact)
    return {**({'constraints': constraints} if constraints else {}), 'attributes': kept}


def ocsf(export, schema):
    words = set(ALWAYS)
    for path, _ in paths_of(schema, 'ocsf'):
        words |= set(words_of(path))
    own = schema['standards']['ocsf']
    words |= set(own['base'])
    for one in list(own['objects'].values()) + list(own['classes'].values()):
        for key in ('has', 'all', 'any'):
            words |= set(one.get(key, []))
        words |= set(one.get('with', {}))
        words |= {words_of(one['under']['name'])[0]} if 'under' in one else set()
    for word in list(words):
        if word.endswith('_id'):
            words.add(word[:-3])
    uids = {uid for kind in schema['event_types'] for key, uid in kind['ocsf'].items()
            if key in ('class', 'class_not_windows')} | {0}
    classes, objects, todo, types = {}, {}, [], {}
    for fact in export['classes'].values():
        if fact['uid'] in uids:
            classes[str(fact['uid'])] = {'name': fact['name'], 'category': fact['category_uid'], **pick(fact, words)}
            todo += [a['type'] for a in classes[str(fact['uid'])]['attributes'].values()]
    while todo:
        name = todo.pop()
        if name in export['objects'] and name not in objects:
            objects[name] = pick(export['objects'][name], words)
            todo += [a['type'] for a in objects[name]['attributes'].values()]
    for name, fact in export['dictionary']['types']['attributes'].items():
        types[name] = {key: fact[key] for key in ('type', 'range', 'max_len', 'regex') if key in fact}
    print('{"about": "What OCSF %s says of the classes and objects that argot writes. From https://github.com/ocsf/'
          'ocsf-schema, Copyright OCSF a Series of LF Projects, LLC, under the Apache License 2.0. Made by facts.py.",'
          % export['version'])
    print(' "version": "%s",' % export['version'])
    for title, table, end in (('types', types, ','), ('classes', classes, ','), ('objects', objects, '}')):
        print(' "%s": {' % title)
        rows = sorted(table.items(), key=lambda x: (len(x[0]) if x[0].isdigit() else 0, x[0]))
        for i, (name, fact) in enumerate(rows):
            comma = '' if i + 1 == len(rows) else ','
            if 'attributes' not in fact:
                print('  "%s": %s%s' % (name, json.dumps(fact), comma))
                continue
            head = {key: value for key, value in fact.items() if key != 'attributes'}
            print('  "%s": {%s"attributes": {' % (name, json.dumps(head)[1:-1] + ', ' if head else ''))
            print(',\n'.join('   "%s": %s' % (key, json.dumps(value)) for key, value in fact['attributes'].items()))
            print('  }}%s' % comma)
        print(' }' + end)


def main():
    with open(sys.argv[2], encoding='utf-8') as file:
        published = json.load(file)
    with open(sys.argv[3], encoding='utf-8') as file:
        schema = json.load(file)
    {'ecs': ecs, 'ocsf': ocsf}[sys.argv[1]](published, schema)


main()
