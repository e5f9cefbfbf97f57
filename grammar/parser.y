/* SPDX-License-Identifier: Apache-2.0
 * The grammar of the rule language: LALR(1) without conflicts. Actions build nodes of ast.h and nothing else; what names
 * mean and whether types fit is checked later. Mistakes that are made often have productions of their own, so that they
 * can be told in words; they go on with what was probably meant. */
%require "3.8"
%define api.pure full
%define api.prefix {argot_parser_}
%define api.token.prefix {ARGOT_TOKEN_}
%define api.location.type {struct argot_place}
%define parse.error custom
%define parse.lac full
%locations
%param {struct argot_parser *parser}

%code requires {
#include "grammar/build.h"
}

%code provides {
int argot_parser_lex(ARGOT_PARSER_STYPE *value, struct argot_place *place, struct argot_parser *parser);
}

%code {
#include "grammar/codes.h"
#include "grammar/limits.h"
#include "grammar/syntax_error.h"

/* The stacks are as large as they get from the start, so that there is nothing to allocate. */
#define YYINITDEPTH ARGOT_RULE_PARSER_STACK
#define YYMAXDEPTH ARGOT_RULE_PARSER_STACK
#define YYMALLOC(size) NULL
#define YYFREE(block) ((void)(block))

#define YYLLOC_DEFAULT(current, rhs, n) ((current) = (n) ? argot_build_span(&YYRHSLOC(rhs, 1), &YYRHSLOC(rhs, n)) \
                                                         : argot_build_behind(&YYRHSLOC(rhs, 0)))
#define NODE(type, ...) argot_build_copy(parser, &(struct argot_ast_##type){__VA_ARGS__}, sizeof(struct argot_ast_##type))
#define CLAUSE(what, whole, keyword, ...) \
    NODE(clause, .kind = ARGOT_AST_CLAUSE_##what, .place = whole, .word = keyword, __VA_ARGS__)
#define BINARY(what, left, operator, right) argot_build_binary(parser, ARGOT_AST_##what, left, operator, right, false)
#define NEGATED(what, left, operator, right) argot_build_binary(parser, ARGOT_AST_##what, left, operator, right, true)
#define ADD(list, node) argot_build_append(list, node)
#define FIRST(list) argot_build_first(list)
#define SAY(code, place, ...) argot_build_refuse(parser, ARGOT_CODE_RULE_##code, place, __VA_ARGS__)
static void argot_parser_error(const struct argot_place *place, struct argot_parser *parser, const char *text);

#define NO_DURATION (struct argot_ast_duration){0}
}

%union {
    struct argot_ast_expr *expr;
    struct argot_ast_event *event;
    struct argot_ast_key *key;
    struct argot_ast_step *step;
    struct argot_ast_clause *clause;
    struct argot_ast_test *test;
    struct argot_ast_field *field;
    struct argot_ast_decl *decl;
    struct argot_ast_name *name;
    void *list; /* see argot_build_append */
    struct argot_ast_duration duration;
    struct argot_build_unit unit;
    struct argot_build_window window;
    enum argot_ast_quantifier quantifier;
}

