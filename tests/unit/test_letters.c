/* SPDX-License-Identifier: Apache-2.0
 * Dead letters that become events: exactly once, though the program ends at any of its writes, or memory runs out. A
 * program that has ended writes no more: so from a write on none is done, until another program opens the files. */
#ifdef ARGOT_WITH_SQLITE
#include "store/inspect.h"
#include "store/letters.h"
#include "store_fixture.h"
#include "test_seam.h"

#define FILES 2
#define LETTERS 6 /* of each file */
#define FILE_BYTES (1 << 20)
/* So many writes and allocations are passed over between two that fail, which takes a second; with ARGOT_TEST_EVERY in
 * the environment none is, which takes minutes. */
#define WRITES_STEP 5
#define ALLOCATIONS_STEP 41

/* ---- a disk that is gone from some write on ---- */

static struct {
    sqlite3_vfs vfs, *real;
    long left; /* writes that are still done; less than 0: no end */
    bool gone;
} disk;

struct disk_file {
    sqlite3_file base;
    sqlite3_file *real;
};

static bool
may_write(void)
{
    disk.gone = disk.gone || disk.left == 0;
    disk.left -= disk.left > 0;
    return !disk.gone;
}

#define REAL(file) (((struct disk_file *)(file))->real)
#define CALL(file, method, ...) (REAL(file)->pMethods->method(REAL(file), __VA_ARGS__))

static int
disk_close(sqlite3_file *file)
{
    int code = REAL(file)->pMethods ? REAL(file)->pMethods->xClose(REAL(file)) : SQLITE_OK;
    free(REAL(file));
    return code;
}
static int
disk_read(sqlite3_file *file, void *to, int count, sqlite3_int64 at)
{
    return CALL(file, xRead, to, count, at);
}
static int
disk_write(sqlite3_file *file, const void *from, int count, sqlite3_int64 at)
{
    return may_write() ? CALL(file, xWrite, from, count, at) : SQLITE_IOERR_WRITE;
}
static int
disk_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return may_write() ? CALL(file, xTruncate, size) : SQLITE_IOERR_TRUNCATE;
}
static int
disk_sync(sqlite3_file *file, int flags)
{
    (void)file;
    (void)flags;
    return disk.gone ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}
static int
disk_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return CALL(file, xFileSize, size);
}
static int
disk_lock(sqlite3_file *file, int lock)
{
    return CALL(file, xLock, lock);
}
static int
disk_unlock(sqlite3_file *file, int lock)
{
    return CALL(file, xUnlock, lock);
}
static int
disk_check(sqlite3_file *file, int *result)
{
    return CALL(file, xCheckReservedLock, result);
}
static int
disk_control(sqlite3_file *file, int what, void *argument)
{
    return CALL(file, xFileControl, what, argument);
}
static int
disk_sector(sqlite3_file *file)
{
    return REAL(file)->pMethods->xSectorSize(REAL(file));
}
static int
disk_traits(sqlite3_file *file)
{
    return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}
static int
disk_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **at)
{
    return CALL(file, xShmMap, page, size, extend, at);
}
static int
disk_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return CALL(file, xShmLock, offset, count, flags);
}
static void
disk_shm_barrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}
static int
disk_shm_unmap(sqlite3_file *file, int remove_it)
{
    return CALL(file, xShmUnmap, remove_it && !disk.gone);
}

static int
disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *flags_out)
{
    static const sqlite3_io_methods methods = {
        .iVersion = 2,
        .xClose = disk_close,
        .xRead = disk_read,
        .xWrite = disk_write,
        .xTruncate = disk_truncate,
        .xSync = disk_sync,
        .xFileSize = disk_size,
        .xLock = disk_lock,
        .xUnlock = disk_unlock,
        .xCheckReservedLock = disk_check,
        .xFileControl = disk_control,
        .xSectorSize = disk_sector,
        .xDeviceCharacteristics = disk_traits,
        .xShmMap = disk_shm_map,
        .xShmLock = disk_shm_lock,
        .xShmBarrier = disk_shm_barrier,
        .xShmUnmap = disk_shm_unmap,
    };
    (void)vfs;
    file->pMethods = NULL;
    REAL(file) = calloc(1, (size_t)disk.real->szOsFile);
    int code = disk.real->xOpen(disk.real, name, REAL(file), flags, flags_out);
    if (code == SQLITE_OK)
        file->pMethods = &methods;
    else
        free(REAL(file));
    return code;
}
static int
disk_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    return may_write() ? disk.real->xDelete(disk.real, name, sync) : SQLITE_IOERR_DELETE;
}

