/* SPDX-License-Identifier: Apache-2.0
 * What was found on a machine as an argot.yaml, with what was found nothing for in its comments. */
#pragma once
#include "cli/survey.h"

struct argot_proposal {
    const struct argot_survey *survey;
    const char *store;   /* the path of the store */
    const char *zone;    /* of the machine, NULL: UTC */
    const char *journal; /* of systemd: `system` or a folder; NULL: there is none that argot reads */
    const bool *running; /* of each entry of argot_services */
};

/* How many logs it reads. */
size_t argot_proposal_inputs(const struct argot_proposal *proposal);
/* Appends the configuration. */
void argot_proposal_write(const struct argot_proposal *proposal, struct argot_buffer *out);
/* Appends what was found nothing for, a line each with `lead` before it; nothing where there is nothing to tell. */
void argot_proposal_rest(const struct argot_proposal *proposal, const char *lead, struct argot_buffer *out);
