/* SPDX-License-Identifier: Apache-2.0
 * Which view an event belongs to: by its shape, else by what rules see of the shape. Views come and go. */
#include "correlate/selection.h"

#define NONE ARGOT_CONDITIONS_NONE
#define FIRST_PERIODS 4u

struct argot_selection_view {
    struct argot_view *view; /* NULL: free */
    struct argot_buffer signature;
    uint64_t used; /* the clock when it was asked last */
    size_t bytes;
    uint32_t left;                 /* events until it is thought over; 0: never */
    uint32_t periods, due_periods; /* since it watched; after which it watches again */
    uint64_t work, usual;          /* of the view when the period began; of the first period */
};

struct argot_selection_shape {
    const struct argot_shape *shape; /* NULL: free */
    uint64_t type;
    struct argot_selection_view *view; /* NULL: it has none */
};

/* ---- making ---- */

static void
mark_fields(struct argot_selection *selection, const struct argot_expr *expr, const struct argot_plan_rule *rule)
{
    if (expr->kind == ARGOT_EXPR_FIELD)
        selection->relevant[expr->field] = 1;
    else if (expr->kind == ARGOT_EXPR_COLUMN && rule)
        mark_fields(selection, rule->lookups[expr->lookup].key, rule);
    for (uint16_t i = 0; i < expr->nargs; i++)
        mark_fields(selection, expr->args[i], rule);
    for (uint32_t i = 0; expr->set && i < expr->set->nexprs; i++)
        mark_fields(selection, expr->set->exprs[i], rule);
    for (uint32_t i = 0; i < expr->npatterns; i++)
        if (expr->patterns[i].kind == ARGOT_EXPR_PATTERN_COMPUTED)
            mark_fields(selection, expr->patterns[i].expr, rule);
}

static bool
add_item(struct argot_selection *selection, const struct argot_selection_item *item, uint32_t number)
{
    bool failed;
    uint32_t whole = argot_conditions_add(&selection->conditions, item->event->condition, item->rule);
    if (whole == NONE)
        return false;
    selection->roots[number] = argot_conditions_at_hand(&selection->conditions, whole, &failed);
    return !failed;
}

/* Finds all witnesses, so that nothing is added to them later. */
static bool
find_witnesses(struct argot_selection *selection, uint32_t root)
{
    if (root == NONE)
        return true;
    const struct argot_conditions_node *node = argot_conditions_at(&selection->conditions, root);
    if (node->kind != ARGOT_CONDITIONS_AND)
        return argot_witnesses_find(&selection->witnesses, root) != NULL;
    bool good = true;
    for (uint32_t i = 0; good && i < node->nargs; i++)
        good = argot_witnesses_find(&selection->witnesses, node->args[i]) != NULL;
    return good;
}

bool
argot_selection_init(struct argot_selection *selection, struct argot_seam *seam, struct argot_judge *judge,
                     const struct argot_selection_item *items, uint32_t count)
{
    *selection = (struct argot_selection){.seam = seam,
                                          .judge = judge,
                                          .count = count,
                                          .max_views = ARGOT_SELECTION_MAX_VIEWS,
                                          .watch = ARGOT_SELECTION_WATCH,
                                          .period = ARGOT_SELECTION_PERIOD};
    argot_conditions_init(&selection->conditions, seam, judge);
    argot_witnesses_init(&selection->witnesses, seam, &selection->conditions);
    argot_buffer_init(&selection->signature, seam);
    struct argot_arena *arena = &selection->conditions.arena;
    selection->roots = argot_arena_zalloc(arena, count + 1u, sizeof *selection->roots);
    selection->relevant = argot_arena_zalloc(arena, argot_schema.count + 1u, 1);
    selection->views = argot_arena_zalloc(arena, ARGOT_SELECTION_MAX_VIEWS, sizeof *selection->views);
    selection->shapes = argot_arena_zalloc(arena, 2 * ARGOT_SELECTION_MAX_SHAPES, sizeof *selection->shapes);
    selection->of = (struct argot_view_of){.seam = seam,
                                           .judge = judge,
                                           .conditions = &selection->conditions,
                                           .witnesses = &selection->witnesses,
                                           .roots = selection->roots};
    bool good = selection->roots && selection->relevant && selection->views && selection->shapes;
    for (uint32_t i = 0; good && i < count; i++)
        good = add_item(selection, &items[i], i);
    for (uint32_t i = 0; good && i < selection->conditions.count; i++) {
        const struct argot_conditions_node *node = argot_conditions_at(&selection->conditions, i);
        if (node->kind == ARGOT_CONDITIONS_LEAF)
            mark_fields(selection, node->expr, node->rule);
    }
    for (uint32_t i = 0; good && i < count; i++)
        good = find_witnesses(selection, selection->roots[i]);
    return good;
}

