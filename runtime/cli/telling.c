/* SPDX-License-Identifier: Apache-2.0
 * The configuration's words for outputs of alerts, in those of the pipeline. */
#include "cli/telling.h"
#include "cli/say.h"
#include "event/schema.h"

static void
say_problem(void *context, const char *name, const char *reason)
{
    argot_say(((const struct argot_telling *)context)->cli->seam, "%s: %s", name, reason);
}

static struct argot_announce_output
output_of(const struct argot_config_alert *alert)
{
    struct argot_announce_output output = {.every_ns = alert->every_ns, .nfields = alert->ngroup};
    for (size_t i = 0; i < alert->ngroup; i++)
        output.fields[i] = (uint16_t)argot_schema_find(alert->group[i].text); /* it was looked up before */
    if (alert->kind == ARGOT_CONFIG_ALERT_JSONL) {
        output.kind = ARGOT_ANNOUNCE_JSONL;
        output.name = output.path = alert->path;
    } else if (alert->kind == ARGOT_CONFIG_ALERT_COMMAND) {
        output.kind = ARGOT_ANNOUNCE_COMMAND;
        output.words = alert->words;
        output.name = alert->words[0];
    } else {
        output.kind = ARGOT_ANNOUNCE_SYSLOG;
        output.name = alert->address.url;
        output.endpoint =
            (struct argot_endpoint){.kind = alert->address.path ? ARGOT_ENDPOINT_UNIX_DATAGRAM : ARGOT_ENDPOINT_UDP,
                                    .host = alert->address.host,
                                    .port = alert->address.port,
                                    .path = alert->address.path};
    }
    return output;
}

bool
argot_telling_begin(struct argot_telling *telling, struct argot_cli *cli, const struct argot_config *config, bool quiet)
{
    struct argot_seam *seam = cli->seam;
    *telling = (struct argot_telling){.cli = cli, .quiet = quiet};
    struct argot_announce_options options = {
        .seam = seam, .live = argot_seam_live_system(), .context = telling, .problem = say_problem};
    telling->outputs = seam->allocate(seam, (config->nalerts + 1) * sizeof *telling->outputs);
    for (size_t i = 0; telling->outputs && i < config->nalerts; i++)
        if (config->alerts[i].kind != ARGOT_CONFIG_ALERT_STDOUT)
            telling->outputs[options.noutputs++] = output_of(&config->alerts[i]);
    options.outputs = telling->outputs;
    if (telling->outputs && !options.noutputs)
        return true;
    telling->announce = telling->outputs ? argot_announce_new(&options) : NULL;
    if (!telling->announce)
        argot_say(seam, "there is no memory");
    return telling->announce;
}

void
argot_telling_finish(struct argot_telling *telling)
{
    if (!telling->cli)
        return;
    struct argot_seam *seam = telling->cli->seam;
    struct argot_announce_counts counts = {0};
    argot_announce_free(telling->announce, &counts);
    if (counts.lost && !telling->quiet)
        argot_say(seam, "%llu messages about alerts could not be told; the store has all alerts",
                  (unsigned long long)counts.lost);
    seam->release(seam, telling->outputs);
    *telling = (struct argot_telling){0};
}