%token LET "let" LIST "list" FROM "from" TABLE "table" KEY "key" RULE "rule" EXTEND "extend" TEST "test"
%token TITLE "title" NOTE "note" META "meta" SEVERITY "severity" TAGS "tags" SILENT "silent" COLLECT "collect"
%token KEEP "keep" LIMIT "limit" LATE "late"
%token MATCH "match" EXCEPT "except" LOOKUP "lookup" ON "on" AS "as" BY "by" WHEN "when" WHERE "where" ANY "any" ALL "all"
%token ABSENT "absent" NEW "new" OVER "over" LEARNING "learning" WITHIN "within" EVERY "every" SESSION "session"
%token LEAK "leak"
%token SEQUENCE "sequence" FIRST "first" THEN "then" WITHOUT "without" NO "no" UNTIL "until" TOGETHER "together" HAS "has"
%token REARM "rearm" AFTER "after" BELOW "below" ALWAYS "always" ALERT "alert" AT "at" LOG "log" EXPECT "expect" END "end"
%token IN "in" LIKE "like" CONTAINS "contains" STARTS "starts" ENDS "ends"
%token NOTIN "not in" NOTLIKE "not like" NOTCONTAINS "not contains" NOTSTARTS "not starts" NOTENDS "not ends"
%token IS "is" NULL "null" TRUE "true" FALSE "false" OR "or" AND "and" NOT "not"
%token EQ "==" NE "!=" LE "<=" GE ">="
%token YYEOF 0 "the end of the file"
%token ALONE "an expression alone" /* in no file: the lexer begins with it where one expression is read */
%token <expr> NAME "a name" PATH "a dotted name" STRING "a text" REGEX "a regular expression"
%token <expr> INT "a whole number" FLOAT "a number" SIZE "a size" DURATION "a duration"
%token <expr> ADDRESS "an address" NETWORK "a network"

%type <decl> decl
%type <clause> item
%type <event> event kinds
%type <expr> expr call arg ref element literal constant set patterns list pattern tag number duration
%type <list> items exprs args refs tags names keys keys_or_none sequence start chain last absents cancel members
%type <list> tests fields field_list constants plist
%type <name> name
%type <key> key optkey
%type <step> step then
%type <unit> unit
%type <window> window repeat
%type <duration> within learning
%type <test> test
%type <field> field
%type <expr> quorum condition
%type <quantifier> quantifier

%left OR
%left AND
%precedence NOT
%nonassoc EQ NE '<' '>' '=' LE GE IN LIKE CONTAINS STARTS ENDS NOTIN NOTLIKE NOTCONTAINS NOTSTARTS NOTENDS IS
%left '+' '-'
%left '*' '/' '%'
%precedence UMINUS
%%
input:
    file
  | ALONE expr          { parser->expression = $2; }
  ;
file:
    %empty
  | file decl   { argot_build_add_decl(parser, $2); }
  | file error
  ;
decl:
    LET NAME '=' event
        { $$ = NODE(decl, .kind = ARGOT_AST_LET, .name = argot_build_word($2), .event = $4, .place = @$); }
  | LET NAME EQ event
        { SAY(OTHER_LANGUAGE, @3, "a definition has one `=`");
          $$ = NODE(decl, .kind = ARGOT_AST_LET, .name = argot_build_word($2), .event = $4, .place = @$); }
  | LIST NAME '=' list
        { $$ = NODE(decl, .kind = ARGOT_AST_LISTED, .name = argot_build_word($2), .items = $4, .place = @$); }
  | LIST NAME FROM STRING
        { $$ = NODE(decl, .kind = ARGOT_AST_LIST_FILE, .name = argot_build_word($2), .path = $4, .place = @$); }
  | TABLE NAME FROM STRING KEY NAME
        { $$ = NODE(decl, .kind = ARGOT_AST_TABLE, .name = argot_build_word($2), .path = $4,
                    .key = argot_build_word($6), .place = @$); }
  | RULE NAME open items '}'
        { $$ = NODE(decl, .kind = ARGOT_AST_RULE, .name = argot_build_word($2), .clauses = FIRST($4), .place = @$,
                    .close = @5); }
  | RULE STRING open items '}'
        { SAY(SYNTAX, @2, "the name of a rule stands without quotes; `title` takes a text");
          $$ = NULL; }
  | EXTEND NAME open items '}'
        { $$ = NODE(decl, .kind = ARGOT_AST_EXTEND, .name = argot_build_word($2), .clauses = FIRST($4), .place = @$,
                    .close = @5); }
  | TEST NAME open tests '}'
        { $$ = NODE(decl, .kind = ARGOT_AST_TEST, .name = argot_build_word($2), .tests = FIRST($4), .place = @$,
                    .close = @5); }
  ;
open:     '{'   { parser->open = @1; };

/* ---- clauses ---- */

items:
    %empty       { $$ = NULL; }
  | items item   { $$ = ADD($1, $2); }
  | items error
  ;
