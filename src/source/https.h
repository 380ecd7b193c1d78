/* Documents over HTTPS: evidence/https.h has the text of question and answer. One connection a document, nothing followed,
 * nothing kept: no redirects, cookies, proxies, credentials, other protocols, names resolved by anybody but our DNS. */
#ifndef DC_SOURCE_HTTPS_H
#define DC_SOURCE_HTTPS_H

#include "base/status.h"
#include "source/loop.h"
#include "source/source.h"

enum {
	DC_HTTPS_ACTIVE_MAX = 128,    /* connections of one source at a time: some 60 KiB each, most of them waiting */
	DC_HTTPS_ACTIVE_HOST_MAX = 8, /* of these, to one address: providers host the policies of many domains */
};

struct dc_https_options {
	uint32_t timeout_ms;     /* for the connection; the whole may take three times as long */
	bool allow_private;      /* addresses that are not of the public Internet too */
	const char *ca_file;     /* certificates (PEM) to trust; NULL: the system's. Checked at once */
};

/* Nothing is opened, and no library started, before the first question. */
struct dc_source *dc_https_new(struct dc_loop *loop, const struct dc_https_options *options, struct dc_error *err);

#endif
