/* SPDX-License-Identifier: Apache-2.0
 * The messages of formats/su.yaml as one tagged DFA, for tagged.py: what argot-gen could make of so small a group. Texts
 * go where the generated extractors put them. */
#define KEEP(slot, begin, end) (argot_read_text(&slots[slot], begin, end), *have |= (uint64_t)((begin) != (end)) << (slot))
#define KEEP3(i, j, k) (KEEP(i, a, b), KEEP(j, c, d), KEEP(k, f, g))

static int
tagged(const uint8_t *YYCURSOR, struct argot_slot *slots, uint64_t *have)
{
    enum { TARGET, USER, TTY, REASON };
    const uint8_t *YYMARKER = YYCURSOR, *a, *b, *c, *d, *f, *g;
    (void)YYMARKER;
/*!stags:re2c format="    const uint8_t *@@;\n"; */
/*!re2c
    re2c:define:YYCTYPE = uint8_t; re2c:yyfill:enable = 0; re2c:flags:tags = 1; re2c:sentinel = 10;
    word = [^ \t\n]*;
    end = [ \t\r]* "\n";
    "Successful su for " @a word @b " by " @c word @d end { KEEP(TARGET, a, b), KEEP(USER, c, d); return 0; }
    "FAILED su for " @a word @b " by " @c word @d end { KEEP(TARGET, a, b), KEEP(USER, c, d); return 1; }
    "+ " @a word @b " " @c [^ \t\n:]* @d ":" @f word @g end { KEEP3(TTY, USER, TARGET); return 2; }
    "- " @a word @b " " @c [^ \t\n:]* @d ":" @f word @g end { KEEP3(TTY, USER, TARGET); return 3; }
    "(to " @a [^ \t\n)]* @b ") " @c word @d " on " @f word @g end { KEEP3(TARGET, USER, TTY); return 4; }
    "FAILED SU (to " @a [^ \t\n)]* @b ") " @c word @d " on " @f word @g end { KEEP3(TARGET, USER, TTY); return 5; }
    "BAD SU " @a word @b " to " @c word @d " on " @f word @g end { KEEP3(USER, TARGET, TTY); return 6; }
    "BAD SU " @a word @b " to " @c word @d end { KEEP(USER, a, b), KEEP(TARGET, c, d); return 6; }
    "'su " @a [^ \t\n']* @b "' succeeded for " @c word @d " on " @f word @g end { KEEP3(TARGET, USER, TTY); return 7; }
    "'su " @a [^ \t\n']* @b "' failed for " @c word @d " on " @f word @g end { KEEP3(TARGET, USER, TTY); return 8; }
    "failed: " @a word @b " changing from " @c word @d " to " @f word @g end { KEEP3(TTY, USER, TARGET); return 9; }
    "pam_authenticate: " @a ([^\n]* [^ \t\r\n])? @b end { KEEP(REASON, a, b); return 10; }
    @a word @b " to " @c word @d " on " @f word @g end { KEEP3(USER, TARGET, TTY); return 11; }
    * { return -1; }
*/
}