item:
    TITLE STRING        { $$ = CLAUSE(TITLE, @$, @1, .value = $2); }
  | NOTE STRING         { $$ = CLAUSE(NOTE, @$, @1, .value = $2); }
  | META NAME STRING    { $$ = CLAUSE(META, @$, @1, .name = argot_build_word($2), .value = $3); }
  | SEVERITY NAME       { $$ = CLAUSE(SEVERITY, @$, @1, .name = argot_build_word($2)); }
  | SEVERITY STRING
        { SAY(SYNTAX, @2, "a severity stands without quotes");
          $$ = CLAUSE(SEVERITY, @$, @1, .name = argot_build_word($2)); }
  | TAGS tags           { $$ = CLAUSE(TAGS, @$, @1, .exprs = FIRST($2)); }
  | ALERT STRING        { $$ = CLAUSE(ALERT, @$, @1, .value = $2); }
  | SILENT              { $$ = CLAUSE(SILENT, @$, @1, .value = NULL); }
  | MATCH event         { $$ = CLAUSE(MATCH, @$, @1, .event = $2); }
  | EXCEPT expr         { $$ = CLAUSE(EXCEPT, @$, @1, .value = $2); }
  | LOOKUP NAME ON ref AS NAME
        { $$ = CLAUSE(LOOKUP, @$, @1, .name = argot_build_word($2), .value = $4, .as = argot_build_word($6)); }
  | BY keys             { $$ = CLAUSE(BY, @$, @1, .keys = FIRST($2)); }
  | UNTIL event         { $$ = CLAUSE(UNTIL, @$, @1, .event = $2); }
  | WHEN expr window
        { $$ = CLAUSE(WHEN, @$, @1, .value = $2, .window = $3.kind, .duration = $3.duration); }
  | WHEN ABSENT duration { $$ = CLAUSE(ABSENT, @$, @1, .duration = argot_build_duration($3)); }
  | WHEN NEW '(' exprs ')' OVER duration learning
        { $$ = CLAUSE(NEW, @$, @1, .exprs = FIRST($4), .duration = argot_build_duration($7), .learning = $8); }
  | SEQUENCE within '{' sequence '}'
        { $$ = CLAUSE(SEQUENCE, @$, @1, .steps = FIRST($4), .duration = $2, .close = @5); }
  | SEQUENCE within '{' error '}'
        { yyerrok; $$ = NULL; }
  | TOGETHER quorum within '{' members '}'
        { $$ = CLAUSE(TOGETHER, @$, @1, .value = $2, .steps = FIRST($5), .duration = $3, .close = @6); }
  | TOGETHER quorum within '{' error '}'
        { yyerrok; $$ = NULL; }
  | REARM AFTER duration
        { $$ = CLAUSE(REARM, @$, @1, .rearm = ARGOT_AST_REARM_AFTER, .duration = argot_build_duration($3)); }
  | REARM EVERY duration
        { $$ = CLAUSE(REARM, @$, @1, .rearm = ARGOT_AST_REARM_EVERY, .duration = argot_build_duration($3)); }
  | REARM WHEN BELOW    { $$ = CLAUSE(REARM, @$, @1, .rearm = ARGOT_AST_REARM_BELOW); }
  | REARM ALWAYS        { $$ = CLAUSE(REARM, @$, @1, .rearm = ARGOT_AST_REARM_ALWAYS); }
  | COLLECT refs        { $$ = CLAUSE(COLLECT, @$, @1, .exprs = FIRST($2)); }
  | KEEP number         { $$ = CLAUSE(KEEP, @$, @1, .value = $2); }
  | LATE duration       { $$ = CLAUSE(LATE, @$, @1, .duration = argot_build_duration($2)); }
  | LIMIT number        { $$ = CLAUSE(LIMIT, @$, @1, .value = $2); }
  | LIMIT number NAME   { $$ = CLAUSE(LIMIT, @$, @1, .value = $2, .name = argot_build_word($3)); }
  ;
