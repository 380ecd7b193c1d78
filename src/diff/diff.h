/* What changed between two reports, and what it comes from.
 *
 *   report (scan.h) → side: per domain records, facts, findings, verdicts     (take.c, records.c)
 *   two sides → changes, in the order of the domains              (compare.c, cause.c)
 *   changes → words, text, JSON of schema domaincheck.diff/1                  (words.c, text.c, json.c)
 *
 * "Gone" is said only when the other side knew that it is gone: what could not be asked is told apart (DC_DIFF_UNKNOWN). */
#ifndef DC_DIFF_DIFF_H
#define DC_DIFF_DIFF_H

#include "diff/scan.h"
#include "findings/finding.h"
#include "render/render.h"

enum {
	DC_DIFF_MEMORY_MAX = 512 << 20, /* octets kept of one report */
	DC_DIFF_THINGS_MAX = 20000,     /* records and facts of one domain: ten times what the largest trees have */
	DC_DIFF_DEPTH_MAX = 32,         /* nesting of SPF records (an audit stops at 24), and of facts */
};

/* ---- one side ---- */

enum dc_diff_state { DC_DIFF_NOT_KNOWN, DC_DIFF_ABSENT, DC_DIFF_PRESENT };

/* A record set in DNS, or a fact that follows from records. */
struct dc_diff_thing {
	bool record;
	struct dc_slice protocol; /* "spf": the name of the object below "facts" it comes from */
	struct dc_slice name;     /* record: the name asked for; fact: its path, "spf.lookups" */
	const char *type;         /* record: "TXT" "MX" "A/AAAA" "PTR"; fact: "" */
	struct dc_slice owner;    /* record behind an alias: where the alias leads; else empty */
	struct dc_slice via;      /* record: how the domain gets there ("include:a.example"); empty: it is asked for itself */
	enum dc_diff_state state;
	struct dc_slice value;    /* PRESENT: as text */
	const struct dc_slice *parts; /* sorted: terms, tags, addresses … */
	size_t part_count;
	bool set;   /* the parts are all there is to it: their order means nothing */
	bool given; /* a selector that was named: without that it would not have been asked for */
};

struct dc_diff_finding {
	struct dc_slice fingerprint, id, check, subject, message, fix;
	enum dc_severity severity;
	bool inconclusive;
	struct dc_slice waived; /* empty: it is not */
	const struct dc_slice *texts; /* of its arguments and its evidence: the names it may be about */
	size_t text_count;
};

struct dc_diff_verdict {
	struct dc_slice id, verdict; /* a requirement's: "profile/requirement" */
};

struct dc_diff_domain {
	struct dc_slice domain, verdict, org_domain; /* org_domain empty: not known */
	const struct dc_diff_thing *things; /* sorted by dc_diff_thing_order, each once */
	size_t thing_count;
	const struct dc_diff_finding *findings; /* sorted by fingerprint */
	size_t finding_count;
	const struct dc_diff_verdict *checks, *profiles; /* sorted by id */
	size_t check_count, profile_count;
	bool spf_whole;  /* the SPF tree was walked to its end */
	bool dkim_whole; /* every selector that was asked for was answered */
	struct dc_slice dkim_mode; /* how far selectors were guessed */
	size_t object;
};

struct dc_diff_option {
	struct dc_slice name, value;
};

struct dc_diff_side {
	struct dc_slice shown, started, version; /* the last two empty: not said */
	const struct dc_diff_option *options; /* sorted by name */
	size_t option_count;
	bool options_known; /* ndjson does not say */
	struct dc_diff_domain *domains; /* sorted, each once: the last object counts */
	size_t domain_count;
	struct dc_arena *arena;
};

/* `text` may be forgotten afterwards. `shown` is clean. DC_ERR_INPUT: no report, or more than the ceilings allow. */
enum dc_status dc_diff_read(struct dc_slice text, const char *shown, struct dc_diff_side **ret_side, struct dc_error *err);
void dc_diff_side_free(struct dc_diff_side *side);

/* ---- two sides ---- */

enum dc_diff_change {
	DC_DIFF_SAME,
	DC_DIFF_CAME,
	DC_DIFF_WENT,
	DC_DIFF_CHANGED,
	DC_DIFF_REACHED,      /* record: the audit gets there now, it did not ask before */
	DC_DIFF_LEFT,         /* record: the audit does not get there any more */
	DC_DIFF_UNKNOWN_NOW,  /* the new report could not determine what the old one knew */
	DC_DIFF_UNKNOWN_THEN, /* the old report could not determine what the new one knows */
};
/* "same" "came" "went" "changed" "reached" "left" "unknown-now" "unknown-then" */
const char *dc_diff_change_name(enum dc_diff_change change);

