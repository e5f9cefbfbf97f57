/* SPDX-License-Identifier: Apache-2.0
 * The configuration of `argot run` as plain data, read from argot.yaml with places and limits. What needs more than the
 * file to be judged (whether a format or a time zone is known, whether rules compile) is left to whoever has the rest;
 * the places to mark are kept beside. docs/run.md has the keys. */
#pragma once
#include "base/diagnostic.h"

#define ARGOT_CONFIG_SQLITE "sqlite:" /* before the path of a store */
#define ARGOT_CONFIG_MAX_INPUTS 1024
#define ARGOT_CONFIG_MAX_ALERTS 64
#define ARGOT_CONFIG_MAX_PATHS 1024 /* of rules; of modules */
#define ARGOT_CONFIG_MAX_WORDS 64   /* of a command */
#define ARGOT_CONFIG_MAX_FIELDS 16  /* of a group */
#define ARGOT_CONFIG_MAX_FORMATS 1024
#define ARGOT_CONFIG_PATH_BYTES 4096  /* longest path, with the folder of the file before it */
#define ARGOT_CONFIG_SOCKET_BYTES 107 /* longest path of a Unix socket: what the system's address has room for */

/* A text with its place in the file. */
struct argot_config_text {
    const char *text; /* NULL: not given */
    struct argot_span span;
};

enum argot_config_keep { ARGOT_CONFIG_KEEP_ALL, ARGOT_CONFIG_KEEP_MATCHED, ARGOT_CONFIG_KEEP_NONE };
enum argot_config_raw { ARGOT_CONFIG_RAW_ALL, ARGOT_CONFIG_RAW_UNMATCHED, ARGOT_CONFIG_RAW_NONE };
enum argot_config_full { ARGOT_CONFIG_FULL_WAIT, ARGOT_CONFIG_FULL_DROP_OLDEST, ARGOT_CONFIG_FULL_DROP_NEW };

struct argot_config_policy {
    struct argot_config_text format; /* text NULL: of all formats that have none of their own */
    enum argot_config_keep events;   /* which are kept: all, those that an alert names, none */
    enum argot_config_raw raw;       /* which raw lines: of all, of what became no event, none */
};

struct argot_config_store {
    struct argot_config_text url; /* as written: sqlite:events.db */
    const char *path;             /* behind `sqlite:`, with the file's folder before it when it is relative */
    struct argot_config_policy policy;
    size_t npolicies; /* of single formats */
    struct argot_config_policy *policies;
    int64_t segment_span_ns;        /* 0: not given */
    uint64_t segment_bytes;         /* 0: not given */
    enum argot_config_full if_full; /* when the disk has no room */
};

/* 0: kept for ever. */
struct argot_config_retention {
    int64_t events_ns, raw_ns, alerts_ns, dead_letters_ns;
    uint64_t size_bytes;
};

enum argot_config_transport {
    ARGOT_CONFIG_UDP,
    ARGOT_CONFIG_TCP,
    ARGOT_CONFIG_TLS,
    ARGOT_CONFIG_UNIX_STREAM,
    ARGOT_CONFIG_UNIX_DATAGRAM,
};

/* Where to listen, or whom to send to. */
struct argot_config_address {
    const char *url; /* as written, which is also the input's name */
    enum argot_config_transport transport;
    const char *host; /* of UDP, TCP, TLS: an address without brackets, IPv4 or IPv6 */
    uint16_t port;
    const char *path; /* of a Unix socket, with the file's folder before it when it is relative */
};

enum argot_config_input_kind { ARGOT_CONFIG_FILE, ARGOT_CONFIG_SYSLOG, ARGOT_CONFIG_JOURNAL };

struct argot_config_input {
    enum argot_config_input_kind kind;
    struct argot_span span; /* of what names it */
    const char *path;       /* FILE: with the configuration's folder before it when it is relative; "-" as it is */
    bool pattern;           /* of the path: it has wildcards, and stands for all files that fit */
    bool follow;            /* false: read to the end once. A syslog listener always follows. */
    struct argot_config_address address;           /* SYSLOG */
    struct argot_config_text certificate, key, ca; /* TLS: paths, resolved; ca: not given: any client may come */
    struct argot_config_text format;               /* text NULL: found for each record (`auto`) */
    const char *journal;                           /* JOURNAL: `system`, or a path with the folder before it */
    const char *name;                              /* JOURNAL: of the input */
    const char **units;                            /* JOURNAL: only those, ended by NULL; NULL: all */
    struct argot_config_text timezone;             /* text NULL: UTC */
};

enum argot_config_alert_kind {
    ARGOT_CONFIG_ALERT_JSONL,   /* a file that is appended to */
    ARGOT_CONFIG_ALERT_STDOUT,  /* JSON lines or text */
    ARGOT_CONFIG_ALERT_COMMAND, /* run with the alert as JSON on its standard input */
    ARGOT_CONFIG_ALERT_SYSLOG,
    ARGOT_CONFIG_ALERT_WEBHOOK,
    ARGOT_CONFIG_ALERT_MAIL,
};

enum argot_config_schema { ARGOT_CONFIG_NATIVE, ARGOT_CONFIG_ECS, ARGOT_CONFIG_OCSF };

struct argot_config_alert {
    enum argot_config_alert_kind kind;
    struct argot_span span;
    const char *path; /* JSONL, resolved */
    bool text;        /* STDOUT: for people instead of JSON lines */
    size_t nwords;    /* COMMAND: the program, found in PATH unless it has a slash, and its arguments */
    const char **words;
    struct argot_config_address address;                /* SYSLOG */
    const char *url;                                    /* WEBHOOK; MAIL by SMTP, else NULL */
    bool local;                                         /* of the URL: it leads to a loopback address of this machine */
    struct argot_config_text bearer, secret, login, ca; /* paths, resolved */
    const char *from, **to;                             /* MAIL: addresses; `to` ends with NULL */
    size_t nto;
    const char *program;             /* MAIL without SMTP: a sendmail */
    enum argot_config_schema schema; /* whose words JSON has */
    /* Alerts that are equal in these fields are one group: the first is told at once, those of the next `every` are
     * told together when it is over. every_ns 0: each alert is told by itself. */
    size_t ngroup;
    struct argot_config_text *group;
    int64_t every_ns;
};

enum argot_config_sandbox {
    ARGOT_CONFIG_SANDBOX_USUAL, /* where it can be had, and no programs are started */
    ARGOT_CONFIG_SANDBOX_ON,
    ARGOT_CONFIG_SANDBOX_OFF,
    ARGOT_CONFIG_SANDBOX_KILL, /* what is not allowed ends the run */
};

struct argot_config_paths {
    bool given;
    size_t count;
    struct argot_config_text *paths; /* resolved */
};

struct argot_config {
    struct argot_config_store store;
    size_t ninputs; /* at least one */
    struct argot_config_input *inputs;
    struct argot_config_paths rules; /* not given: the stock rules; given and empty: none */
    struct argot_config_paths modules;
    size_t nalerts;
    struct argot_config_alert *alerts;
    struct argot_config_retention retention;
    struct argot_config_address metrics; /* TCP; host NULL: not given */
    struct argot_config_text user;       /* who a run becomes that root starts; text NULL: nobody else */
    enum argot_config_sandbox sandbox;
    int64_t late_ns; /* -1: not given */
};

/* The configuration in the diagnostics' source, or NULL after adding at least one error. Its memory is that of the
 * diagnostics' arena; relative paths are those of the folder of the diagnostics' path. */
struct argot_config *argot_config_read(struct argot_diagnostics *diagnostics);