number:   INT ;
duration: DURATION ;
refs:     ref { $$ = ADD(NULL, $1); } | refs ',' ref { $$ = ADD($1, $3); } ;
tags:     tag { $$ = ADD(NULL, $1); } | tags ',' tag { $$ = ADD($1, $3); } ;
tag:      NAME | PATH | STRING ;

event:
    kinds               { $$ = $1; $$->place = @$; }
  | kinds WHERE expr    { $$ = $1; $$->where = $3; $$->place = @$; }
  ;
kinds:
    ANY                 { $$ = NODE(event, .source = ARGOT_AST_ANY_EVENT); }
  | names               { $$ = NODE(event, .source = ARGOT_AST_NAMES, .names = FIRST($1)); }
  | ALERT ANY           { $$ = NODE(event, .source = ARGOT_AST_ANY_ALERT); }
  | ALERT names         { $$ = NODE(event, .source = ARGOT_AST_ALERT_NAMES, .names = FIRST($2)); }
  ;
names:    name { $$ = ADD(NULL, $1); } | names ',' name { $$ = ADD($1, $3); } ;
name:     NAME { $$ = NODE(name, .word = argot_build_word($1)); } ;

keys_or_none: %empty { $$ = NULL; } | BY keys { $$ = $2; } ;
keys:     key { $$ = ADD(NULL, $1); } | keys ',' key { $$ = ADD($1, $3); } ;
key:
    optkey              { $$ = $1; $$->place = @$; }
  | optkey AS NAME      { $$ = $1; $$->as = argot_build_word($3); $$->place = @$; }
  | call AS NAME        { $$ = NODE(key, .expr = $1, .as = argot_build_word($3), .place = @$); }
  | '(' expr ')' AS NAME
        { $$ = NODE(key, .expr = argot_build_parens($2, argot_build_span(&@1, &@3)), .as = argot_build_word($5),
                    .place = @$); }
  ;
optkey:   ref { $$ = NODE(key, .expr = $1); } | ref '?' { $$ = NODE(key, .expr = $1, .optional = true); } ;
within:   WITHIN duration { $$ = argot_build_duration($2); } ;
window:
    within              { $$ = (struct argot_build_window){.kind = ARGOT_AST_WITHIN, .duration = $1}; }
  | EVERY duration      { $$ = argot_build_window(ARGOT_AST_EVERY, $2); }
  | SESSION duration    { $$ = argot_build_window(ARGOT_AST_SESSION, $2); }
  | LEAK duration       { $$ = argot_build_window(ARGOT_AST_LEAK, $2); }
  ;
learning: %empty { $$ = NO_DURATION; } | LEARNING duration { $$ = argot_build_duration($2); } ;

/* ---- sequence and together ---- */

sequence: start chain last cancel
        { $$ = argot_build_join(argot_build_join($1, $2), argot_build_join($3, $4)); } ;
start:
    FIRST step          { $2->place = @$; $$ = ADD(NULL, $2); }
  | WITHOUT event keys_or_none within FIRST step
        { struct argot_ast_step *without = NODE(step, .kind = ARGOT_AST_WITHOUT, .event = $2, .keys = FIRST($3),
                                                .within = $4, .place = argot_build_span(&@1, &@4));
          $6->place = argot_build_span(&@5, &@6);
          $$ = ADD(ADD(NULL, without), $6); }
  ;
chain:    %empty { $$ = NULL; } | chain absents then { $$ = ADD(argot_build_join($1, $2), $3); } ;
then:     THEN step { $$ = $2; $$->kind = ARGOT_AST_THEN; $$->place = @$; } ;
last:
    %empty              { $$ = NULL; }
  | absents THEN NO event keys_or_none within
        { $$ = ADD($1, NODE(step, .kind = ARGOT_AST_THEN_NO, .event = $4, .keys = FIRST($5), .within = $6,
                            .place = argot_build_span(&@2, &@6))); }
  ;