enum dc_diff_whose { DC_DIFF_OWN, DC_DIFF_ORGANISATION, DC_DIFF_OTHER };
const char *dc_diff_whose_name(enum dc_diff_whose whose); /* "own" "organisation" "other" */

struct dc_diff_thing_change {
	enum dc_diff_change change;
	const struct dc_diff_thing *old, *new; /* one may be NULL */
	const struct dc_slice *added, *removed; /* parts */
	size_t added_count, removed_count;
	enum dc_diff_whose whose; /* records: in whose zone it stands, seen from the domain */
};

struct dc_diff_finding_change {
	enum dc_diff_change change;
	const struct dc_diff_finding *old, *new;
	bool fails; /* it fails now and did not before */
	const struct dc_diff_thing_change **because; /* records that changed and that it is about */
	size_t because_count;
};

struct dc_diff_verdict_change {
	struct dc_slice id, old, new; /* empty: not in that report */
};

struct dc_diff_domain_change {
	const struct dc_diff_domain *old, *new; /* NULL: not in that report */
	struct dc_diff_thing_change *things; /* records first */
	size_t thing_count;
	struct dc_diff_finding_change *findings; /* those that fail first, then came, changed, went */
	size_t finding_count;
	struct dc_diff_verdict_change *checks, *profiles;
	size_t check_count, profile_count;
	bool fails, incomplete;
};

struct dc_diff_summary {
	size_t domains, changed, same, only_old, only_new;
	size_t findings_came, findings_went, findings_changed, new_failing, records, facts, unknown;
	size_t requirements_broken; /* now, and not before */
};

struct dc_diff {
	const struct dc_diff_side *old, *new;
	enum dc_severity fail_on;
	struct dc_diff_domain_change *domains; /* those that are not the same, by name */
	size_t domain_count;
	struct dc_diff_verdict_change *options; /* in which the runs differ */
	size_t option_count;
	struct dc_diff_summary summary;
	bool fails;      /* a new failing finding */
	bool incomplete; /* one side did not know what the other knew */
};

int dc_diff_thing_order(const void *a, const void *b);
int dc_diff_verdict_order(const void *a, const void *b);
/* In `arena`, over two sides that must outlive it. */
struct dc_diff *dc_diff_compare(struct dc_arena *arena, const struct dc_diff_side *old, const struct dc_diff_side *new,
				enum dc_severity fail_on);

/* ---- reports of it ---- */

/* One sentence without its full stop: "_spf.vendor.example added 192.0.2.0/24". Raw octets. */
struct dc_slice dc_diff_words(struct dc_arena *arena, const struct dc_diff_thing_change *change);
enum dc_status dc_diff_text(const struct dc_diff *diff, struct dc_arena *scratch, const struct dc_style *style,
			    struct dc_buf *out);
enum dc_status dc_diff_json(const struct dc_diff *diff, struct dc_arena *scratch, struct dc_buf *out);

/* ---- inside ---- */

/* Collects what take.c finds in one domain object. */
struct dc_diff_taker {
	struct dc_arena *arena;
	struct dc_diff_domain *domain;
	struct dc_diff_thing *things;
	size_t thing_count, thing_capacity;
	bool full; /* DC_DIFF_THINGS_MAX was met */
};
/* The next thing to fill; a spare one when there are too many. */
struct dc_diff_thing *dc_diff_new_thing(struct dc_diff_taker *taker);
/* Sorted copies of `parts`. */
void dc_diff_set_parts(struct dc_diff_taker *taker, struct dc_diff_thing *thing, struct dc_slice *parts, size_t count);
/* records.c: what stands in DNS, out of "facts". */
void dc_diff_take_records(struct dc_diff_taker *taker, const json_t *facts);

/* cause.c: a check judges records of this protocol. */
bool dc_diff_is_about(struct dc_slice check, struct dc_slice protocol);
/* Fills finding->because from the records of `at`. */
void dc_diff_find_causes(struct dc_arena *arena, const struct dc_diff_domain_change *at, struct dc_diff_finding_change *finding);

#endif
