/* SPDX-License-Identifier: Apache-2.0
 * How an extractor keeps what it found. The common kinds of values go straight into their destination's slot, as the
 * value's program would put them there; all others, and texts that such a short path cannot read, are captures that the
 * runtime turns into values. The choice follows from the template alone. */
#include "generator/emit_store.h"
#include "generator/regex.h"
#include <string.h>

/* ---- which fields have a short path ---- */

static enum argot_gen_store
store_of_type(const struct argot_gen *gen, const struct argot_gen_element *field, const struct argot_dest *dest)
{
    const struct argot_gen_schema_field *known = argot_gen_schema_find(gen->schema, dest->name);
    uint32_t host = 1u << ARGOT_GEN_LEX_HOST;
    switch ((enum argot_type)dest->type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_KEYWORD:
        return known && !known->lower ? ARGOT_GEN_STORE_TEXT : ARGOT_GEN_STORE_CAPTURE;
    case ARGOT_TYPE_HOST:
        return known && !known->lower && field->lexes == host ? ARGOT_GEN_STORE_TEXT : ARGOT_GEN_STORE_CAPTURE;
    case ARGOT_TYPE_UINT:
    case ARGOT_TYPE_BYTES:
    case ARGOT_TYPE_PORT:
        return ARGOT_GEN_STORE_UINT;
    case ARGOT_TYPE_IP:
        return ARGOT_GEN_STORE_IP;
    default:
        return ARGOT_GEN_STORE_CAPTURE;
    }
}

/* Whether what is no address goes to a host beside it, as it stands. */
static bool
has_host_beside(const struct argot_gen *gen, const struct argot_gen_element *field)
{
    const struct argot_target *target = &field->value->targets[0];
    uint16_t number = target->count == 2 ? target->dests[1] : ARGOT_NONE;
    const struct argot_dest *dest = number < ARGOT_SCAN_SLOTS ? &gen->dests[number] : NULL;
    return dest && dest->kind == ARGOT_DEST_FIELD && dest->type == ARGOT_TYPE_HOST &&
           store_of_type(gen, field, dest) == ARGOT_GEN_STORE_TEXT;
}

static enum argot_gen_store
store_of(const struct argot_gen *gen, const struct argot_gen_element *field)
{
    const struct argot_value *value = field->value;
    if (value->decode || value->letter_case || value->map || value->ntargets != 1)
        return ARGOT_GEN_STORE_CAPTURE;
    uint16_t number = value->targets[0].dests[0];
    const struct argot_dest *dest = number < ARGOT_SCAN_SLOTS ? &gen->dests[number] : NULL;
    if (!dest || dest->kind != ARGOT_DEST_FIELD)
        return ARGOT_GEN_STORE_CAPTURE;
    enum argot_gen_store store = store_of_type(gen, field, dest);
    if (value->how == ARGOT_HOW_TYPE)
        return store == ARGOT_GEN_STORE_IP && has_host_beside(gen, field) ? ARGOT_GEN_STORE_IP_OR_HOST : store;
    if (value->how == ARGOT_HOW_QUOTED && store == ARGOT_GEN_STORE_TEXT && field->lexes == 1u << ARGOT_GEN_LEX_QUOTED)
        return ARGOT_GEN_STORE_QUOTED;
    if (value->how == ARGOT_HOW_CLF && dest->type == ARGOT_TYPE_TIMESTAMP)
        return ARGOT_GEN_STORE_CLF;
    if (value->how == ARGOT_HOW_RFC3164 && dest->type == ARGOT_TYPE_TIMESTAMP)
        return ARGOT_GEN_STORE_RFC3164;
    return ARGOT_GEN_STORE_CAPTURE;
}

/* Destinations met on the way to a place, and those that more than one field of a way fills: there the order of the
 * captures decides, which is the runtime's to keep. */
struct ways {
    bool met[ARGOT_MAX_DESTS], twice[ARGOT_MAX_DESTS];
};

