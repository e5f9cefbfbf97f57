/* SPDX-License-Identifier: Apache-2.0
 * argot types: the types that fields of the schema have, and how each is written. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/say.h"

struct type_doc {
    enum argot_type type;
    const char *read, *written; /* in logs, in JSON */
};

static const struct type_doc docs[] = {
    {ARGOT_TYPE_STRING, "any text", "string"},
    {ARGOT_TYPE_HOST, "a name or an address; kept in lower case", "string"},
    {ARGOT_TYPE_KEYWORD, "a short text of a small vocabulary", "string"},
    {ARGOT_TYPE_ENUM, "one of the field's values (`argot fields NAME -v`)", "string"},
    {ARGOT_TYPE_INT, "-12, +12, 0x1f", "number"},
    {ARGOT_TYPE_UINT, "12, 0x1f", "number"},
    {ARGOT_TYPE_FLOAT, "0.25, -1.5e-3", "number"},
    {ARGOT_TYPE_BOOL, "true false yes no 1 0, in any case", "true or false"},
    {ARGOT_TYPE_IP, "192.0.2.1, 2001:db8::1", "string (RFC 5952)"},
    {ARGOT_TYPE_PORT, "0 to 65535", "number"},
    {ARGOT_TYPE_MAC, "02:00:5e:10:00:01, 02-00-5e-10-00-01, 0200.5e10.0001", "string with colons"},
    {ARGOT_TYPE_TIMESTAMP, "by its `how`: clf, rfc3164, rfc3339, epoch, strptime, ...", "string (ISO 8601, UTC)"},
    {ARGOT_TYPE_DURATION, "by its `how`: ns, us, ms, s, min, h, clock", "number of nanoseconds"},
    {ARGOT_TYPE_BYTES, "by its `how`: B, kB, KiB, MB, MiB, GB, GiB", "number of bytes"},
    {ARGOT_TYPE_STRING_LIST, "texts between a separator, or a JSON list", "array of strings"},
    {ARGOT_TYPE_IP_LIST, "addresses between a separator, or a JSON list", "array of strings"},
};
_Static_assert(sizeof docs / sizeof *docs == ARGOT_TYPE_COUNT - 1, "every type has its line");

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct argot_args args = {.cli = cli, .command = &argot_cmd_types, .argc = argc, .argv = argv};
    const char *value;
    if (argot_args_next(&args, &value) != ARGOT_ARGS_END)
        return args.status;
    if (args.noperands > 0)
        return argot_args_refuse(&args, "`%s` is too much; it takes no names", args.operands[0]);
    struct argot_buffer out;
    argot_buffer_init(&out, cli->seam);
    argot_buffer_printf(&out, "%-12s  %-22s  %s\n", "type", "in JSON", "in logs");
    for (size_t i = 0; i < sizeof docs / sizeof *docs; i++)
        argot_buffer_printf(&out, "%-12s  %-22s  %s\n", argot_schema_type_name(docs[i].type), docs[i].written,
                            docs[i].read);
    return argot_say_write(cli->seam, &out);
}

const struct argot_command argot_cmd_types = {
    .name = "types",
    .summary = "the types of fields, in logs and in JSON",
    .usage = "",
    .options = NULL,
    .noptions = 0,
    .more = "Exit status: 0 done; 2 wrong use; 3 standard output failed.\n\nExample:\n  argot types\n",
    .run = run,
};