static void
drop_view(struct argot_selection *selection, struct argot_selection_view *view)
{
    for (uint32_t i = 0; i < 2 * ARGOT_SELECTION_MAX_SHAPES; i++)
        if (selection->shapes[i].view == view)
            selection->shapes[i].view = NULL;
    for (uint32_t i = 0; i < ARGOT_SELECTION_LAST; i++)
        if (selection->plain[i].used == &view->used)
            selection->plain[i].shape = NULL;
    argot_view_free(view->view, selection->seam);
    argot_buffer_finish(&view->signature);
    selection->views_bytes -= view->bytes;
    selection->nviews -= view->view != NULL;
    *view = (struct argot_selection_view){0};
}

void
argot_selection_finish(struct argot_selection *selection)
{
    if (!selection->seam)
        return;
    for (uint32_t i = 0; selection->shapes && selection->views && i < ARGOT_SELECTION_MAX_VIEWS; i++)
        if (selection->views[i].view)
            drop_view(selection, &selection->views[i]);
    argot_buffer_finish(&selection->signature);
    argot_witnesses_finish(&selection->witnesses);
    argot_conditions_finish(&selection->conditions);
}

/* ---- what rules see of a shape ---- */

static void
put_number(struct argot_buffer *to, uint64_t number)
{
    argot_buffer_append(to, &number, sizeof number);
}

static void
put_text(struct argot_buffer *to, const struct argot_slot *slot)
{
    put_number(to, slot->text.length);
    argot_buffer_append(to, slot->text.at, slot->text.length);
}

static void
put_constant(struct argot_buffer *to, uint8_t type, const struct argot_slot *slot)
{
    switch ((enum argot_type)type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        put_text(to, slot);
        break;
    case ARGOT_TYPE_IP:
        argot_buffer_append(to, slot->ip, sizeof slot->ip);
        break;
    case ARGOT_TYPE_STRING_LIST:
    case ARGOT_TYPE_IP_LIST:
        put_number(to, slot->list.count);
        for (uint32_t i = 0; i < slot->list.count; i++)
            put_constant(to, type == ARGOT_TYPE_IP_LIST ? ARGOT_TYPE_IP : ARGOT_TYPE_STRING, &slot->list.items[i]);
        break;
    default:
        put_number(to, slot->u64);
        break;
    }
}

/* Shapes with one signature and type are one to all rules. */
static void
sign(struct argot_selection *selection, const struct argot_shape *shape, uint64_t type)
{
    struct argot_buffer *to = &selection->signature;
    to->length = 0;
    put_number(to, type);
    for (uint16_t i = 0; i < shape->count; i++) {
        const struct argot_shape_field *field = &shape->fields[i];
        if (field->field >= argot_schema.count || !selection->relevant[field->field] ||
            field->field == selection->witnesses.event_type)
            continue;
        put_number(to, (uint64_t)field->field << 1 | field->constant);
        if (field->constant)
            put_constant(to, argot_schema.fields[field->field].type, &field->slot);
    }
    selection->failed = selection->failed || to->failed;
}

/* ---- views ---- */

static struct argot_selection_view *
find_view(struct argot_selection *selection)
{
    const struct argot_buffer *due = &selection->signature;
    for (uint32_t i = 0; i < ARGOT_SELECTION_MAX_VIEWS; i++) {
        struct argot_selection_view *view = &selection->views[i];
        if (view->view && view->signature.length == due->length &&
            !memcmp(view->signature.bytes, due->bytes, due->length))
            return view;
    }
    return NULL;
}

/* A free place; where there is none, now and then that of the view that was longest not asked. */
static struct argot_selection_view *
find_place(struct argot_selection *selection)
{
    struct argot_selection_view *oldest = NULL, *place = NULL;
    for (uint32_t i = 0; i < selection->max_views; i++) {
        struct argot_selection_view *view = &selection->views[i];
        if (!view->view)
            place = view;
        else if (!oldest || view->used < oldest->used)
            oldest = view;
    }
    if (place && (selection->views_bytes < ARGOT_SELECTION_MAX_BYTES || !oldest))
        return place;
    if (++selection->turned_away % ARGOT_SELECTION_PATIENCE)
        return NULL;
    drop_view(selection, oldest);
    return oldest;
}

static const struct argot_view_of *
view_of_listeners(struct argot_selection *selection, const uint32_t *listeners, uint32_t nlisteners)
{
    selection->of.listeners = listeners;
    selection->of.nlisteners = nlisteners;
    return &selection->of;
}

