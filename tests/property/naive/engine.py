# SPDX-License-Identifier: Apache-2.0
# One format over one text: what matches, which fields get which values, in the order of the language page: captures and
# fields, choose, constants, derive, extra.
import ends
import paths
import records
import values
from formats import DROP
from values import Bad, Json, Time

# Stages of setting a field: a later one overwrites an earlier one, except constants, which never overwrite.
CAPTURED, CHOSEN, CONSTANT = 1, 2, 1000


class Context:
    """What a record comes with. clock: times.Clock."""

    def __init__(self, clock, outer):
        self.clock = clock
        self.outer = outer  # levels of the envelopes, outermost first

    def near_ns(self):
        """The time that completes a year."""
        for level in reversed(self.outer):
            if isinstance(level.fields.get("event_time"), Time):
                return level.fields["event_time"].value_ns
        return self.clock.received_ns


class Level:
    """What one format found."""

    def __init__(self, format_, context):
        self.format = format_
        self.context = context
        self.fields = {}
        self.extra = {}
        self.variables = {}
        self.stages = {}
        self.read = []  # (captures, text) of the templates that fitted, outer ones first
        self.records = []  # (records.Value, Block)
        self.used = set()  # ids of values of records that are bound
        self.bad = []  # (field, text)
        self.unread = set()  # extra names that hold a text which is no value: to be seen, not to be read
        self.message = None  # formats.Message
        self.unmatched = False
        self.skipped = False
        self.chosen = []  # the cases taken, outer ones first

    # ---- setting

    def store(self, name, value, stage):
        if name == "_":
            return
        into = self.fields
        if name.startswith("extra."):
            into, name = self.extra, name[6:]
        elif name.startswith("$"):
            into = self.variables
        if into is self.extra and "extra." + name in self.unread:
            self.unread.remove("extra." + name)
            into.pop(name, None)
        key = (id(into), name)
        if into is self.fields and self.format.schema.is_list(name):
            if self.stages.get(key) != stage:
                into[name] = []
            into.setdefault(name, []).append(value)
            self.stages[key] = stage
        elif name not in into or CAPTURED < stage and stage > self.stages.get(key, 0):
            into[name] = value
            self.stages[key] = stage

    def has(self, name):
        if name.startswith("extra."):
            return name[6:] in self.extra and name not in self.unread
        if name.startswith("$"):
            return name in self.variables
        return name in self.fields

    def convert(self, name, how, text):
        """A text as a value of a target."""
        if name == "_":
            return text
        if name.startswith(("extra.", "$")):
            return values.written(how, "string", None, text, self.context)
        field = self.format.schema.fields[name]
        return values.written(how, field.kind, field, text, self.context)

    def put(self, names, how, text, node, stage):
        """A text for the first of the names whose type takes it; node: the value of a JSON record that it is, if nothing
        changed it."""
        for name in names:
            try:
                value = self.convert(name, how, text)
            except Bad:
                continue
            if node is not None and node.kind == "map" and isinstance(value, bytes):
                if self.format.schema.kind(name) not in ("string", "keyword"):
                    continue
            self.store(name, value, stage)
            return
        self.put_bad(names[0], text)

    def put_bad(self, name, text):
        if name in self.format.schema.fields and (self.format.schema.is_list(name) or not self.has(name)):
            self.bad.append((name, text))
            self.extra.setdefault(name, text)
        elif name.startswith(("extra.", "$")) and not self.has(name):
            self.bad.append((name, text))
            name = "extra." + name.removeprefix("extra.").removeprefix("$")
            if name[6:] not in self.extra:
                self.extra[name[6:]] = text
                self.unread.add(name)

    # ---- reading back

    def own(self, name):
        """The text of a name at this level, or None."""
        if name.startswith("$."):
            path_text = name[2:]
            for record, block in self.records:
                found = paths.path(path_text, block.kind != "json").find(record)
                if found:
                    return found[0][0].as_text() if found[0][0].has_value() else None
            return None
        if name.startswith("$"):
            value = self.variables.get(name)
            return None if value is None else values.as_text(value)
        if name in self.unread:
            return None
        value = self.extra.get(name[6:]) if name.startswith("extra.") else self.fields.get(name)
        return None if value is None else values.as_text(value)

    def look_up(self, name):
        """Here, then outward; variables of this format only."""
        text = self.own(name)
        if text is not None or name.startswith("$") and not name.startswith("$."):
            return text
        for level in reversed(self.context.outer):
            text = level.own(name)
            if text is not None:
                return text
        return None

    def columns(self):
        return next((record.columns for record, _ in self.records if record.columns is not None), None)

    def holds(self, condition):
        return not condition.tests or condition.holds(self.look_up, self.columns())


