/* SPDX-License-Identifier: Apache-2.0
 * What every part of the generator stands on: memory of the compile, errors and warnings, expectations. */
#include "generator/model.h"
#include <stdarg.h>
#include <string.h>

void *
argot_gen_alloc(struct argot_gen *gen, size_t count, size_t size)
{
    void *memory = argot_arena_zalloc(gen->arena, count, size);
    if (!memory)
        argot_gen_out_of_memory();
    return memory;
}

struct argot_diagnostic *
argot_gen_error(struct argot_gen *gen, unsigned code, struct argot_span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = argot_arena_vprintf(gen->arena, format, args);
    va_end(args);
    return argot_diagnostics_add(gen->diagnostics, ARGOT_ERROR, code, span, "%s", text ? text : "out of memory");
}

struct argot_diagnostic *
argot_gen_warn(struct argot_gen *gen, unsigned code, struct argot_span span, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = argot_arena_vprintf(gen->arena, format, args);
    va_end(args);
    return argot_diagnostics_add(gen->diagnostics, ARGOT_WARNING, code, span, "%s", text ? text : "out of memory");
}

uint16_t
argot_gen_expect(struct argot_gen *gen, const char *text)
{
    for (size_t i = 0; i < gen->nexpectations; i++)
        if (!strcmp(gen->expectations[i], text))
            return (uint16_t)i;
    if (gen->nexpectations == UINT16_MAX - 1)
        return 0;
    if (gen->nexpectations == gen->expectations_capacity) {
        gen->expectations_capacity = gen->expectations_capacity ? gen->expectations_capacity * 2 : 64;
        const char **grown = argot_gen_alloc(gen, gen->expectations_capacity, sizeof *grown);
        if (gen->nexpectations)
            memcpy(grown, gen->expectations, gen->nexpectations * sizeof *grown);
        gen->expectations = grown;
    }
    gen->expectations[gen->nexpectations] = text;
    return (uint16_t)gen->nexpectations++;
}
