/* SPDX-License-Identifier: Apache-2.0
 * The store on SQLite: what its files share. sqlite.c opens and commits, sqlite_layout.c has the tables, one file each
 * has events, alerts, sources and reading. Inside runtime/store only. */
#pragma once
#include "base/arena.h"
#include "event/format.h"
#include "store/backend.h"
#include <limits.h>
#include <sqlite3.h>
#include <stdatomic.h>

#define ARGOT_SQLITE_APPLICATION 0x6172676f /* "argo": the file's application_id */
#define ARGOT_SQLITE_VERSION 2              /* of the tables: user_version */
#define ARGOT_SQLITE_OWNER_BYTES 32
#define ARGOT_SQLITE_BUSY_MS 3000  /* how long another program's transaction is waited for */
#define ARGOT_SQLITE_MOST_TRIES 10 /* to open a file whose name is given to another in that moment */
/* In meta: events of dead letters in this file, which have the ids -1, -2 and so on. Rules saw none of them. */
#define ARGOT_SQLITE_REPLAYED "replayed"
#define ARGOT_SQLITE_MAX_SHAPES 1024 /* that are known at a time; the one longest unused makes room */

enum argot_sqlite_statement {
    ARGOT_SQLITE_OWNER,
    ARGOT_SQLITE_LETTER,
    ARGOT_SQLITE_ALERT,
    ARGOT_SQLITE_CAUSE,
    ARGOT_SQLITE_ADD_SOURCE,
    ARGOT_SQLITE_PUT_SOURCE,
    ARGOT_SQLITE_PUT_NUMBER,
    ARGOT_SQLITE_NUMBER,
    ARGOT_SQLITE_TEXT,
    ARGOT_SQLITE_RAW,
    ARGOT_SQLITE_TAKE_LETTER,
    ARGOT_SQLITE_MOVE_COUNTS,
    ARGOT_SQLITE_PUT_EVENTS,
    ARGOT_SQLITE_PUT_WAITING,
    ARGOT_SQLITE_PUT_RECORDS,
    ARGOT_SQLITE_NAME,
    ARGOT_SQLITE_NAMED,
    ARGOT_SQLITE_BEGINS,
    ARGOT_SQLITE_FORGET,
    ARGOT_SQLITE_PUT_MESSAGE,
    ARGOT_SQLITE_DROP_MESSAGE,
    ARGOT_SQLITE_NEXT_MESSAGE,
    ARGOT_SQLITE_COUNT_MESSAGES,
    ARGOT_SQLITE_STATEMENTS
};

#define ARGOT_SQLITE_LAST "last_event" /* in meta: the newest id, where its row may be gone */
#define ARGOT_SQLITE_PARTIAL "partial" /* in meta: not all that sources count is there */
#define ARGOT_SQLITE_NEXT ".new"       /* behind the name of the live segment: the next one, while it is made */
#define ARGOT_SQLITE_PAGE_BYTES 8192u  /* suits wide rows */

#define ARGOT_SQLITE_SOURCE_COLUMNS                                                                                    \
    "id, name, path, device, inode, fingerprint, fingerprint_bytes, \"offset\", record, line, part, pieces, records,"  \
    " events, letters, skipped, ended_size, ended_before, dropped"
#define ARGOT_SQLITE_SEGMENT_COLUMNS                                                                                   \
    "number, file, first_event, last_event, first_time, last_time, alerts, dead_letters, bytes, indexed, raw, "        \
    "waiting,"                                                                                                         \
    " last_alert, last_letter"

struct argot_sqlite_shape;

/* Where an event goes, one or more of these. */
enum argot_sqlite_way {
    ARGOT_SQLITE_TO_EVENTS = 1,
    ARGOT_SQLITE_TO_WAITING = 2, /* wholly, since an alert may make it an event */
    ARGOT_SQLITE_TO_RECORDS = 4, /* of what waits: the record alone, which rules may need */
};

#define ARGOT_SQLITE_MOST_ROWS 512 /* events that one INSERT takes */
struct argot_sqlite_row {          /* an event on its way */
    struct argot_sqlite_shape *shape;
    const struct argot_event *event;
    int64_t id;
    uint32_t source;
};

