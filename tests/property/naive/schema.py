# SPDX-License-Identifier: Apache-2.0
# The common schema: fields in order with type, lower case and the members of enums.
import tree


class Field:
    def __init__(self, name, kind, lower, members):
        self.name = name
        self.kind = kind
        self.lower = lower
        self.members = members


class Schema:
    def __init__(self, path):
        root = tree.load(path)
        lists = {"@event_types": [str(each["name"]) for each in root.get("event_types", [])]}
        self.fields = {}
        for each in root["fields"]:
            values = each.get("values")
            members = lists[str(values)] if isinstance(values, str) else [str(value) for value in values or []]
            name = str(each["name"])
            self.fields[name] = Field(name, str(each["type"]), str(each.get("case", "")) == "lower", members)
        self.kinds = {name: field.kind for name, field in self.fields.items()}

    def kind(self, name):
        """The type of a target: of a schema field, else a string."""
        return self.kinds.get(name, "string")

    def is_list(self, name):
        return self.kind(name).endswith("_list")
