/* SPDX-License-Identifier: Apache-2.0
 * With several stars, each takes the first place where the text behind it fits: no place further
 * right would help. */
#include "cli/pattern.h"
#include <stddef.h>
#include <string.h>

bool
argot_pattern_fits(const char *pattern, const char *name)
{
    if (!strchr(pattern, '*'))
        return strstr(name, pattern) != NULL;
    const char *star = NULL, *from = NULL;
    while (*name) {
        if (*pattern == '*') {
            star = pattern++;
            from = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++from;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}
