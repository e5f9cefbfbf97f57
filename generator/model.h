/* SPDX-License-Identifier: Apache-2.0
 * The checked model of one format file: the tables of argot/normalizer.h in memory, beside them the templates as
 * trees. Everything lives in one compile arena. Loading (load*.c, template.c) fills it and reports mistakes, lowering
 * (lower.c) works out where fields end, emission (emit*.c) writes it as C. */
#pragma once
#include "argot/normalizer.h"
#include "generator/regex.h"
#include "event/schema.h"
#include "generator/schema.h"
#include "yaml/yaml.h"

/* ---- templates as trees ---- */

enum argot_gen_lex {                       /* how the extent of a field is found */
                     ARGOT_GEN_LEX_STRING, /* up to the first place where what follows begins; the next four too */
                     ARGOT_GEN_LEX_WORD,
                     ARGOT_GEN_LEX_HOST,
                     ARGOT_GEN_LEX_ENDPOINT,
                     ARGOT_GEN_LEX_PATH,
                     ARGOT_GEN_LEX_TEXT, /* up to the last place; the next three too */
                     ARGOT_GEN_LEX_KV,
                     ARGOT_GEN_LEX_CSV,
                     ARGOT_GEN_LEX_JSON,
                     ARGOT_GEN_LEX_SD, /* shapes from here on */
                     ARGOT_GEN_LEX_QUOTED,
                     ARGOT_GEN_LEX_QUOTED_SINGLE,
                     ARGOT_GEN_LEX_QUOTED_CSV,
                     ARGOT_GEN_LEX_CLF,
                     ARGOT_GEN_LEX_RFC3164,
                     ARGOT_GEN_LEX_RFC3339,
                     ARGOT_GEN_LEX_RFC5424,
                     ARGOT_GEN_LEX_STRPTIME,
                     ARGOT_GEN_LEX_UINT, /* runs from here on */
                     ARGOT_GEN_LEX_INT,
                     ARGOT_GEN_LEX_DIGITS,
                     ARGOT_GEN_LEX_FLOAT,
                     ARGOT_GEN_LEX_ADDRESS,
                     ARGOT_GEN_LEX_MAC,
                     ARGOT_GEN_LEX_BOOL,
                     ARGOT_GEN_LEX_DECIMAL,
                     ARGOT_GEN_LEX_CLOCK,
                     ARGOT_GEN_LEX_PRI,
                     ARGOT_GEN_LEX_EPOCH,
                     ARGOT_GEN_LEX_TYPE, /* a regex of `types:` */
                     ARGOT_GEN_LEX_COUNT
};

struct argot_gen_type {
    const char *name;
    const struct argot_regex *regex;
    unsigned number;
    uint32_t states; /* as budget.c counts them */
    struct argot_gen_type *next;
};

enum argot_gen_store { /* where an extractor puts a field: see emit_store.c */
                       ARGOT_GEN_STORE_CAPTURE,
                       ARGOT_GEN_STORE_TEXT, /* into its slot from here on */
                       ARGOT_GEN_STORE_QUOTED,
                       ARGOT_GEN_STORE_UINT,
                       ARGOT_GEN_STORE_IP,
                       ARGOT_GEN_STORE_IP_OR_HOST,
                       ARGOT_GEN_STORE_CLF,
                       ARGOT_GEN_STORE_RFC3164,
};

enum argot_gen_element_kind {
    ARGOT_GEN_LITERAL,
    ARGOT_GEN_FIELD,
    ARGOT_GEN_GROUP,
    ARGOT_GEN_BLANKS,
};

struct argot_gen_element;
struct argot_gen_sequence {
    size_t count;
    struct argot_gen_element **elements;
};

struct argot_gen_element {
    enum argot_gen_element_kind kind;
    struct argot_span span;
    const char *text; /* literal; STRPTIME: directives */
    size_t length;
    uint32_t lexes; /* field: a bit for each argot_gen_lex tried, the longest wins; strings stand alone */
    const struct argot_gen_type *type;
    const struct argot_value *value; /* field: NULL when dropped */
    const struct argot_kv *kv;       /* of a kv piece, for first_key */
    int capture;                     /* -1: none */
    enum argot_gen_store store;      /* chosen before emission */
    const char *name;                /* field, as written, for people */
    size_t nalternatives;            /* group */
    struct argot_gen_sequence **alternatives;
    bool optional;  /* group; blanks: may be none */
    unsigned fixed; /* emission: 0 free, 1 present, 2 absent */
};