static void
use_disk(void)
{
    disk.real = sqlite3_vfs_find("unix");
    disk.vfs = *disk.real;
    disk.vfs.zName = "disk";
    disk.vfs.szOsFile = (int)sizeof(struct disk_file);
    disk.vfs.xOpen = disk_open;
    disk.vfs.xDelete = disk_delete;
    disk.left = -1;
    disk.gone = false;
    ck_assert_int_eq(sqlite3_vfs_register(&disk.vfs, 1), SQLITE_OK);
}

static void
forget_disk(void)
{
    sqlite3_vfs_unregister(&disk.vfs);
    ck_assert_int_eq(sqlite3_vfs_register(disk.real, 1), SQLITE_OK);
}

/* ---- a store with letters ---- */

static char closed[600];

static struct {
    char name[600];
    char *bytes;
    size_t size;
} kept[FILES];

static void
put_letters(uint64_t first)
{
    for (uint64_t i = first; i < first + LETTERS; i++) {
        struct argot_letter letter = {
            .reason = ARGOT_LETTER_NO_FORMAT, .record = i, .line = i, .raw = {(const uint8_t *)"x", 1}};
        ck_assert(argot_store_letter(store, 1, CASE_TIME, &letter));
    }
}

static void
keep(size_t number, const char *name)
{
    FILE *file = fopen(name, "rb");
    ck_assert_ptr_nonnull(file);
    snprintf(kept[number].name, sizeof kept[number].name, "%s", name);
    kept[number].bytes = malloc(FILE_BYTES);
    kept[number].size = fread(kept[number].bytes, 1, FILE_BYTES, file);
    ck_assert_uint_lt(kept[number].size, FILE_BYTES);
    fclose(file);
}

/* A closed segment and the live one, each with letters and an event. */
static void
make_store(void)
{
    struct argot_store_source source = {
        .name = "a", .path = "a", .position = {.offset = 9, .record = 100, .line = 100}};
    more.segment_bytes = 1;
    reopen();
    ck_assert(argot_store_add_source(store, &source));
    for (unsigned i = 0; i < FILES; i++) {
        put_letters(10 * i + 1);
        it.event.record = 10 * i + 9;
        put_event();
        source.counts = (struct argot_store_counts){
            .records = (LETTERS + 1) * (i + 1), .events = i + 1, .letters = (uint64_t)LETTERS * (i + 1)};
        ck_assert(argot_store_put_source(store, &source));
        commit();
        if (!i)
            ck_assert_msg(argot_store_roll(store), "%s", argot_store_problem(store));
    }
    argot_store_close(store);
    store = NULL;
    snprintf(closed, sizeof closed, "%s/%s", folder, query("SELECT file FROM segments"));
    keep(0, path);
    keep(1, closed);
}

static void
free_store(void)
{
    for (size_t i = 0; i < FILES; i++)
        free(kept[i].bytes);
}

static void
restore(void)
{
    DIR *entries = opendir(folder);
    for (struct dirent *entry; (entry = readdir(entries));) {
        char name[600];
        snprintf(name, sizeof name, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            remove(name);
    }
    closedir(entries);
    for (size_t i = 0; i < FILES; i++) {
        FILE *file = fopen(kept[i].name, "wb");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(kept[i].bytes, 1, kept[i].size, file), kept[i].size);
        fclose(file);
    }
}

/* ---- what becomes of them ---- */

static void
on_problem(void *context, const char *file, const char *words)
{
    (void)file;
    *(bool *)context = true;
    snprintf(why, sizeof why, "%s", words);
}

/* Records of even numbers make as many events as they say, those that three divides none, others stay. */
static bool
take(struct argot_letters *letters, const struct argot_stored_letter *letter)
{
    struct argot_event events[16];
    const struct argot_event *pointers[16];
    size_t count = letter->record % 2 ? 0 : letter->record % 10;
    if (!count && letter->record % 3)
        return true;
    for (size_t i = 0; i < count; i++) {
        events[i] = it.event;
        events[i].record = letter->record;
        events[i].part = (uint32_t)i;
        events[i].time = CASE_TIME + (argot_time)letter->record - 8;
        pointers[i] = &events[i];
    }
    return argot_letters_take(letters, letter, pointers, count, true);
}

/* False: it did not come to its end, and `why` says so. */
static bool
replay(struct argot_seam *seam)
{
    bool left_out = false;
    struct argot_letters_options options = {
        .seam = seam, .path = path, .batch = 4, .context = &left_out, .problem = on_problem};
    struct argot_letters *letters = argot_letters_open(&options, why, sizeof why);
    const struct argot_stored_letter *batch;
    size_t count = 1, nsources;
    bool good = letters && argot_letters_sources(letters, &nsources);
    while (good && count) {
        good = argot_letters_next(letters, &batch, &count);
        for (size_t i = 0; good && i < count; i++)
            good = take(letters, &batch[i]);
        good = good && (!count || argot_letters_commit(letters));
    }
    if (letters && !good)
        snprintf(why, sizeof why, "%s", argot_letters_problem(letters));
    argot_letters_close(letters);
    return good && !left_out;
}

