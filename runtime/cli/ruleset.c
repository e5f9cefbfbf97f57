/* SPDX-License-Identifier: Apache-2.0
 * Files that cannot be read or have mistakes are all told before anything is given up. */
#include "cli/ruleset.h"
#include "cli/say.h"
#include "cli/share.h"
#include "cli/stock.h"
#include "grammar/limits.h"
#include <errno.h>

void
argot_ruleset_init(struct argot_ruleset *set, struct argot_cli *cli)
{
    *set = (struct argot_ruleset){.cli = cli};
    argot_walk_init(&set->walk, cli, ARGOT_RULESET_SUFFIX);
}

void
argot_ruleset_finish(struct argot_ruleset *set)
{
    struct argot_seam *seam = set->cli->seam;
    argot_rules_free(set->rules);
    argot_emits_free(set->emits);
    for (size_t i = 0; i < set->ntexts; i++)
        seam->release(seam, (char *)(uintptr_t)set->texts[i].source);
    seam->release(seam, set->texts);
    argot_walk_finish(&set->walk);
    argot_ruleset_init(set, set->cli);
}

/* ---- files ---- */

bool
argot_ruleset_is_path(const char *path)
{
    const char *dot = strrchr(path, '.');
    return (dot && !strcmp(dot, ARGOT_RULESET_SUFFIX)) || argot_walk_is_folder(path);
}

bool
argot_ruleset_add(struct argot_ruleset *set, const char *path)
{
    if (argot_walk_add(&set->walk, path) > 0)
        return true;
    if (!set->walk.failed)
        argot_say(set->cli->seam, "%s: no rule file (*%s) in it", path, ARGOT_RULESET_SUFFIX);
    return false;
}

bool
argot_ruleset_add_stock(struct argot_ruleset *set)
{
    char path[ARGOT_SHARE_PATH_BYTES];
    const char *kept = NULL;
    if (argot_share_find(set->cli->seam, "rules", path, sizeof path))
        kept = argot_arena_printf(&set->walk.arena, "%s", path);
    else
        argot_say(set->cli->seam, "share/argot/rules is not where argot was installed; -r PATH names rules");
    return kept && argot_ruleset_add(set, kept);
}

static void
read_file(struct argot_ruleset *set, const char *path)
{
    struct argot_seam *seam = set->cli->seam;
    char *bytes;
    size_t size;
    int status = argot_seam_read_file(seam, path, ARGOT_RULE_MAX_BYTES, &bytes, &size);
    if (!status) {
        set->texts[set->ntexts++] = (struct argot_rules_text){path, bytes, size};
        return;
    }
    if (status == -EFBIG)
        argot_say(seam, "%s: a rule file has at most %u MiB", path, ARGOT_RULE_MAX_BYTES >> 20);
    else
        argot_say(seam, "%s: %s", path, argot_say_error(status));
    set->unread++;
}

/* ---- what the checker asks of formats ---- */

static bool
makes_type(void *context, uint16_t type)
{
    return argot_emits_type(((const struct argot_ruleset *)context)->emits, type);
}

static bool
fills(void *context, uint16_t type, uint16_t field)
{
    return argot_emits_field(((const struct argot_ruleset *)context)->emits, type, field);
}

static const char *
format(void *context, size_t n)
{
    const struct argot_registry *registry = ((const struct argot_ruleset *)context)->cli->registry;
    return n < argot_registry_count(registry) ? argot_registry_at(registry, n)->name : NULL;
}

/* ---- compiling ---- */

bool
argot_ruleset_compile(struct argot_ruleset *set, bool json, struct argot_buffer *words)
{
    struct argot_seam *seam = set->cli->seam;
    struct argot_rules_world world = {set, makes_type, fills, format};
    struct argot_registry *registry = argot_stock_registry(set->cli);
    if (!registry)
        return false;
    set->texts = seam->allocate(seam, (set->walk.count + 1) * sizeof *set->texts);
    for (size_t i = 0; set->texts && i < set->walk.count; i++)
        read_file(set, set->walk.paths[i]);
    set->emits = argot_emits_new(registry);
    if (set->texts && set->emits)
        set->rules = argot_rules_new(seam, set->texts, set->ntexts, &world);
    if (set->rules)
        argot_rules_print(set->rules, json, words);
    else
        argot_say(seam, "the rules could not be checked: there is no memory");
    return set->rules != NULL;
}

const struct argot_plan *
argot_ruleset_plan(struct argot_ruleset *set, bool quiet)
{
    struct argot_seam *seam = set->cli->seam;
    struct argot_buffer words;
    argot_buffer_init(&words, seam);
    const struct argot_plan *plan = NULL;
    if (argot_ruleset_compile(set, false, &words)) {
        size_t wrong = argot_rules_wrong(set->rules);
        plan = set->unread || wrong || set->walk.failed ? NULL : argot_rules_plan(set->rules);
        if (wrong)
            argot_say_words(seam, &words);
        else if (words.length > 0 && !quiet)
            argot_say(seam, "there are warnings about the rules; `argot check` shows them");
    }
    argot_buffer_finish(&words);
    if (!plan || plan->nrules > 0)
        return plan;
    argot_say(seam, "the rule files hold no rule");
    return NULL;
}
