/* Reports read back: a json report, ndjson, or domain objects one after the other. The text may come from anywhere; it is
 * read one domain at a time, so that what it costs is bounded by the largest domain object and not by the report. */
#ifndef DC_DIFF_SCAN_H
#define DC_DIFF_SCAN_H

#include <jansson.h>

#include "base/arena.h"
#include "base/status.h"

enum {
	DC_SCAN_REPORT_MAX = 256 << 20, /* octets: a report of some 20,000 domains */
	DC_SCAN_DOMAIN_MAX = 32 << 20,  /* one domain object; an ordinary one has some ten kilobytes, parsed it takes
					 * up to 25 times as much memory */
};

struct dc_scan {
	const char *shown; /* stands for the file in messages */
	void *user;
	/* A member of a json report other than its domains: "started", "options" … Before its domains come. May be NULL. */
	void (*member)(void *user, struct dc_slice key, const json_t *value);
	/* A domain object: "domain" is a text that is not empty, "findings" a list of objects. False: stop, *err is filled. */
	bool (*domain)(void *user, const json_t *domain, struct dc_error *err);
};
/* DC_ERR_INPUT: no report, cut off, or larger than the ceilings: one line that begins with `shown`. */
enum dc_status dc_scan_reports(const struct dc_scan *scan, struct dc_slice text, struct dc_error *err);

/* Text of a member, borrowed from the object; empty when there is none. */
struct dc_slice dc_scan_text(const json_t *object, const char *key);

#endif
