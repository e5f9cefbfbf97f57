/* SPDX-License-Identifier: Apache-2.0
 * A file that rotation renamed keeps its name in the store, while its path is what it has become: either may be what an
 * input names. */
#include "cli/origin.h"
#include "cli/say.h"
#include "decode/zone.h"
#include "input/wildcard.h"
#include <stdio.h>

#define WHY_BYTES 512

bool
argot_origin_init(struct argot_origin *origin, struct argot_cli *cli, const struct argot_config *config)
{
    struct argot_seam *seam = cli->seam;
    char why[WHY_BYTES];
    *origin = (struct argot_origin){.cli = cli, .config = config};
    if (!config)
        return true;
    origin->zones = seam->allocate(seam, config->ninputs * sizeof *origin->zones);
    if (!origin->zones) {
        argot_say(seam, "there is no memory");
        return false;
    }
    for (size_t i = 0; i < config->ninputs; i++)
        origin->zones[i] = NULL;
    for (size_t i = 0; i < config->ninputs; i++) {
        const char *name = config->inputs[i].timezone.text;
        origin->zones[i] = name ? argot_zone_load(seam, NULL, name, why, sizeof why) : NULL;
        if (!name || origin->zones[i])
            continue;
        argot_say(seam, "%s: %s", name, why);
        return false;
    }
    return true;
}

void
argot_origin_finish(struct argot_origin *origin)
{
    for (size_t i = 0; origin->zones && i < origin->config->ninputs; i++)
        argot_zone_free(origin->zones[i]);
    if (origin->cli)
        origin->cli->seam->release(origin->cli->seam, origin->zones);
    *origin = (struct argot_origin){0};
}

/* Length without the number that tells files at one path apart: auth.log#2. */
static size_t
stem_length(const char *name)
{
    size_t length = strlen(name), digits = length;
    while (digits && name[digits - 1] >= '0' && name[digits - 1] <= '9')
        digits--;
    return digits < length && digits > 1 && name[digits - 1] == '#' ? digits - 1 : length;
}

static bool
is_of(const struct argot_config_input *input, const char *path)
{
    if (input->kind == ARGOT_CONFIG_SYSLOG)
        return !strcmp(input->address.url, path);
    if (input->kind == ARGOT_CONFIG_JOURNAL)
        return !strcmp(input->name, path);
    return input->pattern ? argot_wildcard_fits(input->path, path) : !strcmp(input->path, path);
}

static const struct argot_config_input *
find(const struct argot_config *config, const char *path)
{
    for (size_t i = 0; config && i < config->ninputs; i++)
        if (is_of(&config->inputs[i], path))
            return &config->inputs[i];
    return NULL;
}

void
argot_origin_settings(const struct argot_origin *origin, const char *path, const char *name,
                      struct argot_settings *settings)
{
    const struct argot_config *config = origin->config;
    char stem[ARGOT_CONFIG_PATH_BYTES + 1];
    const struct argot_config_input *input = find(config, path);
    if (!input && snprintf(stem, sizeof stem, "%.*s", (int)stem_length(name), name) < (int)sizeof stem)
        input = find(config, stem);
    settings->format = origin->format || !input ? origin->format : input->format.text;
    settings->zone = origin->zone || !input ? origin->zone : origin->zones[input - config->inputs];
}