/* What can follow an element: places where a string before it may end. */
#define ARGOT_GEN_MAX_FOLLOW 24
struct argot_gen_follow {
    size_t count; /* literals */
    struct {
        const char *text;
        size_t length;
        bool after_blank; /* kv first_key: at the begin or after a blank */
    } literals[ARGOT_GEN_MAX_FOLLOW];
    uint64_t set[4]; /* single bytes that may begin what follows */
    bool has_set;
    bool end; /* the line may end here */
    bool overflow;
    const struct argot_gen_element *first_field; /* a field that may stand right here, or NULL */
    const struct argot_gen_element *clash;       /* such a field that may not follow another field */
};

/* The rest of a template behind a place: the rest of a sequence, then of those around it. */
struct argot_gen_rest {
    const struct argot_gen_sequence *sequence;
    size_t at;
    const struct argot_gen_rest *outer;
};
void argot_gen_follow_of(struct argot_gen_follow *follow, const struct argot_gen_rest *rest);
bool argot_gen_is_string(const struct argot_gen_element *field);    /* ends where something follows (not text) */
bool argot_gen_takes_absent(const struct argot_gen_element *field); /* may stand as one of the `absent:` texts */
bool argot_gen_is_text(const struct argot_gen_element *field);      /* ends at the last place */
bool argot_gen_sequence_nullable(const struct argot_gen_sequence *sequence);
/* The regular expression of the head: what every line that fits begins with, up to the first field without a bound, or
 * that comes behind so many fields. */
#define ARGOT_GEN_ALL_FIELDS (~0u)
const struct argot_regex *argot_gen_head(struct argot_arena *arena, const struct argot_gen_sequence *sequence,
                                         const struct argot_texts *absent, unsigned fields);
/* Bytes of text that surely stand before the first field without a bound: typed fields between them do not count. */
size_t argot_gen_literal_prefix(const struct argot_gen_sequence *sequence);

struct argot_gen_template {
    struct argot_gen_sequence *tree;
    const char *source;
    struct argot_span span;
};

/* A lexer of the ABI with its templates' trees beside it. */
/* How it is found which templates a text may fit, and why in that way. */
enum argot_gen_gear {
    ARGOT_GEN_GEAR_FEW,    /* all in turn: they are few */
    ARGOT_GEN_GEAR_DFA,    /* a DFA over their heads */
    ARGOT_GEN_GEAR_LINES,  /* a DFA over whole lines: each may begin with anything */
    ARGOT_GEN_GEAR_OPEN,   /* all in turn: each may begin with anything */
    ARGOT_GEN_GEAR_STATES, /* all in turn: the DFA would have too many states, wherever the heads are cut */
    ARGOT_GEN_GEAR_LISTS,  /* all in turn: the lists of what may fit would be too long */
};

/* How the ends of a :text are tried. */
enum argot_gen_texts {
    ARGOT_GEN_TEXTS_BOTH,      /* the last ones in turn, then by reading backwards */
    ARGOT_GEN_TEXTS_FORWARD,   /* all in turn */
    ARGOT_GEN_TEXTS_BACKWARDS, /* by reading backwards at once */
};

struct argot_gen_lexer {
    struct argot_lexer abi;
    struct argot_gen_template *trees; /* abi.ntemplates of them */
    unsigned number;
    enum argot_gen_gear gear;         /* set by emission */
    uint32_t line_states;             /* of the DFA over whole lines; 0: none */
    bool begins;                      /* there is a DFA of what lines begin with; set by emission */
    const struct argot_regex **heads; /* set by emission */
    size_t *rivals;                   /* of each template: how many are tried with it, itself too; set by emission */
    struct argot_gen_lexer *next;
};

/* ---- the format being compiled ---- */

struct argot_gen_named {
    const char *name;
    void *value;
    const struct argot_yaml *yaml;
    bool used;
    struct argot_gen_named *next;
};

struct argot_gen {
    struct argot_seam *seam;
    struct argot_arena *arena;
    struct argot_diagnostics *diagnostics;
    const struct argot_gen_schema *schema;
    const char *formats_dir; /* for extends, inside, tables */
    const struct argot_yaml *root;

    struct argot_normalizer normalizer; /* filled by loading */
    const char *source;

