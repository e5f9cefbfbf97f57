/* SPDX-License-Identifier: Apache-2.0
 * From the text of an expression to the steps of a machine, in one pass over it; the body of a repeat is read again for
 * each of its copies. The grammar has seen that the expression is one, so there is little to refuse. */
#include "correlate/judge_machine_parts.h"
#include <string.h>

#define MAX_DEPTH 128
#define NO_END UINT32_MAX

struct maker {
    struct argot_arena *arena;
    const uint8_t *at, *end;
    bool fold, multiline, dotall;
    unsigned depth, groups;  /* groups begun so far that capture */
    uint32_t loops, deepest; /* nested loops, now and at most */
    struct machine_step *steps;
    struct machine_set *sets;
    uint32_t count, capacity, nsets, sets_capacity;
    const char *why; /* not NULL: given up */
};

static bool
give_up(struct maker *maker, const char *why)
{
    maker->why = maker->why ? maker->why : why;
    return false;
}

/* Arrays that grow within the arena: old ones stay behind in it, together less than the last. */
static void *
grow(struct maker *maker, const void *old, uint32_t count, uint32_t *capacity, size_t size)
{
    uint32_t larger = *capacity ? *capacity * 2 : 16;
    void *grown = argot_arena_alloc(maker->arena, larger * size);
    if (!grown) {
        give_up(maker, "out of memory");
        return NULL;
    }
    if (count)
        memcpy(grown, old, count * size);
    *capacity = larger;
    return grown;
}

/* Its number; after giving up that of some step. */
static uint32_t
emit(struct maker *maker, enum machine_op op, uint8_t byte, uint32_t x, uint32_t y)
{
    if (maker->count == ARGOT_JUDGE_MACHINE_MAX)
        give_up(maker, "the regular expression is too large");
    if (!maker->why && maker->count == maker->capacity) {
        struct machine_step *steps = grow(maker, maker->steps, maker->count, &maker->capacity, sizeof *steps);
        maker->steps = steps ? steps : maker->steps;
    }
    if (maker->why)
        return 0;
    maker->steps[maker->count] = (struct machine_step){(uint8_t)op, byte, x, y};
    return maker->count++;
}

/* ---- sets of bytes ---- */

static void
add(struct machine_set *set, unsigned from, unsigned to)
{
    for (unsigned byte = from; byte <= to; byte++)
        set->bits[byte >> 3] |= (uint8_t)(1u << (byte & 7));
}

static void
turn(struct machine_set *set)
{
    for (size_t i = 0; i < sizeof set->bits; i++)
        set->bits[i] = (uint8_t)~set->bits[i];
}

static void
join(struct machine_set *set, const struct machine_set *other)
{
    for (size_t i = 0; i < sizeof set->bits; i++)
        set->bits[i] |= other->bits[i];
}

static void
fold(struct machine_set *set)
{
    for (unsigned letter = 'a'; letter <= 'z'; letter++)
        if (machine_has(set, (uint8_t)letter) || machine_has(set, (uint8_t)(letter ^ 0x20))) {
            add(set, letter, letter);
            add(set, letter ^ 0x20, letter ^ 0x20);
        }
}

/* \d \w \s \h \v and their opposites. */
static struct machine_set
set_of_escape(uint8_t letter)
{
    struct machine_set set = {{0}};
    switch (letter | 0x20) {
    case 'd':
        add(&set, '0', '9');
        break;
    case 'w':
        for (unsigned byte = 0; byte < 128; byte++)
            if (machine_is_word((uint8_t)byte))
                add(&set, byte, byte);
        break;
    case 's':
        add(&set, '\t', '\r');
        add(&set, ' ', ' ');
        break;
    case 'h':
        add(&set, '\t', '\t');
        add(&set, ' ', ' ');
        add(&set, 0xa0, 0xa0);
        break;
    default: /* v */
        add(&set, '\n', '\r');
        add(&set, 0x85, 0x85);
        break;
    }
    if (letter < 'a')
        turn(&set);
    return set;
}

