/* DMARC of one domain: RFC 9989 (tree walk, policy discovery, organizational domain), RFC 9990 section 4 (report
 * destinations), and beside it what receivers on RFC 7489 and the public suffix list conclude. */
#ifndef DC_DMARC_DMARC_H
#define DC_DMARC_DMARC_H

#include "dmarc/record.h"
#include "evidence/ask.h"

enum {
	DC_DMARC_WALK_MAX = 8,   /* RFC 9989 4.10: questions of one walk */
	DC_DMARC_SHORT = 7,      /* labels kept of a longer name */
};

enum dc_dmarc_node_state {
	DC_DMARC_NODE_UNKNOWN,  /* no answer (see answer), or not asked yet */
	DC_DMARC_NODE_NONE,     /* no DMARC record */
	DC_DMARC_NODE_RECORD,
	DC_DMARC_NODE_MULTIPLE, /* more than one: all dropped */
};

/* A text at _dmarc that is no record. */
struct dc_dmarc_stray {
	struct dc_slice text;
	enum dc_dmarc_kind kind;
	struct dc_slice suggestion; /* empty: none */
};

/* One step of the walk. */
struct dc_dmarc_node {
	struct dc_slice domain;            /* the name asked about, without _dmarc */
	struct dc_slice name;              /* _dmarc.DOMAIN; empty when it is too long to be asked */
	const struct dc_answer *answer;    /* NULL while open */
	enum dc_dmarc_node_state state;
	bool assumed;                      /* a public suffix outside the zone file: taken for "no record" */
	const struct dc_dmarc_record *record; /* state RECORD */
	size_t record_count;
	const struct dc_dmarc_stray *strays;
	size_t stray_count;
	struct dc_slice alias;             /* end of the CNAME chain at _dmarc.DOMAIN; empty: no alias */
	bool visited;                      /* the walk came here (it stops at psd=y and psd=n) */
};

struct dc_dmarc_walk {
	struct dc_slice start;
	struct dc_dmarc_node nodes[DC_DMARC_WALK_MAX]; /* longest name first */
	size_t count;
	struct dc_slice org_domain;        /* empty: open or could not be determined */
	const struct dc_dmarc_node *org_blocked; /* the step that failed; NULL: none */
};

enum dc_dmarc_class {
	DC_DMARC_CLASS_UNKNOWN,
	DC_DMARC_CLASS_NONE,     /* no record applies */
	DC_DMARC_CLASS_VALID,
	DC_DMARC_CLASS_DISARMED, /* see enum dc_dmarc_standing */
	DC_DMARC_CLASS_IGNORED,
};
/* "none" "valid" "disarmed" "ignored"; NULL for unknown. */
const char *dc_dmarc_class_name(enum dc_dmarc_class class);

/* What one author domain gets. */
struct dc_dmarc_verdict {
	enum dc_dmarc_class class;
	const struct dc_dmarc_record *record; /* NULL: none applies, or unknown */
	struct dc_slice location;             /* the domain whose record it is */
	enum dc_dmarc_policy policy;          /* asked for, before test mode */
	enum dc_dmarc_policy effective;       /* after test mode; ABSENT: no DMARC */
	const struct dc_dmarc_node *blocked;  /* the step that failed, for unknown */
};

/* What one generation of receivers concludes for the domain and for what lies below it. */
struct dc_dmarc_view {
	struct dc_slice org_domain;           /* empty: unknown */
	struct dc_dmarc_verdict name;         /* for mail from the domain itself */
	struct dc_dmarc_verdict existing;     /* from a name below it that exists and has no record of its own */
	struct dc_dmarc_verdict missing;      /* from a name below it that does not exist */
	bool adkim_strict, aspf_strict;       /* of name.record */
};

enum { DC_DMARC_DIFF_ORG = 1, DC_DMARC_DIFF_LOCATION = 2, DC_DMARC_DIFF_POLICY = 4, DC_DMARC_DIFF_BELOW = 8 };

/* One destination of reports (RFC 9990 section 4). */
struct dc_dmarc_report {
	const struct dc_dmarc_uri *uri;
	bool failure;                       /* from ruf; else from rua */
	enum dc_tri external;               /* another organization's: needs its consent */
	const struct dc_answer *blocked;    /* the step of a tree walk that failed, for external unknown; NULL: none */
	struct dc_slice auth_name;          /* DOMAIN._report._dmarc.HOST; empty when not external */
	const struct dc_answer *auth;       /* NULL while open or not external */
	enum dc_tri authorised;             /* YES for our own hosts */
	bool override_foreign;              /* the consent record redirects to another host: no report to either */
	const struct dc_answer *mx;         /* of the host */
	const struct dc_answer *a, *aaaa;   /* asked when it has no MX */
	enum dc_tri accepts;                /* the host can receive mail */
	bool null_mx;                       /* it says that it never does */
};

struct dc_dmarc_facts {
	struct dc_slice domain;
	struct dc_dmarc_walk walk;               /* from the domain to the top */
	const struct dc_answer *existence;       /* the MX question at the domain tells whether it exists */
	enum dc_tri exists;
	struct dc_dmarc_view now;                /* RFC 9989 */
	struct dc_dmarc_view legacy;             /* RFC 7489 with the public suffix list, pct and test mode aside */
	unsigned differences;                    /* DC_DMARC_DIFF_…; 0 also while something is unknown */
	const struct dc_psl *psl;                /* the list in use, see dmarc/psl.h */
	struct dc_slice psl_version;
	const struct dc_dmarc_report *reports;   /* of the record that applies */
	size_t report_count;
	struct dc_slice what_if;                 /* as given; empty: none */
	struct dc_dmarc_view changed;            /* `now` under what_if; equal to it without */
	/* Records where no receiver looks; each empty when there is none. Looked for only when _dmarc.DOMAIN has no record. */
	struct dc_slice at_apex;                 /* at the domain itself */
	const struct dc_answer *apex_answer;
	struct dc_slice at_doubled;              /* at _dmarc.DOMAIN.DOMAIN: a zone file name without its final dot */
	const struct dc_answer *doubled_answer;
};

/* All names of the walk are asked in the first round (at most eight, RFC 9989 4.10). `what_if`: DMARC tags laid over the
 * record that applies; empty: none. Never NULL. */
const struct dc_dmarc_facts *dc_dmarc_build(struct dc_asker *asker, struct dc_slice domain, struct dc_slice what_if);

/* The organizational domain of `name` by the tree walk. False while questions are open. *ret_org is empty when a step
 * of the walk could not be answered. */
bool dc_dmarc_org_domain(struct dc_asker *asker, struct dc_slice name, struct dc_slice *ret_org);

/* The step of that walk which was not answered; NULL: none, or questions are open. */
const struct dc_answer *dc_dmarc_org_failure(struct dc_asker *asker, struct dc_slice name);

/* Are two domains in alignment (RFC 9989 4.4)? Relaxed: the same organizational domain. Empty names: unknown. */
enum dc_tri dc_dmarc_aligned(struct dc_asker *asker, struct dc_slice author, struct dc_slice other, bool strict);

#endif