#define ARGOT_SQLITE_MOST_FIELDS 512 /* of the schema */
#define ARGOT_SQLITE_ROUND 1024      /* INSERTs after which it is found out anew which columns are in use */
struct argot_sqlite_columns {        /* of fields that the INSERT of events names */
    uint64_t has[ARGOT_SQLITE_MOST_FIELDS / 64];
    uint64_t round; /* in which they were found */
    unsigned uses;  /* in this round */
};

struct argot_sqlite_segment { /* closed */
    const char *path;
    uint64_t first, last; /* ids of its events */
    bool waiting;         /* some of its events wait */
};

#define ARGOT_SQLITE_KINDS 5 /* of what is given up: sqlite_trim.c */

struct argot_sqlite;

/* Work on a closed segment. While it runs, all but `due`, `running` and `stop` are of whoever does it. */
struct argot_sqlite_job {
    atomic_bool stop;
    bool due; /* some segment is without indexes, or may be */
    bool running;
    bool done; /* or in vain for good */
    bool (*settle)(struct argot_sqlite *sqlite);
    struct argot_seam *seam;
    char file[ARGOT_STORE_FILE_BYTES], path[PATH_MAX];
    /* Of indexes */
    int64_t retry_ns; /* 0: the last one was done */
    argot_time after; /* monotonic */
    /* Of what is written anew */
    char next[PATH_MAX];
    bool trimmed[ARGOT_SQLITE_KINDS];
    int64_t bytes; /* how large it is */
};

struct argot_sqlite {
    struct argot_store store; /* first */
    sqlite3 *db;
    bool writing;  /* within a transaction */
    bool nameless; /* the file system cannot tell whether a file still has its name */
    bool closed;   /* a closed segment, with the live one attached as `live`, whose owner counts */
    char owner[ARGOT_SQLITE_OWNER_BYTES + 1];
    sqlite3_stmt *statements[ARGOT_SQLITE_STATEMENTS]; /* made when they are needed */
    struct argot_sqlite_shape **shapes;                /* by number */
    uint32_t shapes_room, nshapes;
    uint64_t uses; /* of shapes */
    struct argot_sqlite_columns columns;
    size_t nrows; /* events that were put and are in no table yet */
    struct argot_sqlite_row rows[ARGOT_SQLITE_MOST_ROWS];
    enum argot_sqlite_way way; /* of the INSERT at hand */
    bool offers_rows;          /* the connection knows the table of sqlite_rows.c */
    bool holds;                /* what policies do not keep waits until no rule needs it */
    bool partial;              /* policies do not keep all */
    uint64_t last_noted;       /* next_event when ARGOT_SQLITE_LAST was put */
    struct argot_buffer text, extra;
    struct argot_arena arena; /* the lists of sources and segments, and paths */
    struct argot_store_options options;
    const char *path;
    uint64_t first_event;                         /* id, of the live segment */
    argot_time begun;                             /* when it was made */
    argot_time roll_after, trim_after, log_after; /* monotonic */
    size_t nsegments, segments_room;
    struct argot_sqlite_segment *segments; /* closed ones, oldest first */
    bool waits;                            /* something waits, or may */
    uint64_t wait_before;                  /* what waits in closed segments is needed no more before this id, */
    argot_time wait_from;                  /* and if it is older */
    struct argot_sqlite_job job;
    sqlite3 *old; /* connection to one of them, or NULL */
    size_t old_index;
    struct { /* a reading of events */
        uint64_t from;
        size_t segment; /* that is read now; nsegments: the live one */
        sqlite3_stmt *statement;
    } reading;
};

/* ---- sqlite.c ---- */

/* Keeps SQLite's words behind `what`, gives up the transaction, and returns false. */
bool argot_sqlite_fail(struct argot_sqlite *sqlite, const char *what);
/* The same with words of the caller's. */
bool argot_sqlite_refuse(struct argot_sqlite *sqlite, const char *what, const char *words);
bool argot_sqlite_no_memory(struct argot_sqlite *sqlite);
/* A copy of a store whose first page is damaged, with one that is sound: a file beside it, and its log. 0 or a negative
 * errno; what there is of it the caller removes in any case (argot_sqlite_remove_database). */