struct posix {
    const char *name;
    const char *ranges; /* pairs */
};

/* The classes of the C locale. */
static const struct posix posix[] = {
    {"alpha", "AZaz"}, {"digit", "09"},     {"alnum", "09AZaz"},  {"upper", "AZ"},
    {"lower", "az"},   {"blank", "\t\t  "}, {"space", "\t\r  "},  {"punct", "!/:@[`{~"},
    {"print", " ~"},   {"graph", "!~"},     {"xdigit", "09AFaf"}, {"word", "09AZaz__"},
};

/* `name` and what follows it, `:]`; false: there is no such class. */
static bool
set_of_posix(const uint8_t *name, size_t length, bool fold_case, struct machine_set *set)
{
    *set = (struct machine_set){{0}};
    if (length == 5 && !memcmp(name, "cntrl", 5)) {
        add(set, 0, 0x1f);
        add(set, 0x7f, 0x7f);
        return true;
    }
    if (length == 5 && !memcmp(name, "ascii", 5)) {
        add(set, 0, 0x7f);
        return true;
    }
    for (size_t i = 0; i < sizeof posix / sizeof *posix; i++) {
        if (strlen(posix[i].name) != length || memcmp(posix[i].name, name, length) != 0)
            continue;
        for (const char *range = posix[i].ranges; *range; range += 2)
            add(set, (uint8_t)range[0], (uint8_t)range[1]);
        if (fold_case)
            fold(set);
        return true;
    }
    return false;
}

static bool
emit_set(struct maker *maker, const struct machine_set *set)
{
    if (maker->nsets == maker->sets_capacity) {
        struct machine_set *sets = grow(maker, maker->sets, maker->nsets, &maker->sets_capacity, sizeof *sets);
        if (!sets)
            return false;
        maker->sets = sets;
    }
    maker->sets[maker->nsets] = *set;
    emit(maker, MACHINE_SET, 0, maker->nsets++, 0);
    return !maker->why;
}

static bool
emit_byte(struct maker *maker, uint8_t byte)
{
    if (maker->fold && (uint8_t)((byte | 0x20) - 'a') < 26) {
        struct machine_set both = {{0}};
        add(&both, byte, byte);
        add(&both, byte ^ 0x20, byte ^ 0x20);
        return emit_set(maker, &both);
    }
    emit(maker, MACHINE_BYTE, byte, 0, 0);
    return !maker->why;
}

/* ---- escapes ---- */

static bool
at_byte(const struct maker *maker, char byte)
{
    return maker->at < maker->end && *maker->at == (uint8_t)byte;
}

static unsigned
digit_of(const struct maker *maker, unsigned base)
{
    unsigned digit = 16;
    if (maker->at < maker->end && (uint8_t)(*maker->at - '0') < 10)
        digit = *maker->at - (unsigned)'0';
    else if (maker->at < maker->end && (uint8_t)((*maker->at | 0x20) - 'a') < 6)
        digit = (*maker->at | 0x20u) - 'a' + 10;
    return digit < base ? digit : UINT32_MAX;
}

static uint8_t
read_digits(struct maker *maker, unsigned base, unsigned most)
{
    unsigned value = 0, digit;
    for (unsigned i = 0; i < most && (digit = digit_of(maker, base)) != UINT32_MAX; i++, maker->at++)
        value = value * base + digit;
    return (uint8_t)value;
}

static uint8_t
read_hex(struct maker *maker)
{
    bool braces = at_byte(maker, '{');
    maker->at += braces;
    uint8_t value = read_digits(maker, 16, braces ? UINT32_MAX : 2);
    maker->at += braces && at_byte(maker, '}');
    return value;
}