absents:
    %empty              { $$ = NULL; }
  | absents WITHOUT event keys_or_none
        { $$ = ADD($1, NODE(step, .kind = ARGOT_AST_WITHOUT, .event = $3, .keys = FIRST($4),
                            .place = argot_build_span(&@2, &@4))); }
  ;
cancel:
    %empty              { $$ = NULL; }
  | cancel UNTIL event keys_or_none
        { $$ = ADD($1, NODE(step, .kind = ARGOT_AST_STEP_UNTIL, .event = $3, .keys = FIRST($4),
                            .place = argot_build_span(&@2, &@4))); }
  ;
step:
    unit keys_or_none
        { $$ = NODE(step, .capture = $1.capture, .count = $1.count, .event = $1.event, .keys = FIRST($2), .place = @$); }
  | unit keys_or_none within
        { $$ = NODE(step, .capture = $1.capture, .count = $1.count, .event = $1.event, .keys = FIRST($2), .within = $3,
                    .place = @$); }
  ;
unit:
    event               { $$ = (struct argot_build_unit){.event = $1}; }
  | NAME '=' event      { $$ = (struct argot_build_unit){.capture = argot_build_word($1), .event = $3}; }
  | number '*' event    { $$ = (struct argot_build_unit){.count = $1, .event = $3}; }
  | NAME '=' number '*' event
        { $$ = (struct argot_build_unit){.capture = argot_build_word($1), .count = $3, .event = $5}; }
  ;
quorum:   %empty { $$ = NULL; } | ANY number { $$ = $2; } ;
members:
    HAS unit keys_or_none
        { $$ = ADD(NULL, NODE(step, .kind = ARGOT_AST_HAS, .capture = $2.capture, .count = $2.count, .event = $2.event,
                              .keys = FIRST($3), .place = @$)); }
  | members HAS unit keys_or_none
        { $$ = ADD($1, NODE(step, .kind = ARGOT_AST_HAS, .capture = $3.capture, .count = $3.count, .event = $3.event,
                            .keys = FIRST($4), .place = argot_build_span(&@2, &@4))); }
  ;

/* ---- tests ---- */

tests:
    %empty              { $$ = NULL; }
  | tests test          { $$ = ADD($1, $2); }
  | tests error
  ;
test:
    AT duration LOG NAME STRING repeat
        { $$ = NODE(test, .kind = ARGOT_AST_TEST_LOG, .at = argot_build_duration($2), .name = argot_build_word($4),
                    .line = $5, .count = $6.count, .every = $6.duration, .place = @$); }
  | LOG NAME STRING
        { $$ = NODE(test, .kind = ARGOT_AST_TEST_LOG, .name = argot_build_word($2), .line = $3, .place = @$); }
  | AT duration NAME '{' fields '}' repeat
        { $$ = NODE(test, .kind = ARGOT_AST_TEST_EVENT, .at = argot_build_duration($2), .name = argot_build_word($3),
                    .fields = FIRST($5), .count = $7.count, .every = $7.duration, .place = @$, .close = @6); }
  | AT duration NAME '{' error '}' repeat
        { yyerrok; $$ = NULL; }
  | AT duration END
        { $$ = NODE(test, .kind = ARGOT_AST_TEST_END, .at = argot_build_duration($2), .place = @$); }
  | EXPECT ALERT NAME AT duration condition
        { $$ = NODE(test, .kind = ARGOT_AST_TEST_EXPECT, .name = argot_build_word($3), .at = argot_build_duration($5),
                    .where = $6, .place = @$); }
  | EXPECT number ALERT NAME condition
        { $$ = NODE(test, .kind = ARGOT_AST_TEST_EXPECT, .count = $2, .name = argot_build_word($4), .where = $5,
                    .place = @$); }
  | EXPECT NO ALERT
        { $$ = NODE(test, .kind = ARGOT_AST_TEST_EXPECT_NO, .place = @$); }
  | EXPECT NO ALERT NAME condition
        { $$ = NODE(test, .kind = ARGOT_AST_TEST_EXPECT_NO, .name = argot_build_word($4), .where = $5, .place = @$); }
  ;
