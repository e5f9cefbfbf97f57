/* SPDX-License-Identifier: Apache-2.0
 * The first page of a store has the head of the file, and leads to the list of its tables: without it SQLite reads
 * nothing of all that is intact. It is the same in every store but for counts, which SQLite takes from elsewhere where
 * they are zero. So that of a new store is put before a copy of the rest. Where the list of tables lies elsewhere,
 * since the store was of an older version or has the indexes of a closed segment, SQLite finds no list there, and the
 * store cannot be read as before. */
#include "store/sqlite.h"
#include <errno.h>
#include <string.h>

#define PAGE_BYTES ARGOT_SQLITE_PAGE_BYTES
#define PIECE_BYTES (64 << 10) /* that is copied at once */
#define COPY_MODE 0600u        /* who may not read the store reads no copy either */
#define COUNTS_AT 24           /* changes, pages, first free page and number of them: 4 bytes each */
#define COUNTS_BYTES 16

/* A new store at the path, whose first page is taken; it is gone afterwards. */
static int
make_first_page(struct argot_seam *seam, const char *path, uint8_t *page)
{
    struct argot_sqlite made = {.store = {.seam = seam}};
    argot_sqlite_remove_database(seam, path); /* of a repair that was killed */
    bool good = sqlite3_open_v2(path, &made.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                NULL) == SQLITE_OK &&
                argot_sqlite_execute(&made, "PRAGMA page_size = 8192; BEGIN IMMEDIATE", "the copy") &&
                argot_sqlite_layout(&made) && argot_sqlite_execute(&made, "COMMIT", "the copy");
    bool full = !good && argot_sqlite_is_full(made.db);
    sqlite3_close(made.db);
    if (!good)
        return full ? -ENOSPC : -EIO;
    int fd = seam->open(seam, path, ARGOT_OPEN_READ);
    int64_t got = fd < 0 ? fd : argot_seam_read_at(seam, fd, page, PAGE_BYTES, 0);
    if (fd >= 0)
        (void)seam->close(seam, fd);
    memset(page + COUNTS_AT, 0, COUNTS_BYTES);
    return got < 0 ? (int)got : got == PAGE_BYTES ? 0 : -EIO;
}

/* All of a file, with other bytes in the place of its first ones. */
static int
copy_bytes(struct argot_seam *seam, const char *from_path, const char *to_path, const uint8_t *first, size_t count)
{
    uint8_t *piece = seam->allocate(seam, PIECE_BYTES);
    int from = seam->open(seam, from_path, ARGOT_OPEN_READ);
    int to = from < 0 ? from : seam->open(seam, to_path, ARGOT_OPEN_WRITE);
    int status = !piece ? -ENOMEM : to < 0 ? to : seam->set_mode(seam, to, COPY_MODE);
    for (uint64_t at = 0; !status;) {
        int64_t got = argot_seam_read_at(seam, from, piece, PIECE_BYTES, at);
        if (got <= 0) {
            status = (int)got;
            break;
        }
        if (!at && count)
            memcpy(piece, first, (size_t)got < count ? (size_t)got : count);
        status = argot_seam_write_all(seam, to, piece, (size_t)got);
        at += (uint64_t)got;
    }
    if (from >= 0)
        (void)seam->close(seam, from);
    if (to >= 0)
        (void)seam->close(seam, to);
    seam->release(seam, piece);
    return status;
}

int
argot_sqlite_head_copy(struct argot_seam *seam, const char *path, const char *copy)
{
    uint8_t page[PAGE_BYTES];
    int status = make_first_page(seam, copy, page);
    if (!status)
        status = copy_bytes(seam, path, copy, page, sizeof page);
    char *log = sqlite3_mprintf("%s-wal", path), *log_copy = sqlite3_mprintf("%s-wal", copy);
    if (!status && (!log || !log_copy))
        status = -ENOMEM;
    if (!status && argot_seam_find(seam, log) == 1)
        status = copy_bytes(seam, log, log_copy, NULL, 0);
    sqlite3_free(log);
    sqlite3_free(log_copy);
    return status;
}
