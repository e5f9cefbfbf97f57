#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# python3 scripts/check_ocsf.py [BUILD] [SCHEMA.json]
# Gives what `argot parse --schema ocsf` writes of every shipped format's examples to validators of others, those that are
# installed:
#   ocsf-json-schema and jsonschema (pip install ocsf-json-schema jsonschema), and
#   ocsf-toolkit, the validator of the OCSF project (go install github.com/ocsf/ocsf-toolkit/cmd/ocsf-toolkit@latest),
#   which needs SCHEMA.json, the schema of the version in formats/schema.yaml as ocsf-schema-compiler makes it.
# Exit status: 0 no error; 1 errors, or no validator is installed.
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'standards'))
import examples  # pylint: disable=wrong-import-position


def with_json_schema(events, version):
    import jsonschema
    import ocsf_json_schema
    from ocsf_json_schema.embedded import OcsfJsonSchemaEmbedded
    folder = os.path.join(os.path.dirname(ocsf_json_schema.__file__), 'ocsf')
    with open(os.path.join(folder, version + '.json'), encoding='utf-8') as file:
        schemas = OcsfJsonSchemaEmbedded(json.load(file))
    validators, errors = {}, collections.Counter()
    for name, event in events:
        key = event['class_uid'], tuple(event['metadata'].get('profiles', []))
        if key not in validators:
            kind = ("win/" if key[0] >= 200000 else "") + schemas.lookup_class_name_from_uid(key[0])
            validators[key] = jsonschema.Draft202012Validator(schemas.get_class_schema(kind, list(key[1])))
        for error in validators[key].iter_errors(event):
            errors['%s: %s: %s' % (name, '/'.join(map(str, error.absolute_path)), error.message)] += 1
    return errors


def with_toolkit(events, schema):
    with tempfile.TemporaryDirectory() as folder:
        for i, (name, event) in enumerate(events):
            with open(os.path.join(folder, '%s-%d.json' % (name, i)), 'w', encoding='utf-8') as file:
                json.dump(event, file)
        done = subprocess.run(['ocsf-toolkit', '--schema', schema, '--events-dir', folder, '--validate',
                               '--validation-output-dir', os.path.join(folder, 'found'), '--fail-on-validation-errors'],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return collections.Counter([done.stdout.decode(errors='replace')] if done.returncode else [])


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else os.path.join(SOURCE, 'build')
    argot, argot_gen = os.path.join(build, 'argot'), os.path.join(build, 'argot-gen')
    version = examples.dump(argot_gen, os.path.join(SOURCE, 'formats', 'schema.yaml'))['standards']['ocsf']['version']
    events = [(name, event) for name, received, lines in examples.read(SOURCE, argot_gen)
              for event in examples.parse(argot, lines, received, '--schema', 'ocsf')]
    found = {}
    try:
        found['ocsf-json-schema'] = with_json_schema(events, version)
    except ImportError:
        print('ocsf-json-schema or jsonschema is not installed')
    if shutil.which('ocsf-toolkit') and len(sys.argv) > 2:
        found['ocsf-toolkit'] = with_toolkit(events, sys.argv[2])
    else:
        print('ocsf-toolkit is not installed, or its schema is not named')
    for validator, errors in found.items():
        print('%s: %d events, %d errors' % (validator, len(events), sum(errors.values())))
        for error, count in errors.most_common(20):
            print('  %d times: %s' % (count, error))
    sys.exit(0 if found and not any(found.values()) else 1)


main()
