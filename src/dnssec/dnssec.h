/* DNSSEC state of the names that mail rests on (RFC 4033 section 5), by our own validation: questions of their own kind.
 * A zone file, a recording without validation or a resolver that strips signatures leave it unknown. Beside the state the
 * material it rests on: keys, the parent's digests of them, signatures and their times (RFC 4034, RFC 5155). */
#ifndef DC_DNSSEC_DNSSEC_H
#define DC_DNSSEC_DNSSEC_H

#include "base/tri.h"
#include "evidence/ask.h"

enum {
	DC_DNSSEC_KEY_MAX = 16,       /* of one zone: a roll-over of two key pairs needs six */
	DC_DNSSEC_DS_MAX = 16,
	DC_DNSSEC_SIGNATURE_MAX = 32, /* of all records looked at */
};

struct dc_dnssec_item {
	struct dc_slice name;           /* canonical */
	uint16_t type;
	const struct dc_answer *answer; /* kind DC_ASK_VALIDATE, or why that proves nothing; NULL while open */
	enum dc_dnssec state;
};

/* A DNSKEY record. */
struct dc_dnssec_key {
	const struct dc_rr *rr;
	uint16_t flags, tag;   /* tag: RFC 4034 appendix B */
	uint8_t algorithm;
	uint32_t bits;         /* RSA: of the modulus; else 0 */
	bool zone_key, entry, revoked; /* flags ZONE, SEP, REVOKE */
};

/* A DS record of the parent. */
struct dc_dnssec_ds {
	const struct dc_rr *rr;
	uint16_t tag;
	uint8_t algorithm, digest_type;
	enum dc_tri matches;   /* some key of the zone; unknown: the keys or the digest are */
};

/* An RRSIG record over one of the items. */
struct dc_dnssec_signature {
	struct dc_slice name;
	uint16_t type, tag;
	uint8_t algorithm;
	int64_t begins_s, ends_s; /* seconds since 1970 UTC */
	const struct dc_answer *answer;
};

struct dc_dnssec_facts {
	const struct dc_dnssec_item *items; /* none when validation was not asked for; the domain's SOA first */
	size_t count;
	enum dc_tri present;            /* the domain's SOA is secure, or bogus (signed, and broken) */
	enum dc_dnssec state;           /* the worst: bogus, else that of the SOA */
	bool failed;                    /* a validation could not be carried out */
	const struct dc_answer *blind;  /* the validator cannot see signatures: its words in `detail`; NULL: it can */
	struct dc_slice zone;           /* empty: not known */
	const struct dc_answer *key_answer, *ds_answer, *nsec3_answer; /* NULL: not asked (the last: no keys) or not known yet */
	const struct dc_dnssec_key *keys;
	size_t key_count;
	const struct dc_dnssec_ds *ds;
	size_t ds_count;
	const struct dc_dnssec_signature *signatures;
	size_t signature_count;
	enum dc_tri island;             /* the zone has keys, and the parent knows nothing of them */
	enum dc_tri chained;            /* a DS record matches a key */
	bool nsec3;
	uint16_t nsec3_iterations;
	uint8_t nsec3_salt;             /* octets */
};

/* SOA, MX and TXT at the domain, and TXT at _dmarc, all at once; nothing when not `wanted`. When the zone that holds the
 * domain is known (it may be empty), its keys and their digests too. `now_s`: what the times of signatures, which have 32
 * bits, are near to. Never NULL. */
const struct dc_dnssec_facts *dc_dnssec_build(struct dc_asker *asker, struct dc_slice domain, struct dc_slice zone,
					      int64_t now_s, bool wanted);

/* "RSASHA256" … NULL for unknown; static. */
const char *dc_dnssec_algorithm_name(uint8_t algorithm);
/* Must not sign any more: RFC 8624 section 3.1, RFC 9905, RFC 9906. */
bool dc_dnssec_algorithm_is_dead(uint8_t algorithm);
bool dc_dnssec_algorithm_is_rsa(uint8_t algorithm);

#endif