static void
meet(struct ways *ways, const bool *dests)
{
    for (unsigned i = 0; i < ARGOT_MAX_DESTS; i++) {
        ways->twice[i] |= dests[i] && ways->met[i];
        ways->met[i] |= dests[i];
    }
}

static void
walk(struct ways *ways, const struct argot_gen_sequence *sequence)
{
    for (size_t i = 0; i < sequence->count; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        bool dests[ARGOT_MAX_DESTS] = {false};
        if (element->kind == ARGOT_GEN_FIELD) {
            argot_gen_mark_value(element->value, dests);
            meet(ways, dests);
            continue;
        }
        bool before[ARGOT_MAX_DESTS];
        memcpy(before, ways->met, sizeof before);
        for (size_t a = 0; element->kind == ARGOT_GEN_GROUP && a < element->nalternatives; a++) {
            memcpy(ways->met, before, sizeof before);
            walk(ways, element->alternatives[a]);
            for (unsigned k = 0; k < ARGOT_MAX_DESTS; k++)
                dests[k] |= ways->met[k];
        }
        for (unsigned k = 0; k < ARGOT_MAX_DESTS; k++)
            ways->met[k] |= dests[k];
    }
}

static void
choose(const struct argot_gen *gen, const struct ways *ways, const struct argot_gen_sequence *sequence)
{
    for (size_t i = 0; i < sequence->count; i++) {
        struct argot_gen_element *element = sequence->elements[i];
        for (size_t a = 0; element->kind == ARGOT_GEN_GROUP && a < element->nalternatives; a++)
            choose(gen, ways, element->alternatives[a]);
        if (element->kind != ARGOT_GEN_FIELD || !element->value)
            continue;
        enum argot_gen_store store = store_of(gen, element);
        const uint16_t *dests = element->value->targets[0].dests;
        if (store == ARGOT_GEN_STORE_IP_OR_HOST && ways->twice[dests[1]])
            store = ARGOT_GEN_STORE_IP;
        element->store = store && ways->twice[dests[0]] ? ARGOT_GEN_STORE_CAPTURE : store;
    }
}

void
argot_gen_choose_stores(struct argot_gen *gen, const struct argot_gen_lexer *lexer)
{
    struct ways around = {{false}, {false}};
    if (lexer != gen->head && lexer != gen->body)
        return; /* a text within a value: what is around it may have filled its fields */
    if (lexer == gen->body)
        argot_gen_mark_begin(&gen->normalizer, around.met);
    for (uint16_t i = 0; i < lexer->abi.ntemplates; i++) {
        struct ways ways = around;
        walk(&ways, lexer->trees[i].tree);
        choose(gen, &ways, lexer->trees[i].tree);
    }
}

/* ---- the code ---- */

static uint16_t
dest_of(const struct argot_gen_element *field)
{
    return field->value->targets[0].dests[0];
}

static uint16_t
host_of(const struct argot_gen_element *field)
{
    return field->value->targets[0].dests[1];
}

static bool
is_address(const struct argot_gen_element *field)
{
    return field->store == ARGOT_GEN_STORE_IP || field->store == ARGOT_GEN_STORE_IP_OR_HOST;
}

static void
write_absent_texts(struct argot_buffer *out, const struct argot_texts *texts, const char *begin, const char *end)
{
    for (uint16_t i = 0; texts && i < texts->count; i++) {
        const struct argot_slice *text = &texts->texts[i];
        if (!text->length)
            continue;
        argot_buffer_printf(out, " || (%s - %s == %u && !memcmp(%s, ", end, begin, text->length, begin);
        argot_gen_emit_c_string(out, text->at, text->length);
        argot_buffer_printf(out, ", %u))", text->length);
    }
}

