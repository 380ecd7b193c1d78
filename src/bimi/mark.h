/* Mark certificates (VMC, CMC): X.509 (RFC 5280) with the owner's logo inside (RFC 9399), as the BIMI group requires them. */
#ifndef DC_BIMI_MARK_H
#define DC_BIMI_MARK_H

#include "base/arena.h"

enum {
	DC_BIMI_MARK_CHAIN_MAX = 8,   /* certificates looked at: leaf, one or two intermediates, perhaps the root */
	DC_BIMI_MARK_NAME_MAX = 64,
	DC_BIMI_MARK_DAYS_MAX = 398,  /* the longest lifetime that is allowed */
};

enum dc_bimi_mark_logo {
	DC_BIMI_MARK_LOGO_NONE,      /* no logotype extension */
	DC_BIMI_MARK_LOGO_UNREADABLE, /* one, without an SVG inside */
	DC_BIMI_MARK_LOGO_SVG,
};

struct dc_bimi_mark {
	const char *problem;         /* why there is no certificate to judge; NULL: nothing. Static */
	size_t chain;                /* certificates in the file */
	bool ordered;                /* each is signed by the next */
	bool rooted;                 /* the last one is signed by itself */
	struct dc_slice subject;     /* organization of the owner */
	struct dc_slice issuer;      /* organization of the authority */
	struct dc_slice mark_type;   /* "Registered Mark", "Prior Use Mark" …; empty: not said */
	int64_t not_before_s, not_after_s;
	bool for_marks;              /* extended key usage 1.3.6.1.5.5.7.3.31 */
	bool logged;                 /* holds signed certificate timestamps */
	const struct dc_slice *names; /* DNS names (SAN), as they stand there */
	size_t name_count;
	enum dc_bimi_mark_logo logo;
	struct dc_slice svg;         /* decompressed */
};
/* `pem`: the leaf first. Texts in `arena`. */
struct dc_bimi_mark dc_bimi_mark_read(struct dc_arena *arena, struct dc_slice pem);

#endif
