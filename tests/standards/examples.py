# SPDX-License-Identifier: Apache-2.0
# The lines of the examples of all shipped formats as events, as argot parse writes them.
import glob
import itertools
import json
import os
import subprocess


def dump(argot_gen, path):
    """A YAML file as what JSON makes of it."""
    return json.loads(subprocess.run([argot_gen, 'dump', path], stdout=subprocess.PIPE, check=True).stdout)


def read(source, argot_gen):
    """(format, received_at or None, lines), as few of them as there are different times."""
    for path in sorted(glob.glob(os.path.join(source, 'formats', '*.yaml'))):
        if os.path.basename(path) == 'schema.yaml':
            continue
        examples = [one for one in dump(argot_gen, path)['examples'] if 'line' in one]
        key = lambda example: example.get('received_at', '')
        for received, group in itertools.groupby(sorted(examples, key=key), key):
            yield os.path.basename(path)[:-5], received or None, [example['line'] for example in group]


def one_of_each(members):
    assert len(dict(members)) == len(members), 'a name stands twice: %r' % members
    return dict(members)


def parse(argot, lines, received, *options):
    command = [argot, 'parse', '-q', '-j1', '-o', 'jsonl', *options, '-']
    if received:
        command[2:2] = ['--received-at', received]
    text = ''.join(line + '\n' for line in lines)
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line, object_pairs_hook=one_of_each) for line in done.stdout.splitlines()]
