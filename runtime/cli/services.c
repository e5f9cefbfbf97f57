/* SPDX-License-Identifier: Apache-2.0
 * /proc/PID/comm is a name of its program that a process may change: it only says what to look for. */
#include "cli/services.h"
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 64
#define PATH_BYTES 512

const struct argot_service argot_services[] = {
    {"sshd", "OpenSSH", {"sshd"}},
    {"sshd-session", "OpenSSH", {"sshd"}},
    {"nginx", "nginx", {"nginx_access", "nginx_error"}},
    {"apache2", "Apache", {"apache_access", "apache_error"}},
    {"httpd", "Apache", {"apache_access", "apache_error"}},
    {"squid", "Squid", {"squid"}},
    {"vsftpd", "vsftpd", {"vsftpd"}},
    {"Suricata-Main", "Suricata", {"suricata_eve"}},
    {"kubelet", "Kubernetes", {"cri"}},
    {"auditd", "auditd", {NULL}},
    {"mariadbd", "MariaDB", {NULL}},
    {"mysqld", "MySQL", {NULL}},
    {"postgres", "PostgreSQL", {NULL}},
    {"mongod", "MongoDB", {NULL}},
    {"redis-server", "Redis", {NULL}},
    {"master", "Postfix", {"postfix"}},
    {"exim4", "Exim", {NULL}},
    {"dovecot", "Dovecot", {"dovecot"}},
    {"named", "BIND", {"bind_named"}},
    {"unbound", "Unbound", {NULL}},
    {"dnsmasq", "dnsmasq", {NULL}},
    {"haproxy", "HAProxy", {"haproxy"}},
    {"traefik", "Traefik", {NULL}},
    {"caddy", "Caddy", {NULL}},
    {"smbd", "Samba", {NULL}},
    {"slapd", "OpenLDAP", {NULL}},
    {"openvpn", "OpenVPN", {NULL}},
    {"fail2ban-server", "Fail2ban", {NULL}},
    {"zeek", "Zeek", {NULL}},
    {NULL, NULL, {NULL}},
};

struct looking {
    struct argot_seam *seam;
    const char *processes;
    bool *running;
};

static void
note(const struct looking *looking, const char *name, size_t length)
{
    for (size_t i = 0; argot_services[i].program; i++)
        if (strlen(argot_services[i].program) == length && !memcmp(argot_services[i].program, name, length))
            looking->running[i] = true;
}

/* A process that ends meanwhile is none. */
static bool
look_at(void *context, const char *name)
{
    const struct looking *looking = context;
    char path[PATH_BYTES], comm[NAME_BYTES];
    if (name[0] < '1' || name[0] > '9')
        return true;
    if (snprintf(path, sizeof path, "%s/%s/comm", looking->processes, name) >= (int)sizeof path)
        return true;
    int fd = looking->seam->open(looking->seam, path, ARGOT_OPEN_READ);
    if (fd < 0)
        return true;
    int64_t got = argot_seam_read_some(looking->seam, fd, comm, sizeof comm);
    (void)looking->seam->close(looking->seam, fd);
    if (got > 0)
        note(looking, comm, (size_t)got - (comm[got - 1] == '\n'));
    return true;
}

size_t
argot_services_count(void)
{
    return sizeof argot_services / sizeof *argot_services - 1;
}

bool
argot_services_look(struct argot_seam *seam, struct argot_seam_live *live, const char *processes, bool *running)
{
    struct looking looking = {seam, processes, running};
    return live->list(live, processes, look_at, &looking) == 0;
}