condition: %empty { $$ = NULL; } | WHERE expr { $$ = $2; } ;
repeat:
    %empty              { $$ = (struct argot_build_window){0}; }
  | '*' number EVERY duration { $$ = (struct argot_build_window){.count = $2, .duration = argot_build_duration($4)}; }
  ;
fields:   %empty { $$ = NULL; } | field_list comma { $$ = $1; } ;
field_list: field { $$ = ADD(NULL, $1); } | field_list ',' field { $$ = ADD($1, $3); } ;
field:    ref ':' expr { $$ = NODE(field, .name = $1, .value = $3); } ;

/* ---- expressions ---- */

expr:
    expr OR expr        { $$ = argot_build_chain(parser, ARGOT_AST_OR, $1, @2, $3); }
  | expr AND expr       { $$ = argot_build_chain(parser, ARGOT_AST_AND, $1, @2, $3); }
  | NOT expr            { $$ = argot_build_unary(parser, ARGOT_AST_NOT, @1, $2, false); }
  | expr EQ expr        { $$ = BINARY(EQUAL, $1, @2, $3); }
  | expr NE expr        { $$ = NEGATED(EQUAL, $1, @2, $3); }
  | expr '<' expr       { $$ = BINARY(LESS, $1, @2, $3); }
  | expr '>' expr       { $$ = BINARY(GREATER, $1, @2, $3); }
  | expr LE expr        { $$ = BINARY(LESS_EQUAL, $1, @2, $3); }
  | expr GE expr        { $$ = BINARY(GREATER_EQUAL, $1, @2, $3); }
  | expr '=' expr
        { SAY(OTHER_LANGUAGE, @2, "a comparison is written `==`");
          $$ = BINARY(EQUAL, $1, @2, $3); }
  | expr IN set         { $$ = BINARY(IN, $1, @2, $3); }
  | expr NOTIN set      { $$ = NEGATED(IN, $1, @2, $3); }
  | expr LIKE patterns         { $$ = BINARY(LIKE, $1, @2, $3); }
  | expr CONTAINS patterns     { $$ = BINARY(CONTAINS, $1, @2, $3); }
  | expr STARTS patterns       { $$ = BINARY(STARTS, $1, @2, $3); }
  | expr ENDS patterns         { $$ = BINARY(ENDS, $1, @2, $3); }
  | expr NOTLIKE patterns      { $$ = NEGATED(LIKE, $1, @2, $3); }
  | expr NOTCONTAINS patterns  { $$ = NEGATED(CONTAINS, $1, @2, $3); }
  | expr NOTSTARTS patterns    { $$ = NEGATED(STARTS, $1, @2, $3); }
  | expr NOTENDS patterns      { $$ = NEGATED(ENDS, $1, @2, $3); }
  | expr IS NULL        { $$ = argot_build_is_null(parser, $1, @2, @3, false); }
  | expr IS NOT NULL    { $$ = argot_build_is_null(parser, $1, @2, @4, true); }
  | expr EQ NULL
        { SAY(NULL, @$, "nothing equals null: write `is null`");
          $$ = argot_build_is_null(parser, $1, @2, @3, false); }
  | expr NE NULL
        { SAY(NULL, @$, "nothing differs from null: write `is not null`");
          $$ = argot_build_is_null(parser, $1, @2, @3, true); }
  | expr '+' expr       { $$ = BINARY(ADD, $1, @2, $3); }
  | expr '-' expr       { $$ = BINARY(SUBTRACT, $1, @2, $3); }
  | expr '*' expr       { $$ = BINARY(MULTIPLY, $1, @2, $3); }
  | expr '/' expr       { $$ = BINARY(DIVIDE, $1, @2, $3); }
  | expr '%' expr       { $$ = BINARY(REMAINDER, $1, @2, $3); }
  | '-' expr %prec UMINUS { $$ = argot_build_unary(parser, ARGOT_AST_NEGATE, @1, $2, false); }
  | '(' expr ')'        { $$ = argot_build_parens($2, @$); }
  | call
  | element
  | literal
  ;
