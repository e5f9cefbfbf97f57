/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a configuration: one or an error, never both, and what is there is whole. */
#include "config/config.h"
#include "fuzz_case.h"
#include <string.h>

static void
check_address(const struct argot_config_address *address)
{
    check(address->url != NULL);
    if (address->transport < ARGOT_CONFIG_UNIX_STREAM)
        check(address->host && *address->host && address->port);
    else
        check(address->path && strlen(address->path) <= ARGOT_CONFIG_SOCKET_BYTES);
}

static void
check_whole(const struct argot_config *config)
{
    check(config->store.path && *config->store.path && config->ninputs > 0);
    for (size_t i = 0; i < config->ninputs; i++) {
        const struct argot_config_input *input = &config->inputs[i];
        if (input->kind == ARGOT_CONFIG_SYSLOG)
            check_address(&input->address);
        else
            check(input->path && *input->path && strlen(input->path) < ARGOT_CONFIG_PATH_BYTES);
    }
    for (size_t i = 0; i < config->nalerts; i++)
        check(config->alerts[i].kind != ARGOT_CONFIG_ALERT_JSONL || config->alerts[i].path);
    for (size_t i = 0; i < config->rules.count; i++)
        check(config->rules.paths[i].text != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct argot_arena arena;
    struct argot_buffer out;
    struct argot_diagnostics all;
    argot_arena_init(&arena, argot_seam_system(), 0);
    argot_buffer_init(&out, argot_seam_system());
    argot_diagnostics_init(&all, &arena, "etc/argot.yaml", argot_arena_copy(&arena, (const char *)data, size), size);
    const struct argot_config *config = argot_config_read(&all);
    check((config != NULL) == (all.errors == 0));
    if (config)
        check_whole(config);
    argot_diagnostics_print(&all, &out);
    argot_buffer_finish(&out);
    argot_arena_finish(&arena);
    return 0;
}