/* Behind a backslash. True: it stands for one byte; else *letter is one of a class or an assertion. */
static bool
read_escape(struct maker *maker, bool in_class, uint8_t *letter)
{
    static const char letters[] = "aefnrt", bytes[] = "\a\033\f\n\r\t";
    *letter = maker->at < maker->end ? *maker->at++ : '\\';
    const char *single = memchr(letters, *letter, sizeof letters - 1);
    bool word = machine_is_word(*letter) && *letter != '_';
    if (*letter == 'x')
        *letter = read_hex(maker);
    else if (*letter == '0')
        *letter = read_digits(maker, 8, 2);
    else if (single)
        *letter = (uint8_t)bytes[single - letters];
    else if (in_class && *letter == 'b')
        *letter = '\b';
    else
        return !word;
    return true;
}

static bool
emit_assert(struct maker *maker, enum machine_assert assert)
{
    emit(maker, MACHINE_ASSERT, (uint8_t)assert, 0, 0);
    return !maker->why;
}

/* *empty: it matches without a byte. */
static bool
make_escape(struct maker *maker, bool *empty)
{
    uint8_t letter;
    maker->at++;
    if (read_escape(maker, false, &letter))
        return emit_byte(maker, letter);
    *empty = true;
    switch (letter) {
    case 'b':
        return emit_assert(maker, MACHINE_WORD);
    case 'B':
        return emit_assert(maker, MACHINE_NO_WORD);
    case 'A':
        return emit_assert(maker, MACHINE_BEGIN);
    case 'z':
        return emit_assert(maker, MACHINE_END);
    case 'Z':
        return emit_assert(maker, MACHINE_LAST_END);
    default:
        break;
    }
    *empty = false;
    struct machine_set set = set_of_escape(letter);
    return emit_set(maker, &set);
}

/* ---- classes ---- */

/* [:alpha:], [:^alpha:] */
static bool
read_posix(struct maker *maker, struct machine_set *set)
{
    const uint8_t *name = maker->at + 2, *end = maker->end;
    bool turned = end - name > 0 && *name == '^';
    if (end - maker->at < 4 || maker->at[1] != ':')
        return false;
    name += turned;
    const uint8_t *close = name;
    while (close < end && (uint8_t)(*close - 'a') < 26)
        close++;
    if (end - close < 2 || close[0] != ':' || close[1] != ']' ||
        !set_of_posix(name, (size_t)(close - name), maker->fold, set))
        return false;
    if (turned)
        turn(set);
    maker->at = close + 2;
    return true;
}

/* One item of a class: a byte (true), or a set. */
static bool
read_item(struct maker *maker, uint8_t *byte, struct machine_set *set)
{
    *set = (struct machine_set){{0}};
    if (*maker->at == '[' && read_posix(maker, set))
        return false;
    *byte = *maker->at++;
    if (*byte != '\\' || read_escape(maker, true, byte))
        return true;
    *set = set_of_escape(*byte);
    return false;
}

static struct machine_set
read_class(struct maker *maker)
{
    struct machine_set class = {{0}}, sets = {{0}}, set;
    uint8_t from, to;
    maker->at++;
    bool turned = at_byte(maker, '^');
    maker->at += turned;
    for (bool first = true; maker->at < maker->end && (first || *maker->at != ']'); first = false) {
        if (!read_item(maker, &from, &set)) {
            join(&sets, &set);
            continue;
        }
        to = from;
        if (maker->end - maker->at > 1 && *maker->at == '-' && maker->at[1] != ']') {
            maker->at++;
            if (!read_item(maker, &to, &set)) {
                join(&sets, &set);
                add(&class, '-', '-');
                to = from;
            }
        }
        add(&class, from, to);
    }
    maker->at += maker->at < maker->end;
    if (maker->fold)
        fold(&class);
    join(&class, &sets);
    if (turned)
        turn(&class);
    return class;
}

/* ---- groups and repeats ---- */

static bool make_choice(struct maker *maker, bool *empty);

/* `at` behind the parenthesis and what names the group. *captures: it has a number. */
static void
read_group_begin(struct maker *maker, bool *captures)
{
    *captures = !at_byte(maker, '?');
    if (*captures || maker->end - maker->at < 2)
        return;
    uint8_t kind = maker->at[1];
    maker->at += 2;
    if (kind == ':')
        return;
    *captures = true;
    uint8_t close = kind == '\'' ? '\'' : '>';
    while (maker->at < maker->end && *maker->at != close)
        maker->at++;
    maker->at += maker->at < maker->end;
}

