/* SPDX-License-Identifier: Apache-2.0
 * Dead letters in a program that was built without SQLite: there are none, so that nothing else is ever called. */
#include "store/letters.h"
#include <stdio.h>

struct argot_letters *
argot_letters_open(const struct argot_letters_options *options, char *why, size_t why_size)
{
    (void)options;
    snprintf(why, why_size, "this argot was built without SQLite");
    return NULL;
}

void
argot_letters_close(struct argot_letters *letters)
{
    (void)letters;
}

const char *
argot_letters_problem(const struct argot_letters *letters)
{
    (void)letters;
    return "";
}

const struct argot_store_source *
argot_letters_sources(struct argot_letters *letters, size_t *count)
{
    (void)letters;
    *count = 0;
    return NULL;
}

bool
argot_letters_next(struct argot_letters *letters, const struct argot_stored_letter **batch, size_t *count)
{
    (void)letters;
    *batch = NULL;
    *count = 0;
    return false;
}

bool
argot_letters_take(struct argot_letters *letters, const struct argot_stored_letter *letter,
                   const struct argot_event *const *events, size_t count, bool keep)
{
    (void)letters;
    (void)letter;
    (void)events;
    (void)count;
    (void)keep;
    return false;
}

bool
argot_letters_commit(struct argot_letters *letters)
{
    (void)letters;
    return false;
}
