/* SPDX-License-Identifier: Apache-2.0
 * Runs a machine: at each place of the text the list of steps that wait for a byte, the one that a backtracking matcher
 * would try first before the others. A step stands in a list once, which bounds it all. */
#include "correlate/judge_machine_parts.h"
#include <string.h>

/* The steps that wait at one place, each with its groups. */
struct list {
    uint32_t count;
    uint32_t *steps;
    uint32_t (*groups)[MACHINE_GROUPS]; /* NULL: only the answer is wanted */
};

/* On the stack while a list is filled: a step to go on from, or a begin or end of a group to be set back. */
struct todo {
    uint32_t step; /* UINT32_MAX: of a group */
    uint32_t number, value;
};

/* Which rounds of the loops around a step took nothing so far decides where it leads. If one did not, those within it
 * did not either: so the outermost says it all, the depth of the machine where there is none. */
struct run {
    const struct argot_judge_machine *machine;
    const uint8_t *begin, *end;
    bool wants_groups;
    uint32_t levels; /* outermost rounds, and none; 1 when only the answer is wanted: then all ways out are taken */
    struct list lists[2];
    uint32_t *waits; /* by step: number of the place, from 1, where it was put into a list last */
    uint32_t *seen;  /* the same for each level, of being passed */
    struct todo *stack;
    uint32_t groups[MACHINE_GROUPS]; /* of the path that is followed */
    uint32_t *found_groups;
    bool found;
};

static bool
start(struct argot_arena *arena, struct run *run)
{
    size_t count = run->machine->count, states = count * run->levels;
    for (int i = 0; i < 2; i++) {
        run->lists[i].steps = argot_arena_alloc(arena, count * sizeof(uint32_t));
        if (run->wants_groups)
            run->lists[i].groups = argot_arena_alloc(arena, count * sizeof *run->lists[i].groups);
        if (!run->lists[i].steps || (run->wants_groups && !run->lists[i].groups))
            return false;
    }
    run->waits = argot_arena_zalloc(arena, count, sizeof *run->waits);
    run->seen = argot_arena_zalloc(arena, states, sizeof *run->seen);
    run->stack = argot_arena_alloc(arena, (states + 1) * sizeof *run->stack);
    return run->waits && run->seen && run->stack;
}

static bool
holds(const struct run *run, enum machine_assert assert, const uint8_t *at)
{
    bool begin = at == run->begin, end = at == run->end;
    switch (assert) {
    case MACHINE_BEGIN:
        return begin;
    case MACHINE_LINE_BEGIN:
        return begin || (!end && at[-1] == '\n');
    case MACHINE_END:
        return end;
    case MACHINE_LINE_END:
        return end || *at == '\n';
    case MACHINE_LAST_END:
        return end || (at + 1 == run->end && *at == '\n');
    case MACHINE_WORD:
    case MACHINE_NO_WORD:
        break;
    }
    bool differ = (!begin && machine_is_word(at[-1])) != (!end && machine_is_word(*at));
    return differ == (assert == MACHINE_WORD);
}

/* Of several paths to a step that takes a byte the first is the preferred one, and where they lead is the same. */
static void
put(struct run *run, struct list *list, uint32_t step, uint32_t place)
{
    if (run->waits[step] == place + 1)
        return;
    run->waits[step] = place + 1;
    if (run->wants_groups)
        memcpy(list->groups[list->count], run->groups, sizeof run->groups);
    list->steps[list->count++] = step;
}

/* Sets begin or end of a group, and puts on the stack what it was. */
static uint32_t
save(struct run *run, uint32_t number, uint32_t place, uint32_t depth)
{
    if (!run->wants_groups)
        return depth;
    run->stack[depth] = (struct todo){UINT32_MAX, number, run->groups[number]};
    run->groups[number] = place;
    return depth + 1;
}

