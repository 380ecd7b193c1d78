/* DKIM keys of a domain: which selectors there are, what their records say and what the keys are worth.
 *
 * RFC 6376 (records, 3.6), RFC 8301 (sizes, SHA-1), RFC 8463 (Ed25519), RFC 8020 (NXDOMAIN means nothing below).
 * Nobody can list the selectors of a domain, save for zones signed with NSEC. So the search is a ladder (given, the
 * providers' own, common names) and its end is "none of N names tried", never "missing"; only a selector that the user
 * gave can be missing. Not here: signatures of messages (message room), alignment (identities). */
#ifndef DC_DKIM_DKIM_H
#define DC_DKIM_DKIM_H

#include "dns/span.h"
#include "provider/provider.h"
#include "receiver/receiver.h"

/* ---- what goes in ---- */

/* Same order as enum dc_selector_search. */
enum dc_dkim_search_mode { DC_DKIM_SEARCH_KNOWN, DC_DKIM_SEARCH_ALL, DC_DKIM_SEARCH_NONE };

/* The public half of a private key that the user showed us (--dkim-key): see dkim/own.h. */
struct dc_dkim_own;

/* A key that an earlier report saw (--baseline): how long it has been there unchanged. */
struct dc_dkim_seen {
	struct dc_slice name;        /* SELECTOR._domainkey.DOMAIN, canonical */
	struct dc_slice fingerprint; /* as in dc_dkim_key */
	int64_t since_s;             /* seconds since 1970: when it was first seen */
};

struct dc_dkim_input {
	struct dc_slice domain; /* the d= domain, canonical */
	const struct dc_slice *selectors; /* given by the user or the manifest; as typed */
	size_t selector_count;
	enum dc_dkim_search_mode search;
	const struct dc_provider_facts *providers; /* may be NULL */
	const struct dc_dkim_own *own;  /* may be NULL; their selectors count as given */
	size_t own_count;
	const struct dc_dkim_seen *seen; /* may be NULL */
	size_t seen_count;
	int64_t now_s; /* for selectors made of dates */
	bool lone;     /* walk NSEC, which costs a round a step */
};

/* ---- the record ---- */

/* What is wrong with, or noteworthy in, one record. `part` of the problem is the text it is about. */
enum dc_dkim_problem_kind {
	DC_DKIM_NOT_A_RECORD,        /* no tag list at all: another TXT record, an SPF record … */
	DC_DKIM_SYNTAX,              /* a tag without "=", an empty tag, a bad tag name: RFC 6376 3.2 */
	DC_DKIM_BAD_OCTET,           /* a control or non-ASCII octet */
	DC_DKIM_TAG_DUPLICATE,       /* RFC 6376 3.2: the whole list is invalid */
	DC_DKIM_VERSION_WRONG,       /* v= is not exactly DKIM1: verifiers MUST discard the record */
	DC_DKIM_VERSION_NOT_FIRST,   /* v= MUST be the first tag when there is one */
	DC_DKIM_VERSION_ABSENT,      /* recommended only */
	DC_DKIM_KEY_ABSENT,          /* no p= tag */
	DC_DKIM_KEY_NOT_BASE64,      /* characters that are not base64 */
	DC_DKIM_KEY_PADDING,         /* the base64 does not end as it should: some verifiers refuse it */
	DC_DKIM_KEY_LEFTOVER,        /* a character more than octets can be made of: no verifier decodes it */
	DC_DKIM_KEY_QUOTED,          /* quotes or backslashes inside the value: zone-file escapes that were pasted */
	DC_DKIM_KEY_NOT_DER,         /* base64, but no key comes out */
	DC_DKIM_KEY_TRUNCATED,       /* the DER says that there should be more */
	DC_DKIM_KEY_TRAILING,        /* octets after the key */
	DC_DKIM_KEY_PKCS1,           /* a bare RSAPublicKey, not a SubjectPublicKeyInfo */
	DC_DKIM_KEY_PRIVATE,         /* the private key was published */
	DC_DKIM_KEY_PEM,             /* "-----BEGIN" lines were pasted along */
	DC_DKIM_KEY_OTHER_TYPE,      /* the key inside is not of the type that k= says */
	DC_DKIM_KEY_ED25519_WRAPPED, /* an Ed25519 key as SubjectPublicKeyInfo instead of its 32 octets */
	DC_DKIM_KEY_ED25519_NO_K,    /* 32 octets without k=ed25519 */
	DC_DKIM_KEY_ED25519_LENGTH,  /* k=ed25519, but not 32 octets */
	DC_DKIM_TYPE_UNKNOWN,        /* k= unknown: verifiers ignore the key */
	DC_DKIM_TYPE_CASE,           /* k=RSA: values are case-sensitive */
	DC_DKIM_HASH_UNKNOWN,        /* h= lists an unknown algorithm beside known ones */
	DC_DKIM_HASH_NONE,           /* h= lists nothing that a verifier knows */
	DC_DKIM_HASH_SHA1_ONLY,      /* h=sha1: no signature that may be used (RFC 8301 3.1) */
	DC_DKIM_HASH_SHA1,           /* h= allows sha1 beside sha256 */
	DC_DKIM_SERVICE_NOT_EMAIL,   /* s= has neither "*" nor "email" */
	DC_DKIM_FLAG_UNKNOWN,        /* t= holds a flag that is not defined */
	DC_DKIM_GRANULARITY,         /* g= of RFC 4871, ignored today */
	DC_DKIM_TAG_UNKNOWN,         /* ignored by verifiers; mostly a typing error */
	DC_DKIM_TOO_LONG,            /* more than 1,024 octets: libopendkim cuts it there */
	DC_DKIM_PROBLEM_COUNT
};