int argot_sqlite_head_copy(struct argot_seam *seam, const char *path, const char *copy);
/* Why a file could not be opened or read, in a person's words. Valid until the connection is used again. */
const char *argot_sqlite_reason(struct argot_seam *seam, const char *path, sqlite3 *db);
/* Whether what failed last did so since the disk has no room. */
bool argot_sqlite_is_full(sqlite3 *db);
/* The file that has this name also once it is read: a name is given to another file while nobody reads it, and who had
 * opened the one before would read it with the log of the other. SQLite's code; *db is to be closed whatever it is. */
int argot_sqlite_connect(const char *path, int flags, sqlite3 **db);
/* The statement, made of the text when it is asked for first. NULL after a failure. */
sqlite3_stmt *argot_sqlite_statement(struct argot_sqlite *sqlite, enum argot_sqlite_statement which, const char *sql);
/* Runs a statement that gives no rows, and makes it ready for the next time. */
bool argot_sqlite_run(struct argot_sqlite *sqlite, sqlite3_stmt *statement, const char *what);
bool argot_sqlite_execute(struct argot_sqlite *sqlite, const char *sql, const char *what);
/* One number; false when there is no row. */
bool argot_sqlite_number(struct argot_sqlite *sqlite, const char *sql, int64_t *number);
/* A transaction is open, and the store is still this program's. */
bool argot_sqlite_begin(struct argot_sqlite *sqlite);

bool argot_sqlite_commit(struct argot_store *store);
/* The live segment, for writing, as it must be. */
bool argot_sqlite_open_connection(struct argot_sqlite *sqlite);
void argot_sqlite_close_connection(struct argot_sqlite *sqlite);
void argot_sqlite_finish_statements(struct argot_sqlite *sqlite);
/* Settings of the connection. */
bool argot_sqlite_settle(struct argot_sqlite *sqlite);

/* ---- sqlite_log.c ---- */

/* Writes the log to its places when it is long, and begins it anew when nobody reads it. How large it may stay when
 * nothing is in it, in bytes. */
uint64_t argot_sqlite_watch_log(struct argot_sqlite *sqlite);

/* ---- sqlite_segment.c ---- */

bool argot_sqlite_recover(struct argot_sqlite *sqlite);
bool argot_sqlite_know_segments(struct argot_sqlite *sqlite);
bool argot_sqlite_list_segments(struct argot_sqlite *sqlite);
/* In the arena; NULL without memory. */
const char *argot_sqlite_segment_path(struct argot_sqlite *sqlite, const char *file);
/* With what lies beside it. */
void argot_sqlite_remove_database(struct argot_seam *seam, const char *path);
/* False after saying why. */
bool argot_sqlite_rename(struct argot_sqlite *sqlite, const char *from, const char *to);
/* Runs a statement about the segment of that name, ?1, and commits. */
bool argot_sqlite_mark_segment(struct argot_sqlite *sqlite, const char *sql, const char *file);
/* A connection to a closed segment, which the next call may close. NULL: it cannot be had, be it for now. */
sqlite3 *argot_sqlite_open_segment(struct argot_sqlite *sqlite, size_t index);
/* A statement over it, to be finalized before the next call; `older`, or NULL, is for tables of an older argot. At NULL
 * where the segment is gone or damaged. False where it is there, and cannot be read now. */
bool argot_sqlite_ask_segment(struct argot_sqlite *sqlite, size_t index, const char *sql, const char *older,
                              sqlite3_stmt **statement);
/* What SQLite said of a segment: true where it is gone or damaged, and is to be passed. */
bool argot_sqlite_pass_segment(struct argot_sqlite *sqlite, size_t index, int code);
bool argot_sqlite_roll(struct argot_store *store);
/* Whether nobody else has the file open. It is out of WAL mode then, until argot_sqlite_settle. */
bool argot_sqlite_is_alone(struct argot_sqlite *sqlite);
bool argot_sqlite_attach(struct argot_sqlite *sqlite, const char *path, const char *name);

/* The same of any connection; nobody else's is waited for. */
bool argot_sqlite_leave_log(sqlite3 *db);

