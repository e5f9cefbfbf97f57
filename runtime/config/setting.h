/* SPDX-License-Identifier: Apache-2.0
 * Single values of the configuration. Each function says what is wrong with its node and gives false then; what it was
 * to fill stays as it was. */
#pragma once
#include "config/config.h"
#include "yaml/yaml.h"

struct argot_setting_reader {
    struct argot_diagnostics *diagnostics;
    const char *folder; /* of the file, with a slash at its end, or "" */
};

struct argot_setting_key {
    const char *name;
    bool later; /* known, and not done yet */
};

struct argot_diagnostic *argot_setting_refuse(struct argot_setting_reader *reader, unsigned code,
                                              struct argot_span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Zeroed memory; NULL after saying that there is none. */
void *argot_setting_alloc(struct argot_setting_reader *reader, size_t count, size_t size);
/* Whether the node is a map whose keys are all known and done. `what` is for people: "an input". */
bool argot_setting_map(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                       const struct argot_setting_key *keys, size_t nkeys);
/* Whether there are at most so many; `what` in the plural. */
bool argot_setting_limit(struct argot_setting_reader *reader, const struct argot_yaml *node, size_t most,
                         const char *what);
/* A text that is not empty. */
bool argot_setting_text(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                        struct argot_config_text *text);
/* One of `nwords`; *index is its place. */
bool argot_setting_word(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                        const char *const *words, size_t nwords, size_t *index);
/* true or false. */
bool argot_setting_bool(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                        bool *value);
/* At least `least_ns`. */
bool argot_setting_duration(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                            int64_t least_ns, int64_t *ns);
/* At least one byte. */
bool argot_setting_size(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                        uint64_t *bytes);
/* A path, with the file's folder before it where it is relative. `length` bytes of a node's text from `at`. */
bool argot_setting_path_of(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *at,
                           const char *what, const char **path);
bool argot_setting_path(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                        struct argot_config_text *path);
/* One path or a list of them. */
bool argot_setting_paths(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                         struct argot_config_paths *paths);
/* udp://HOST:PORT, tcp://, tls://, unix:PATH, unixgram:PATH; the host is an address. */
bool argot_setting_address(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                           struct argot_config_address *address);
/* HOST:PORT, for TCP; the host is an address. */
bool argot_setting_host(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                        struct argot_config_address *address);