# ---- values


def bind_value(level, value, node, stage):
    """A value of a record to what the format file says of it."""
    if value.each:
        for each in value.each:
            bind_value(level, each, node, stage)
        return
    if node.kind == "null":
        return
    if node.kind == "list":
        if any(level.format.schema.is_list(name) for names in value.targets for name in names):
            for item in node.items:
                if item.kind != "null":
                    bind_text(level, value, item.as_text(), item, stage)
            return
        if not takes_json(level, value):
            while node.kind == "list" and node.items:
                node = node.items[0]
            if node.kind == "null":
                return
    bind_text(level, value, node.as_text(), node, stage)


def takes_json(level, value):
    """Does a value that is a list go on as its JSON text? Else its first item does."""
    if value.block is not None:
        return True
    schema, first = level.format.schema, value.targets[0][0] if value.targets else ""
    if first in schema.fields:
        return schema.kind(first) in ("string", "keyword")
    return bool(first) and value.how in {"", *values.DECODED, *values.QUOTED}


def bind_text(level, value, text, node, stage):
    """absent, decode, case, map, then how and type."""
    if text == b"" or text in level.format.absent or text in value.absent:
        return
    before = text
    try:
        if value.decode:
            text = values.decode(value.decode, text)
    except Bad:
        if value.targets:
            level.put_bad(value.targets[0][0], text)
        return
    if value.case:
        text = values.lower(text) if value.case == "lower" else values.upper(text)
    if value.table:
        text = value.table.look_up(text)
    if not text:
        return
    if text != before or value.table:
        node = None
    if value.lines is not None:
        bind_line(level, value.lines, text.rstrip(b" \t\r\n"), stage)
    elif value.block is not None:
        bind_block(level, value.block, text, stage)
    else:
        bind_written(level, value.targets, value.how, value.argument, text, node, stage)


def bind_written(level, targets, how, argument, text, node, stage):
    """A text that is not absent, written in some way, to its targets."""
    if how in values.SEVERAL:
        try:
            pieces = values.SEVERAL[how](text)
        except Bad:
            level.put_bad(targets[0][0], text)
            return
        for names, kind, piece in zip(targets, values.KINDS[how], pieces):
            if piece and piece not in level.format.absent:
                level.put(names, kind, piece, None, stage)
    elif how == "list":
        for item in text.split(argument.encode()):
            if item and item not in level.format.absent:
                level.put(targets[0], "", item, None, stage)
    else:
        if how in values.QUOTED and text[:1] == values.QUOTED[how] and len(text) > 1 and text[-1:] == text[:1]:
            text, node = records.unquote(text, how), None
            if not text or text in level.format.absent:
                return
        level.put(targets[0], how, text, node, stage)


def bind_line(level, templates, text, stage):
    """A value that is a line itself: the first template that fits."""
    read_piece = piece_reader(level)
    for each in templates:
        captures = each.match(text, read_piece)
        if captures is not None:
            bind_captures(level, captures, text, stage)
            return True
    return False


def bind_block(level, block, text, stage):
    """A value that is a record itself."""
    try:
        record = block.read(text)
    except records.Broken:
        return
    bind_record(level, record, block, stage)


def piece_reader(level):
    def read(field, data):
        try:
            if field.how == "sd":
                length, pairs = records.read_sd(data)
                record = records.Value("map", data[:length], members={})
                for key, text in pairs:
                    record.add(key, records.text_value(text))
                return length, record
            record = field.block.read(data)
        except records.Broken:
            return ends.PIECE_BROKEN
        probe = Level(level.format, Context(level.context.clock, []))
        probe.records = [(record, field.block)]
        return record if probe.holds(field.block.detect) else ends.PIECE_BROKEN

    return read


def bind_captures(level, captures, text, stage):
    level.read.append((captures, text))
    for field, begin, end, piece in captures:
        if piece is not None:
            bind_record(level, piece, field.block, stage)
            continue
        raw = text[begin : ends.value_end(field, text, begin, end)]
        if raw and raw not in level.format.absent:
            bind_written(level, field.targets, field.how, field.argument, raw, None, stage)


def bind_record(level, record, block, stage):
    level.records.append((record, block))
    if block.bare_words is not None and record.bare:
        bind_value(level, block.bare_words, records.text_value(record.bare), stage)
    bind_fields(level, record, block.fields, stage)


