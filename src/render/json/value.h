/* Inside the JSON renderers: values that cannot be lost and text that is always valid UTF-8. Included by json/ and by the
 * renderers of domain objects (csv.c, prometheus.c, html/). */
#ifndef DC_RENDER_JSON_VALUE_H
#define DC_RENDER_JSON_VALUE_H

#include <jansson.h>

#include "base/tri.h"
#include "render/report.h"

/* Collects the first failure, so that nobody has to look at each value. */
struct dc_json {
	struct dc_buf text; /* for escaping */
	struct dc_arena *nodes; /* node.h */
	struct dc_node *next_node, *nodes_end; /* made ahead, in `nodes` */
	struct dc_json_word *words; /* by their addresses: see dc_json_put_word */
	bool failed;
};

void dc_json_init(struct dc_json *json);
void dc_json_clear(struct dc_json *json);

/* Both take over `value`; NULL is a failure. */
void dc_json_set(struct dc_json *json, json_t *object, const char *key, json_t *value);
void dc_json_add(struct dc_json *json, json_t *array, json_t *value);

/* Valid UTF-8 is kept as it is (the writer escapes all but ASCII as \uXXXX); when it is not valid, it is escaped as
 * dc_escape_text does with DC_ESCAPE_UTF8: an octet that is none becomes the four characters \xHH, a backslash two. */
json_t *dc_json_text(struct dc_json *json, struct dc_slice s);
json_t *dc_json_text_or_null(struct dc_json *json, struct dc_slice s); /* empty: null */
json_t *dc_json_uint(uint64_t number);
json_t *dc_json_words(struct dc_json *json, const char *const *words); /* our own; NULL ends them */
json_t *dc_json_texts(struct dc_json *json, const struct dc_slice *items, size_t count);

/* Appends `value` to `out`; compact, or indented with every line but the first moved right by `margin`. */
void dc_json_write(struct dc_json *json, struct dc_buf *out, const json_t *value, bool compact, unsigned margin);
/* Appends `word` as a JSON string: one of our own, which stays where it is as long as `json` and is measured once. */
void dc_json_put_word(struct dc_json *json, struct dc_buf *out, const char *word);

/* The one value in `text`, whose objects hold no key twice; NULL: there is none, or *ret_memory: memory ended. The caller's. */
json_t *dc_json_load(struct dc_slice text, bool *ret_memory);

/* A member that is a string, borrowed; empty when there is none. */
struct dc_slice dc_json_member(const json_t *object, const char *key);

/* A domain as in the reports, for those who want to look into it; made from nodes (node.h). The caller's. */
json_t *dc_json_domain(struct dc_json *json, struct dc_report *report, const struct dc_audit_result *result);

#endif
