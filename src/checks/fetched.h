/* Documents behind HTTPS, as checks tell of them. */
#ifndef DC_CHECKS_FETCHED_H
#define DC_CHECKS_FETCHED_H

#include "base/civil.h"
#include "evidence/https.h"
#include "findings/emit.h"

/* Why a document could not be had, in words. */
static inline struct dc_slice dc_fetch_reason(const struct dc_answer *failed)
{
	if (failed->question.kind == DC_ASK_HTTPS && failed->outcome == DC_OUTCOME_ANSWER)
		return DC_S("the recorded answer cannot be read");
	return failed->detail.len ? failed->detail : DC_S("no reason is known");
}

/* Zone files alone were asked: what lies behind the names in them is not what they are audited for. */
static inline bool dc_fetch_is_outside(const struct dc_answer *failed)
{
	return failed && failed->question.kind == DC_ASK_HTTPS && failed->outcome == DC_OUTCOME_OUT_OF_SOURCE;
}

/* What is wrong with a host's certificate, in words that follow "it "; NULL: nothing. */
static inline const char *dc_fetch_certificate(const struct dc_https_reply *reply, int64_t now_s)
{
	switch (reply->verify) {
	case DC_HTTPS_VERIFY_OK:
		return reply->not_after_s < now_s ? "has expired since" : NULL;
	case DC_HTTPS_VERIFY_EXPIRED:
		return "has expired";
	case DC_HTTPS_VERIFY_EARLY:
		return "is not valid yet";
	case DC_HTTPS_VERIFY_NAME:
		return "is for other names";
	case DC_HTTPS_VERIFY_SELF:
		return "is signed by itself";
	case DC_HTTPS_VERIFY_UNTRUSTED:
		return "is not from a certification authority that is generally trusted, or an intermediate certificate is missing";
	case DC_HTTPS_VERIFY_WEAK:
		return "has a key or signature that is too weak";
	default:
		return "is not valid";
	}
}

/* "2026-12-01" */
static inline struct dc_slice dc_fetch_day(struct dc_arena *arena, int64_t seconds)
{
	char stamp[DC_CIVIL_STAMP_LEN + 1];

	return dc_arena_dup(arena, (struct dc_slice){dc_civil_stamp(seconds, stamp), 10});
}

/* Names of a certificate for a message: the first few. */
static inline struct dc_slice dc_fetch_names(struct dc_arena *arena, const struct dc_https_reply *reply)
{
	enum { SHOWN = 4 };
	struct dc_slice all = {0};

	for (size_t i = 0; i < reply->name_count && i < SHOWN; i++)
		all = dc_arena_printf(arena, "%.*s%s%.*s", DC_FMT(all), i ? ", " : "", DC_FMT(reply->names[i]));
	if (reply->name_count > SHOWN)
		all = dc_arena_concat(arena, all, DC_S(" …"));
	return all.len ? all : DC_S("no name at all");
}

#endif