    struct argot_dest *dests;
    size_t ndests;
    const char **expectations;
    size_t nexpectations, expectations_capacity;
    struct argot_texts absent;
    bool absent_empty; /* '' is among them */
    struct argot_gen_type *types;
    struct argot_gen_named *parts, *tables;
    struct argot_block *kv, *json, *csv, *sd; /* of the format, or NULL */
    const struct argot_yaml *kv_yaml;
    struct argot_gen_lexer *lexers, **lexers_end;
    struct argot_gen_lexer *head, *body;

    /* while a template is parsed */
    const struct argot_block *message_kv; /* overrides kv */
    unsigned pieces;                      /* of the template at hand */
    unsigned all_pieces;                  /* of the format */
    unsigned cases;                       /* of all `choose` */
    unsigned texts_required;              /* see examples */
    struct argot_gen_text *texts;

    int message;                            /* being loaded, or ARGOT_GEN_ANY_MESSAGE */
    struct argot_gen_use *uses, **uses_end; /* of names of this format */

    enum argot_gen_texts texts_gear;
    unsigned text_ends[3], text_states; /* rests behind a :text, by backwards.h's why; most states of one */
    bool bare;                          /* neither the YAML nor the examples are emitted */
    uint32_t head_states;               /* of the lexers' DFAs, as budget.c counts them */
    uint32_t states;                    /* of all DFAs, as re2c made them */
    void *session;                      /* of compile.c, for tables in files; NULL: none */
};

/* When a condition or derived field is looked at; what was filled by then it can read. */
enum argot_gen_when {
    ARGOT_GEN_OUTSIDE,    /* before anything of this format */
    ARGOT_GEN_AT_MESSAGE, /* behind the head or the record */
    ARGOT_GEN_AT_CHOICE,  /* behind the captures, with the fields of cases */
    ARGOT_GEN_AT_END,     /* behind cases and constants, with derived fields */
};
#define ARGOT_GEN_ANY_MESSAGE (-1)

/* A $name or extra.name that something reads. Checked when all is loaded, so that the order in the file is free. */
struct argot_gen_use {
    struct argot_source *source;
    enum argot_gen_when when;
    int message; /* whose condition or derived field it is, or ARGOT_GEN_ANY_MESSAGE: the format's */
    const struct argot_yaml *name;
    struct argot_gen_use *next;
};

/* Limits of lists and maps; what is beyond is an error at the first that is too many. */
#define ARGOT_GEN_MAX_INSIDE 64
#define ARGOT_GEN_MAX_BEFORE 1000
#define ARGOT_GEN_MAX_SKIPS 1000
#define ARGOT_GEN_MAX_ABSENT 100           /* of the format; each stands beside each typed field */
#define ARGOT_GEN_MAX_TEMPLATE_BYTES 16384 /* as it is written, and of each part */
#define ARGOT_GEN_MAX_LITERAL_BYTES 4096   /* of one text between fields */
#define ARGOT_GEN_MAX_TEMPLATES 4000       /* of one lexer: messages, and alternatives of lines */
#define ARGOT_GEN_MAX_PIECES 100000        /* of all templates of a format, parts counted at each use */
#define ARGOT_GEN_MAX_TERMS 64             /* names in a condition */
#define ARGOT_GEN_MAX_SETS 200
#define ARGOT_GEN_MAX_DERIVES 200
#define ARGOT_GEN_MAX_SOURCES 64 /* of a derived field */
#define ARGOT_GEN_MAX_CASES 1000
#define ARGOT_GEN_MAX_ALL_CASES 4000   /* with those inside of others */
#define ARGOT_GEN_MAX_TEXTS UINT16_MAX /* of lists and maps of texts */
#define ARGOT_GEN_MAX_EXAMPLES UINT16_MAX

/* A `:text` field that an example must fill with a text that holds the literal which ends it. */
struct argot_gen_text {
    struct argot_span span;
    const char *field; /* the schema field or extra key it fills */
    bool extra;
    const char *message;
    size_t nliterals;
    const char *literals[4];
    bool shown;
    struct argot_gen_text *next;
};

/* ---- loading ---- */
/* Fills gen from the tree; false when an error was reported. */
bool argot_gen_load(struct argot_gen *gen, const struct argot_yaml *root);

/* What all parts stand on (gen.c). */
struct argot_diagnostic *argot_gen_error(struct argot_gen *gen, unsigned code, struct argot_span span,
                                         const char *format, ...) __attribute__((format(printf, 4, 5)));