static bool
make_group(struct maker *maker, bool *empty)
{
    bool captures;
    maker->at++;
    read_group_begin(maker, &captures);
    bool first = captures && ++maker->groups == 1;
    if (++maker->depth > MAX_DEPTH)
        return give_up(maker, "the regular expression is nested too deep");
    if (first)
        emit(maker, MACHINE_SAVE, 0, 2, 0);
    if (!make_choice(maker, empty))
        return false;
    if (first)
        emit(maker, MACHINE_SAVE, 0, 3, 0);
    maker->depth--;
    maker->at += maker->at < maker->end;
    return !maker->why;
}

static bool
make_atom(struct maker *maker, bool *empty)
{
    struct machine_set set = {{0}};
    *empty = false;
    switch (*maker->at) {
    case '\\':
        return make_escape(maker, empty);
    case '[':
        set = read_class(maker);
        return emit_set(maker, &set);
    case '(':
        return make_group(maker, empty);
    case '^':
        maker->at++;
        *empty = true;
        return emit_assert(maker, maker->multiline ? MACHINE_LINE_BEGIN : MACHINE_BEGIN);
    case '$':
        maker->at++;
        *empty = true;
        return emit_assert(maker, maker->multiline ? MACHINE_LINE_END : MACHINE_END);
    case '.':
        maker->at++;
        if (!maker->dotall)
            add(&set, '\n', '\n');
        turn(&set);
        return emit_set(maker, &set);
    default:
        return emit_byte(maker, *maker->at++);
    }
}

/* Past an atom without making anything of it, so that its repeat is known first. */
static void
skip_atom(struct maker *maker)
{
    unsigned depth = 0;
    uint8_t letter;
    bool captures;
    do {
        switch (*maker->at) {
        case '\\':
            maker->at++;
            (void)read_escape(maker, false, &letter);
            break;
        case '[':
            (void)read_class(maker);
            break;
        case '(':
            maker->at++;
            read_group_begin(maker, &captures);
            maker->groups += captures;
            depth++;
            break;
        default:
            depth -= depth && *maker->at == ')';
            maker->at++;
            break;
        }
    } while (depth && maker->at < maker->end);
}

struct repeat {
    uint32_t least, most; /* NO_END: any number */
    bool lazy;
};

static uint32_t
read_bound(struct maker *maker)
{
    uint32_t bound = 0;
    for (; maker->at < maker->end && (uint8_t)(*maker->at - '0') < 10; maker->at++)
        if (bound < ARGOT_JUDGE_MACHINE_MAX)
            bound = bound * 10 + (uint32_t)(*maker->at - '0');
    return bound;
}

static bool
read_braces(struct maker *maker, struct repeat *repeat)
{
    const uint8_t *open = maker->at++, *digits = maker->at;
    repeat->least = repeat->most = read_bound(maker);
    bool good = maker->at > digits;
    if (good && at_byte(maker, ',')) {
        digits = ++maker->at;
        repeat->most = read_bound(maker);
        if (maker->at == digits)
            repeat->most = NO_END;
    }
    if (good && at_byte(maker, '}')) {
        maker->at++;
        return true;
    }
    maker->at = open;
    return false;
}

static bool
read_repeat(struct maker *maker, struct repeat *repeat)
{
    *repeat = (struct repeat){0, NO_END, false};
    bool sign = at_byte(maker, '+') || at_byte(maker, '?') || at_byte(maker, '*');
    if (!sign && !(at_byte(maker, '{') && read_braces(maker, repeat)))
        return false;
    if (at_byte(maker, '+') && sign)
        repeat->least = 1;
    if (at_byte(maker, '?') && sign)
        repeat->most = 1;
    maker->at += sign;
    repeat->lazy = at_byte(maker, '?');
    maker->at += repeat->lazy;
    return true;
}

