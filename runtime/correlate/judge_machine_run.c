/* SPDX-License-Identifier: Apache-2.0
 * Runs a machine: at each place of the text the list of steps that wait for a byte, the one that a backtracking matcher
 * would try first before the others. A step stands in a list once, which bounds it all. */
#include "correlate/judge_machine_parts.h"
#include <string.h>

/* The steps that wait at one place, each with its registers. */
struct list {
    uint32_t count;
    uint32_t *steps;
    uint32_t *registers; /* nregisters each; none when only the answer is wanted */
};

/* On the stack while a list is filled: a step to go on from, or a register to be set back. */
struct todo {
    uint32_t step; /* UINT32_MAX: a register */
    uint32_t number, value;
};

struct run {
    const struct argot_judge_machine *machine;
    const uint8_t *begin, *end;
    uint32_t nregisters; /* 0: only the answer is wanted */
    struct list lists[2];
    uint32_t *seen; /* by step: number of the place, from 1, where it was put into a list last */
    struct todo *stack;
    uint32_t *registers; /* of the path that is followed */
    uint32_t *groups;
    bool found;
};

static bool
start(struct argot_arena *arena, struct run *run)
{
    size_t count = run->machine->count;
    for (int i = 0; i < 2; i++) {
        run->lists[i].steps = argot_arena_alloc(arena, count * sizeof(uint32_t));
        run->lists[i].registers = argot_arena_alloc(arena, count * run->nregisters * sizeof(uint32_t));
        if (!run->lists[i].steps || !run->lists[i].registers)
            return false;
    }
    run->seen = argot_arena_zalloc(arena, count, sizeof *run->seen);
    run->stack = argot_arena_alloc(arena, 2 * count * sizeof *run->stack);
    run->registers = argot_arena_alloc(arena, run->nregisters * sizeof(uint32_t));
    return run->seen && run->stack && run->registers;
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

static void
put(struct run *run, struct list *list, uint32_t step)
{
    if (run->nregisters)
        memcpy(list->registers + (size_t)list->count * run->nregisters, run->registers,
               run->nregisters * sizeof(uint32_t));
    list->steps[list->count++] = step;
}

/* Sets a register, and puts on the stack what it was. */
static uint32_t
set_register(struct run *run, uint32_t number, uint32_t value, uint32_t depth)
{
    if (!run->nregisters)
        return depth;
    run->stack[depth] = (struct todo){UINT32_MAX, number, run->registers[number]};
    run->registers[number] = value;
    return depth + 1;
}

/* From one step along all paths that take no byte, the preferred first, to the steps that wait at the place. */
static void
follow(struct run *run, struct list *list, uint32_t first, const uint8_t *at)
{
    uint32_t place = (uint32_t)(at - run->begin), depth = 0;
    run->stack[depth++] = (struct todo){.step = first};
    while (depth) {
        struct todo todo = run->stack[--depth];
        if (todo.step == UINT32_MAX) {
            run->registers[todo.number] = todo.value;
            continue;
        }
        for (uint32_t i = todo.step; run->seen[i] != place + 1;) {
            const struct machine_step *step = &run->machine->steps[i];
            run->seen[i] = place + 1;
            switch ((enum machine_op)step->op) {
            case MACHINE_SPLIT:
                run->stack[depth++] = (struct todo){.step = step->y};
                i = step->x;
                continue;
            case MACHINE_JUMP:
                i = step->x;
                continue;
            case MACHINE_SAVE:
            case MACHINE_MARK:
                depth = set_register(run, step->x, place, depth);
                i++;
                continue;
            case MACHINE_ROUND:
                i = run->nregisters && run->registers[step->x] == place ? step->y : i + 1;
                continue;
            case MACHINE_ASSERT:
                if (!holds(run, (enum machine_assert)step->byte, at))
                    break;
                i++;
                continue;
            case MACHINE_BYTE:
            case MACHINE_SET:
            case MACHINE_MATCH:
                put(run, list, i);
                break;
            }
            break;
        }
    }
}

/* Takes the byte at the place on all paths. A path that is through ends those behind it. True: the answer is known. */
static bool
step_on(struct run *run, const struct list *now, struct list *next, const uint8_t *at)
{
    next->count = 0;
    for (uint32_t i = 0; i < now->count; i++) {
        const struct machine_step *step = &run->machine->steps[now->steps[i]];
        const uint32_t *registers = now->registers + (size_t)i * run->nregisters;
        if (step->op == MACHINE_MATCH) {
            run->found = true;
            if (run->nregisters)
                memcpy(run->groups, registers, MACHINE_GROUPS * sizeof(uint32_t));
            return !run->nregisters;
        }
        bool takes = at < run->end &&
                     (step->op == MACHINE_BYTE ? *at == step->byte : machine_has(&run->machine->sets[step->x], *at));
        if (!takes)
            continue;
        if (run->nregisters)
            memcpy(run->registers, registers, run->nregisters * sizeof(uint32_t));
        follow(run, next, now->steps[i] + 1, at + 1);
    }
    return false;
}

static void
begin_path(struct run *run, struct list *list, const uint8_t *at)
{
    if (run->nregisters)
        memset(run->registers, 0xff, run->nregisters * sizeof(uint32_t));
    follow(run, list, 0, at);
}

/* The next place where a match may begin, or the end. */
static const uint8_t *
skip(const struct run *run, const uint8_t *at)
{
    if (run->machine->anchored && at > run->begin)
        return run->end;
    while (!run->machine->anywhere && at < run->end && !machine_has(&run->machine->first, *at))
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
                      .nregisters = groups ? machine->nregisters : 0,
                      .groups = groups};
    *failed = !start(arena, &run);
    if (*failed)
        return false;
    struct list *now = &run.lists[0], *next = &run.lists[1];
    for (const uint8_t *at = text.at;; at++) {
        if (!now->count && run.found)
            break;
        if (!now->count)
            at = skip(&run, at);
        if (!run.found)
            begin_path(&run, now, at);
        if (step_on(&run, now, next, at) || at == run.end)
            break;
        struct list *swap = now;
        now = next;
        next = swap;
    }
    return run.found;
}