/* The condition that a text means "no value". */
static void
write_absent(struct argot_gen *gen, const struct argot_gen_element *field, const char *begin, const char *end,
             struct argot_buffer *out)
{
    argot_buffer_printf(out, "(%s == %s", begin, end);
    write_absent_texts(out, &gen->absent, begin, end);
    write_absent_texts(out, field->value->absent, begin, end);
    argot_buffer_append_byte(out, ')');
}

static void
write_bit(const char *word, const char *operation, unsigned bit, struct argot_buffer *out)
{
    argot_buffer_printf(out, "    %s %s 0x%llxull;\n", word, operation, 1ull << bit);
}

static void
write_bits(const char *word, uint64_t bits, struct argot_buffer *out)
{
    if (bits)
        argot_buffer_printf(out, "    %s &= ~0x%llxull;\n", word, (unsigned long long)bits);
}

static const char *
left_word(int capture)
{
    return capture < 64 ? "left0" : "left1";
}

/* Leaves the text to the runtime, unless the short path can tell that it is a host. */
static void
write_capture(const struct argot_gen_element *field, const char *begin, const char *end, struct argot_buffer *out)
{
    bool host = field->store == ARGOT_GEN_STORE_IP_OR_HOST;
    if (host) {
        argot_buffer_printf(out, "    if (argot_read_is_host(%s, %s)) {\n    argot_read_text(&slots[%u], %s, %s);\n",
                            begin, end, host_of(field), begin, end);
        write_bit("have", "|=", host_of(field), out);
        argot_buffer_append_text(out, "    } else {\n");
    }
    argot_buffer_printf(out, "    c[%d] = (struct argot_slice){%s, (uint32_t)(%s - %s)};\n", field->capture, begin, end,
                        begin);
    write_bit(left_word(field->capture), "|=", (unsigned)field->capture & 63, out);
    if (host)
        argot_buffer_append_text(out, "    }\n");
}

/* The call that reads the value at `begin` into its slot and returns its end, or NULL. */
static void
write_read(const struct argot_gen *gen, const struct argot_gen_element *field, const char *begin, const char *end,
           struct argot_buffer *out)
{
    unsigned dest = dest_of(field);
    if (field->store == ARGOT_GEN_STORE_UINT)
        argot_buffer_printf(out, "argot_read_uint(%s, %s, %s, &slots[%u].u64)", begin, end,
                            gen->dests[dest].type == ARGOT_TYPE_PORT ? "UINT16_MAX" : "UINT64_MAX", dest);
    else if (is_address(field))
        argot_buffer_printf(out, "argot_read_ipv4(%s, %s, slots[%u].ip)", begin, end, dest);
    else
        argot_buffer_printf(out, "argot_read_%s(%s, %s, s->memo, &slots[%u].i64)",
                            field->store == ARGOT_GEN_STORE_CLF ? "clf" : "rfc3164", begin, end, dest);
}

static bool
begins_with_digit(const struct argot_texts *texts)
{
    for (uint16_t i = 0; texts && i < texts->count; i++)
        if (texts->texts[i].length && (uint8_t)(texts->texts[i].at[0] - '0') < 10)
            return true;
    return false;
}

/* Whether a text could be a time of RFC 3164 as short paths read it, told by its length. */
static bool
is_as_long_as_time(const struct argot_texts *texts)
{
    for (uint16_t i = 0; texts && i < texts->count; i++)
        if (texts->texts[i].length == 15)
            return true;
    return false;
}

/* Values that are read while their end is looked for. Nothing that they read may be a text for "no value". Most of them
 * begin with a digit. */