/* ---- sqlite_index.c ---- */

extern const char argot_sqlite_segment_indexes[];
/* Begins to make the indexes of a segment, if one is without; or makes those of all. Not within a transaction. */
bool argot_sqlite_index_segments(struct argot_sqlite *sqlite);
/* Has the segment of job.file worked on, and what comes of it settled, at once or when it is over. Not within a
 * transaction. */
bool argot_sqlite_begin_job(struct argot_sqlite *sqlite, void (*work)(void *job),
                            bool (*settle)(struct argot_sqlite *));
/* If it is over: settles it. Not within a transaction. */
bool argot_sqlite_collect_job(struct argot_sqlite *sqlite);
/* Stops it. It is begun again another time. */
void argot_sqlite_end_job(struct argot_sqlite *sqlite);
/* What the connection does ends when the job is to. */
void argot_sqlite_heed_stop(sqlite3 *db, struct argot_sqlite_job *job);

/* ---- sqlite_trim.c ---- */

/* Gives up whole segments, while one is due. */
bool argot_sqlite_drop_segments(struct argot_sqlite *sqlite);
/* Gives up what is due, in at most one segment, now and then. */
bool argot_sqlite_trim(struct argot_sqlite *sqlite);
bool argot_sqlite_give_up_oldest(struct argot_store *store, struct argot_store_given_up *given_up);
bool argot_sqlite_note_given_up(struct argot_store *store, const struct argot_store_given_up *given_up);

/* ---- sqlite_layout.c ---- */

/* Makes the tables of an empty file, or brings those of an older one up to date. Within a transaction. */
bool argot_sqlite_layout(struct argot_sqlite *sqlite);
/* Which fields of the schema have a column in a table: `has` has room for each. SQLite's code. */
int argot_sqlite_find_columns(sqlite3 *db, const char *table, bool *has);
/* Whether a schema field has a column among the fields: all but the record, which is the last column. */
bool argot_sqlite_is_column(uint16_t field);
/* The columns of an event, all but the record, separated by commas. */
void argot_sqlite_event_columns(struct argot_buffer *sql);

/* ---- sqlite_waiting.c ---- */

/* What holds for a format; it lives as long as the store. */
const struct argot_store_policy *argot_sqlite_policy(const struct argot_sqlite *sqlite, const char *format);
/* After the connection was opened: whether anything waits. */
bool argot_sqlite_know_waiting(struct argot_sqlite *sqlite);
/* An alert names an event: all of its record that wait and are to be kept then are events from now on. */
bool argot_sqlite_name(struct argot_sqlite *sqlite, const char *format, uint32_t source, uint64_t record);
bool argot_sqlite_forget_waiting(struct argot_store *store, uint64_t newest, argot_time from, argot_time to);

/* ---- sqlite_value.c ---- */

/* A value as its column has it. */
struct argot_sqlite_value {
    int type;     /* SQLITE_INTEGER and so on */
    bool passing; /* the bytes live until the next value is made; else as long as what it was made of */
    union {
        int64_t number;
        double real;
        struct {
            const void *at;
            size_t length;
        };
    };
};
/* NULL where the column cannot hold it, and without memory, which sqlite->text.failed says. */
struct argot_sqlite_value argot_sqlite_value(struct argot_sqlite *sqlite, enum argot_type type,
                                             const struct argot_slot *slot);
/* Whether a column of whole numbers cannot hold it: it then stands in extra under the field's name. */
static inline bool
argot_sqlite_is_too_large(enum argot_type type, const struct argot_slot *slot)
{
    return (type == ARGOT_TYPE_UINT || type == ARGOT_TYPE_BYTES) && slot->u64 > INT64_MAX;
}
/* As the value of a column of a table that is none of SQLite's. */
void argot_sqlite_give(sqlite3_context *context, const struct argot_sqlite_value *value);
/* Binds a value as its column has it. False when the column cannot hold it, which is NULL then. A failure of memory
 * shows when the statement runs: SQLite itself would run it with a NULL. */
bool argot_sqlite_bind(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter, enum argot_type type,
                       const struct argot_slot *slot);
