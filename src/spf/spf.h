/* SPF, RFC 7208: the record, the evaluation for one sender, and the audit without a sender.
 *
 * Two ways to look at a domain:
 *   dc_spf_check_host  one sender (address, HELO, MAIL FROM): exactly what the standard says, result by result;
 *   dc_spf_build       no sender: the whole tree of includes and redirects, what it costs, whom it lets send.
 * Both are pure walks over evidence and are run again until no question is open (evidence/ask.h).
 *
 * All text points into evidence or the arena and is raw: it may hold any octet. Domain names named "canonical" are in
 * the form of dns/name.h. */
#ifndef DC_SPF_SPF_H
#define DC_SPF_SPF_H

#include "base/ip.h"
#include "dns/span.h"
#include "evidence/ask.h"

enum {
	DC_SPF_LOOKUP_LIMIT = 10, /* RFC 7208 4.6.4: terms that cause DNS queries, over the whole evaluation */
	DC_SPF_VOID_LIMIT = 2,    /* idem: lookups that find nothing; the third is a permerror */
	DC_SPF_HOST_LIMIT = 10,   /* idem: names of one mx (more: permerror) or one ptr (more: ignored) */
	DC_SPF_NODES_MAX = 256,   /* records walked in one audit: a record tree can be made endless */
	DC_SPF_DEPTH_MAX = 24,    /* nesting in one audit; receivers stop at ten */
	DC_SPF_ASKS_MAX = 600,    /* questions of one audit, whatever the records say */
	DC_SPF_USES_MAX = 40000,  /* terms walked in one audit, over all records */
	DC_SPF_RANGES_MAX = 8192, /* address ranges kept of one audit */
	DC_SPF_TERMS_MAX = 32768, /* terms read of one record: 65,535 octets cannot hold more */
	DC_SPF_FAULTS_MAX = 64,   /* faults listed of one record; the rest is not told */
};

/* ---- the record ---- */

enum dc_spf_kind {
	DC_SPF_ALL,
	DC_SPF_INCLUDE,
	DC_SPF_A,
	DC_SPF_MX,
	DC_SPF_PTR,
	DC_SPF_IP4,
	DC_SPF_IP6,
	DC_SPF_EXISTS,
	DC_SPF_REDIRECT, /* from here on modifiers */
	DC_SPF_EXP,
	DC_SPF_MODIFIER, /* any other name=value: ignored (RFC 7208 6, RFC 6652) */
	DC_SPF_BAD,      /* not a term at all: the record is a permerror */
};
/* "all" "include" … "redirect" "exp" "modifier" "bad"; static. */
const char *dc_spf_kind_name(enum dc_spf_kind kind);

struct dc_spf_term {
	enum dc_spf_kind kind;
	char qualifier;           /* '+' '-' '~' '?'; '+' also when none is written; 0 for modifiers */
	struct dc_slice text;     /* the whole term as written */
	struct dc_slice name;     /* "include", as written, without the qualifier */
	struct dc_slice value;    /* all that stands behind the first ':' '=' or '/', as written */
	struct dc_slice domain;   /* <domain-spec> as written; empty: none was given */
	bool macros;              /* domain holds %-macros */
	bool faulty;              /* at least one fatal fault lies in this term */
	struct dc_prefix prefix;  /* ip4, ip6 */
	uint8_t bits4, bits6;     /* a, mx: 32 and 128 when not given */
};