struct argot_diagnostic *argot_gen_warn(struct argot_gen *gen, unsigned code, struct argot_span span,
                                        const char *format, ...) __attribute__((format(printf, 4, 5)));
_Noreturn void argot_gen_out_of_memory(void); /* says so and exits with status 3 */
/* Memory of the compile arena, zeroed. Never NULL: a compile that runs out of memory ends the program. */
void *argot_gen_alloc(struct argot_gen *gen, size_t count, size_t size);
uint16_t argot_gen_expect(struct argot_gen *gen, const char *text); /* number of an expectation */

/* Nodes of the file (node.c). */
struct argot_slice argot_gen_slice(const struct argot_yaml *scalar);
/* Errors unless the node is a scalar, list, map; NULL then. */
const char *argot_gen_text(struct argot_gen *gen, const struct argot_yaml *node, const char *what);
bool argot_gen_flag(struct argot_gen *gen, const struct argot_yaml *node, const char *what);
bool argot_gen_is(struct argot_gen *gen, const struct argot_yaml *node, enum argot_yaml_kind kind, const char *what);
/* Reports keys of a map that are not in names (NULL-terminated). */
void argot_gen_keys(struct argot_gen *gen, const struct argot_yaml *map, const char *const *names, const char *where);
bool argot_gen_name_ok(const char *text);
/* How many items of a list (or 1, or 0 for NULL), or pairs of a map, are to be read: all, or after a report `most`. */
size_t argot_gen_items(struct argot_gen *gen, const struct argot_yaml *node, size_t most, const char *what);
size_t argot_gen_pairs(struct argot_gen *gen, const struct argot_yaml *map, size_t most, const char *what);

/* Destinations (dest.c). type NONE: as before, or string. Unknown fields and clashes are told; ARGOT_NONE then. */
uint16_t argot_gen_dest(struct argot_gen *gen, const char *name, enum argot_type type, struct argot_span span);
uint16_t argot_gen_dest_field(struct argot_gen *gen, const char *field); /* without a report; must exist */
uint16_t argot_gen_dest_find(const struct argot_gen *gen, enum argot_dest_kind kind, const char *name);

/* Hints (suggest.c): the way out of a name that is none. */
void argot_gen_suggest_field(struct argot_gen *gen, struct argot_diagnostic *d, const char *name);
void argot_gen_suggest_value(struct argot_gen *gen, struct argot_diagnostic *d,
                             const struct argot_gen_schema_field *field, const char *word);
void argot_gen_suggest_how(struct argot_gen *gen, struct argot_diagnostic *d, const char *word);

/* Values (load_value.c). */
struct argot_gen_how { /* a way of writing, by its word */
    const char *word;
    uint8_t how;  /* enum argot_how */
    uint8_t lex;  /* enum argot_gen_lex */
    uint8_t type; /* of extra. and $ names; NONE: string */
    uint8_t targets_min, targets_max;
    uint32_t fits; /* bits of enum argot_type it may fill; 0: any string type */
};
const struct argot_gen_how *argot_gen_how_find(const char *word, size_t length);
const char *const *argot_gen_how_words(size_t *count);
enum argot_gen_lex argot_gen_lex_of_type(enum argot_type type);
/* Parses "a|b,c" into targets of value. `how` NULL or the way of writing that fills several. */
bool argot_gen_targets(struct argot_gen *gen, struct argot_value *value, const char *text, size_t length,
                       struct argot_span span, bool verbatim, const struct argot_gen_how *how, const char *how_argument,
                       size_t how_argument_length);
bool argot_gen_check_strptime(struct argot_gen *gen, struct argot_slice text, struct argot_span span);
const struct argot_map *argot_gen_load_table(struct argot_gen *gen, const struct argot_yaml *node); /* map or name */
bool argot_gen_knows_format(struct argot_gen *gen, const char *name);                   /* whether its file is found */
const char *argot_gen_format_path(struct argot_gen *gen, const char *name);             /* or NULL */
const struct argot_yaml *argot_gen_table_file(struct argot_gen *gen, const char *name); /* tables/NAME.yaml or NULL */
void argot_gen_load_else(struct argot_gen *gen, const struct argot_yaml *node, uint8_t *otherwise,
                         struct argot_slice *text);
uint8_t argot_gen_load_case_word(struct argot_gen *gen, const struct argot_yaml *node);
void argot_gen_load_bindings(struct argot_gen *gen, const struct argot_yaml *map, bool flat,
                             const struct argot_binding **bindings, uint16_t *count);