static bool
may_be_quick(const struct argot_gen *gen, const struct argot_gen_element *field)
{
    uint32_t lexes = field->lexes;
    if (field->capture >= 0 && field->store == ARGOT_GEN_STORE_RFC3164)
        return lexes == 1u << ARGOT_GEN_LEX_RFC3164 && !is_as_long_as_time(&gen->absent) &&
               !is_as_long_as_time(field->value->absent);
    if (field->capture < 0 || begins_with_digit(&gen->absent) || begins_with_digit(field->value->absent))
        return false;
    switch (field->store) {
    case ARGOT_GEN_STORE_UINT:
        return lexes == 1u << ARGOT_GEN_LEX_UINT || lexes == 1u << ARGOT_GEN_LEX_DIGITS ||
               lexes == 1u << ARGOT_GEN_LEX_STRING;
    case ARGOT_GEN_STORE_IP:
    case ARGOT_GEN_STORE_IP_OR_HOST:
        return lexes == 1u << ARGOT_GEN_LEX_ADDRESS || lexes == 1u << ARGOT_GEN_LEX_HOST;
    case ARGOT_GEN_STORE_CLF:
        return lexes == 1u << ARGOT_GEN_LEX_CLF;
    default:
        return false;
    }
}

bool
argot_gen_write_quick(struct argot_gen *gen, const struct argot_gen_element *field, bool again, const char *ends,
                      struct argot_buffer *out)
{
    if (!may_be_quick(gen, field))
        return false;
    if (again)
        argot_gen_write_forget(field, out);
    /* What may be a host instead mostly begins with a letter. */
    argot_buffer_append_text(out, field->store == ARGOT_GEN_STORE_IP_OR_HOST ? "    q = !argot_lex_digit(*p) ? NULL : "
                                                                             : "    q = ");
    write_read(gen, field, "p", "e", out);
    argot_buffer_append_text(out, ";\n    if (q");
    if (ends)
        argot_buffer_printf(out, " && %s", ends);
    else if (is_address(field))
        argot_buffer_printf(out, " && !(argot_lex_is_in(*q, %s) && q < e)",
                            field->lexes == 1u << ARGOT_GEN_LEX_HOST ? "ARGOT_LEX_HOST" : "ARGOT_LEX_ADDRESS");
    argot_buffer_append_text(out, ") {\n");
    write_bit("have", "|=", dest_of(field), out);
    argot_buffer_append_text(out, "    } else {\n");
    return true;
}

static unsigned
longest(const struct argot_texts *texts)
{
    unsigned most = 0;
    for (uint16_t i = 0; texts && i < texts->count; i++)
        most = texts->texts[i].length > most ? texts->texts[i].length : most;
    return most;
}

/* How many bytes the texts begin with, more than `count`, or more than one; `byte` is the last. Empty ones aside. */
static unsigned
first_bytes(const struct argot_texts *texts, uint8_t *byte, unsigned count)
{
    for (uint16_t i = 0; texts && i < texts->count; i++) {
        if (!texts->texts[i].length || (count == 1 && texts->texts[i].at[0] == *byte))
            continue;
        *byte = texts->texts[i].at[0];
        count++;
    }
    return count;
}

/* A text that does not begin as all of those do, or is longer, need not be compared with them. */
static void
write_unless_absent(struct argot_gen *gen, const struct argot_gen_element *field, const char *begin, const char *end,
                    enum argot_gen_known known, struct argot_buffer *out)
{
    unsigned everywhere = longest(&gen->absent), here = longest(field->value->absent);
    uint8_t byte = 0;
    unsigned count = first_bytes(field->value->absent, &byte, first_bytes(&gen->absent, &byte, 0));
    argot_buffer_append_text(out, "    if (");
    if (known && count == 1)
        argot_buffer_printf(out, "*%s != %u || ", begin, byte);
    argot_buffer_printf(out, "%s - %s > %u || !", end, begin, everywhere > here ? everywhere : here);
    write_absent(gen, field, begin, end, out);
    argot_buffer_append_text(out, ") {\n");
}