/* What is wrong, or looks wrong, in a record. */
enum dc_spf_fault_kind {
	/* fatal: RFC 7208 4.6 makes the whole record a permerror */
	DC_SPF_FAULT_UNKNOWN_MECHANISM, /* "inlude:example.com", "192.0.2.1" */
	DC_SPF_FAULT_NO_ARGUMENT,       /* include, exists, ip4, ip6, redirect, exp without a value */
	DC_SPF_FAULT_ARGUMENT,          /* a value where none may stand: "all:x", "ptr/24" */
	DC_SPF_FAULT_DOMAIN,            /* not a <domain-spec>: one label, numeric top label, "example.com," */
	DC_SPF_FAULT_MACRO,             /* "%x", "%{z}", "%(d}", c r t outside exp= texts */
	DC_SPF_FAULT_ADDRESS,           /* not an address of the family */
	DC_SPF_FAULT_PREFIX_LENGTH,     /* /33, //129, /032 */
	DC_SPF_FAULT_TWICE,             /* redirect or exp more than once */
	DC_SPF_FAULT_OCTET,             /* a tab, a control, an octet above 0x7e */
	DC_SPF_FAULT_MODIFIER,          /* name or value of a modifier is malformed */
	/* not fatal: the record is legal but hardly means what was meant */
	DC_SPF_FAULT_LOOKS_LIKE_MECHANISM, /* "ip4=192.0.2.1" is an unknown modifier: silently ignored */
	DC_SPF_FAULT_URL,                  /* "include:https://example.com" is a legal name that cannot exist */
	DC_SPF_FAULT_GLUED,                /* legal, but two terms grew together where two character-strings meet */
	DC_SPF_FAULT_VERSION_INSIDE,       /* a second "v=spf1" inside the record: ignored */
	DC_SPF_FAULT_UNKNOWN_MODIFIER,     /* other unknown modifiers that no RFC names */
};
struct dc_spf_fault {
	enum dc_spf_fault_kind kind;
	bool fatal;
	bool glued;                 /* two terms grew together where two character-strings meet: a space is missing */
	struct dc_slice part;       /* the octets in question */
	struct dc_slice suggestion; /* what was probably meant, to be put in place of the term; empty: no idea */
	const struct dc_spf_term *term;
	struct dc_span span;        /* of part */
};

struct dc_spf_record {
	struct dc_txt txt;
	const struct dc_spf_term *terms; /* in order, BAD ones included */
	size_t term_count;
	const struct dc_spf_fault *faults; /* in order */
	size_t fault_count;
	bool fatal;                      /* a receiver answers permerror at once */
	const struct dc_spf_term *all, *redirect, *exp; /* the first of each, or NULL */
};
/* `txt` must begin with a version section (dc_spf_is_record). Never fails: what is wrong is in `faults`.
 * `lax` leaves out the rule that a name ends in a top label behind a dot. */
const struct dc_spf_record *dc_spf_parse(struct dc_arena *arena, const struct dc_txt *txt, bool lax);
/* True for "v=spf1" in any case, followed by a space or by nothing (RFC 7208 4.5). */
bool dc_spf_is_record(struct dc_slice text);
struct dc_span dc_spf_term_span(const struct dc_spf_record *record, const struct dc_spf_term *term);

/* ---- one sender: check_host() ---- */

enum dc_spf_code {
	DC_SPF_NONE,
	DC_SPF_NEUTRAL,
	DC_SPF_PASS,
	DC_SPF_FAIL,
	DC_SPF_SOFTFAIL,
	DC_SPF_TEMPERROR,
	DC_SPF_PERMERROR,
	DC_SPF_OPEN, /* a question is not answered yet */
};
/* "none" "neutral" … "permerror" "open"; static. */
const char *dc_spf_code_name(enum dc_spf_code code);

struct dc_spf_query {
	struct dc_ip ip;          /* IPv4-mapped addresses are taken as IPv4 */
	struct dc_slice helo;     /* as given in HELO/EHLO */
	struct dc_slice local;    /* local part of MAIL FROM; empty: "postmaster" */
	struct dc_slice domain;   /* where it starts: domain of MAIL FROM, or the HELO name for a null sender */
	struct dc_slice receiver; /* %{r}; empty: "unknown" */
	int64_t now_s;            /* %{t} */
	bool lax;                 /* single-label names are names too (not RFC 7208 4.3) */
	bool no_void_limit;       /* for comparison with implementations that have none */
};

