/* SPDX-License-Identifier: Apache-2.0
 * Values as ECS and OCSF want them; all others are written as argot's own JSON has them. */
#include "output/export_value.h"
#include "output/json_value.h"

#define NS_PER_MS 1000000

static struct argot_slice
text_of(const struct argot_slot *slot)
{
    return (struct argot_slice){slot->text.at, slot->text.length};
}

/* ---- words ---- */

const char *
argot_export_value_word(const struct argot_export_value *value, const struct argot_slot *slot, struct argot_slice *name)
{
    if (value->type == ARGOT_TYPE_ENUM) {
        const struct argot_schema_field *row = &argot_schema.fields[value->field];
        const char *text = slot->u64 < row->nvalues ? row->values[slot->u64] : "";
        *name = (struct argot_slice){(const uint8_t *)text, (uint32_t)strlen(text)};
    } else {
        *name = text_of(slot);
    }
    for (const struct argot_standard_word *word = value->words; word && word->word; word++)
        if (strlen(word->word) == name->length && !memcmp(word->word, name->at, name->length))
            return word->text;
    return NULL;
}

static bool
put_code(const struct argot_export_value *value, struct argot_line *line, const struct argot_slot *slot)
{
    struct argot_slice name;
    const char *code = argot_export_value_word(value, slot, &name);
    if (code && strcmp(code, "99") != 0)
        return argot_line_word(line, code);
    return argot_line_word(line, "99") && argot_line_bytes(line, value->beside.at, value->beside.length) &&
           argot_line_quoted(line, name.at, name.length);
}

static bool
find_bits(const struct argot_export_value *value, struct argot_slice letters, uint64_t *bits)
{
    *bits = 0;
    for (uint32_t i = 0; i < letters.length; i++) {
        unsigned bit = 0;
        while (value->words[bit].word && (uint8_t)value->words[bit].word[0] != letters.at[i])
            bit++;
        if (!value->words[bit].word)
            return false;
        *bits |= UINT64_C(1) << bit;
    }
    return true;
}

/* ---- addresses of mail ---- */