static struct argot_selection_view *
make_view(struct argot_selection *selection, const struct argot_view_of *of, const struct argot_event *event)
{
    struct argot_selection_view *place = find_place(selection);
    if (!place)
        return NULL;
    bool few = of->nlisteners <= ARGOT_SELECTION_FEW;
    struct argot_view *view = argot_view_new(of, event, !few, NULL);
    if (!view) {
        selection->failed = true;
        return NULL;
    }
    *place = (struct argot_selection_view){.view = view,
                                           .bytes = view->arena.used_bytes,
                                           .left = few ? 0 : selection->watch,
                                           .due_periods = FIRST_PERIODS};
    argot_buffer_init(&place->signature, selection->seam);
    argot_buffer_append(&place->signature, selection->signature.bytes, selection->signature.length);
    selection->views_bytes += place->bytes;
    selection->nviews++;
    selection->failed = selection->failed || place->signature.failed;
    return place;
}

/* ---- thinking it over ---- */

/* The view gives way to another of the same events. */
static void
replace(struct argot_selection *selection, struct argot_selection_view *place, const struct argot_view_of *of,
        const struct argot_event *event, bool watch)
{
    struct argot_view *view = argot_view_new(of, event, watch, place->view->watches ? place->view : NULL);
    if (!view) {
        selection->failed = true;
        return;
    }
    argot_view_free(place->view, selection->seam);
    selection->views_bytes += view->arena.used_bytes - place->bytes;
    place->view = view;
    place->bytes = view->arena.used_bytes;
    place->periods = 0;
    place->work = 0;
    place->left = watch ? selection->watch : selection->period;
}

/* After watching, what was seen decides. A view that gets much more to do than at first watches again, and each now and
 * then. */
static void
think_over(struct argot_selection *selection, struct argot_selection_view *place, const struct argot_view_of *of,
           const struct argot_event *event)
{
    uint64_t work = place->view->work - place->work;
    if (place->view->watches) {
        replace(selection, place, of, event, false);
        return;
    }
    place->work = place->view->work;
    place->left = selection->period;
    if (!place->periods++)
        place->usual = work;
    bool more = work > 4 * place->usual + selection->period;
    if (!more && place->periods < place->due_periods)
        return;
    if (!more && place->due_periods < ARGOT_SELECTION_MAX_PERIODS)
        place->due_periods *= 2;
    replace(selection, place, of, event, true);
}

/* ---- shapes ---- */

static struct argot_selection_shape *
find_shape(struct argot_selection *selection, const struct argot_shape *shape, uint64_t type)
{
    const uint32_t mask = 2 * ARGOT_SELECTION_MAX_SHAPES - 1;
    uint64_t hash = argot_judge_key_mix((uint64_t)(uintptr_t)shape, type);
    uint32_t at = (uint32_t)hash & mask;
    while (selection->shapes[at].shape && (selection->shapes[at].shape != shape || selection->shapes[at].type != type))
        at = (at + 1) & mask;
    if (selection->shapes[at].shape)
        return &selection->shapes[at];
    if (selection->nshapes == ARGOT_SELECTION_MAX_SHAPES) {
        memset(selection->shapes, 0, (mask + 1) * sizeof *selection->shapes);
        selection->nshapes = 0;
        at = (uint32_t)hash & mask;
    }
    selection->nshapes++;
    selection->shapes[at] = (struct argot_selection_shape){.shape = shape, .type = type};
    return &selection->shapes[at];
}

/* A test of the node, if there is room and it is one of a slot. */
static bool
add_test(struct argot_selection_plain *plain, const uint16_t *places, const struct argot_conditions_node *node,
         uint32_t listener)
{
    if (!node->test || places[node->field] >= ARGOT_SHAPE_MAX_SLOTS || plain->ntests == ARGOT_SELECTION_TESTS)
        return false;
    plain->tests[plain->ntests++] = (struct argot_selection_test){.constant = node->constant,
                                                                  .test = node->test,
                                                                  .differs = node->differs,
                                                                  .slot = (uint8_t)places[node->field],
                                                                  .listener = listener};
    return true;
}

/* All that is left of an entry's condition. */
static bool
add_tests(struct argot_selection *selection, struct argot_selection_plain *plain, const uint16_t *places,
          const struct argot_view *view, const struct argot_view_entry *entry)
{
    uint32_t first = plain->ntests;
    for (uint32_t i = 0; i < entry->nconditions; i++) {
        uint32_t number = view->numbers[entry->conditions + i];
        const struct argot_conditions_node *node = argot_conditions_at(&selection->conditions, number);
        if (!add_test(plain, places, node, entry->listener))
            return false;
    }
    for (uint32_t i = first; i < plain->ntests; i++)
        plain->tests[i].next = (uint8_t)plain->ntests;
    if (plain->ntests > first)
        plain->tests[plain->ntests - 1].last = true;
    return plain->ntests > first;
}