def bind_fields(level, record, fields, stage, only=None):
    """Bindings in the order listed. only: ids of the values that are bound, where not all are."""
    exact = set()
    for path, _ in fields:
        if not path.is_pattern():
            exact.update(id(each) for found in path.find(record) for each in found)
    for path, value in fields:
        for found in path.find(record):
            if path.is_pattern() and id(found[0]) in exact or only is not None and id(found[0]) not in only:
                continue
            level.used.update(id(each) for each in found)
            if value is DROP:
                continue
            taken = {"first": found[:1], "last": found[-1:]}.get(value.each[0].take if value.each else value.take, found)
            for each in taken:
                bind_value(level, value, each, stage)


# ---- after the captures


def choose(level, cases, stage):
    """The first case that holds, and those within it."""
    for case in cases:
        if level.holds(case.condition):
            level.chosen.append(case)
            for record, block in level.records:
                if case.columns and record.columns is not None:
                    bind_fields(level, record, block.fields, CAPTURED, records.name_columns(record, case.columns))
                bind_fields(level, record, case.by_kind[block.kind != "json"], stage)
            choose(level, case.choose, stage + 1)
            return


def set_constants(level, constants):
    for name, node in constants.items():
        name = str(name)
        if level.has(name):
            continue
        for each in node if isinstance(node, list) else [node]:
            level.put([name], "", str(each).encode(), None, CONSTANT)


def derive(level, derivations):
    for each in derivations:
        name, text = next(((name, text) for name in each.sources if (text := level.look_up(name)) is not None), ("", None))
        if text is None:
            continue
        if each.case:
            text = values.lower(text) if each.case == "lower" else values.upper(text)
        text = each.table.look_up(text)
        if text:
            forget(level, each.target)
            level.put([each.target], "", text, None, CONSTANT)
        elif each.sources == [each.target]:
            forget(level, each.target)


def forget(level, name):
    into = level.extra if name.startswith("extra.") else level.variables if name.startswith("$") else level.fields
    into.pop(name[6:] if name.startswith("extra.") else name, None)


def collect_extra(level):
    """What no binding named."""
    for record, block in level.records:
        if block.drop_unknown:
            continue
        for key, value in (record.members or {}).items():
            left = paths.rest(value, level.used)
            if left is None or left.kind == "null":
                continue
            if left.kind not in ("map", "list") and (not left.text or left.text in level.format.absent):
                continue
            level.extra.setdefault(key.decode("utf-8", "surrogateescape"), Json(left))


# ---- the whole


def run(format_, text, context):
    """The Levels of a format over a text, one an event, or None where it does not fit."""
    if format_.kind == "line":
        level = Level(format_, context)
        fits = match_lines(level, text) and level.holds(format_.detect)
        return [finish(level)] if fits else None
    try:
        record = format_.block.read(text)
    except records.Broken:
        return None
    levels = []
    for part in parts(format_, record):
        level = Level(format_, context)
        bind_record(level, part, format_.block, CAPTURED)
        if not (level.holds(format_.detect) and level.holds(format_.block.detect)):
            return None
        levels.append(finish(level))
    return levels


def parts(format_, record):
    """The members of the list that `split` names, or the record itself."""
    if format_.split:
        found = paths.path(format_.split, format_.kind != "json").find(record)
        if found and found[0][0].kind == "list" and found[0][0].items:
            return found[0][0].items
    return [record]


def finish(level):
    format_, message = level.format, level.message
    if level.unmatched:
        set_constants(level, {name: value for name, value in format_.set.items() if name != "event_type"})
        derive(level, [each for each in format_.derive if each.target != "event_type"])
        collect_extra(level)
        return level
    choose(level, format_.choose, CHOSEN)
    if message:
        choose(level, message.choose, CHOSEN)
    for case in reversed(level.chosen):
        set_constants(level, case.set)
    if message:
        set_constants(level, message.set)
    set_constants(level, format_.set)
    derive(level, format_.derive)
    if message:
        derive(level, message.derive)
    for case in level.chosen:
        derive(level, case.derive)
    collect_extra(level)
    return level


def match_lines(level, text):
    format_ = level.format
    if format_.head:
        if not bind_line(level, format_.head, text, CAPTURED):
            return False
        text = level.fields.get("message", b"").rstrip(b" \t\r\n")  # cut as an envelope's is
    read_piece = piece_reader(level)
    for message in format_.messages:
        if not level.holds(message.condition):
            continue
        for each in message.templates:
            captures = each.match(text, read_piece)
            if captures is not None:
                if format_.head:
                    forget(level, "message")
                level.message, level.skipped = message, message.skip
                bind_captures(level, captures, text, CAPTURED)
                return True
    level.unmatched = bool(format_.head)
    return level.unmatched