static bool
is_letter(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

/* A local part, an @, and a name with a dot in it. */
static bool
is_address(struct argot_slice text)
{
    uint32_t at = 0, dot;
    while (at < text.length &&
           (is_letter(text.at[at]) || (text.at[at] && strchr("!#$%&'*+,-./=?^_`{|}~", text.at[at]))))
        at++;
    if (at == 0 || at >= text.length || text.at[at] != '@')
        return false;
    for (dot = ++at; dot < text.length && (is_letter(text.at[dot]) || text.at[dot] == '-'); dot++)
        ;
    if (dot == at || dot + 1 >= text.length || text.at[dot] != '.')
        return false;
    for (at = dot; at < text.length; at++)
        if (!is_letter(text.at[at]) && text.at[at] != '-' && text.at[at] != '.')
            return false;
    return true;
}

static bool
are_addresses(const struct argot_export_value *value, const struct argot_slot *slot)
{
    if (value->type != ARGOT_TYPE_STRING_LIST)
        return is_address(text_of(slot));
    for (uint32_t i = 0; i < slot->list.count; i++)
        if (!is_address(text_of(&slot->list.items[i])))
            return false;
    return true;
}

/* ---- what fits ---- */

bool
argot_export_value_may_not_fit(const struct argot_export_value *value)
{
    return value->form == ARGOT_STANDARD_WORDS || value->form == ARGOT_STANDARD_EMAIL ||
           value->form == ARGOT_STANDARD_FLAGS || value->type == ARGOT_TYPE_UINT || value->type == ARGOT_TYPE_BYTES;
}

bool
argot_export_value_fits(const struct argot_export_value *value, const struct argot_slot *slot)
{
    struct argot_slice name;
    uint64_t bits;
    switch (value->form) {
    case ARGOT_STANDARD_WORDS:
        return argot_export_value_word(value, slot, &name);
    case ARGOT_STANDARD_EMAIL:
        return are_addresses(value, slot);
    case ARGOT_STANDARD_FLAGS:
        return find_bits(value, text_of(slot), &bits);
    default:
        return (value->type != ARGOT_TYPE_UINT && value->type != ARGOT_TYPE_BYTES) || slot->u64 <= INT64_MAX;
    }
}

/* ---- writing ---- */

static bool
put_number(struct argot_line *line, int64_t number)
{
    if (!argot_line_room(line, ARGOT_FORMAT_ROOM))
        return false;
    line->at += argot_format_i64(number, (char *)line->at);
    return true;
}

/* Before 1970 too, rounded down. */
static bool
put_milliseconds(struct argot_line *line, int64_t ns)
{
    return put_number(line, ns / NS_PER_MS - (ns % NS_PER_MS < 0));
}

static bool
put_mac(struct argot_line *line, uint64_t mac)
{
    char text[ARGOT_FORMAT_ROOM];
    size_t length = argot_format_mac(mac, text);
    for (size_t i = 0; i < length; i++)
        text[i] = (char)(text[i] == ':' ? '-' : text[i] >= 'a' ? text[i] - 'a' + 'A' : text[i]);
    return argot_line_bytes(line, "\"", 1) && argot_line_bytes(line, text, length) && argot_line_bytes(line, "\"", 1);
}

static bool
put_usual(const struct argot_export_value *value, struct argot_line *line, struct argot_format_clock *clock,
          const struct argot_slot *slot)
{
    bool ocsf = value->standard == &argot_standards[ARGOT_STANDARD_OCSF];
    if (ocsf && (value->type == ARGOT_TYPE_TIMESTAMP || value->type == ARGOT_TYPE_DURATION))
        return put_milliseconds(line, slot->i64);
    if (!ocsf && value->type == ARGOT_TYPE_MAC)
        return put_mac(line, slot->u64);
    if (argot_json_value_is_text((enum argot_type)value->type)) /* JSON too is a text there */
        return argot_line_quoted(line, slot->text.at, slot->text.length);
    return argot_json_value_put(line, clock, (enum argot_type)value->type, value->field, slot);
}

static bool
put_head(struct argot_line *line, struct argot_slice text)
{
    const uint8_t *dot = text.length ? memchr(text.at, '.', text.length) : NULL;
    return argot_line_quoted(line, text.at, dot ? (size_t)(dot - text.at) : text.length);
}

/* Slashes at the end belong to the name: that of `/` is `/`. */
static bool
put_last(struct argot_line *line, struct argot_slice text)
{
    uint32_t at = text.length;
    while (at > 1 && text.at[at - 2] != '/' && text.at[at - 2] != '\\')
        at--;
    at = at ? at - 1 : 0;
    return argot_line_quoted(line, text.at + at, text.length - at);
}

bool
argot_export_value_put(const struct argot_export_value *value, struct argot_line *line,
                       struct argot_format_clock *clock, const struct argot_slot *slot)
{
    struct argot_slice name;
    const char *word;
    uint64_t bits;
    switch ((enum argot_standard_form)value->form) {
    case ARGOT_STANDARD_NUMBER:
        return put_number(line, (int64_t)slot->u64);
    case ARGOT_STANDARD_HEAD:
        return put_head(line, text_of(slot));
    case ARGOT_STANDARD_LAST:
        return put_last(line, text_of(slot));
    case ARGOT_STANDARD_FLAGS:
        return find_bits(value, text_of(slot), &bits) ? put_number(line, (int64_t)bits) : argot_line_word(line, "0");
    case ARGOT_STANDARD_CODES:
        return put_code(value, line, slot);
    case ARGOT_STANDARD_WORDS:
        word = argot_export_value_word(value, slot, &name);
        return argot_line_word(line, word ? word : "null");
    case ARGOT_STANDARD_TEXT:
    case ARGOT_STANDARD_JSON:
        return argot_json_value_put(line, clock, (enum argot_type)value->type, value->field, slot);
    default:
        return put_usual(value, line, clock, slot);
    }
}
