/* One DMARC policy record: RFC 9989 sections 4.5 to 4.8. */
#ifndef DC_DMARC_RECORD_H
#define DC_DMARC_RECORD_H

#include "base/tri.h"
#include "dns/span.h"

enum {
	DC_DMARC_TAG_MAX = 64, /* terms kept of one record, and the first of each known tag behind them */
	DC_DMARC_URI_MAX = 16, /* addresses kept of one rua or ruf; each costs questions */
};

/* Ordered: a greater value asks for more. */
enum dc_dmarc_policy {
	DC_DMARC_POLICY_UNKNOWN, /* could not be determined */
	DC_DMARC_POLICY_ABSENT,  /* no such tag; as an effective policy: no DMARC at all */
	DC_DMARC_POLICY_INVALID, /* the tag's value is none of the three (never an effective policy) */
	DC_DMARC_POLICY_NONE,
	DC_DMARC_POLICY_QUARANTINE,
	DC_DMARC_POLICY_REJECT,
};
/* "none" "quarantine" "reject"; NULL for the others. Static. */
const char *dc_dmarc_policy_name(enum dc_dmarc_policy policy);
/* Test mode (t=y) asks for one level less. */
enum dc_dmarc_policy dc_dmarc_policy_lower(enum dc_dmarc_policy policy);

enum dc_dmarc_tag_id {
	DC_DMARC_TAG_UNKNOWN,
	DC_DMARC_TAG_V,
	DC_DMARC_TAG_P,
	DC_DMARC_TAG_SP,
	DC_DMARC_TAG_NP,
	DC_DMARC_TAG_ADKIM,
	DC_DMARC_TAG_ASPF,
	DC_DMARC_TAG_T,
	DC_DMARC_TAG_PSD,
	DC_DMARC_TAG_FO,
	DC_DMARC_TAG_RUA,
	DC_DMARC_TAG_RUF,
	DC_DMARC_TAG_PCT, /* removed by RFC 9989 */
	DC_DMARC_TAG_RF,
	DC_DMARC_TAG_RI,
	DC_DMARC_TAG_COUNT
};

enum dc_dmarc_fault {
	DC_DMARC_FAULT_NONE,
	DC_DMARC_FAULT_UNKNOWN,   /* no such tag: ignored */
	DC_DMARC_FAULT_REMOVED,   /* pct, rf, ri: ignored */
	DC_DMARC_FAULT_VALUE,     /* known tag, value not allowed */
	DC_DMARC_FAULT_DUPLICATE, /* the first one counts */
	DC_DMARC_FAULT_SYNTAX,    /* not name=value */
};

struct dc_dmarc_tag {
	enum dc_dmarc_tag_id id;
	enum dc_dmarc_fault fault;
	struct dc_slice name, value; /* trimmed; value empty for a syntax fault */
	struct dc_slice term;        /* name=value as published, trimmed */
	struct dc_span span;         /* of the term */
};

enum dc_dmarc_psd { DC_DMARC_PSD_U, DC_DMARC_PSD_N, DC_DMARC_PSD_Y };

enum dc_dmarc_fo { DC_DMARC_FO_0 = 1, DC_DMARC_FO_1 = 2, DC_DMARC_FO_D = 4, DC_DMARC_FO_S = 8 };

enum dc_dmarc_scheme {
	DC_DMARC_URI_INVALID, /* no URI, or a mailto without an address */
	DC_DMARC_URI_MAILTO,
	DC_DMARC_URI_OTHER,   /* a URI of another scheme: receivers may ignore it */
};

struct dc_dmarc_uri {
	struct dc_slice text;      /* as published, trimmed */
	struct dc_span span;
	enum dc_dmarc_scheme scheme;
	const char *why;           /* what is wrong with it; NULL when nothing is. Static */
	struct dc_slice address;   /* mailto only, percent-decoded */
	struct dc_slice host;      /* canonical; mailto and any scheme with an authority */
	struct dc_slice size;      /* obsolete size limit "!10m", ignored; empty: none */
};

/* What becomes of a record that begins with v=DMARC1 (RFC 9989 4.10.1). */
enum dc_dmarc_standing {
	DC_DMARC_STANDING_VALID,
	DC_DMARC_STANDING_DISARMED, /* p, sp or np is wrong (or p is missing), a rua address saves it: acts as p=none */
	DC_DMARC_STANDING_IGNORED,  /* the same without a valid rua address: no DMARC at all */
};

struct dc_dmarc_record {
	struct dc_slice domain;      /* the name it was found for, without _dmarc; empty for loose text */
	struct dc_txt txt;
	const struct dc_rr *rr;      /* NULL for loose text */
	const struct dc_dmarc_tag *tags; /* in order, v first */
	size_t tag_count;
	enum dc_dmarc_standing standing;
	enum dc_dmarc_policy p, sp, np; /* ABSENT, INVALID or one of the three: as published */
	bool adkim_strict, aspf_strict;
	bool testing;                /* t=y */
	enum dc_dmarc_psd psd;
	unsigned fo;                 /* bits of enum dc_dmarc_fo; DC_DMARC_FO_0 when absent or invalid */
	const struct dc_dmarc_uri *rua, *ruf;
	size_t rua_count, ruf_count;
	bool rua_valid;              /* at least one syntactically valid address */
	int pct;                     /* for receivers that still follow RFC 7489; 100 when absent or invalid */
};

/* What a text at _dmarc is. */
enum dc_dmarc_kind {
	DC_DMARC_KIND_RECORD,  /* begins with v=DMARC1 as the grammar wants it */
	DC_DMARC_KIND_OTHER,   /* something else: verification tokens, SPF … */
	/* near misses: meant as a DMARC record, no receiver reads them */
	DC_DMARC_KIND_BLANK,   /* blanks before v= */
	DC_DMARC_KIND_QUOTES,  /* quotation marks, straight or curly, inside the text */
	DC_DMARC_KIND_SEPARATOR, /* v=DMARC1 is not followed by a semicolon */
	DC_DMARC_KIND_CASE,    /* v=dmarc1 */
	DC_DMARC_KIND_VERSION, /* v=DMARC, v=DMARC2, v=DKIM1 with p=reject … */
	DC_DMARC_KIND_ORDER,   /* v=DMARC1 is there, but not first */
	DC_DMARC_KIND_NO_V,    /* p=reject without v= */
};
enum dc_dmarc_kind dc_dmarc_kind_of(struct dc_slice text);
/* What the owner probably meant, for a near miss: a record to publish. Empty when there is no good guess. In `arena`. */
struct dc_slice dc_dmarc_suggest(struct dc_arena *arena, struct dc_slice text);

/* Parses text of kind RECORD. Never NULL; slices point into txt->text or `arena`. */
const struct dc_dmarc_record *dc_dmarc_parse(struct dc_arena *arena, struct dc_slice domain, const struct dc_txt *txt,
					     const struct dc_rr *rr);
/* The record as it would read with `tags` ("p=reject; aspf=s") laid over it; `record` may be NULL (nothing is published
 * yet: v=DMARC1 and the tags). The result has its own text; tags with the value empty ("sp=") are taken out. */
const struct dc_dmarc_record *dc_dmarc_overlay(struct dc_arena *arena, const struct dc_dmarc_record *record,
					       struct dc_slice domain, struct dc_slice tags);

#endif
