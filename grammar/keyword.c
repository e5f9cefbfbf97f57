/* SPDX-License-Identifier: Apache-2.0
 * Reserved words, and the words that people bring along from other rule languages. */
#include "grammar/keyword.h"
#include "grammar/parser.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct keyword {
    const char *word;
    int token;
};

/* Sorted, for a binary search. */
static const struct keyword keywords[] = {
    {"absent", ARGOT_TOKEN_ABSENT},
    {"after", ARGOT_TOKEN_AFTER},
    {"alert", ARGOT_TOKEN_ALERT},
    {"all", ARGOT_TOKEN_ALL},
    {"always", ARGOT_TOKEN_ALWAYS},
    {"and", ARGOT_TOKEN_AND},
    {"any", ARGOT_TOKEN_ANY},
    {"as", ARGOT_TOKEN_AS},
    {"at", ARGOT_TOKEN_AT},
    {"below", ARGOT_TOKEN_BELOW},
    {"by", ARGOT_TOKEN_BY},
    {"collect", ARGOT_TOKEN_COLLECT},
    {"contains", ARGOT_TOKEN_CONTAINS},
    {"end", ARGOT_TOKEN_END},
    {"ends", ARGOT_TOKEN_ENDS},
    {"every", ARGOT_TOKEN_EVERY},
    {"except", ARGOT_TOKEN_EXCEPT},
    {"expect", ARGOT_TOKEN_EXPECT},
    {"extend", ARGOT_TOKEN_EXTEND},
    {"false", ARGOT_TOKEN_FALSE},
    {"first", ARGOT_TOKEN_FIRST},
    {"from", ARGOT_TOKEN_FROM},
    {"has", ARGOT_TOKEN_HAS},
    {"in", ARGOT_TOKEN_IN},
    {"is", ARGOT_TOKEN_IS},
    {"keep", ARGOT_TOKEN_KEEP},
    {"key", ARGOT_TOKEN_KEY},
    {"late", ARGOT_TOKEN_LATE},
    {"leak", ARGOT_TOKEN_LEAK},
    {"learning", ARGOT_TOKEN_LEARNING},
    {"let", ARGOT_TOKEN_LET},
    {"like", ARGOT_TOKEN_LIKE},
    {"limit", ARGOT_TOKEN_LIMIT},
    {"list", ARGOT_TOKEN_LIST},
    {"log", ARGOT_TOKEN_LOG},
    {"lookup", ARGOT_TOKEN_LOOKUP},
    {"match", ARGOT_TOKEN_MATCH},
    {"meta", ARGOT_TOKEN_META},
    {"new", ARGOT_TOKEN_NEW},
    {"no", ARGOT_TOKEN_NO},
    {"not", ARGOT_TOKEN_NOT},
    {"note", ARGOT_TOKEN_NOTE},
    {"null", ARGOT_TOKEN_NULL},
    {"on", ARGOT_TOKEN_ON},
    {"or", ARGOT_TOKEN_OR},
    {"over", ARGOT_TOKEN_OVER},
    {"rearm", ARGOT_TOKEN_REARM},
    {"rule", ARGOT_TOKEN_RULE},
    {"sequence", ARGOT_TOKEN_SEQUENCE},
    {"session", ARGOT_TOKEN_SESSION},
    {"severity", ARGOT_TOKEN_SEVERITY},
    {"silent", ARGOT_TOKEN_SILENT},
    {"starts", ARGOT_TOKEN_STARTS},
    {"table", ARGOT_TOKEN_TABLE},
    {"tags", ARGOT_TOKEN_TAGS},
    {"test", ARGOT_TOKEN_TEST},
    {"then", ARGOT_TOKEN_THEN},
    {"title", ARGOT_TOKEN_TITLE},
    {"together", ARGOT_TOKEN_TOGETHER},
    {"true", ARGOT_TOKEN_TRUE},
    {"until", ARGOT_TOKEN_UNTIL},
    {"when", ARGOT_TOKEN_WHEN},
    {"where", ARGOT_TOKEN_WHERE},
    {"within", ARGOT_TOKEN_WITHIN},
    {"without", ARGOT_TOKEN_WITHOUT},
};

struct wanted {
    const char *word;
    size_t length;
};

static int
compare(const void *key, const void *element)
{
    const struct wanted *wanted = key;
    const char *word = ((const struct keyword *)element)->word;
    int order = strncmp(wanted->word, word, wanted->length);
    return order ? order : word[wanted->length] ? -1 : 0;
}

int
argot_keyword_find(const char *word, size_t length)
{
    struct wanted wanted = {word, length};
    const struct keyword *found =
        bsearch(&wanted, keywords, sizeof keywords / sizeof *keywords, sizeof *keywords, compare);
    return found ? found->token : 0;
}

int
argot_keyword_negated(const char *word, size_t length)
{
    switch (argot_keyword_find(word, length)) {
    case ARGOT_TOKEN_IN:
        return ARGOT_TOKEN_NOTIN;
    case ARGOT_TOKEN_LIKE:
        return ARGOT_TOKEN_NOTLIKE;
    case ARGOT_TOKEN_CONTAINS:
        return ARGOT_TOKEN_NOTCONTAINS;
    case ARGOT_TOKEN_STARTS:
        return ARGOT_TOKEN_NOTSTARTS;
    case ARGOT_TOKEN_ENDS:
        return ARGOT_TOKEN_NOTENDS;
    default:
        return 0;
    }
}

const char *
argot_keyword_translate(const char *word)
{
    /* Sigma, EQL, Elastic's rules, Wazuh, YARA-L, SQL: their word, ours. */
    static const char *const words[][2] = {
        {"attack", "`tags attack.t1110` names a technique of ATT&CK"},
        {"condition", "conditions follow `where` (one event) or `when` (a count)"},
        {"description", "`note` holds free text"},
        {"detection", "`match TYPE where …` says which events"},
        {"endswith", "write `ends`"},
        {"events", "`match TYPE where …` says which events"},
        {"exists", "write `is not null`"},
        {"falsepositives", "`note` holds free text, `except` a condition"},
        {"filter", "write `except` and a condition"},
        {"frequency", "write `when count >= N within D`"},
        {"group", "`by` names the keys"},
        {"group_by", "`by` names the keys"},
        {"having", "write `when` and a condition"},
        {"id", "write `meta id \"…\"`"},
        {"ignore", "`rearm every D` keeps a rule quiet for a while"},
        {"level", "write `severity`"},
        {"logsource", "`match TYPE where …` says which events"},
        {"matches", "write `like /expression/`"},
        {"maxspan", "write `within`"},
        {"meta_id", "write `meta id \"…\"`"},
        {"regex", "write `like /expression/`"},
        {"regexp", "write `like /expression/`"},
        {"references", "write `meta reference \"…\"`"},
        {"select", "`match TYPE where …` says which events"},
        {"selection", "`match TYPE where …` says which events"},
        {"startswith", "write `starts`"},
        {"threshold", "write `when count >= N within D`"},
        {"timeframe", "write `within`"},
        {"timespan", "write `within`"},
        {"window", "write `within`, `every` or `session`"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcasecmp(words[i][0], word))
            return words[i][1];
    return NULL;
}