/* Why it is none, a permerror or a temperror. */
enum dc_spf_problem {
	DC_SPF_PROBLEM_NOTHING,
	DC_SPF_PROBLEM_BAD_DOMAIN,     /* the name to start from is malformed or has one label only */
	DC_SPF_PROBLEM_NO_RECORD,      /* at the start: none */
	DC_SPF_PROBLEM_NXDOMAIN,       /* idem */
	DC_SPF_PROBLEM_TWO_RECORDS,
	DC_SPF_PROBLEM_SYNTAX,
	DC_SPF_PROBLEM_LOOKUPS,        /* the eleventh term */
	DC_SPF_PROBLEM_VOIDS,          /* the third void lookup */
	DC_SPF_PROBLEM_MX_NAMES,       /* more than ten MX names */
	DC_SPF_PROBLEM_TARGET,         /* an include or redirect leads to a name without a record */
	DC_SPF_PROBLEM_UNANSWERED,     /* a lookup failed: temperror */
};
const char *dc_spf_problem_name(enum dc_spf_problem problem); /* "two-records" …; static */

/* From the domain asked about down to the term that decided. */
struct dc_spf_step {
	struct dc_slice domain;             /* canonical: whose record */
	const struct dc_spf_record *record;
	const struct dc_spf_term *term;
};

struct dc_spf_result {
	enum dc_spf_code code;
	struct dc_slice mechanism;        /* text of the term of the first record that decided ("include:a.example");
					   * behind a redirect: of the target's record; empty: nothing matched */
	struct dc_span span;              /* of it */
	const struct dc_spf_step *steps;  /* outermost first: redirect and include terms, then the term that matched,
					   * or at which the error arose */
	size_t step_count;
	struct dc_slice explanation;      /* fail only; empty: none published or not usable */
	uint32_t lookups, voids;          /* as counted up to the decision */
	enum dc_spf_problem problem;
	struct dc_slice problem_name;     /* the name it is about, when there is one */
	const struct dc_answer *answer;   /* the answer it rests on, when there is one */
};
/* RFC 7208 4. Asks in each round everything that would be needed if the open terms do not match.
 * *ret is always filled; code DC_SPF_OPEN: run again when the questions are answered. Slices of the query must live as
 * long as the result. */
void dc_spf_check_host(struct dc_asker *asker, const struct dc_spf_query *query, struct dc_spf_result *ret);

/* ---- no sender: the audit ---- */

/* Exact number of addresses: high * 2^64 + low; `whole`: all 2^128 of them (then high = low = 0). */
struct dc_spf_count {
	uint64_t high, low;
	bool whole;
};
enum { DC_SPF_COUNT_TEXT_MAX = 40 };
/* Decimal, NUL-terminated, into `text`. */
struct dc_slice dc_spf_count_text(struct dc_spf_count count, char text[DC_SPF_COUNT_TEXT_MAX]);
/* count >= 2^bits */
bool dc_spf_count_reaches(struct dc_spf_count count, unsigned bits);

/* Both ends belong to the range. */
struct dc_spf_range {
	struct dc_ip first, last;
};
/* Sorted, disjoint, not even touching. */
struct dc_spf_ranges {
	const struct dc_spf_range *items;
	size_t count;
	struct dc_spf_count addresses;
};

enum dc_spf_state {
	DC_SPF_STATE_OPEN,       /* not asked yet (only while gathering) */
	DC_SPF_STATE_RECORD,     /* one record; record->fatal tells whether it can be used */
	DC_SPF_STATE_NO_RECORD,  /* the name exists, no SPF record there */
	DC_SPF_STATE_NXDOMAIN,
	DC_SPF_STATE_MULTIPLE,   /* more than one record */
	DC_SPF_STATE_BAD_NAME,   /* cannot be a domain name, or a single label */
	DC_SPF_STATE_UNANSWERED, /* the lookup failed: nothing is known */
	DC_SPF_STATE_LOOP,       /* the name is one of its own ancestors in the tree */
	DC_SPF_STATE_SENDER,     /* the name holds macros: it depends on the sender */
	DC_SPF_STATE_CUT,        /* a ceiling of the audit was reached */
};
const char *dc_spf_state_name(enum dc_spf_state state); /* "record" "no-record" …; static */

