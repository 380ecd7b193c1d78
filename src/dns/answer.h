/* A question, and what came back. Values only: nothing here asks. */
#ifndef DC_DNS_ANSWER_H
#define DC_DNS_ANSWER_H

#include "base/ip.h"
#include "base/tri.h"
#include "dns/name.h"

enum dc_rr_type {
	DC_TYPE_A = 1,
	DC_TYPE_NS = 2,
	DC_TYPE_CNAME = 5,
	DC_TYPE_SOA = 6,
	DC_TYPE_PTR = 12,
	DC_TYPE_MX = 15,
	DC_TYPE_TXT = 16,
	DC_TYPE_AAAA = 28,
	DC_TYPE_SRV = 33,
	DC_TYPE_DNAME = 39,
	DC_TYPE_DS = 43,
	DC_TYPE_RRSIG = 46,
	DC_TYPE_NSEC = 47,
	DC_TYPE_DNSKEY = 48,
	DC_TYPE_NSEC3PARAM = 51,
	DC_TYPE_TLSA = 52,
	DC_TYPE_SPF = 99,
	DC_TYPE_CAA = 257,
};

/* Outcomes in the order of the vocabulary: the first three are knowledge, all others are the lack of it. */
enum dc_outcome {
	DC_OUTCOME_ANSWER,        /* records of the type asked, perhaps behind CNAMEs */
	DC_OUTCOME_NODATA,        /* the name exists, the type does not */
	DC_OUTCOME_NXDOMAIN,
	DC_OUTCOME_SERVFAIL,
	DC_OUTCOME_REFUSED,       /* also NOTIMP, FORMERR and other rcodes; see rcode */
	DC_OUTCOME_TIMEOUT,       /* also unreachable servers */
	DC_OUTCOME_BOGUS,         /* DNSSEC validation failed */
	DC_OUTCOME_MALFORMED,     /* bytes came that are no answer to the question, or the question cannot be put */
	DC_OUTCOME_NOT_ASKED,     /* a budget was spent, or a recording is older than the question */
	DC_OUTCOME_OUT_OF_SOURCE, /* a zone file knows nothing of this name */
	DC_OUTCOME_COUNT
};

/* True for the outcomes that tell something about the name. */
static inline bool dc_outcome_is_known(enum dc_outcome outcome)
{
	return outcome <= DC_OUTCOME_NXDOMAIN;
}
/* "ANSWER", "NODATA" … static. */
const char *dc_outcome_name(enum dc_outcome outcome);
bool dc_outcome_parse(struct dc_slice text, enum dc_outcome *ret_outcome);

enum dc_dnssec {
	DC_DNSSEC_UNKNOWN,  /* not asked, or the resolver strips signatures */
	DC_DNSSEC_INSECURE, /* no chain of trust leads here */
	DC_DNSSEC_SECURE,
	DC_DNSSEC_BOGUS,
};
const char *dc_dnssec_name(enum dc_dnssec state); /* "unknown" "insecure" "secure" "bogus" */

enum dc_question_kind {
	DC_ASK_DNS,      /* name, type: to the resolver, the zone file or the recording */
	DC_ASK_VALIDATE, /* name, type: DNSSEC state by our own validation (libunbound) */
	/* name, type, server: to one authoritative server, RD off. "ADDR", "ADDR:PORT"; "tcp:ADDR": over TCP; "plain:ADDR":
	 * without EDNS. A referral is REFUSED, but its NS records, or the addresses that come along,
	 * are the records when those were asked for. */
	DC_ASK_SERVER,
	DC_ASK_HTTPS,    /* server = URL */
	DC_ASK_SMTP,     /* server = SERVICE://HOST:PORT/ADDRESS, evidence/dialogue.h */
	DC_ASK_RECEIVER, /* name = domain, server = the job, see receiver/receiver.h */
	DC_ASK_KIND_COUNT
};

struct dc_question {
	enum dc_question_kind kind;
	uint16_t type;         /* DNS kinds only */
	struct dc_slice name;  /* canonical */
	struct dc_slice server;
};

bool dc_question_eq(const struct dc_question *a, const struct dc_question *b);
uint64_t dc_question_hash(const struct dc_question *question);

struct dc_rr {
	struct dc_slice owner; /* canonical name */
	uint16_t type;
	uint32_t ttl_s;
	struct dc_slice rdata; /* wire form, names inside uncompressed */
};

/* One answer, immutable once made, in one allocation (question, records and texts included), counted by references:
 * the run's cache and every audit that uses it hold one. */
