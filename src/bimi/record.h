/* One BIMI record: draft-brand-indicators-for-message-identification section 4.2. */
#ifndef DC_BIMI_RECORD_H
#define DC_BIMI_RECORD_H

#include "dns/span.h"
#include "evidence/https.h"

/* l= or a=. */
struct dc_bimi_place {
	bool given;             /* the tag is there */
	struct dc_slice text;   /* empty: said to be nowhere */
	struct dc_https_url url; /* url.text empty: none that can be fetched */
	const char *problem;    /* in words that follow "it "; NULL: nothing. Static */
};

struct dc_bimi_record {
	struct dc_txt txt;
	const char *problem;    /* what makes it void; NULL: nothing. Static */
	struct dc_slice part;   /* the part that is wrong; empty: as a whole */
	struct dc_bimi_place logo, evidence;
	struct dc_slice avatar; /* avp=, as published */
	struct dc_slice prefixes; /* lps=, as published */
	bool declined;          /* l= and a= are both empty: no logo is wanted */
};

/* Begins with v=BIMI1 and a semicolon. */
bool dc_bimi_is_record(struct dc_slice text);
/* Meant as one, but nobody takes it for one. */
bool dc_bimi_is_near(struct dc_slice text);
/* `txt` holds a record. */
struct dc_bimi_record dc_bimi_record_parse(struct dc_arena *arena, const struct dc_txt *txt);

#endif
