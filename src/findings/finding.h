/* Findings: an id from the catalogue, typed arguments, where in which record, and the answers it rests on. No prose. */
#ifndef DC_FINDINGS_FINDING_H
#define DC_FINDINGS_FINDING_H

#include "base/arena.h"
#include "dns/span.h"
#include "findings/catalogue.gen.h" /* enum dc_finding_id: one DC_F_… a row of data/catalogue/, made by the build */

enum dc_severity { DC_SEVERITY_OFF, DC_SEVERITY_NOTICE, DC_SEVERITY_WARNING, DC_SEVERITY_ERROR };
const char *dc_severity_name(enum dc_severity severity);
bool dc_severity_parse(struct dc_slice text, enum dc_severity *ret_severity);

enum dc_verdict { DC_VERDICT_PASS, DC_VERDICT_NOT_APPLICABLE, DC_VERDICT_INCONCLUSIVE, DC_VERDICT_WARN, DC_VERDICT_FAIL };
const char *dc_verdict_name(enum dc_verdict verdict);

/* One row of the catalogue: static, made from data/catalogue/<protocol>.toml. */
struct dc_catalogue_row {
	const char *slug;            /* for ever: "spf-too-many-lookups" */
	const char *check;           /* id of the check that emits it */
	enum dc_severity severity;   /* default */
	bool inconclusive;           /* says that something could not be determined; never fails a run by itself */
	const char *message;         /* one line, {name} stands for an argument */
	const char *why;
	const char *fix;             /* may hold {name} too */
	const char *const *references; /* "RFC 7208 section 4.6.4", NULL-terminated */
	const char *const *args;     /* names of the arguments, NULL-terminated */
};
const struct dc_catalogue_row *dc_catalogue_row(enum dc_finding_id id);
/* False when there is no such slug. */
bool dc_catalogue_find(struct dc_slice slug, enum dc_finding_id *ret_id);

enum dc_arg_type { DC_ARG_NONE, DC_ARG_INT, DC_ARG_TEXT, DC_ARG_LIST };
struct dc_arg {
	enum dc_arg_type type;
	const char *name; /* as in the catalogue row */
	int64_t number;
	struct dc_slice text;         /* raw, may be hostile: renderers escape */
	const struct dc_slice *items; /* DC_ARG_LIST */
	size_t count;
};
static inline struct dc_arg dc_int(const char *name, int64_t number)
{
	return (struct dc_arg){.type = DC_ARG_INT, .name = name, .number = number};
}
static inline struct dc_arg dc_text(const char *name, struct dc_slice text)
{
	return (struct dc_arg){.type = DC_ARG_TEXT, .name = name, .text = text};
}
static inline struct dc_arg dc_list(const char *name, const struct dc_slice *items, size_t count)
{
	return (struct dc_arg){.type = DC_ARG_LIST, .name = name, .items = items, .count = count};
}
/* dc_emit(em, DC_F_…, where, DC_ARGS(dc_int("lookups", 12), dc_text("term", t))); or NULL for none */
#define DC_ARGS(...) ((const struct dc_arg[]){__VA_ARGS__, {.type = DC_ARG_NONE}})

struct dc_finding {
	enum dc_finding_id id;
	enum dc_severity severity;     /* after policy */
	struct dc_slice subject;       /* what it is about: a domain, a record's name, an address, a selector's name */
	struct dc_span span;           /* span.record empty: none */
	const struct dc_answer *const *answers;
	size_t answer_count;
	const struct dc_arg *args;
	size_t arg_count;
	struct dc_slice waived;        /* reason, when a waiver covers it or the baseline has it; else empty */
	struct dc_slice waived_until;  /* last day of that waiver, "2027-01-31"; empty: none, or it has no end */
	struct dc_finding *next;
};

/* The arguments put into a template; list items joined by ", ". Raw bytes: the caller escapes the result. In `arena`. */
struct dc_slice dc_finding_message(struct dc_arena *arena, const struct dc_finding *finding);
struct dc_slice dc_finding_fix(struct dc_arena *arena, const struct dc_finding *finding);
/* 16 hex digits that stay the same while slug, subject and identifying arguments do: texts and lists of the
 * message; not numbers, whole records and what only the fix names. */
struct dc_slice dc_finding_fingerprint(struct dc_arena *arena, const struct dc_finding *finding);

#endif