struct dc_dkim_problem {
	enum dc_dkim_problem_kind kind;
	struct dc_slice part; /* points into the record's text; may be empty */
};

struct dc_dkim_tag {
	struct dc_slice name, value; /* without the white space around; inside txt.text: dc_span_of works */
};

/* Weaknesses of an RSA key as bits of dc_dkim_key.weak. */
enum dc_dkim_weakness {
	DC_DKIM_WEAK_EVEN_MODULUS,
	DC_DKIM_WEAK_SMALL_FACTOR,    /* a prime below 65,536 divides it */
	DC_DKIM_WEAK_PRIME_MODULUS,   /* the modulus itself is prime */
	DC_DKIM_WEAK_SQUARE,          /* p = q, or a higher power */
	DC_DKIM_WEAK_FERMAT,          /* primes close together (CVE-2022-26320) */
	DC_DKIM_WEAK_ROCA,            /* CVE-2017-15361 */
	DC_DKIM_WEAK_WIENER,          /* small private exponent */
	DC_DKIM_WEAK_EXPONENT_INVALID,/* e < 3, even, or not below n */
	DC_DKIM_WEAK_PATTERN,         /* the same octets over and over */
	DC_DKIM_WEAK_BIAS,            /* far too many zeros or ones */
	DC_DKIM_WEAK_SAMPLE,          /* the key of a standard or a manual: everybody has the private half */
	DC_DKIM_WEAK_SHARED_PRIME,    /* shares a prime with another key of this domain */
	DC_DKIM_WEAK_NOT_TESTED,      /* too large to be tested (see DC_DKIM_TEST_BITS_MAX); not a weakness */
	DC_DKIM_WEAKNESS_COUNT
};
#define DC_DKIM_WEAK(name) (1u << DC_DKIM_WEAK_##name)
/* "even modulus" …: for people and for JSON; static. */
const char *dc_dkim_weakness_name(enum dc_dkim_weakness weakness);

enum dc_dkim_key_type { DC_DKIM_KEY_NONE, DC_DKIM_KEY_RSA, DC_DKIM_KEY_ED25519, DC_DKIM_KEY_OTHER };
const char *dc_dkim_key_type_name(enum dc_dkim_key_type type); /* "rsa" "ed25519" "other", NULL for none; static */

enum { DC_DKIM_FINGERPRINT_LEN = 64 };

struct dc_dkim_key {
	enum dc_dkim_key_type type; /* of the key that was found inside, whatever k= says */
	uint32_t bits;              /* exact bit length of the modulus; 256 for Ed25519; 0 = no key */
	struct dc_slice modulus;    /* big-endian octets without leading zeros; RSA only */
	uint64_t exponent;          /* 0 when it does not fit; see exponent_bits */
	uint32_t exponent_bits;
	struct dc_slice exponent_octets; /* big-endian; RSA only */
	uint32_t weak;              /* DC_DKIM_WEAK(...) bits */
	bool tested_prime;          /* DC_DKIM_WEAK_PRIME_MODULUS was looked for: in lone audits only, it is costly */
	uint32_t small_factor;      /* the smallest, with DC_DKIM_WEAK_SMALL_FACTOR */
	const char *sample;         /* where the sample key comes from, with DC_DKIM_WEAK_SAMPLE */
	uint32_t trailing;          /* octets after the key */
	struct dc_slice fingerprint;/* SHA-256 of the SubjectPublicKeyInfo, 64 hex digits; empty = no key */
};

