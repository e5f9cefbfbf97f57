/* SPDX-License-Identifier: Apache-2.0
 * Outputs of alerts that go over a network. Secrets stand in files of their own, since configurations are shown around;
 * what becomes a header or an argument of a program is held to letters that mean nothing there. */
#include "config/codes.h"
#include "config/parts.h"
#include <string.h>

#define SENDMAIL "/usr/sbin/sendmail"
#define MAX_ADDRESS_BYTES 254 /* RFC 5321 */
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static bool
refuse(struct argot_setting_reader *reader, unsigned code, const struct argot_yaml *node, const char *what,
       const char *wrong, const char *hint)
{
    argot_setting_refuse(reader, code, node->span, "%s: `%s` %s", what, node->text, wrong)->hint = hint;
    return false;
}

static bool
read_path(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *key, const char *what,
          struct argot_config_text *path)
{
    const struct argot_yaml *value = argot_yaml_get(node, key);
    return !value || argot_setting_path(reader, value, what, path);
}

/* ---- addresses of the web ---- */

static bool
is_local(const char *host, size_t length)
{
    static const char *const names[] = {"127.0.0.1", "[::1]", "localhost"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && !strncmp(names[i], host, length))
            return true;
    return false;
}

/* A scheme of two, the second of which is the safe one, a host, and nothing that could be a second line. */
static bool
read_url(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
         const char *const schemes[2], const char *example, struct argot_config_alert *alert)
{
    struct argot_config_text text;
    const char *host = NULL;
    if (!argot_setting_text(reader, node, what, &text))
        return false;
    for (size_t i = 0; i < 2 && !host; i++)
        if (!strncmp(text.text, schemes[i], strlen(schemes[i])))
            host = text.text + strlen(schemes[i]);
    if (!host || !*host)
        return refuse(reader, ARGOT_CODE_CONFIG_ADDRESS, node, what, "is no address", example);
    for (const char *at = text.text; *at; at++)
        if (*at <= ' ' || *at >= 0x7f)
            return refuse(reader, ARGOT_CODE_CONFIG_ADDRESS, node, what, "has blanks or letters that no URL has",
                          "write them as %20 and the like");
    size_t length = strcspn(host, "/?#");
    if (memchr(host, '@', length))
        return refuse(reader, ARGOT_CODE_CONFIG_ADDRESS, node, what, "has a login in it",
                      "it stands in a file of its own: `bearer: FILE` of a webhook, `login: FILE` of mail");
    const char *end = *host == '[' ? memchr(host, ']', length) : memchr(host, ':', length);
    size_t name = end ? (size_t)(end - host) + (*host == '[') : length;
    if (!name)
        return refuse(reader, ARGOT_CODE_CONFIG_ADDRESS, node, what, "is no address", example);
    alert->url = text.text;
    alert->local = is_local(host, name);
    return true;
}

bool
argot_config_send_webhook(struct argot_setting_reader *reader, const struct argot_yaml *node,
                          const struct argot_yaml *webhook, struct argot_config_alert *alert)
{
    static const char *const schemes[2] = {"http://", "https://"};
    if (!read_url(reader, webhook, "`webhook`", schemes, "https://alerts.example.com/argot", alert) ||
        !read_path(reader, node, "bearer", "`bearer`", &alert->bearer) ||
        !read_path(reader, node, "secret", "`secret`", &alert->secret) ||
        !read_path(reader, node, "ca", "`ca`", &alert->ca))
        return false;
    if (!alert->bearer.text || alert->local || !strncmp(alert->url, schemes[1], strlen(schemes[1])))
        return true;
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_TOGETHER, argot_yaml_key(node, "bearer")->span,
                         "`bearer` and http:// do not go together")
        ->hint = "anyone on the way could read the token: https://";
    return false;
}

/* ---- mail ---- */

/* A subset of what RFC 5321 allows that needs no quotes anywhere. */
static bool
read_address(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what, const char **address)
{
    struct argot_config_text text;
    if (!argot_setting_text(reader, node, what, &text))
        return false;
    size_t local = strspn(text.text, LETTERS ".!#$%&*+/=?^_{|}~-");
    const char *domain = text.text[local] == '@' ? text.text + local + 1 : NULL;
    size_t rest = domain ? strspn(domain, LETTERS ".-") : 0;
    if (!local || *text.text == '-' || strlen(text.text) > MAX_ADDRESS_BYTES || (domain ? !rest : text.text[local]) ||
        (domain && domain[rest]))
        return refuse(reader, ARGOT_CODE_CONFIG_ADDRESS, node, what, "is no address of mail",
                      "NAME@DOMAIN, without a display name or quotes");
    *address = text.text;
    return true;
}

static bool
read_to(struct argot_setting_reader *reader, const struct argot_yaml *mail, struct argot_config_alert *alert)
{
    size_t count = argot_yaml_several(mail);
    if (!argot_setting_limit(reader, mail, ARGOT_CONFIG_MAX_WORDS, "addresses"))
        return false;
    if (!count) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_MISSING, mail->span, "`mail` names nobody")->hint =
            "`mail: ops@example.com`, or a list";
        return false;
    }
    alert->to = argot_setting_alloc(reader, count + 1, sizeof *alert->to);
    bool good = alert->to;
    for (size_t i = 0; good && i < count; i++)
        good = read_address(reader, argot_yaml_nth(mail, i), "`mail`", &alert->to[alert->nto++]);
    return good;
}

static bool
read_via(struct argot_setting_reader *reader, const struct argot_yaml *via, struct argot_config_alert *alert)
{
    static const char *const schemes[2] = {"smtp://", "smtps://"};
    struct argot_config_text text = {"sendmail", {0}};
    if (via && !argot_setting_text(reader, via, "`via`", &text))
        return false;
    if (!strcmp(text.text, "sendmail"))
        alert->program = SENDMAIL;
    else if (*text.text == '/')
        alert->program = text.text;
    return alert->program || read_url(reader, via, "`via`", schemes,
                                      "`sendmail`, the path of such a program, or smtp://mail.example.com:587", alert);
}

bool
argot_config_send_mail(struct argot_setting_reader *reader, const struct argot_yaml *node,
                       const struct argot_yaml *mail, struct argot_config_alert *alert)
{
    const struct argot_yaml *from = argot_yaml_get(node, "from"), *via = argot_yaml_get(node, "via");
    if (!from) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_MISSING, node->span, "`mail` needs `from`")->hint =
            "`from: argot@example.com`";
        return false;
    }
    if (!read_to(reader, mail, alert) || !read_address(reader, from, "`from`", &alert->from) ||
        !read_via(reader, via, alert) || !read_path(reader, node, "login", "`login`", &alert->login) ||
        !read_path(reader, node, "ca", "`ca`", &alert->ca))
        return false;
    const char *alone = alert->login.text ? "login" : alert->ca.text ? "ca" : NULL;
    if (!alert->program || !alone)
        return true;
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_TOGETHER, argot_yaml_key(node, alone)->span,
                         "`%s` and a sendmail program do not go together", alone)
        ->hint = "it is of SMTP: `via: smtp://mail.example.com:587`";
    return false;
}