/* Valid UTF-8 that lives no longer than the call. */
void argot_sqlite_bind_copy(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter, const char *text,
                            size_t length);
/* Text as valid UTF-8 without NUL; at NULL: NULL. */
void argot_sqlite_bind_text(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter, const void *text,
                            size_t length);
/* Whether it is what a column of text may hold. */
bool argot_sqlite_is_text(const void *text, size_t length);
void argot_sqlite_bind_word(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter, const char *word);
/* As it is; at NULL: NULL. */
void argot_sqlite_bind_bytes(sqlite3_stmt *statement, int parameter, struct argot_slice bytes);
void argot_sqlite_bind_id(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter,
                          const uint8_t id[ARGOT_ALERT_ID_BYTES]);
void argot_sqlite_bind_number(sqlite3_stmt *statement, int parameter, uint64_t number);
/* Members as a JSON object into sqlite->extra, which is begun and ended by the caller. */
void argot_sqlite_member(struct argot_sqlite *sqlite, const void *key, size_t key_length, enum argot_type type,
                         uint16_t field, const struct argot_slot *slot);
/* The object, until the next one is begun; NULL where there are no members. */
struct argot_sqlite_value argot_sqlite_extra(struct argot_sqlite *sqlite);
void argot_sqlite_bind_extra(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter);

/* ---- the calls ---- */

bool argot_sqlite_event(struct argot_store *store, uint32_t source, const struct argot_event *event, uint64_t *id);
/* The same with an id of the caller's. */
bool argot_sqlite_put_event(struct argot_sqlite *sqlite, int64_t id, uint32_t source, const struct argot_event *event);
/* Events that were put are in their tables. */
bool argot_sqlite_flush(struct argot_store *store);
/* Of those that are not: the one with that id, or NULL. */
const struct argot_sqlite_row *argot_sqlite_find_row(const struct argot_sqlite *sqlite, uint64_t id);
/* What is stored of its record, be it beside the event; at NULL: nothing. */
struct argot_slice argot_sqlite_row_record(const struct argot_sqlite_row *row);
/* None may be on its way. */
void argot_sqlite_forget_shapes(struct argot_store *store);
void argot_sqlite_hold(struct argot_store *store, bool holds);
bool argot_sqlite_letter(struct argot_store *store, uint32_t source, argot_time received,
                         const struct argot_letter *letter);
bool argot_sqlite_alert(struct argot_store *store, const struct argot_alert *alert, const uint32_t *sources,
                        bool *fresh);
const struct argot_store_source *argot_sqlite_sources(struct argot_store *store, size_t *count);
bool argot_sqlite_add_source(struct argot_store *store, struct argot_store_source *source);
bool argot_sqlite_put_source(struct argot_store *store, const struct argot_store_source *source);
bool argot_sqlite_put_number(struct argot_store *store, const char *name, int64_t number);
bool argot_sqlite_get_number(struct argot_store *store, const char *name, int64_t otherwise, int64_t *number);
bool argot_sqlite_put_text(struct argot_store *store, const char *name, const char *text);
bool argot_sqlite_get_text(struct argot_store *store, const char *name, struct argot_buffer *text);
bool argot_sqlite_begin_messages(struct argot_store *store, uint64_t *last);
bool argot_sqlite_put_message(struct argot_store *store, const struct argot_store_message *message);
bool argot_sqlite_drop_message(struct argot_store *store, uint64_t id);
bool argot_sqlite_next_message(struct argot_store *store, const char *output, uint64_t up_to, const uint64_t *skipped,
                               struct argot_store_message *message, bool *there);
bool argot_sqlite_count_messages(struct argot_store *store, const char *output, uint64_t *count, uint64_t *bytes);
bool argot_sqlite_drop_messages(struct argot_store *store, const char *const *outputs, size_t noutputs,
                                uint64_t *dropped);
bool argot_sqlite_raw(struct argot_store *store, uint64_t id, struct argot_buffer *raw);
bool argot_sqlite_read(struct argot_store *store, uint64_t from);
bool argot_sqlite_next(struct argot_store *store, struct argot_store_row *row);
void argot_sqlite_end_read(struct argot_store *store);