struct dc_dkim_record {
	struct dc_txt txt;
	const struct dc_dkim_tag *tags; /* in the order of the record, duplicates too */
	size_t tag_count;
	const struct dc_dkim_problem *problems; /* in the order of enum dc_dkim_problem_kind within one tag */
	size_t problem_count;
	bool revoked;     /* p= is there and empty */
	bool testing;     /* t=y */
	bool strict;      /* t=s: i= must be the d= domain itself */
	bool well_formed; /* RFC 6376 6.1.2: a verifier that follows the standards can use this record for mail … */
	bool usable;      /* … and the key in it is large enough (RFC 8301) */
	struct dc_slice type; /* the k= value, "rsa" by default */
	struct dc_dkim_key key;
};

/* ---- selectors ---- */

/* How a selector came to our mind: a higher rung replaces a lower one. */
enum dc_dkim_origin { DC_DKIM_GIVEN, DC_DKIM_PROVIDER, DC_DKIM_COMMON, DC_DKIM_DATE, DC_DKIM_NSEC };
const char *dc_dkim_origin_name(enum dc_dkim_origin origin); /* "given" "provider" "common" "date" "nsec"; static */

enum dc_dkim_status {
	DC_DKIM_OK,
	DC_DKIM_REVOKED,
	DC_DKIM_MALFORMED, /* a record is there and no verifier can use it, or there are several */
	DC_DKIM_MISSING,   /* known not to be there: given by the user, or a CNAME that leads nowhere */
	DC_DKIM_WEAK_KEY,  /* RSA below 1,024 bits, or a key that can be broken */
	DC_DKIM_TESTING,   /* usable, but t=y tells receivers to treat the mail as unsigned */
	DC_DKIM_UNKNOWN,   /* the question was not answered */
};
const char *dc_dkim_status_name(enum dc_dkim_status status); /* "ok" "revoked" "malformed" "missing" "weak" "testing" "unknown" */

/* Does the domain of a dangling CNAME's target still belong to somebody? */
enum dc_dkim_target { DC_DKIM_TARGET_FINE, DC_DKIM_TARGET_EMPTY, DC_DKIM_TARGET_NO_DOMAIN, DC_DKIM_TARGET_UNKNOWN };

struct dc_dkim_selector {
	struct dc_slice selector; /* lower case, canonical */
	struct dc_slice name;     /* SELECTOR._domainkey.DOMAIN; empty when that cannot be a name on the wire */
	enum dc_dkim_origin origin;
	enum dc_dkim_status status;
	const struct dc_answer *answer;
	const struct dc_dkim_record *records; /* each TXT record, in packet order */
	size_t record_count;
	const struct dc_dkim_record *record;  /* the one that counts: the first that is a DKIM record, or the first; NULL = none */
	const struct dc_slice *cnames;        /* targets, hop by hop */
	size_t cname_count;
	struct dc_slice cname;                /* the end of the chain; empty = no CNAME */
	bool cname_loop;
	enum dc_dkim_target target;           /* with a CNAME whose end has no record; else TARGET_FINE */
	struct dc_slice target_domain;        /* the domain of the target that was asked for */
	const struct dc_answer *target_answer;/* what came back for it */
	const struct dc_provider_row *provider; /* proved by the CNAME, or whose own selector it is; NULL = unknown */
	bool wildcard;                        /* the same answer that a random name gets */
	const struct dc_receiver_key *opendkim; /* NULL: there was nothing to judge, or it was not heard yet */
	const struct dc_dkim_selector *same_key; /* an earlier selector with the same key */
	const struct dc_dkim_selector *shared_prime; /* another selector, different key, common prime */
	const struct dc_dkim_own *own;        /* the user's private key for this selector; NULL = none shown */
	bool own_matches;                     /* the published key is its other half */
	int64_t seen_since_s;                 /* when this key was first seen at this name; 0 = not in the baseline */
};

/* ---- the search ---- */

enum dc_dkim_known { DC_DKIM_KNOWN_NOT, DC_DKIM_KNOWN_YES, DC_DKIM_KNOWN_NO };

/* Was the zone's NSEC chain walked? */
enum dc_dkim_walk {
	DC_DKIM_WALK_NOT_TRIED,
	DC_DKIM_WALK_IMPOSSIBLE, /* not signed, NSEC3, answers made on the fly, or a delegation */
	DC_DKIM_WALK_CUT,        /* the ceiling was reached, or an answer failed */
	DC_DKIM_WALK_COMPLETE,   /* every name below _domainkey is known */
};
const char *dc_dkim_walk_name(enum dc_dkim_walk walk); /* "not-tried" "impossible" "cut" "complete" */

