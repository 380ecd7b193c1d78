/* What the user decided, from its texts: profiles, waivers, severities. For --profile, --waivers and --set, and for the
 * manifest, which gives the same things for single domains. */
#ifndef DC_API_DECISION_H
#define DC_API_DECISION_H

#include "api/config.h"

/* The texts of one waiver, as they stand in a file. */
struct dc_waiver_text {
	struct dc_slice slug, subject, domain, expires, reason; /* subject and domain may be empty: any */
	struct dc_slice where; /* "waivers.txt:3" or "domaincheck.yaml:12:7"; for messages */
	bool own;              /* dc_waiver.own */
};
/* Checks and copies one waiver, adds it to config->waivers and to `policy`. DC_ERR_INPUT: an unknown slug, no date, no
 * reason …; the message begins with `where`. */
enum dc_status dc_waiver_add(struct dc_config *config, struct dc_policy *policy, const struct dc_waiver_text *text,
			     struct dc_error *err);
/* A file of waivers, domaincheck(1) under --waivers, into `policy`. */
enum dc_status dc_waivers_read(struct dc_config *config, struct dc_policy *policy, const char *path, struct dc_error *err);
/* `name` a slug, the id of a check or a pattern over either; `severity` "off", "notice", "warning" or "error". `where`
 * begins the message of an error: "--set". */
enum dc_status dc_severity_rule_add(struct dc_config *config, struct dc_policy *policy, struct dc_slice name,
				    struct dc_slice severity, struct dc_slice where, struct dc_error *err);
/* The slug (or the id of a check) that comes nearest to a name that is none; NULL when none is near. */
const char *dc_slug_near(struct dc_slice name, bool checks);
/* Says that there is no profile of that name, which one may be meant, and which there are. Returns `status`. */
enum dc_status dc_profile_unknown(struct dc_slice name, struct dc_slice where, enum dc_status status, struct dc_error *err);
/* One profile by its name; a second time: nothing. `where` begins the message of an error: "--profile". */
enum dc_status dc_profile_add(struct dc_config *config, struct dc_policy *policy, struct dc_slice name,
			      struct dc_slice where, struct dc_error *err);

#endif