struct argot_block *argot_gen_load_block(struct argot_gen *gen, const struct argot_yaml *yaml, enum argot_kind kind,
                                         bool whole);
const struct argot_map *argot_gen_load_map(struct argot_gen *gen, const struct argot_yaml *node, bool sorted);
const struct argot_texts *argot_gen_load_texts(struct argot_gen *gen, const struct argot_yaml *node, const char *what);
const struct argot_path *argot_gen_load_path(struct argot_gen *gen, const char *text, size_t length,
                                             struct argot_span span, bool flat);

/* Where conditions and derived fields read: a field, $x, $.path (load_source.c). */
bool argot_gen_load_source(struct argot_gen *gen, const struct argot_yaml *node, struct argot_source *source,
                           enum argot_gen_when when);
/* Finds the destinations of $x and extra.x, and reports those that nothing can have filled by then. */
void argot_gen_check_sources(struct argot_gen *gen);

/* Conditions, constants, cases, derived fields (load_case.c). */
void argot_gen_load_condition(struct argot_gen *gen, const struct argot_yaml *map, struct argot_condition *condition,
                              enum argot_gen_when when);
void argot_gen_load_sets(struct argot_gen *gen, const struct argot_yaml *map, const struct argot_set **sets,
                         uint16_t *count);
void argot_gen_load_derives(struct argot_gen *gen, const struct argot_yaml *map, const struct argot_derive **derives,
                            uint16_t *count);
void argot_gen_load_cases(struct argot_gen *gen, const struct argot_yaml *list, const struct argot_case **cases,
                          uint16_t *count);
struct argot_glob argot_gen_glob(struct argot_gen *gen, const struct argot_yaml *node);
/* The destinations that cases may fill, added to a set of ndests flags. */
void argot_gen_mark_cases(const struct argot_case *cases, uint16_t count, bool *dests);
void argot_gen_mark_block(const struct argot_block *block, bool *dests);
void argot_gen_mark_lexer(const struct argot_lexer *lexer, bool *dests);
void argot_gen_mark_value(const struct argot_value *value, bool *dests);
/* What stands before all messages may fill: head and record. Then what the templates of one message may. */
void argot_gen_mark_begin(const struct argot_normalizer *normalizer, bool *dests);
void argot_gen_mark_message(const struct argot_normalizer *normalizer, uint16_t message, bool *dests);
/* The dests of one message: its own and the common ones. */
void argot_gen_message_dests(struct argot_gen *gen, struct argot_message *message, uint16_t index);

/* Warns of a format that is looked for on bare lines and that any line fits (any_line.c). */
void argot_gen_warn_any_line(struct argot_gen *gen);

/* Examples (load_example.c). */
void argot_gen_load_examples(struct argot_gen *gen, const struct argot_yaml *list);
void argot_gen_check_texts(struct argot_gen *gen);

/* Templates (template.c): a scalar or a list of scalars, as templates of message `message`. Lexers may be added to. */
void argot_gen_lexer_add(struct argot_gen *gen, struct argot_gen_lexer *lexer, const struct argot_yaml *node,
                         uint16_t message, const char *message_id);
struct argot_gen_lexer *argot_gen_lexer_new(struct argot_gen *gen);
/* Two fields side by side, a field twice on a path, a second :text and the like; notes each :text. */
bool argot_gen_template_check(struct argot_gen *gen, const struct argot_gen_sequence *tree, const char *message_id);

/* ---- emission ---- */
/* The format as re2c source, which re2c turns into C. */
void argot_gen_emit(struct argot_gen *gen, struct argot_buffer *out);
struct argot_gen_dead_ends; /* dead_ends.h */
struct argot_gen_backwards; /* backwards.h */
/* straight: lines that are tried on the template mostly fit it, so a straight extractor pays. Gives the bytes of the
 * one that takes every way; the other is no longer. */
size_t argot_gen_emit_extract(struct argot_gen *gen, const struct argot_gen_template *tree,
                              const struct argot_gen_dead_ends *ends, const struct argot_gen_backwards *backwards,
                              bool straight, const char *name, struct argot_buffer *out);
void argot_gen_emit_types(struct argot_gen *gen, struct argot_buffer *out);
void argot_gen_emit_decide(struct argot_gen *gen, struct argot_gen_lexer *lexer, struct argot_buffer *out);
void argot_gen_emit_c_string(struct argot_buffer *out, const void *text, size_t length);