static void
set_split(struct maker *maker, uint32_t split, uint32_t body, uint32_t behind, bool lazy)
{
    if (maker->why)
        return;
    maker->steps[split].x = lazy ? behind : body;
    maker->steps[split].y = lazy ? body : behind;
}

/* The atom again, from its place in the text. */
static bool
copy_atom(struct maker *maker, const uint8_t *atom, unsigned groups, bool *empty)
{
    const uint8_t *behind = maker->at;
    unsigned after = maker->groups;
    maker->at = atom;
    maker->groups = groups;
    bool good = make_atom(maker, empty);
    maker->at = behind;
    maker->groups = after;
    return good;
}

/* A loop: at least once if `once`. A round that took nothing goes on behind the loop, as in PCRE2. */
static bool
make_loop(struct maker *maker, const uint8_t *atom, unsigned groups, bool once, bool lazy, bool *empty)
{
    uint32_t split = once ? 0 : emit(maker, MACHINE_SPLIT, 0, 0, 0);
    uint32_t mark = emit(maker, MACHINE_MARK, 0, maker->loops++, 0);
    if (!copy_atom(maker, atom, groups, empty))
        return false;
    uint32_t round = *empty ? emit(maker, MACHINE_ROUND, 0, --maker->loops, 0) : --maker->loops;
    if (once)
        split = emit(maker, MACHINE_SPLIT, 0, 0, 0);
    else
        emit(maker, MACHINE_JUMP, 0, split, 0);
    set_split(maker, split, once ? mark : split + 1, maker->count, lazy);
    if (maker->why)
        return false;
    if (*empty && maker->deepest <= maker->loops)
        maker->deepest = maker->loops + 1;
    if (*empty)
        maker->steps[round].y = maker->count;
    else
        maker->steps[mark] = (struct machine_step){.op = MACHINE_JUMP, .x = mark + 1};
    return true;
}

/* What may follow the copies that must be there: x{0,3} is (x(x(x)?)?)?. */
static bool
make_optional(struct maker *maker, const uint8_t *atom, unsigned groups, uint32_t count, bool lazy)
{
    uint32_t begin = maker->count;
    bool empty;
    for (uint32_t i = 0; i < count; i++) {
        emit(maker, MACHINE_SPLIT, 1, 0, 0); /* its byte marks it until its ends are known */
        if (!copy_atom(maker, atom, groups, &empty))
            return false;
    }
    for (uint32_t i = begin; i < maker->count; i++)
        if (maker->steps[i].op == MACHINE_SPLIT && maker->steps[i].byte) {
            maker->steps[i].byte = 0;
            set_split(maker, i, i + 1, maker->count, lazy);
        }
    return true;
}

static bool
make_piece(struct maker *maker, bool *empty)
{
    const uint8_t *atom = maker->at;
    unsigned groups = maker->groups;
    struct repeat repeat;
    bool body = true, good = true;
    skip_atom(maker);
    if (!read_repeat(maker, &repeat))
        repeat = (struct repeat){1, 1, false};
    bool loop = repeat.most == NO_END;
    uint32_t copies = loop && repeat.least ? repeat.least - 1 : repeat.least;
    for (uint32_t i = 0; good && i < copies; i++)
        good = copy_atom(maker, atom, groups, &body);
    if (good && loop)
        good = make_loop(maker, atom, groups, repeat.least > 0, repeat.lazy, &body);
    else if (good && repeat.most > repeat.least)
        good = make_optional(maker, atom, groups, repeat.most - repeat.least, repeat.lazy);
    *empty = body || !repeat.least;
    return good;
}

/* A sequence up to a bar, a closing parenthesis or the end. */
static bool
make_sequence(struct maker *maker, bool *empty)
{
    *empty = true;
    while (maker->at < maker->end && *maker->at != '|' && *maker->at != ')') {
        bool piece;
        if (!make_piece(maker, &piece))
            return false;
        *empty = *empty && piece;
    }
    return true;
}

