/* SPDX-License-Identifier: Apache-2.0
 * From the text of an expression to the steps of a machine, in one pass over it; the body of a repeat is read again for
 * each of its copies. The grammar has seen that the expression is one, so there is little to refuse. */
#include "correlate/judge_machine_parts.h"
#include <string.h>

#define MAX_DEPTH 128
#define NO_END UINT32_MAX

struct maker {
    struct argot_arena *arena;
    struct machine_text text;
    bool multiline, dotall, skips;
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
    if (maker->text.fold && (uint8_t)((byte | 0x20) - 'a') < 26) {
        struct machine_set both = {{0}};
        argot_judge_class_add(&both, byte, byte);
        argot_judge_class_add(&both, byte ^ 0x20, byte ^ 0x20);
        return emit_set(maker, &both);
    }
    emit(maker, MACHINE_BYTE, byte, 0, 0);
    return !maker->why;
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
    maker->text.at++;
    if (argot_judge_class_read_escape(&maker->text, false, &letter))
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
    struct machine_set set = argot_judge_class_escape(letter);
    return emit_set(maker, &set);
}

/* ---- groups and repeats ---- */

static bool make_choice(struct maker *maker, bool *empty);

/* `at` behind the parenthesis and what names the group. *captures: it has a number. */
static void
read_group_begin(struct maker *maker, bool *captures)
{
    *captures = !machine_at(&maker->text, '?');
    if (*captures || maker->text.end - maker->text.at < 2)
        return;
    uint8_t kind = maker->text.at[1];
    maker->text.at += 2;
    if (kind == ':')
        return;
    *captures = true;
    uint8_t close = kind == '\'' ? '\'' : '>';
    while (maker->text.at < maker->text.end && *maker->text.at != close)
        maker->text.at++;
    maker->text.at += maker->text.at < maker->text.end;
}

static bool
make_group(struct maker *maker, bool *empty)
{
    bool captures;
    maker->text.at++;
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
    maker->text.at += maker->text.at < maker->text.end;
    return !maker->why;
}

static bool
make_atom(struct maker *maker, bool *empty)
{
    struct machine_set set = {{0}};
    *empty = false;
    switch (*maker->text.at) {
    case '\\':
        return make_escape(maker, empty);
    case '[':
        set = argot_judge_class_read(&maker->text);
        return emit_set(maker, &set);
    case '(':
        return make_group(maker, empty);
    case '^':
        maker->text.at++;
        *empty = true;
        return emit_assert(maker, maker->multiline ? MACHINE_LINE_BEGIN : MACHINE_BEGIN);
    case '$':
        maker->text.at++;
        *empty = true;
        return emit_assert(maker, maker->multiline ? MACHINE_LINE_END : MACHINE_END);
    case '.':
        maker->text.at++;
        if (!maker->dotall)
            argot_judge_class_add(&set, '\n', '\n');
        argot_judge_class_turn(&set);
        return emit_set(maker, &set);
    default:
        return emit_byte(maker, *maker->text.at++);
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
        switch (*maker->text.at) {
        case '\\':
            maker->text.at++;
            (void)argot_judge_class_read_escape(&maker->text, false, &letter);
            break;
        case '[':
            (void)argot_judge_class_read(&maker->text);
            break;
        case '(':
            maker->text.at++;
            read_group_begin(maker, &captures);
            maker->groups += captures;
            depth++;
            break;
        default:
            depth -= depth && *maker->text.at == ')';
            maker->text.at++;
            break;
        }
    } while (depth && maker->text.at < maker->text.end);
}

struct repeat {
    uint32_t least, most; /* NO_END: any number */
    bool lazy;
};

static uint32_t
read_bound(struct maker *maker)
{
    uint32_t bound = 0;
    for (; maker->text.at < maker->text.end && (uint8_t)(*maker->text.at - '0') < 10; maker->text.at++)
        if (bound < ARGOT_JUDGE_MACHINE_MAX)
            bound = bound * 10 + (uint32_t)(*maker->text.at - '0');
    return bound;
}

static bool
read_braces(struct maker *maker, struct repeat *repeat)
{
    const uint8_t *open = maker->text.at++, *digits = maker->text.at;
    repeat->least = repeat->most = read_bound(maker);
    bool good = maker->text.at > digits;
    if (good && machine_at(&maker->text, ',')) {
        digits = ++maker->text.at;
        repeat->most = read_bound(maker);
        if (maker->text.at == digits)
            repeat->most = NO_END;
    }
    if (good && machine_at(&maker->text, '}')) {
        maker->text.at++;
        return true;
    }
    maker->text.at = open;
    return false;
}

static bool
read_repeat(struct maker *maker, struct repeat *repeat)
{
    *repeat = (struct repeat){0, NO_END, false};
    bool sign = machine_at(&maker->text, '+') || machine_at(&maker->text, '?') || machine_at(&maker->text, '*');
    if (!sign && !(machine_at(&maker->text, '{') && read_braces(maker, repeat)))
        return false;
    if (machine_at(&maker->text, '+') && sign)
        repeat->least = 1;
    if (machine_at(&maker->text, '?') && sign)
        repeat->most = 1;
    maker->text.at += sign;
    repeat->lazy = machine_at(&maker->text, '?');
    maker->text.at += repeat->lazy;
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
    const uint8_t *behind = maker->text.at;
    unsigned after = maker->groups;
    maker->text.at = atom;
    maker->groups = groups;
    bool good = make_atom(maker, empty);
    maker->text.at = behind;
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
    const uint8_t *atom = maker->text.at;
    unsigned groups = maker->groups;
    struct repeat repeat;
    bool body = true, good = true;
    skip_atom(maker);
    if (!read_repeat(maker, &repeat))
        repeat = (struct repeat){1, 1, false};
    bool loop = repeat.most == NO_END;
    maker->skips = maker->skips || !repeat.most;
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
    while (maker->text.at < maker->text.end && *maker->text.at != '|' && *maker->text.at != ')') {
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
        if (!machine_at(&maker->text, '|')) {
            if (!maker->why)
                maker->steps[split] = (struct machine_step){.op = MACHINE_JUMP, .x = split + 1};
            break;
        }
        maker->text.at++;
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
            argot_judge_class_add(&machine->first, step->byte, step->byte);
            break;
        case MACHINE_SET:
            argot_judge_class_join(&machine->first, &maker->sets[step->x]);
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
argot_judge_machine_new(struct argot_arena *arena, const struct argot_expr_pattern *pattern, bool fold,
                        const char **why)
{
    struct maker maker = {.arena = arena,
                          .text = {(const uint8_t *)pattern->text.at,
                                   (const uint8_t *)pattern->text.at + pattern->text.length, fold || pattern->fold},
                          .multiline = pattern->multiline,
                          .dotall = pattern->dotall};
    struct argot_judge_machine *machine = argot_arena_zalloc(arena, 1, sizeof *machine);
    bool empty;
    if (!machine)
        give_up(&maker, "out of memory");
    emit(&maker, MACHINE_SAVE, 0, 0, 0);
    if (!maker.why && make_choice(&maker, &empty) && maker.text.at < maker.text.end)
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
    machine->skips = maker.skips;
    machine->steps = maker.steps;
    machine->sets = maker.sets;
    return machine;
}

bool
argot_judge_machine_skips(const struct argot_judge_machine *machine)
{
    return machine->skips;
}
