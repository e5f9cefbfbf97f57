/* SPDX-License-Identifier: Apache-2.0
 * Sockets that root opened stay open until the program ends: a run that waits for room is begun anew, and could not
 * open them again. */
#include "cli/rights.h"
#include "cli/privilege.h"
#include "cli/sandbox.h"
#include "cli/say.h"
#include "input/journal.h"
#include "input/listener.h"
#include "input/tls.h"

#define WHY_BYTES 320

struct argot_endpoint
argot_rights_endpoint(const struct argot_config_address *address)
{
    static const enum argot_endpoint_kind kinds[] = {
        [ARGOT_CONFIG_UDP] = ARGOT_ENDPOINT_UDP,
        [ARGOT_CONFIG_TCP] = ARGOT_ENDPOINT_TCP,
        [ARGOT_CONFIG_TLS] = ARGOT_ENDPOINT_TCP,
        [ARGOT_CONFIG_UNIX_STREAM] = ARGOT_ENDPOINT_UNIX_STREAM,
        [ARGOT_CONFIG_UNIX_DATAGRAM] = ARGOT_ENDPOINT_UNIX_DATAGRAM,
    };
    return (struct argot_endpoint){
        .kind = kinds[address->transport], .host = address->host, .port = address->port, .path = address->path};
}

/* One that cannot be opened is left to the listener, which says why and tries again. */
static bool
open_sockets(struct argot_rights *rights)
{
    struct argot_seam *seam = rights->cli->seam;
    struct argot_seam_live *live = argot_seam_live_system();
    const struct argot_config *config = rights->config;
    rights->sockets = seam->allocate(seam, config->ninputs * sizeof *rights->sockets);
    if (!rights->sockets) {
        argot_say(seam, "there is no memory");
        return false;
    }
    for (size_t i = 0; i < config->ninputs; i++) {
        struct argot_endpoint endpoint = argot_rights_endpoint(&config->inputs[i].address);
        rights->sockets[i] = -1;
        if (config->inputs[i].kind == ARGOT_CONFIG_SYSLOG)
            rights->sockets[i] = live->listen(live, &endpoint, ARGOT_LISTENER_BUFFER_BYTES);
    }
    return true;
}

bool
argot_rights_begin(struct argot_rights *rights, struct argot_cli *cli, const struct argot_config *config)
{
    struct argot_privilege privilege;
    *rights = (struct argot_rights){.cli = cli, .config = config};
    if (!config->user.text)
        return true;
    return argot_privilege_find(cli, config->user.text, &privilege) && (!privilege.due || open_sockets(rights)) &&
           argot_privilege_drop(cli, config->user.text, &privilege);
}

/* ---- the sandbox ---- */

/* A kind that nobody thought of here is taken for one that does. */
static bool
starts_program(const struct argot_config_alert *alert)
{
    switch (alert->kind) {
    case ARGOT_CONFIG_ALERT_JSONL:
    case ARGOT_CONFIG_ALERT_STDOUT:
    case ARGOT_CONFIG_ALERT_SYSLOG:
    case ARGOT_CONFIG_ALERT_WEBHOOK:
        return false;
    case ARGOT_CONFIG_ALERT_MAIL:
        return !alert->url; /* sendmail */
    default:
        return true;
    }
}

static bool
starts_programs(const struct argot_config *config)
{
    bool any = false;
    for (size_t i = 0; i < config->nalerts; i++)
        any = any || starts_program(&config->alerts[i]);
    return any;
}

/* Behind the sandbox no code is loaded any more. What is not found is told by whoever needs it. */
static void
load_libraries(const struct argot_config *config)
{
    for (size_t i = 0; i < config->ninputs; i++) {
        const struct argot_config_input *input = &config->inputs[i];
        if (input->kind == ARGOT_CONFIG_JOURNAL)
            (void)argot_journal_load();
        if (input->kind == ARGOT_CONFIG_SYSLOG && input->address.transport == ARGOT_CONFIG_TLS)
            (void)argot_tls_load();
    }
}

bool
argot_rights_enter(const struct argot_rights *rights)
{
    enum argot_config_sandbox wanted = rights->config->sandbox;
    bool programs = starts_programs(rights->config), usual = wanted == ARGOT_CONFIG_SANDBOX_USUAL;
    char why[WHY_BYTES];
    load_libraries(rights->config);
    if (wanted == ARGOT_CONFIG_SANDBOX_OFF || (usual && programs))
        return true;
    if (usual && !argot_sandbox_is_there())
        return argot_privilege_get_none();
    if (argot_sandbox_enter(programs ? ARGOT_SANDBOX_PROGRAMS : ARGOT_SANDBOX_ALONE,
                            wanted == ARGOT_CONFIG_SANDBOX_KILL, why, sizeof why) ||
        usual)
        return true;
    argot_say(rights->cli->seam, "`sandbox`: %s", why);
    return false;
}

/* ---- sockets ---- */

const int *
argot_rights_socket(const struct argot_rights *rights, size_t input)
{
    return rights->sockets && rights->sockets[input] >= 0 ? &rights->sockets[input] : NULL;
}

void
argot_rights_finish(struct argot_rights *rights)
{
    if (!rights->sockets)
        return;
    struct argot_seam *seam = rights->cli->seam;
    struct argot_seam_live *live = argot_seam_live_system();
    for (size_t i = 0; i < rights->config->ninputs; i++) {
        const char *path = rights->config->inputs[i].address.path;
        if (rights->sockets[i] < 0)
            continue;
        if (path)
            (void)live->unlink_socket(live, path); /* which may not be allowed any more */
        seam->close(seam, rights->sockets[i]);
    }
    seam->release(seam, rights->sockets);
    rights->sockets = NULL;
}
