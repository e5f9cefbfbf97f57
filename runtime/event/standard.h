/* SPDX-License-Identifier: Apache-2.0
 * Events in the words of other standards: what formats/schema.yaml says of ECS and OCSF, as tables that argot-gen makes
 * of it. A path is names with dots between them; `name[]` is an array of one or several, `name[key=1]` the element of
 * an array that has that member. Read-only, valid for the life of the process. */
#pragma once
#include "event/schema.h"

enum argot_standard_number { ARGOT_STANDARD_NONE, ARGOT_STANDARD_ECS, ARGOT_STANDARD_OCSF, ARGOT_STANDARD_COUNT };

enum argot_standard_form {
    ARGOT_STANDARD_USUAL,  /* by type: OCSF has milliseconds, ECS hardware addresses with hyphens */
    ARGOT_STANDARD_TEXT,   /* as argot itself writes it */
    ARGOT_STANDARD_NUMBER, /* of an enum */
    ARGOT_STANDARD_HEAD,   /* text up to the first dot */
    ARGOT_STANDARD_LAST,   /* text behind the last slash or backslash */
    ARGOT_STANDARD_JSON,   /* text that may be JSON */
    ARGOT_STANDARD_EMAIL,  /* texts that are addresses only */
    ARGOT_STANDARD_FLAGS,  /* letters: bit i for that of words[i] */
    ARGOT_STANDARD_CODES,  /* the number of the word; else 99, and the text beside it */
    ARGOT_STANDARD_WORDS,  /* what the word stands for; others have no place */
    ARGOT_STANDARD_FORMS
};

#define ARGOT_STANDARD_OTHER 99 /* in OCSF: none of the numbered ones, named beside it */

struct argot_standard_word {
    const char *word; /* NULL behind the last */
    const char *text; /* what is written for it */
};

/* Where a field goes. */
struct argot_standard_rule {
    uint16_t field;
    int16_t event_type; /* only of this type; -1: any */
    uint16_t beside;    /* only where that field is there too; ARGOT_NONE: always */
    uint8_t form;       /* enum argot_standard_form */
    uint8_t observable; /* kind of its entry in `observables`; 0: none */
    bool also;          /* beside the first other rule that fits, which is the field's place */
    const char *path;
    const struct argot_standard_word *words; /* or NULL */
};

struct argot_standard_constant {
    const char *path;
    const char *json;
    bool otherwise; /* only where nothing else stands there */
};

/* A path that is written from other fields, where nothing else stands there. */
struct argot_standard_copy {
    const char *path;
    const char *unless; /* not where anything stands at or below that path; or NULL */
    uint8_t form;
    size_t count;
    const uint16_t *fields; /* the first that is there; all of them where the path is an array */
};

/* Lists of names end with NULL; NULL itself is an empty one. */
struct argot_standard_class {
    uint32_t uid;
    const char *const *has, *const *all, *const *any;
    const char *under; /* what `under_has` stands in; or NULL */
    const char *const *under_has;
    size_t ncopies, nwith;
    const struct argot_standard_copy *copies;
    const struct argot_standard_constant *with;
};

struct argot_standard_object {
    const char *name;
    const char *const *all, *const *any;
    size_t nwith;
    const struct argot_standard_constant *with; /* paths are names of members */
};

struct argot_standard_profile {
    const char *name;
    bool nested; /* `has` are paths; else attributes of the class */
    const char *const *has;
};

struct argot_standard_type {
    size_t nconstants;
    const struct argot_standard_constant *constants;
    /* OCSF */
    uint32_t class_uid, class_not_windows; /* class_not_windows 0: the same */
    int16_t activity;                      /* -1: told by a field */
    uint16_t activity_field;               /* ARGOT_NONE: by none */
    const struct argot_standard_word *activities;
    uint8_t severity; /* where there is no event_severity */
};

struct argot_standard {
    const char *name, *version, *rest;
    size_t nrules, ncopies, nwith, nclasses, nobjects, nprofiles;
    const struct argot_standard_rule *rules; /* in schema order */
    const struct argot_standard_type *types; /* by number of the type of event */
    const struct argot_standard_copy *copies;
    const struct argot_standard_constant *with;
    const char *const *base; /* attributes of every class; NULL: there are no classes */
    const struct argot_standard_class *classes;
    const struct argot_standard_object *objects;
    const struct argot_standard_profile *profiles;
};

/* The generated tables; that of ARGOT_STANDARD_NONE is empty. */
extern const struct argot_standard argot_standards[ARGOT_STANDARD_COUNT];
