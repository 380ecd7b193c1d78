/* TLS reports of one domain (RFC 8460): does anybody hear when senders cannot use TLS? */
#ifndef DC_TLS_RPT_TLS_RPT_H
#define DC_TLS_RPT_TLS_RPT_H

#include "base/tri.h"
#include "dns/span.h"
#include "evidence/ask.h"

enum { DC_TLS_RPT_URI_MAX = 16 }; /* addresses kept; nobody needs more than a few */

enum dc_tls_rpt_state {
	DC_TLS_RPT_UNKNOWN,
	DC_TLS_RPT_NONE,
	DC_TLS_RPT_VALID,
	DC_TLS_RPT_INVALID,  /* one record, not by the grammar: no reports */
	DC_TLS_RPT_MULTIPLE, /* several: no reports */
};
/* "none" "valid" "invalid" "multiple"; NULL for unknown */
const char *dc_tls_rpt_state_name(enum dc_tls_rpt_state state);

struct dc_tls_rpt_uri {
	struct dc_slice text;
	const char *problem;   /* in words that follow "…: it "; NULL: nothing. Static */
};

struct dc_tls_rpt_record {
	struct dc_txt txt;
	const char *problem;   /* what makes it void; NULL: nothing. Static */
	struct dc_slice part;  /* the part that is wrong; empty: as a whole */
	struct dc_tls_rpt_uri uris[DC_TLS_RPT_URI_MAX];
	size_t uri_count;
};
bool dc_tls_rpt_is_record(struct dc_slice text);
/* Meant as one, but no sender takes it for one. */
bool dc_tls_rpt_is_near(struct dc_slice text);
/* `txt` holds a record. */
struct dc_tls_rpt_record dc_tls_rpt_parse(struct dc_arena *arena, const struct dc_txt *txt);

struct dc_tls_rpt_facts {
	struct dc_slice domain, name;   /* name: _smtp._tls.DOMAIN */
	const struct dc_answer *answer; /* NULL while open */
	enum dc_tls_rpt_state state;
	enum dc_tri present;            /* a record, or something meant as one */
	size_t count;
	struct dc_tls_rpt_record record; /* the first one; of the near miss only its text */
	bool near;
};

/* One question, in the first round. Never NULL. */
const struct dc_tls_rpt_facts *dc_tls_rpt_build(struct dc_asker *asker, struct dc_slice domain);

#endif