struct dc_dkim_searched {
	enum dc_dkim_search_mode mode;
	size_t names;      /* selectors for which an answer is there, given and guessed */
	size_t guesses;    /* of these, not given */
	size_t unanswered; /* of these, not answered */
	size_t spared;     /* guesses not asked because _domainkey does not exist */
	const struct dc_answer *node;       /* TXT at _domainkey.DOMAIN */
	bool node_nxdomain;                 /* a hint that there is nothing below (RFC 8020), not a proof */
	const struct dc_answer *probe;      /* TXT at a name that nobody publishes */
	enum dc_dkim_known wildcard;        /* anything at all answers below _domainkey */
	bool mapped;                        /* a DNAME leads everything below _domainkey to another name */
	const struct dc_dkim_record *wildcard_record; /* what it answers with, when that is a DKIM record */
	const struct dc_answer *unanswered_answer;    /* the first guess that failed */
	enum dc_dkim_walk walk;
	size_t walk_steps;
	const struct dc_answer *walk_answer; /* the last one */
};

enum dc_dkim_conclusion {
	DC_DKIM_FOUND,      /* at least one key that receivers can use */
	DC_DKIM_UNUSABLE,   /* selectors, but not one usable key */
	DC_DKIM_NOT_FOUND,  /* none of the names tried: says nothing about others */
	DC_DKIM_NONE,       /* known: the whole of _domainkey was listed and holds no key */
	DC_DKIM_UNANSWERED, /* nothing was found and questions failed */
	DC_DKIM_NOT_SEARCHED, /* --selectors none and no selector given */
};
const char *dc_dkim_conclusion_name(enum dc_dkim_conclusion conclusion);

struct dc_dkim_facts {
	struct dc_slice domain;
	const struct dc_dkim_selector *selectors; /* all that were given, then all others that exist */
	size_t selector_count;
	struct dc_dkim_searched searched;
	enum dc_dkim_conclusion conclusion;
	size_t usable;                   /* selectors with status ok, weak or testing whose record is usable */
	const struct dc_answer *adsp;    /* TXT at _adsp._domainkey (RFC 5617, historic); NULL = not asked */
	struct dc_txt adsp_record;       /* text empty = none */
	struct dc_txt policy_record;     /* DomainKeys policy at _domainkey itself (RFC 4870); text empty = none */
};

/* ---- ceilings ---- */

enum {
	DC_DKIM_GIVEN_MAX = 300,    /* selectors taken from the user: more than any domain has; settings refuse more */
	DC_DKIM_RECORDS_MAX = 16,   /* TXT records read at one name */
	DC_DKIM_TAGS_MAX = 64,      /* tags read of one record; the standards know ten */
	DC_DKIM_KEY_OCTETS_MAX = 8192, /* decoded p=; RSA with 16,384 bits needs 2,100 */
	DC_DKIM_RSA_BITS_MIN = 1024,  /* RFC 8301 3.2: verifiers MUST NOT accept less */
	DC_DKIM_RSA_BITS_GOOD = 2048, /* the same: signers SHOULD use at least this */
	DC_DKIM_TEST_BITS_MAX = 8192,  /* moduli above are measured, not tested for weaknesses */
	DC_DKIM_PRIME_BITS_MAX = 4096, /* moduli above are not tested for being prime: it would cost a second */
	DC_DKIM_CNAMES_MAX = 16,
	DC_DKIM_KEY_AGE_DAYS = 183, /* M3AAWG DKIM Key Rotation (2013, 2019): at least every six months */
	DC_DKIM_WALK_MAX = 36,      /* steps of the NSEC walk: each is a round trip, and an audit has 48 */
	DC_DKIM_FOUND_MAX = 400,    /* selectors kept */
};

/* One build: see evidence/ask.h. Result in asker->arena; never NULL. */
const struct dc_dkim_facts *dc_dkim_build(struct dc_asker *asker, const struct dc_dkim_input *input);
/* What libopendkim says of each selector, as far as it is known: it answers when DNS has, and nothing else waits for it. Fills in
 * `opendkim`; for facts that dc_dkim_build made in an arena that is still there. */
void dc_dkim_hear_receivers(struct dc_asker *asker, const struct dc_dkim_facts *facts);

/* Every CNAME target met below _domainkey: for dc_provider_with_cnames. In `arena`. */
size_t dc_dkim_cname_targets(struct dc_arena *arena, const struct dc_dkim_facts *facts, struct dc_slice **ret_targets);

/* One record by itself: what is in it, and its key. In `arena`. */
void dc_dkim_read_key(struct dc_arena *arena, const struct dc_txt *txt, struct dc_dkim_record *ret_record);

#endif