static void
write_quoted(struct argot_gen *gen, const struct argot_gen_element *field, const char *begin, const char *end,
             struct argot_buffer *out)
{
    const char *inner = argot_arena_printf(gen->arena, "(%s + 1)", begin);
    const char *inner_end = argot_arena_printf(gen->arena, "(%s - 1)", end);
    argot_buffer_append_text(out, "    if (escaped) {\n");
    write_capture(field, begin, end, out);
    argot_buffer_append_text(out, "    } else {\n");
    write_unless_absent(gen, field, inner, inner_end, ARGOT_GEN_KNOWN_NOTHING, out);
    argot_buffer_printf(out, "    argot_read_text(&slots[%u], %s, %s);\n", dest_of(field), inner, inner_end);
    write_bit("have", "|=", dest_of(field), out);
    argot_buffer_append_text(out, "    }\n    }\n");
}

/* Whether a value is nothing for a text that means "no value"; a text in quotes is compared without them. */
static bool
compares_as_it_stands(const struct argot_value *value)
{
    return value->how < ARGOT_HOW_QUOTED || value->how > ARGOT_HOW_QUOTED_CSV;
}

static bool
begins_outside(const struct argot_texts *texts, const uint64_t set[4])
{
    for (uint16_t i = 0; texts && i < texts->count; i++)
        if (texts->texts[i].length && argot_regex_in(set, texts->texts[i].at[0]))
            return false;
    return true;
}

bool
argot_gen_surely_value(const struct argot_gen *gen, const struct argot_gen_element *field, const uint64_t set[4])
{
    if (field->capture < 0)
        return begins_outside(&gen->absent, set);
    return compares_as_it_stands(field->value) && begins_outside(&gen->absent, set) &&
           begins_outside(field->value->absent, set);
}

void
argot_gen_write_store(struct argot_gen *gen, const struct argot_gen_element *field, const char *begin, const char *end,
                      enum argot_gen_storing storing, enum argot_gen_known known, struct argot_buffer *out)
{
    if (field->capture < 0)
        return;
    if (storing == ARGOT_GEN_STORING_AGAIN)
        argot_gen_write_forget(field, out);
    if (field->store == ARGOT_GEN_STORE_QUOTED) {
        write_quoted(gen, field, begin, end, out);
        return;
    }
    bool compare = compares_as_it_stands(field->value) && known != ARGOT_GEN_KNOWN_VALUE;
    if (compare)
        write_unless_absent(gen, field, begin, end, known, out);
    if (field->store == ARGOT_GEN_STORE_TEXT) {
        argot_buffer_printf(out, "    argot_read_text(&slots[%u], %s, %s);\n", dest_of(field), begin, end);
        write_bit("have", "|=", dest_of(field), out);
    } else if (field->store == ARGOT_GEN_STORE_CAPTURE || storing == ARGOT_GEN_STORING_REST) {
        write_capture(field, begin, end, out);
    } else {
        argot_buffer_append_text(out, "    if (");
        write_read(gen, field, begin, end, out);
        argot_buffer_printf(out, " == %s) {\n", end);
        write_bit("have", "|=", dest_of(field), out);
        argot_buffer_append_text(out, "    } else {\n");
        write_capture(field, begin, end, out);
        argot_buffer_append_text(out, "    }\n");
    }
    if (compare)
        argot_buffer_append_text(out, "    }\n");
}

void
argot_gen_write_forget(const struct argot_gen_element *field, struct argot_buffer *out)
{
    struct argot_gen_kept kept = {0, {0, 0}};
    argot_gen_add_kept(&kept, field);
    argot_gen_write_forget_all(&kept, out);
}

void
argot_gen_add_kept(struct argot_gen_kept *kept, const struct argot_gen_element *field)
{
    if (field->capture < 0)
        return;
    kept->left[field->capture >> 6] |= UINT64_C(1) << (field->capture & 63);
    if (field->store)
        kept->have |= UINT64_C(1) << dest_of(field);
    if (field->store == ARGOT_GEN_STORE_IP_OR_HOST)
        kept->have |= UINT64_C(1) << host_of(field);
}

void
argot_gen_write_forget_all(const struct argot_gen_kept *kept, struct argot_buffer *out)
{
    write_bits("have", kept->have, out);
    write_bits("left0", kept->left[0], out);
    write_bits("left1", kept->left[1], out);
}
