/* Reads lines of the format ledger from standard input. Made with:
 *     argot compile --emit c ledger.yaml && cc -o ledger_fields ledger_fields.c ledger.c */
#include "ledger.h"
#include <stdio.h>
#include <stdlib.h>

int
main(void)
{
    char *line = NULL, text[256];
    size_t room = 0;
    ssize_t length;
    struct argot_ledger *parser = argot_ledger_new(NULL);
    while (parser && (length = getline(&line, &room, stdin)) >= 0) {
        int results = argot_ledger_parse(parser, line, (size_t)length);
        for (int i = 0; i < results; i++) {
            struct argot_ledger_as_refused refused;
            struct argot_alone_letter letter;
            size_t count;
            /* One message as a structure, */
            if (argot_ledger_as_refused(parser, i, &refused) == 1 && refused.has.user_name)
                printf("refused: %.*s\n", (int)refused.user_name.length, refused.user_name.at);
            /* any event field by field, */
            const struct argot_alone_value *fields = argot_ledger_fields(parser, i, &count);
            for (size_t k = 0; k < count; k++) {
                argot_ledger_print(parser, &fields[k], text, sizeof text);
                printf("  %s%s = %s\n", fields[k].extra ? "extra." : "", fields[k].name, text);
            }
            /* and a line that does not fit. */
            if (argot_ledger_letter(parser, i, &letter))
                printf("%s at byte %u, where %s was due\n", letter.reason, letter.offset, letter.expected);
        }
    }
    argot_ledger_free(parser);
    free(line);
    return 0;
}
