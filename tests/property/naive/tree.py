# SPDX-License-Identifier: Apache-2.0
# Reads YAML files as neutral trees: dict (ordered, text keys), list, Scalar (text that knows whether it stood plain).
# The text comes from `argot-gen dump FILE`; PyYAML, where it is installed, serves development without a build.
import json
import os
import subprocess


class Scalar(str):
    """A scalar's text; plain: it stood without quotes."""

    plain = False

    @staticmethod
    def make(text, plain):
        scalar = Scalar(text)
        scalar.plain = plain
        return scalar

    def is_null(self):
        return self.plain and str(self) in ("", "~", "null")


def _from_json(node):
    if isinstance(node, dict):
        return {str(key): _from_json(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_from_json(item) for item in node]
    if node is None:
        return Scalar.make("null", True)
    if isinstance(node, bool):
        return Scalar.make("true" if node else "false", True)
    return node if isinstance(node, Scalar) else Scalar.make(str(node), False)


def _number(text):
    return Scalar.make(text, True)


def _from_yaml_node(node):
    import yaml

    if isinstance(node, yaml.ScalarNode):
        return Scalar.make(node.value, node.style is None)
    if isinstance(node, yaml.SequenceNode):
        return [_from_yaml_node(item) for item in node.value]
    return {key.value: _from_yaml_node(value) for key, value in node.value}


def _find_generator():
    named = os.environ.get("ARGOT_GEN")
    if named:
        return named
    here = os.path.dirname(os.path.abspath(__file__))
    top = os.path.dirname(os.path.dirname(os.path.dirname(here)))
    for place in ("build/argot-gen", "build/generator/argot-gen"):
        path = os.path.join(top, place)
        if os.access(path, os.X_OK):
            return path
    return None


def load(path):
    """The tree of a YAML file."""
    generator = _find_generator()
    if generator:
        done = subprocess.run([generator, "dump", path], stdout=subprocess.PIPE, check=False)
        if done.returncode == 0:
            return _from_json(json.loads(done.stdout, parse_float=_number, parse_int=_number))
    try:
        import yaml
    except ImportError:
        raise SystemExit(f"{path}: no argot-gen to read it with; build it or name it in ARGOT_GEN")
    with open(path, encoding="utf-8") as file:
        return _from_yaml_node(yaml.compose(file, Loader=yaml.SafeLoader))


def as_list(node):
    """A list as it is, anything else as a list of one, nothing as an empty list."""
    if node is None:
        return []
    return node if isinstance(node, list) else [node]
