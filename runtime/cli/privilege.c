/* SPDX-License-Identifier: Apache-2.0
 * Each step is looked at afterwards: a call that did nothing would leave a root that believes to be none. */
#include "cli/privilege.h"
#include "cli/say.h"
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#define ENTRY_BYTES 16384

bool
argot_privilege_find(struct argot_cli *cli, const char *name, struct argot_privilege *privilege)
{
    char room[ENTRY_BYTES];
    struct passwd entry, *found = NULL;
    int error = getpwnam_r(name, &entry, room, sizeof room, &found);
    if (!found) {
        argot_say(cli->seam, "`user: %s`: %s", name, error ? argot_say_error(-error) : "there is no such user");
        return false;
    }
    *privilege = (struct argot_privilege){geteuid() == 0, found->pw_uid, found->pw_gid};
    if (found->pw_uid == 0)
        argot_say(cli->seam, "`user: %s`: that is root, whose rights are to be given up", name);
    else if (!privilege->due && geteuid() != found->pw_uid)
        argot_say(cli->seam, "`user: %s`: only root can become another user", name);
    else
        return true;
    return false;
}

static bool
become(const char *name, const struct argot_privilege *privilege)
{
    return !initgroups(name, privilege->group) && !setresgid(privilege->group, privilege->group, privilege->group) &&
           !setresuid(privilege->user, privilege->user, privilege->user);
}

/* Whether nothing is left of root, and it cannot be had again. */
static bool
is_gone(const struct argot_privilege *privilege)
{
    uid_t users[3];
    gid_t groups[3];
    if (getresuid(&users[0], &users[1], &users[2]) || getresgid(&groups[0], &groups[1], &groups[2]))
        return false;
    for (size_t i = 0; i < sizeof users / sizeof *users; i++)
        if (users[i] != privilege->user || groups[i] != privilege->group)
            return false;
    return setresuid((uid_t)-1, 0, (uid_t)-1) && setuid(0);
}

bool
argot_privilege_drop(struct argot_cli *cli, const char *name, const struct argot_privilege *privilege)
{
    if (!privilege->due)
        return true;
    if (!become(name, privilege)) {
        argot_say(cli->seam, "`user: %s`: cannot become it: %s", name, argot_say_error(-errno));
        return false;
    }
    if (is_gone(privilege))
        return true;
    argot_say(cli->seam, "`user: %s`: the rights of root are not gone", name);
    return false;
}

bool
argot_privilege_get_none(void)
{
    return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