/* Notes whether the shape, of which this is the view, is plain. One whose events have different types is not. */
static void
note_plain(struct argot_selection *selection, const struct argot_shape *shape, struct argot_selection_view *of)
{
    struct argot_selection_plain *noted = &selection->plain[shape->number % ARGOT_SELECTION_LAST];
    noted->shape = NULL;
    if (!of || of->left || of->view->nclauses)
        return;
    const uint16_t *places = argot_judge_places(selection->judge, shape);
    if (!places || places[selection->witnesses.event_type] < ARGOT_JUDGE_PLACE_CONSTANT)
        return;
    const struct argot_view *view = of->view;
    struct argot_selection_plain plain = {.shape = shape, .used = &of->used, .nlisteners = view->nalways};
    for (uint32_t i = 0; i < view->nalways; i++)
        if (!add_tests(selection, &plain, places, view, &view->entries[view->always[i]]))
            return;
    *noted = plain;
}

static struct argot_selection_view *
find_view_of(struct argot_selection *selection, const struct argot_event *event, uint64_t type,
             const struct argot_view_of *of)
{
    struct argot_selection_shape *entry = find_shape(selection, event->shape, type);
    selection->last[event->shape->number % ARGOT_SELECTION_LAST] = entry;
    if (!entry->view) {
        sign(selection, event->shape, type);
        entry->view = selection->failed ? NULL : find_view(selection);
        if (!entry->view && !selection->failed)
            entry->view = make_view(selection, of, event);
    }
    note_plain(selection, event->shape, entry->view);
    return entry->view;
}

/* NULL: there is none, or no memory. */
static inline struct argot_selection_view *
view_of(struct argot_selection *selection, const struct argot_event *event, uint64_t type,
        const struct argot_view_of *of)
{
    const struct argot_selection_shape *entry = selection->last[event->shape->number % ARGOT_SELECTION_LAST];
    if (entry && entry->shape == event->shape && entry->type == type && entry->view)
        return entry->view;
    return find_view_of(selection, event, type, of);
}

/* ---- asking ---- */

uint32_t
argot_selection_ask_each(struct argot_selection *selection, const struct argot_subject *subject,
                         const uint32_t *listeners, uint32_t nlisteners, uint32_t *taken)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < nlisteners; i++) {
        uint32_t root = selection->roots[listeners[i]];
        selection->judged += root != NONE;
        if (root == NONE || argot_conditions_hold(&selection->conditions, root, subject))
            taken[count++] = listeners[i];
    }
    return count;
}

/* Of a view that looks for nothing. */
static uint32_t
ask_always(struct argot_selection *selection, struct argot_view *view, const struct argot_subject *subject,
           uint32_t *taken)
{
    uint32_t count = 0;
    view->asked++;
    for (uint32_t i = 0; i < view->nalways; i++) {
        const struct argot_view_entry *entry = &view->entries[view->always[i]];
        if (argot_view_holds(view, &selection->conditions, entry, subject, &selection->judged))
            taken[count++] = entry->listener;
    }
    return count;
}

bool
argot_selection_may_take(struct argot_selection *selection, const struct argot_event *event, uint64_t type,
                         const uint32_t *listeners, uint32_t nlisteners)
{
    const struct argot_view_of *of = view_of_listeners(selection, listeners, nlisteners);
    const struct argot_selection_view *view = view_of(selection, event, type, of);
    return !view || view->view->nentries;
}

uint32_t
argot_selection_ask(struct argot_selection *selection, const struct argot_subject *subject, uint64_t type,
                    const uint32_t *listeners, uint32_t nlisteners, uint32_t *taken)
{
    const struct argot_view_of *of = view_of_listeners(selection, listeners, nlisteners);
    struct argot_selection_view *view = view_of(selection, subject->event, type, of);
    if (!view)
        return argot_selection_ask_each(selection, subject, listeners, nlisteners, taken);
    view->used = ++selection->clock;
    if (view->left && !--view->left) {
        think_over(selection, view, of, subject->event);
        if (selection->failed)
            return 0;
    }
    if (!view->view->nclauses)
        return ask_always(selection, view->view, subject, taken);
    return argot_view_ask(view->view, of, subject, taken, &selection->judged);
}
