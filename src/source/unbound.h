/* DNS through libunbound: our own validation, and our own recursion.
 *
 * Answers DC_ASK_VALIDATE with `dnssec` set: secure, insecure, bogus (outcome BOGUS, why in `detail`), or unknown (why in
 * `detail`). With DC_UNBOUND_RECURSE it answers DC_ASK_DNS too: no resolver is needed or trusted. DC_ASK_SERVER is the
 * live source's.
 *
 * The context of libunbound is made with the first question, since that takes milliseconds. One source belongs to one loop
 * and one thread; several of them may live in one process. */
#ifndef DC_SOURCE_UNBOUND_H
#define DC_SOURCE_UNBOUND_H

#include "source/live.h"

#define DC_UNBOUND_ROOT_HINTS "/usr/share/dns/root.hints" /* Debian's dns-root-data */
#define DC_UNBOUND_ROOT_KEY "/usr/share/dns/root.key"

enum dc_unbound_mode {
	/* Validates what the given resolvers pass on. One that strips signatures is found out with the first question: then
	 * all is unknown, never bogus. */
	DC_UNBOUND_VALIDATE,
	/* Asks the authoritative servers, from the root. */
	DC_UNBOUND_RECURSE,
};

enum {
	DC_UNBOUND_TIMEOUT_MS = 5000,          /* through a resolver */
	DC_UNBOUND_RECURSE_TIMEOUT_MS = 15000, /* a cold walk from the root, over servers that may be dead */
	DC_UNBOUND_WINDOW = 1000,
};

/* Zero means the default. Texts are copied. */
struct dc_unbound_options {
	enum dc_unbound_mode mode;
	const struct dc_live_server *servers; /* DC_UNBOUND_VALIDATE: at least one */
	size_t server_count;
	const char *root_hints;   /* DC_UNBOUND_RECURSE: a file in zone syntax */
	const char *trust_anchor; /* a file with DS or DNSKEY records */
	const char *trust_point;  /* the name they belong to; default "." */
	bool no_validation;       /* DC_UNBOUND_RECURSE: bulk runs; DC_ASK_VALIDATE is answered with "unknown" */
	uint32_t timeout_ms;      /* for one question */
	unsigned window;          /* questions under way that are younger than a second */
	/* Further settings of unbound.conf(5), pairs of "name:" and value, NULL at the end; for tests. */
	const char *const *settings;
};

/* NULL with *err set when a file cannot be read or an option is impossible. */
struct dc_source *dc_unbound_new(struct dc_loop *loop, const struct dc_unbound_options *options, struct dc_error *err);

#endif
