/* SPDX-License-Identifier: Apache-2.0
 * Learning names in their places. What is learnt was read with care once: of JSON a name in quotes without escapes, a
 * colon, blanks around them, and no earlier name of the object that is the same. */
#include "decode/layout.h"
#include "decode/special.h"

#define BUDGET_FIRST 64
#define BYTES_A_COMPARISON 4

void
argot_layout_begin(struct argot_layout *layout, uint32_t bytes)
{
    layout->budget = BUDGET_FIRST + bytes / BYTES_A_COMPARISON;
    if (!layout->full)
        return;
    layout->steps[0] = (struct argot_layout_step){0};
    layout->count = 1;
    layout->full = false;
}

static const uint8_t *
skip_blanks(const uint8_t *at, const uint8_t *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at;
}

/* The text of a step: its length, and where the name lies in it. */
static bool
read_text(const uint8_t *begin, const uint8_t *end, struct argot_layout_step *step)
{
    const uint8_t *quote = skip_blanks(begin, end);
    if (quote == end || *quote != '"')
        return false;
    const uint8_t *close = argot_special_scalar(quote + 1, end);
    if (close == end || *close != '"')
        return false;
    const uint8_t *colon = skip_blanks(close + 1, end);
    if (colon == end || *colon != ':')
        return false;
    const uint8_t *behind = skip_blanks(colon + 1, end);
    if (behind - begin > ARGOT_LAYOUT_TEXT)
        return false;
    step->length = (uint8_t)(behind - begin);
    step->key_at = (uint8_t)(quote + 1 - begin);
    step->key_length = (uint8_t)(close - quote - 1);
    memcpy(step->text, begin, step->length);
    return true;
}

/* Whether a step's name is one before it. False: it would take too long to see. */
static bool
compare_earlier(struct argot_layout *layout, uint16_t before, const struct argot_layout_step *step, bool *repeated)
{
    *repeated = false;
    for (; before && !*repeated; before = layout->steps[before].before) {
        if (!layout->budget)
            return false;
        layout->budget--;
        const struct argot_layout_step *earlier = &layout->steps[before];
        *repeated = earlier->key_length == step->key_length &&
                    !memcmp(earlier->text + earlier->key_at, step->text + step->key_at, step->key_length);
    }
    return true;
}

/* What formats ask for of the step's value. */
static void
ask(const struct argot_layout *layout, const struct argot_layout_place *place, struct argot_layout_step *step)
{
    const struct argot_picks *picks = layout->picks;
    struct argot_slice key = {step->text + step->key_at, step->key_length};
    bool deeper = place->depth == ARGOT_LAYOUT_DEEP;
    step->object = step->array = deeper ? ARGOT_LAYOUT_DEEP : ARGOT_LAYOUT_SKIP;
    if (place->depth == ARGOT_LAYOUT_SKIP)
        return;
    if (place->parent != ARGOT_LAYOUT_NOBODY)
        step->pick = argot_picks_child(picks, place->parent, key);
    const struct argot_pick *pick = &picks->picks[step->pick];
    if (!step->pick || !((pick->inner | pick->leaf | pick->deep) & layout->asked)) {
        step->pick = 0;
        step->unasked = !deeper && !(picks->keepers & layout->asked);
        return;
    }
    if (pick->deep & layout->asked)
        step->object = step->array = ARGOT_LAYOUT_DEEP;
    if (pick->leaf & layout->asked)
        step->array = ARGOT_LAYOUT_DEEP; /* a field may take its items */
    if (pick->inner & layout->asked && step->object == ARGOT_LAYOUT_SKIP)
        step->object = ARGOT_LAYOUT_TAKE;
}

/* The place for one more step behind `before`, NULL: there is none. */
static struct argot_layout_step *
add(struct argot_layout *layout, uint16_t before)
{
    struct argot_layout_step *step = &layout->steps[layout->count];
    if (layout->count == ARGOT_LAYOUT_STEPS) {
        layout->full = true;
        return NULL;
    }
    *step = (struct argot_layout_step){.before = before};
    return step;
}

/* Where the number of one more step is to be put, NULL: there are many already. */
static uint16_t *
end_of_ways(const struct argot_layout *layout, uint16_t *link)
{
    for (unsigned ways = 0; *link; link = &layout->steps[*link].other)
        if (++ways == ARGOT_LAYOUT_WAYS)
            return NULL;
    return link;
}

uint16_t
argot_layout_learn(struct argot_layout *layout, uint16_t *link, const struct argot_layout_place *place,
                   const uint8_t *at, const uint8_t *end)
{
    bool repeated;
    struct argot_layout_step *step = add(layout, place->before);
    if (!step || !read_text(at, end, step) || !compare_earlier(layout, place->before, step, &repeated) || repeated)
        return 0;
    link = end_of_ways(layout, link);
    if (!link)
        return 0;
    ask(layout, place, step);
    return *link = layout->count++;
}

uint16_t
argot_layout_learn_flat(struct argot_layout *layout, uint16_t *link, uint16_t before, const uint8_t *at,
                        uint32_t key_length, uint32_t length)
{
    struct argot_layout_step *step = length > ARGOT_LAYOUT_TEXT ? NULL : add(layout, before);
    link = step ? end_of_ways(layout, link) : NULL;
    if (!link)
        return 0;
    step->length = (uint8_t)length;
    step->key_length = (uint8_t)key_length;
    memcpy(step->text, at, length);
    bool repeated;
    if (!compare_earlier(layout, before, step, &repeated))
        return 0;
    step->repeated = repeated;
    if (!repeated)
        step->pick = argot_picks_child(layout->picks, 0, (struct argot_slice){step->text, key_length});
    return *link = layout->count++;
}