/* One path as far as it takes no byte; what it leaves aside goes on the stack. Returns the depth of that. */
static uint32_t
follow_path(struct run *run, struct list *list, uint32_t i, uint32_t level, const uint8_t *at, uint32_t depth)
{
    uint32_t place = (uint32_t)(at - run->begin), none = run->levels - 1;
    while (run->seen[(size_t)i * run->levels + level] != place + 1) {
        const struct machine_step *step = &run->machine->steps[i];
        run->seen[(size_t)i * run->levels + level] = place + 1;
        switch ((enum machine_op)step->op) {
        case MACHINE_SPLIT:
            run->stack[depth++] = (struct todo){.step = step->y, .value = level};
            i = step->x;
            break;
        case MACHINE_JUMP:
            i = step->x;
            break;
        case MACHINE_SAVE:
            depth = save(run, step->x, place, depth);
            i++;
            break;
        case MACHINE_MARK:
            level = none && step->x < level ? step->x : level;
            i++;
            break;
        case MACHINE_ROUND:
            i = none && level <= step->x ? step->y : i + 1;
            level = level == step->x ? none : level;
            break;
        case MACHINE_ASSERT:
            if (!holds(run, (enum machine_assert)step->byte, at))
                return depth;
            i++;
            break;
        case MACHINE_BYTE:
        case MACHINE_SET:
        case MACHINE_MATCH:
            put(run, list, i, place);
            return depth;
        }
    }
    return depth;
}

/* From one step along all paths that take no byte, the preferred first, to the steps that wait at the place. */
static void
follow(struct run *run, struct list *list, uint32_t first, const uint8_t *at)
{
    uint32_t depth = follow_path(run, list, first, run->levels - 1, at, 0);
    while (depth) {
        struct todo todo = run->stack[--depth];
        if (todo.step == UINT32_MAX)
            run->groups[todo.number] = todo.value;
        else
            depth = follow_path(run, list, todo.step, todo.value, at, depth);
    }
}

/* Takes the byte at the place on all paths. A path that is through ends those behind it. True: the answer is known. */
static bool
step_on(struct run *run, const struct list *now, struct list *next, const uint8_t *at)
{
    next->count = 0;
    for (uint32_t i = 0; i < now->count; i++) {
        const struct machine_step *step = &run->machine->steps[now->steps[i]];
        if (step->op == MACHINE_MATCH) {
            run->found = true;
            if (run->wants_groups)
                memcpy(run->found_groups, now->groups[i], sizeof run->groups);
            return !run->wants_groups;
        }
        bool takes = at < run->end &&
                     (step->op == MACHINE_BYTE ? *at == step->byte : machine_has(&run->machine->sets[step->x], *at));
        if (!takes)
            continue;
        if (run->wants_groups)
            memcpy(run->groups, now->groups[i], sizeof run->groups);
        follow(run, next, now->steps[i] + 1, at + 1);
    }
    return false;
}

static void
begin_path(struct run *run, struct list *list, const uint8_t *at)
{
    memset(run->groups, 0xff, sizeof run->groups);
    follow(run, list, 0, at);
}

static inline bool
may_begin(const struct run *run, const uint8_t *at)
{
    const struct argot_judge_machine *machine = run->machine;
    if (machine->anchored && at > run->begin)
        return false;
    return machine->anywhere || (at < run->end && machine_has(&machine->first, *at));
}

/* The next place where a match may begin, or the end. */
static const uint8_t *
skip(const struct run *run, const uint8_t *at)
{
    while (at < run->end && !may_begin(run, at))
        at++;
    return at;
}

bool
argot_judge_machine_run(struct argot_arena *arena, const struct argot_judge_machine *machine, struct argot_slice text,
                        uint32_t groups[4], bool *failed)
{
    struct run run = {.machine = machine,
                      .begin = text.at,
                      .end = text.at + text.length,
                      .wants_groups = groups,
                      .levels = groups ? machine->depth + 1 : 1,
                      .found_groups = groups};
    *failed = !start(arena, &run);
    if (*failed)
        return false;
    struct list *now = &run.lists[0], *next = &run.lists[1];
    for (const uint8_t *at = text.at;; at++) {
        if (!now->count && run.found)
            break;
        if (!now->count)
            at = skip(&run, at);
        if (!run.found && may_begin(&run, at))
            begin_path(&run, now, at);
        if (step_on(&run, now, next, at) || at == run.end)
            break;
        struct list *swap = now;
        now = next;
        next = swap;
    }
    return run.found;
}
