/* SPDX-License-Identifier: Apache-2.0
 * Terminals are asked and believed; TERM=dumb and NO_COLOR (https://no-color.org) are honoured. */
#include "cli/terminal.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define DEFAULT_COLUMNS 80

bool
argot_terminal_draws(struct argot_seam *seam, int fd)
{
    const char *term = getenv("TERM");
    return term && *term && strcmp(term, "dumb") && seam->is_terminal(seam, fd);
}

bool
argot_terminal_colors(struct argot_seam *seam, int fd)
{
    const char *no_color = getenv("NO_COLOR");
    return !(no_color && *no_color) && argot_terminal_draws(seam, fd);
}

unsigned
argot_terminal_columns(int fd)
{
    struct winsize size = {0};
    if (ioctl(fd, TIOCGWINSZ, &size) || size.ws_col == 0)
        return DEFAULT_COLUMNS;
    return size.ws_col;
}
