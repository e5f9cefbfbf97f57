/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as an input, compressed or not: the first byte is how many arrive at a time and the size of blocks. It
 * ends, in the same way whatever the blocks and reads, with the same bytes unless damaged; all memory comes back. */
#include "input/input.h"
#include "fuzz_case.h"
#include "test_seam.h"
#include <string.h>

#define MOST_BYTES ((size_t)1 << 22) /* of what a small file may become, before it is left */
#define PROBLEM_BYTES 250

struct outcome {
    uint8_t *bytes;
    size_t length;
    bool left; /* too much to go on */
    enum argot_input_status status;
    char problem[PROBLEM_BYTES];
};

static void
read_input(const uint8_t *data, size_t size, size_t step, size_t block_bytes, struct outcome *outcome)
{
    struct argot_test_seam seam;
    struct argot_block_bytes block = {0};
    struct argot_input_options options = {.block_bytes = block_bytes};
    char why[PROBLEM_BYTES];
    argot_test_seam_init(&seam);
    argot_test_seam_put(&seam, "a", data, size);
    seam.read_most = step;
    struct argot_input *input = argot_input_open(&seam.seam, "a", &options, why, sizeof why);
    check(input != NULL);
    *outcome = (struct outcome){0};
    while (!outcome->left && (outcome->status = argot_input_next(input, &block)) == ARGOT_INPUT_BLOCK) {
        check(block.length > 0 && block.bytes[block.length] == '\n');
        outcome->bytes = realloc(outcome->bytes, outcome->length + block.length);
        check(outcome->bytes != NULL);
        memcpy(outcome->bytes + outcome->length, block.bytes, block.length);
        outcome->length += block.length;
        outcome->left = outcome->length > MOST_BYTES;
    }
    uint64_t done, total;
    argot_input_progress(input, &done, &total);
    check(done <= total && total == size);
    const char *problem = argot_input_problem(input);
    check(outcome->left || outcome->status == ARGOT_INPUT_END ? !problem : problem != NULL);
    if (problem)
        strncpy(outcome->problem, problem, PROBLEM_BYTES - 1);
    argot_block_finish(&seam.seam, &block);
    argot_input_close(input);
    check(seam.live_blocks == 0);
    argot_test_seam_finish(&seam);
}

/* Where damage is found, and how much is given before it, depends on how much the library gets at a time (libzstd
 * checks a frame that it has wholly before it gives anything); that it is found does not. */
static bool
same_problem(const struct outcome *a, const struct outcome *b)
{
    const char *place = strstr(a->problem, ", at compressed byte");
    size_t words = place ? (size_t)(place - a->problem) : sizeof a->problem;
    return !strncmp(a->problem, b->problem, words);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct outcome whole, parts;
    read_input(data + 1, size - 1, 0, 0, &whole);
    read_input(data + 1, size - 1, 1 + (size_t)(data[0] & 15), (size_t)1 << (data[0] >> 4), &parts);
    size_t common = whole.length < parts.length ? whole.length : parts.length;
    check(!common || !memcmp(whole.bytes, parts.bytes, common));
    if (!whole.left && !parts.left) {
        check(whole.status == parts.status && same_problem(&whole, &parts));
        check(whole.length == parts.length || !strncmp(whole.problem, "is damaged", strlen("is damaged")));
    }
    free(whole.bytes);
    free(parts.bytes);
    return 0;
}