/* What an address lookup found for one family. */
enum dc_spf_found {
	DC_SPF_FOUND_OPEN,       /* not asked yet */
	DC_SPF_FOUND_SOME,
	DC_SPF_FOUND_NOTHING,    /* NODATA or NXDOMAIN: a void lookup */
	DC_SPF_FOUND_UNANSWERED, /* the lookup failed */
	DC_SPF_FOUND_SENDER,     /* depends on the sender */
	DC_SPF_FOUND_UNUSED,     /* this term asks nothing for this family, or nothing at all */
};

/* One host of an mx term. */
struct dc_spf_host {
	struct dc_slice name;                /* canonical; "." for a null MX */
	const struct dc_answer *a, *aaaa;    /* NULL: not asked */
};

struct dc_spf_node;

/* A term at its place in the tree. */
struct dc_spf_use {
	const struct dc_spf_term *term;
	const struct dc_spf_node *node;   /* whose record it stands in */
	const struct dc_spf_node *child;  /* include, redirect; NULL when dead */
	struct dc_slice target;           /* canonical name asked about; empty: none, or it depends on the sender */
	bool dead;                        /* never reached: behind an all, or a redirect beside an all */
	bool duplicate;                   /* says the same as an earlier term of this record */
	bool covered;                     /* ip4, ip6: every address was named by earlier terms of this record already */
	bool counted;                     /* costs one of the ten lookups */
	uint32_t lookups;                 /* with everything below; 0 when dead */
	uint32_t lookups_before;          /* counted when evaluation gets here, for an address that matches nothing */
	uint32_t voids4, voids6;          /* void lookups with everything below, for IPv4 and IPv6 clients */
	enum dc_spf_found found4, found6; /* a: addresses; mx: the MX lookup; exists: its A lookup; both the same there */
	bool too_many_hosts;              /* mx with more than ten names: permerror */
	const struct dc_answer *answer;   /* a: A; mx: MX; exists: A; include, redirect: TXT */
	const struct dc_answer *answer6;  /* a: AAAA */
	const struct dc_spf_host *hosts;  /* mx */
	size_t host_count;
	struct dc_spf_count adds4, adds6; /* addresses that this term (with everything below) lets pass, and no earlier
					   * term of this record has decided */
	bool adds_exact;                  /* false: a lookup failed, depends on the sender, or a ceiling was reached */
};

/* A record at its place in the tree. */
struct dc_spf_node {
	struct dc_slice name;             /* canonical; as written when the state is BAD_NAME or SENDER */
	enum dc_spf_state state;
	const struct dc_answer *answer;   /* TXT at name; NULL: not asked */
	const struct dc_spf_record *record; /* state RECORD */
	const struct dc_spf_use *uses;    /* one a term of the record, in order */
	size_t use_count;
	const struct dc_spf_use *by;      /* the term that leads here; NULL at the root */
	uint32_t depth;                   /* 0 at the root */
	const struct dc_spf_node *same;   /* an earlier node of the same name, or NULL */
	struct dc_slice unregistered;     /* state NXDOMAIN: the highest ancestor (or the name) that does not exist either;
					   * when it is directly below an existing public name, anyone may register it */
	bool unregistered_known;          /* false: that walk met an unanswered question */
	uint32_t lookups;                 /* counted inside and below this record */
	uint32_t voids4, voids6;
	struct dc_spf_ranges pass4, pass6; /* addresses for which this record gives pass */
	bool pass_exact;
	char all;                         /* what an address gets that nothing matches: '+' '-' '~' '?', behind redirects
					   * too; 0: no all (neutral), or not known */
	bool fails;                       /* evaluation of this record ends in permerror whatever the sender is (unless
					   * an earlier term matches) */
};

/* What an address gets that no term names, as a receiver comes to it (RFC 7208 4.6, 4.7): by an all, by an include whose
 * record passes everybody, by an error that all mail meets. */