/* a|b|c: before each but the last a split, behind each a jump to the end. */
static bool
make_choice(struct maker *maker, bool *empty)
{
    uint32_t jumps = NO_END; /* the last one; each holds the one before until the end is known */
    *empty = false;
    for (;;) {
        uint32_t split = emit(maker, MACHINE_SPLIT, 0, 0, 0);
        bool branch;
        if (!make_sequence(maker, &branch))
            return false;
        *empty = *empty || branch;
        if (!at_byte(maker, '|')) {
            if (!maker->why)
                maker->steps[split] = (struct machine_step){.op = MACHINE_JUMP, .x = split + 1};
            break;
        }
        maker->at++;
        jumps = emit(maker, MACHINE_JUMP, 0, jumps, 0);
        set_split(maker, split, split + 1, maker->count, false);
    }
    while (!maker->why && jumps != NO_END) {
        uint32_t before = maker->steps[jumps].x;
        maker->steps[jumps].x = maker->count;
        jumps = before;
    }
    return !maker->why;
}

/* ---- the whole ---- */

/* What a match can begin with: all that is reached from the begin without taking a byte. */
static bool
find_first(struct maker *maker, struct argot_judge_machine *machine)
{
    uint32_t *todo = argot_arena_alloc(maker->arena, 2 * (size_t)maker->count * sizeof *todo), count = 0;
    uint8_t *seen = argot_arena_zalloc(maker->arena, maker->count, 1);
    if (!todo || !seen)
        return give_up(maker, "out of memory");
    const struct machine_step *second = &maker->steps[2]; /* behind where the whole begins and its choice */
    machine->anchored =
        maker->steps[1].op == MACHINE_JUMP && second->op == MACHINE_ASSERT && second->byte == MACHINE_BEGIN;
    todo[count++] = 0;
    while (count) {
        uint32_t at = todo[--count];
        const struct machine_step *step = &maker->steps[at];
        if (seen[at]++)
            continue;
        switch ((enum machine_op)step->op) {
        case MACHINE_BYTE:
            add(&machine->first, step->byte, step->byte);
            break;
        case MACHINE_SET:
            join(&machine->first, &maker->sets[step->x]);
            break;
        case MACHINE_MATCH:
            machine->anywhere = true;
            break;
        case MACHINE_SPLIT:
            todo[count++] = step->x;
            todo[count++] = step->y;
            break;
        case MACHINE_JUMP:
            todo[count++] = step->x;
            break;
        case MACHINE_ROUND:
            todo[count++] = step->y;
            todo[count++] = at + 1;
            break;
        default:
            todo[count++] = at + 1;
            break;
        }
    }
    return true;
}

struct argot_judge_machine *
argot_judge_machine_new(struct argot_arena *arena, const struct argot_expr_pattern *pattern, bool fold_case,
                        const char **why)
{
    struct maker maker = {.arena = arena,
                          .at = (const uint8_t *)pattern->text.at,
                          .end = (const uint8_t *)pattern->text.at + pattern->text.length,
                          .fold = fold_case || pattern->fold,
                          .multiline = pattern->multiline,
                          .dotall = pattern->dotall};
    struct argot_judge_machine *machine = argot_arena_zalloc(arena, 1, sizeof *machine);
    bool empty;
    if (!machine)
        give_up(&maker, "out of memory");
    emit(&maker, MACHINE_SAVE, 0, 0, 0);
    if (!maker.why && make_choice(&maker, &empty) && maker.at < maker.end)
        give_up(&maker, "a parenthesis closes nothing");
    emit(&maker, MACHINE_SAVE, 0, 1, 0);
    emit(&maker, MACHINE_MATCH, 0, 0, 0);
    if (!maker.why)
        find_first(&maker, machine);
    *why = maker.why;
    if (maker.why)
        return NULL;
    machine->count = maker.count;
    machine->depth = maker.deepest;
    machine->steps = maker.steps;
    machine->sets = maker.sets;
    return machine;
}
