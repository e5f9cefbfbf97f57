/* SPDX-License-Identifier: Apache-2.0
 * A signal that comes between the look at the flag and the read itself leaves the read waiting:
 * then the second signal ends the program, for the handler is taken away by the first. */
#include "cli/interrupt.h"
#include <errno.h>
#include <stddef.h>

volatile sig_atomic_t argot_interrupt_asked, argot_interrupt_hung_up;

static void
ask(int signal_number)
{
    (void)signal_number;
    argot_interrupt_asked = 1;
}

void
argot_interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = ask, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    /* Whoever starts programs in the background may have them ignore the interrupt; that holds. */
    struct sigaction before;
    if (!sigaction(SIGINT, NULL, &before) && before.sa_handler != SIG_IGN)
        sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN;
    action.sa_flags = 0;
    sigaction(SIGPIPE, &action, NULL);
}

static void
ask_again(int signal_number)
{
    (void)signal_number;
    argot_interrupt_hung_up = 1;
}

void
argot_interrupt_catch_reload(void)
{
    struct sigaction action = {.sa_handler = ask_again};
    sigemptyset(&action.sa_mask);
    sigaction(SIGHUP, &action, NULL);
}

bool
argot_interrupt_reload(void *context)
{
    (void)context;
    bool asked = argot_interrupt_hung_up != 0;
    argot_interrupt_hung_up = 0;
    return asked;
}

bool
argot_interrupt_stop(void *context)
{
    (void)context;
    return argot_interrupt_asked != 0;
}

static int64_t
read_until_asked(struct argot_seam *seam, int fd, void *bytes, size_t count)
{
    if (argot_interrupt_asked)
        return 0;
    struct argot_seam *system = argot_seam_system();
    int64_t got = system->read(system, fd, bytes, count);
    (void)seam;
    return got == -EINTR && argot_interrupt_asked ? 0 : got;
}

void
argot_interrupt_seam(struct argot_seam *seam)
{
    *seam = *argot_seam_system();
    seam->read = read_until_asked;
}