struct dc_spf_others {
	enum dc_spf_code code;         /* OPEN: not known, as a lookup failed or it depends on the sender */
	bool sender;                   /* terms that depend on the sender come before and are taken as not matching */
	const struct dc_spf_use *by;   /* the term that decides, the innermost: the all of an included record, the include
					* without a record; NULL: the end of a record is reached, or ranges name everybody */
};

enum dc_spf_class { DC_SPF_CLASS_NONE, DC_SPF_CLASS_VALID, DC_SPF_CLASS_PERMERROR, DC_SPF_CLASS_TEMPERROR };
const char *dc_spf_class_name(enum dc_spf_class klass); /* "none" "valid" "permerror" "temperror"; static */

/* A TXT record that is no SPF record but was probably meant to be one. */
struct dc_spf_lookalike {
	struct dc_txt txt;
	struct dc_slice suggestion; /* how it should begin; empty: no idea */
};

struct dc_spf_facts {
	struct dc_slice domain;            /* canonical */
	enum dc_spf_class class;           /* temperror: what matters was not answered. Never "none" for a failed lookup */
	const struct dc_answer *answer;    /* TXT at domain; NULL only while open */
	const struct dc_spf_node *root;
	const struct dc_spf_node *const *nodes; /* every record met, breadth first, root first */
	size_t node_count;
	const struct dc_txt *records;      /* the v=spf1 records at the domain: 0, 1 or more */
	size_t record_count;
	char all;                          /* as root->all: what is written, see others4 for what comes of it */
	struct dc_spf_others others4, others6; /* everybody else, over IPv4 and IPv6 */
	bool has_macros;                   /* some term depends on the sender */
	bool cut;                          /* a ceiling was reached: counts are "at least" */
	bool unanswered;                   /* some lookup of the tree failed: counts are "at least" */

	/* for an address that matches nothing; counting goes on past the limit and past errors */
	uint32_t lookups;
	uint32_t voids4, voids6;           /* IPv4 and IPv6 clients */
	uint32_t voids_sender;             /* lookups that depend on the sender and may be void too */
	const struct dc_spf_use *over;     /* the eleventh term in the order of evaluation, or NULL */

	struct dc_spf_ranges pass4, pass6; /* authorised addresses: the union over the tree */
	bool pass_exact;                   /* false: a lower bound (failed lookups, ptr, macros, ceilings) */

	uint32_t text_octets;              /* RFC 7208 3.4: name and all TXT text at the name; advice: below 450 */
	uint32_t answer_octets;            /* the whole answer to TXT as sent over UDP, with EDNS */
	uint32_t txt_count;                /* TXT records at the name */

	const struct dc_spf_lookalike *lookalikes;
	size_t lookalike_count;
	const struct dc_txt *sender_id;    /* "spf2.0/…" records (RFC 4406), obsolete */
	size_t sender_id_count;
	const struct dc_answer *type99;    /* the obsolete SPF type at the domain; NULL only while open */
};

/* `domain` canonical. Never NULL; counts only when no question was left open. */
const struct dc_spf_facts *dc_spf_build(struct dc_asker *asker, struct dc_slice domain);
/* The same for a name whose obsolete records are of no interest (a return path): type99 stays NULL. */
const struct dc_spf_facts *dc_spf_build_plain(struct dc_asker *asker, struct dc_slice domain);

enum dc_spf_cover { DC_SPF_OUTSIDE, DC_SPF_PARTLY, DC_SPF_INSIDE };
/* Whether the authorised ranges hold `prefix`; *ret_via (may be NULL): the term of the domain's own record that lets
 * the first of its addresses pass, or NULL. */
enum dc_spf_cover dc_spf_covers(const struct dc_spf_facts *facts, struct dc_prefix prefix,
				const struct dc_spf_use **ret_via);

/* The term of the domain's own record (behind redirects: of the record that they lead to) under which `use` stands, or is. */
const struct dc_spf_use *dc_spf_use_own(const struct dc_spf_use *use);

