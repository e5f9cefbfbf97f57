/* SPDX-License-Identifier: Apache-2.0
 * The configuration's words for outputs of alerts, in those of the pipeline. */
#include "cli/telling.h"
#include "cli/say.h"
#include "event/schema.h"
#include "base/hash.h"
#include <stdio.h>
#include <string.h>

#define WHY_BYTES 256
#define KEY_BYTES 16
#define LOCAL_WORDS 5 /* of a sendmail program before the addresses */

static void
say_problem(void *context, const char *name, const char *reason)
{
    argot_say(((const struct argot_telling *)context)->cli->seam, "%s: %s", name, reason);
}

enum argot_standard_number
argot_telling_standard(enum argot_config_schema schema)
{
    static const enum argot_standard_number standards[] = {[ARGOT_CONFIG_NATIVE] = ARGOT_STANDARD_NONE,
                                                           [ARGOT_CONFIG_ECS] = ARGOT_STANDARD_ECS,
                                                           [ARGOT_CONFIG_OCSF] = ARGOT_STANDARD_OCSF};
    return standards[schema];
}

/* ---- outputs over a network ---- */

/* The same in each run, and no secret, as an address can be one: its sum. */
static const char *
key_of(struct argot_telling *telling, const char *kind, const char *address)
{
    static const struct argot_hash_key key = {{UINT64_C(0x6f7574707574206f), UINT64_C(0x6620616c65727473)}};
    uint8_t sum[KEY_BYTES];
    char hex[2 * KEY_BYTES + 1];
    argot_hash_identity(&key, address, strlen(address), sum);
    for (size_t i = 0; i < KEY_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", sum[i]);
    return argot_arena_printf(&telling->arena, "%s %s", kind, hex);
}

/* Up to the path, which may be what only the other side should know. */
static const char *
name_of(struct argot_telling *telling, const char *url)
{
    const char *host = strstr(url, "://") + strlen("://");
    return argot_arena_copy(&telling->arena, url, (size_t)(host - url) + strcspn(host, "/?#"));
}

static const char *
join(struct argot_telling *telling, const char *const *words, const char *between)
{
    const char *all = "";
    for (size_t i = 0; all && words[i]; i++)
        all = argot_arena_printf(&telling->arena, "%s%s%s", all, i ? between : "", words[i]);
    return all;
}

static bool
make_program(struct argot_telling *telling, const struct argot_config_alert *alert, struct argot_post_output *post)
{
    const char **words = argot_arena_zalloc(&telling->arena, LOCAL_WORDS + alert->nto + 1, sizeof *words);
    if (!words)
        return false;
    const char *const first[LOCAL_WORDS] = {alert->program, "-i", "-f", alert->from, "--"};
    memcpy(words, first, sizeof first);
    memcpy(words + LOCAL_WORDS, alert->to, alert->nto * sizeof *words);
    post->kind = ARGOT_POST_PROGRAM;
    post->words = words;
    return true;
}

static bool
make_post(struct argot_telling *telling, const struct argot_config_alert *alert, struct argot_announce_output *output,
          struct argot_post_output *post)
{
    bool mail = alert->kind == ARGOT_CONFIG_ALERT_MAIL;
    *post = (struct argot_post_output){
        .kind = mail ? ARGOT_POST_SMTP : ARGOT_POST_WEBHOOK,
        .url = alert->url,
        .bearer = alert->bearer.text,
        .secret = alert->secret.text,
        .login = alert->login.text,
        .ca = alert->ca.text,
        .plain = alert->local,
        .from = alert->from,
        .to = alert->to,
    };
    output->kind = mail ? ARGOT_ANNOUNCE_MAIL : ARGOT_ANNOUNCE_WEBHOOK;
    output->post = post;
    output->mail_from = alert->from;
    output->mail_to = mail ? join(telling, alert->to, ", ") : NULL;
    if (alert->program && !make_program(telling, alert, post))
        return false;
    output->name = post->name = alert->url ? name_of(telling, alert->url) : alert->program;
    const char *address = mail ? argot_arena_printf(&telling->arena, "%s %s", post->name, output->mail_to) : alert->url;
    post->key = address ? key_of(telling, mail ? "mail" : "webhook", address) : NULL;
    return post->key && post->name && (!mail || output->mail_to);
}

/* ---- outputs ---- */

static bool
make_output(struct argot_telling *telling, const struct argot_config_alert *alert, size_t number)
{
    struct argot_announce_output *output = &telling->outputs[number];
    *output = (struct argot_announce_output){
        .standard = argot_telling_standard(alert->schema), .every_ns = alert->every_ns, .nfields = alert->ngroup};
    for (size_t i = 0; i < alert->ngroup; i++)
        output->fields[i] = (uint16_t)argot_schema_find(alert->group[i].text); /* it was looked up before */
    switch (alert->kind) {
    case ARGOT_CONFIG_ALERT_JSONL:
        output->kind = ARGOT_ANNOUNCE_JSONL;
        output->name = output->path = alert->path;
        return true;
    case ARGOT_CONFIG_ALERT_COMMAND:
        output->kind = ARGOT_ANNOUNCE_COMMAND;
        output->words = alert->words;
        output->name = alert->words[0];
        return true;
    case ARGOT_CONFIG_ALERT_WEBHOOK:
    case ARGOT_CONFIG_ALERT_MAIL:
        return make_post(telling, alert, output, &telling->posts[number]);
    default:
        output->kind = ARGOT_ANNOUNCE_SYSLOG;
        output->name = alert->address.url;
        output->endpoint =
            (struct argot_endpoint){.kind = alert->address.path ? ARGOT_ENDPOINT_UNIX_DATAGRAM : ARGOT_ENDPOINT_UDP,
                                    .host = alert->address.host,
                                    .port = alert->address.port,
                                    .path = alert->address.path};
        return true;
    }
}

bool
argot_telling_begin(struct argot_telling *telling, struct argot_cli *cli, const struct argot_config *config, bool quiet)
{
    struct argot_seam *seam = cli->seam;
    *telling = (struct argot_telling){.cli = cli, .quiet = quiet};
    argot_arena_init(&telling->arena, seam, 0);
    struct argot_announce_options options = {
        .seam = seam, .live = argot_seam_live_system(), .context = telling, .problem = say_problem};
    char why[WHY_BYTES] = "there is no memory";
    telling->outputs = argot_arena_zalloc(&telling->arena, config->nalerts + 1, sizeof *telling->outputs);
    telling->posts = argot_arena_zalloc(&telling->arena, config->nalerts + 1, sizeof *telling->posts);
    bool good = telling->outputs && telling->posts;
    for (size_t i = 0; good && i < config->nalerts; i++)
        if (config->alerts[i].kind != ARGOT_CONFIG_ALERT_STDOUT)
            good = make_output(telling, &config->alerts[i], options.noutputs++);
    options.outputs = telling->outputs;
    if (good && options.noutputs) {
        telling->announce = argot_announce_new(&options, why, sizeof why);
        good = telling->announce;
    }
    if (!good)
        argot_say(seam, "alerts: %s", why);
    return good;
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
    if (counts.waiting && !telling->quiet)
        argot_say(seam, "%llu messages about alerts wait in the store for the next run",
                  (unsigned long long)counts.waiting);
    argot_arena_finish(&telling->arena);
    *telling = (struct argot_telling){0};
}