element:  ref | ref '[' number ']' { $$ = argot_build_index(parser, $1, $3, @$); } ;
call:
    NAME '(' ')'        { $$ = argot_build_call(parser, $1, NULL, @$); }
  | NAME '(' args ')'   { $$ = argot_build_call(parser, $1, FIRST($3), @$); }
  | NAME '(' '*' ')'
        { SAY(OTHER_LANGUAGE, @3, "`count` without parentheses counts events");
          $$ = argot_build_call(parser, $1, NULL, @$); }
  ;
args:     arg { $$ = ADD(NULL, $1); } | args ',' arg { $$ = ADD($1, $3); } ;
arg:      expr | REGEX ;
exprs:    expr { $$ = ADD(NULL, $1); } | exprs ',' expr { $$ = ADD($1, $3); } ;
set:
    NAME
  | NETWORK
  | '[' exprs comma ']' { $$ = argot_build_list(parser, FIRST($2), @$); }
  | '(' exprs comma ')'
        { SAY(OTHER_LANGUAGE, @$, "a set stands in brackets: [a, b]");
          $$ = argot_build_list(parser, FIRST($2), @$); }
  ;
patterns:
    pattern
  | quantifier NAME     { $$ = $2; $$->quantifier = (uint8_t)$1; }
  | quantifier '[' plist comma ']'
        { $$ = argot_build_list(parser, FIRST($3), argot_build_span(&@2, &@5)); $$->quantifier = (uint8_t)$1; }
  | quantifier '(' plist comma ')'
        { SAY(OTHER_LANGUAGE, argot_build_span(&@2, &@5), "a set stands in brackets: [a, b]");
          $$ = argot_build_list(parser, FIRST($3), argot_build_span(&@2, &@5)); $$->quantifier = (uint8_t)$1; }
  ;
quantifier: ANY { $$ = ARGOT_AST_ANY; } | ALL { $$ = ARGOT_AST_ALL; } ;
plist:    pattern { $$ = ADD(NULL, $1); } | plist ',' pattern { $$ = ADD($1, $3); } ;
pattern:  STRING | REGEX | element | call ;
list:     '[' constants comma ']' { $$ = argot_build_list(parser, FIRST($2), @$); } ;
comma:    %empty | ',' ;
constants: constant { $$ = ADD(NULL, $1); } | constants ',' constant { $$ = ADD($1, $3); } ;
constant:
    literal
  | REGEX
  | '-' INT             { $$ = argot_build_unary(parser, ARGOT_AST_NEGATE, @1, $2, false); }
  | '-' FLOAT           { $$ = argot_build_unary(parser, ARGOT_AST_NEGATE, @1, $2, false); }
  ;
literal:
    STRING | INT | FLOAT | SIZE | DURATION | ADDRESS | NETWORK
  | TRUE                { $$ = argot_build_bool(parser, true, @$); }
  | FALSE               { $$ = argot_build_bool(parser, false, @$); }
  ;
ref:      NAME | PATH ;
%%

static int
yyreport_syntax_error(const yypcontext_t *context, struct argot_parser *parser)
{
    yysymbol_kind_t kinds[YYNTOKENS];
    const char *names[YYNTOKENS];
    int count = yypcontext_expected_tokens(context, kinds, YYNTOKENS);
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (kinds[i] != YYSYMBOL_ALONE)
            names[kept++] = parser->alone && kinds[i] == YYSYMBOL_YYEOF ? "the end of the expression"
                                                                        : yysymbol_name(kinds[i]);
    yysymbol_kind_t found = yypcontext_token(context);
    argot_syntax_error_report(parser, *yypcontext_location(context),
                              found == YYSYMBOL_YYEMPTY ? "" : yysymbol_name(found), names,
                              (size_t)kept);
    return 0;
}

/* Called for what is no syntax error: the stack is full. */
static void
argot_parser_error(const struct argot_place *place, struct argot_parser *parser, const char *text)
{
    (void)text;
    SAY(DEPTH, *place, "nested too deep to be read");
}