/* "fail" …; empty when it is not known. Static. */
struct dc_slice dc_spf_others_name(const struct dc_spf_others *others);
/* Everybody passes, over both families. */
static inline bool dc_spf_lets_all_pass(const struct dc_spf_facts *facts)
{
	return facts->others4.code == DC_SPF_PASS && facts->others6.code == DC_SPF_PASS;
}

/* Who is not named fails, over both families. */
static inline bool dc_spf_fails_all(const struct dc_spf_facts *facts)
{
	return facts->others4.code == DC_SPF_FAIL && facts->others6.code == DC_SPF_FAIL;
}

/* A pass below this include or redirect is a pass of the domain: none of the terms that lead there turns it into something
 * else, as ~include: does. */
bool dc_spf_passes_on(const struct dc_spf_use *use);

/* An mx whose hosts were all looked up and have no address, or that is a null MX: it matches nobody, yet is no void lookup. */
bool dc_spf_mx_is_empty(const struct dc_spf_use *use);

/* ---- the drawn tree ---- */

enum dc_spf_mark {
	DC_SPF_MARK_PLAIN,
	DC_SPF_MARK_ERROR,      /* permerror comes from here: no record, two records, loop, syntax, more than ten MX */
	DC_SPF_MARK_OVER,       /* the eleventh lookup, or one behind it */
	DC_SPF_MARK_VOID,       /* found nothing */
	DC_SPF_MARK_UNANSWERED,
	DC_SPF_MARK_SENDER,     /* depends on the sender */
	DC_SPF_MARK_DEAD,       /* never reached */
	DC_SPF_MARK_CUT,
};
const char *dc_spf_mark_name(enum dc_spf_mark mark); /* "error" …; static */
struct dc_spf_row {
	struct dc_slice branch;   /* "│  ├─ " or "|  |- ": ours, clean */
	struct dc_slice text;     /* the term as written, or the domain in the first row: raw, escape it */
	struct dc_slice note;     /* "no SPF record", "does not exist", "more than one record" …: ours, clean; may be empty */
	uint32_t depth;
	bool counted;             /* show lookups */
	uint32_t lookups;         /* with everything below */
	enum dc_spf_mark mark;
	const struct dc_spf_use *use; /* NULL in the first row */
};
struct dc_spf_drawing {
	const struct dc_spf_row *rows;
	size_t count;
};
/* One row a term that asks DNS (`every`: every term), in the order of evaluation. `utf8`: box-drawing characters. */
struct dc_spf_drawing dc_spf_tree_draw(struct dc_arena *arena, const struct dc_spf_facts *facts, bool utf8, bool every);

/* ---- flattening ---- */

struct dc_spf_flat_record {
	struct dc_slice name;          /* where to publish; canonical */
	struct dc_slice text;          /* the record, clean ASCII */
	const struct dc_slice *strings; /* cut for character-strings of at most 255 octets */
	size_t string_count;
};
struct dc_spf_flat {
	const struct dc_spf_flat_record *records; /* the domain's own first */
	size_t count;
	uint32_t lookups;                /* what the flattened set costs */
	uint32_t lookups_before;         /* what the published one costs */
	bool complete;                   /* false: something could not be resolved; then kept[] or failed[] say what */
	const struct dc_spf_use *const *kept;   /* terms that must stay as they are (macros, ptr) */
	size_t kept_count;
	const struct dc_spf_use *const *failed; /* terms that could not be resolved: do not publish the result */
	size_t failed_count;
	const struct dc_slice *watch;    /* names whose records must be looked at again and again to keep it fresh */
	size_t watch_count;
	uint32_t watch_ttl_s;            /* least TTL among them: the copy can be wrong after so many seconds */
};
/* The pass set of the tree as ip4: and ip6: terms, cut into _spf1.DOMAIN, _spf2.DOMAIN … so that each answer stays
 * within 450 octets (RFC 7208 3.4). Never NULL. */
const struct dc_spf_flat *dc_spf_flatten(struct dc_arena *arena, const struct dc_spf_facts *facts);

#endif