/* All that has to be the same in the end. */
static const char *
state(char *out, size_t size)
{
    static const char sql[] =
        "SELECT 'e', source, record, part, event_time, event_ingest_time, CAST(raw_line AS TEXT) FROM"
        " events UNION ALL SELECT 'l', source, record, piece, 0, event_ingest_time, raw_line FROM"
        " dead_letters ORDER BY 1, 2, 3, 4";
    char live[sizeof path];
    strcpy(live, path);
    int length = snprintf(out, size, "%s\n", query(sql));
    strcpy(path, closed);
    length += snprintf(out + length, size - (size_t)length, "%s\n", query(sql));
    strcpy(path, live);
    length += snprintf(out + length, size - (size_t)length, "%s\n",
                       query("SELECT records, events, letters, skipped FROM sources"));
    snprintf(out + length, size - (size_t)length, "%s\n",
             query("SELECT first_time, last_time, dead_letters, indexed FROM segments"));
    return out;
}

static void
say(void *context, const char *file, const char *words)
{
    (void)context;
    ck_abort_msg("%s: %s", file, words);
}

static void
check(void)
{
    struct argot_inspect inspect = {.seam = argot_seam_system(), .path = path, .say = say};
    struct argot_inspect_result result;
    ck_assert_msg(argot_inspect_check(&inspect, &result, why, sizeof why), "%s", why);
    ck_assert_uint_eq(result.files, FILES);
}

/* By a run, say, before it is replayed again. */
static void
open_between(void)
{
    reopen();
    argot_store_close(store);
    store = NULL;
}

static char due[1 << 15], found[1 << 15];

static void
begin_faults(void)
{
    use_disk();
    make_store();
    ck_assert_msg(replay(argot_seam_system()), "%s", why);
    check();
    state(due, sizeof due);
}

static long
step(long otherwise)
{
    return getenv("ARGOT_TEST_EVERY") ? 1 : otherwise;
}

static void
end_faults(void)
{
    free_store();
    forget_disk();
}

START_TEST(events_are_where_their_letters_were)
{
    make_store();
    ck_assert_msg(replay(argot_seam_system()), "%s", why);
    ck_assert_str_eq(query("SELECT group_concat(record || '.' || part) FROM (SELECT * FROM events ORDER BY id)"),
                     "16.0,16.1,16.2,16.3,16.4,16.5,14.0,14.1,14.2,14.3,12.0,12.1,19.0");
    ck_assert_str_eq(query("SELECT min(id), max(id), (SELECT group_concat(record) FROM dead_letters) FROM events"),
                     "-12|2|11,13");
    ck_assert_str_eq(query("SELECT records, events, letters, skipped FROM sources"), "14|26|4|2");
    ck_assert_str_eq(query("SELECT first_event, last_event, first_time, last_time, dead_letters FROM segments"),
                     "1|1|1772532000999999994|1772532001000000000|2");
    check();
    free_store();
}
END_TEST

START_TEST(a_program_that_ends_at_any_write_loses_and_doubles_nothing)
{
    bool good = false;
    long writes = 0;
    begin_faults();
    for (; !good; writes += step(WRITES_STEP)) {
        restore();
        disk.left = writes;
        good = replay(argot_seam_system());
        good = good && !disk.gone;
        disk.left = -1;
        disk.gone = false;
        if (writes / step(WRITES_STEP) % 2)
            open_between();
        ck_assert_msg(replay(argot_seam_system()), "after %ld writes: %s", writes, why);
        ck_assert_str_eq(state(found, sizeof found), due);
    }
    ck_assert_int_gt(writes, 50);
    check();
    end_faults();
}
END_TEST

START_TEST(memory_that_runs_out_loses_and_doubles_nothing)
{
    struct argot_test_seam seam;
    bool good = false;
    begin_faults();
    for (uint64_t fail = 1; !good; fail += (uint64_t)step(ALLOCATIONS_STEP)) {
        restore();
        argot_test_seam_init(&seam);
        argot_test_seam_put(&seam, path, "", 0); /* are there; SQLite knows what is in them */
        argot_test_seam_put(&seam, closed, "", 0);
        seam.fail_allocation = fail;
        good = replay(&seam.seam);
        ck_assert_uint_eq(seam.live_blocks, 0);
        argot_test_seam_finish(&seam);
        ck_assert_msg(replay(argot_seam_system()), "%s", why);
        ck_assert_str_eq(state(found, sizeof found), due);
    }
    end_faults();
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("letters");
    TCase *cases = tcase_create("letters");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, events_are_where_their_letters_were);
    tcase_add_test(cases, a_program_that_ends_at_any_write_loses_and_doubles_nothing);
    tcase_add_test(cases, memory_that_runs_out_loses_and_doubles_nothing);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
#else
#include "no_store.h"
#endif