struct dc_answer {
	struct dc_question question;
	enum dc_outcome outcome;
	uint16_t rcode;           /* with the EDNS extension; 0 when no packet came */
	bool authentic;           /* the AD bit: the resolver's word */
	bool truncated;           /* TC was set and TCP failed: the records are not all */
	bool authoritative;       /* DC_ASK_SERVER: the AA bit */
	bool recursion;           /* DC_ASK_SERVER: the RA bit */
	bool edns;                /* DC_ASK_SERVER: an OPT record came with the answer */
	enum dc_dnssec dnssec;    /* set by DC_ASK_VALIDATE only */
	int32_t ede;              /* RFC 8914 info code, -1 = none */
	uint32_t ttl_s;           /* least TTL of the records; of the SOA (RFC 2308) for negative answers */
	uint32_t elapsed_ms;
	uint16_t tries;
	uint32_t size;            /* octets of the message, 0 when unknown */
	struct dc_slice via;      /* "192.0.2.53:53", "udp"/"tcp" left out; "zone FILE"; "recursion" */
	struct dc_slice detail;   /* why, in words, when there are any: EDE text, validation failure, system error */
	const struct dc_rr *rrs;  /* answer section in packet order, CNAMEs first where there are */
	size_t rr_count;
	struct dc_slice data;     /* HTTPS, SMTP and receiver kinds: what was said */
	size_t refs;              /* use dc_answer_ref and dc_answer_unref; atomic */
};

/* Copies everything `draft` points at into one block; refs = 1. NULL when there is no memory. */
struct dc_answer *dc_answer_new(const struct dc_answer *draft);
struct dc_answer *dc_answer_ref(struct dc_answer *answer);
void dc_answer_unref(struct dc_answer *answer);
/* Of names, records and data that it holds. */
size_t dc_answer_octets(const struct dc_answer *answer);

/* It has come, and tells what there is, or that there is nothing. */
static inline bool dc_answer_is_known(const struct dc_answer *answer)
{
	return answer && dc_outcome_is_known(answer->outcome);
}
/* Whether there are records of the type asked. */
enum dc_tri dc_answer_has_records(const struct dc_answer *answer);
/* The CNAME record of `owner`, the first one; NULL: it has none. */
const struct dc_rr *dc_answer_cname(const struct dc_answer *answer, struct dc_slice owner);
/* The end of the CNAME chain that starts at the question (the name itself when there is none), or the empty slice
 * when the chain loops or leads to a name that the answer knows nothing of. *ret_hops (may be NULL) counts the CNAMEs
 * followed; it is untouched when the chain loops. */
struct dc_slice dc_answer_target(const struct dc_answer *answer, size_t *ret_hops);
/* The name that the last CNAME of the chain points at, whether or not records stand there (a dangling alias has none).
 * False when the question's name is no alias or the chain loops. In `arena`. */
bool dc_answer_alias(struct dc_arena *arena, const struct dc_answer *answer, struct dc_slice *ret_name);
/* Records of the type asked at the end of the chain: the i-th, or NULL. */
const struct dc_rr *dc_answer_rr(const struct dc_answer *answer, size_t i);
size_t dc_answer_count(const struct dc_answer *answer);

/* ---- rdata, by type; all in the arena or borrowed from the answer; false when the rdata is malformed ---- */

/* A TXT (or SPF) record: the strings joined without a separator (RFC 7208 3.3, RFC 6376 3.6.2.2), and where each starts. */
struct dc_txt {
	struct dc_slice text;
	size_t string_count;
	const uint32_t *string_starts; /* octet offsets into text, string_count of them */
};
bool dc_rr_txt(struct dc_arena *arena, const struct dc_rr *rr, struct dc_txt *ret_txt);
bool dc_rr_ip(const struct dc_rr *rr, struct dc_ip *ret_ip);                                     /* A, AAAA */
bool dc_rr_name(struct dc_arena *arena, const struct dc_rr *rr, struct dc_slice *ret_name);      /* CNAME NS PTR DNAME, MX exchange */
/* SOA, RFC 1035 section 3.3.13. */
struct dc_soa {
	struct dc_slice primary, contact; /* names */
	uint32_t serial, refresh_s, retry_s, expire_s, negative_s;
};
bool dc_rr_soa(struct dc_arena *arena, const struct dc_rr *rr, struct dc_soa *ret_soa);
bool dc_rr_mx(struct dc_arena *arena, const struct dc_rr *rr, uint16_t *ret_preference, struct dc_slice *ret_host);

/* Which of a name's TXT records is the one that a protocol looks for. */
struct dc_txt_choice {
	size_t count;     /* records that are it */
	struct dc_txt txt; /* the first of them; else, with `near`, one that was meant to be it */
	bool near;        /* none is, but one nearly */
};
/* What stands behind "v=", however carelessly it is written: quotes and blanks before it, blanks around the "=". Empty: there is
 * no such tag at the beginning. For those that look for what was meant to be a record. */
struct dc_slice dc_txt_loose_version(struct dc_slice text);
struct dc_txt_choice dc_answer_choose_txt(struct dc_arena *arena, const struct dc_answer *answer, bool (*is)(struct dc_slice text),
					  bool (*is_near)(struct dc_slice text));

/* "TXT", "TYPE65280"; static or in `text`. */
const char *dc_type_name(uint16_t type, char text[16]);
bool dc_type_parse(struct dc_slice text, uint16_t *ret_type);

#endif
