/* What is known of one domain and of the identities that send for it. Built by pure code from evidence, const afterwards. */
#ifndef DC_FACTS_FACTS_H
#define DC_FACTS_FACTS_H

#include "base/ip.h"
#include "base/tri.h"
#include "evidence/ask.h"

struct dc_spf_facts;      /* spf/spf.h */
struct dc_dkim_facts;     /* dkim/dkim.h */
struct dc_dmarc_facts;    /* dmarc/dmarc.h */
struct dc_mx_facts;       /* mx/mx.h */
struct dc_ptr_facts;      /* ptr/ptr.h */
struct dc_provider_facts; /* provider/provider.h */
struct dc_identity_facts; /* facts/identity.h */
struct dc_dnssec_facts;   /* dnssec/dnssec.h */
struct dc_dane_facts;     /* dane/dane.h */
struct dc_smtp_facts;     /* smtp/smtp.h */
struct dc_blocklist_facts; /* blocklist/blocklist.h */
struct dc_mta_sts_facts;  /* mta_sts/mta_sts.h */
struct dc_tls_rpt_facts;  /* tls_rpt/tls_rpt.h */
struct dc_bimi_facts;     /* bimi/bimi.h */
struct dc_caa_facts;      /* caa/caa.h */
struct dc_authority_facts; /* authority/authority.h */
struct dc_wildcard_facts; /* authority/wildcard.h */
struct dc_message;        /* message/message.h */
struct dc_message_facts;  /* facts/message.h */
struct dc_dkim_own;       /* dkim/dkim.h */
struct dc_declared;       /* facts/declared.h */
struct dc_streams;        /* facts/streams.h */
struct dc_declared_facts; /* facts/hosts.h */

/* AUTO: nobody asked for it; it is done where it can be, and its failure is no gap in the audit. */
enum dc_wish { DC_WISH_NO, DC_WISH_YES, DC_WISH_AUTO };

enum dc_selector_search { DC_SELECTORS_KNOWN, DC_SELECTORS_ALL, DC_SELECTORS_NONE };

/* The identities that mail of the domain is sent with, as far as somebody said. */
struct dc_sending {
	struct dc_slice mail_from;        /* canonical domain of the return path; empty: the domain itself */
	struct dc_slice mail_from_local;  /* local part as it was written; empty: "postmaster" */
	struct dc_slice helo;             /* canonical name or literal; empty: not said */
	struct dc_slice dkim_domain;      /* d=, canonical; empty: the domain itself */
	const struct dc_slice *selectors; /* of d=, canonical; none: not said */
	size_t selector_count;
};

/* What the user said: evidence too. Slices are borrowed from the run's configuration. */
struct dc_inputs {
	struct dc_slice domain;      /* canonical */
	struct dc_slice typed;       /* as it was typed; empty when the same */
	int64_t now_s;               /* the clock of the audit, seconds since 1970 UTC */
	struct dc_sending sending;
	enum dc_selector_search search;
	const struct dc_prefix *senders; /* --ip */
	size_t sender_count;
	const struct dc_dkim_own *own_keys; /* --dkim-key: public halves, the private ones are forgotten by now */
	size_t own_key_count;
	const struct dc_dkim_seen *seen_keys; /* --baseline: keys of an earlier report, dkim/dkim.h */
	size_t seen_key_count;
	const struct dc_mta_sts_seen *seen_policies; /* the same: MTA-STS policies, sorted, mta_sts/mta_sts.h */
	size_t seen_policy_count;
	uint32_t key_age_days;       /* a key should be changed after this time; 0: DC_DKIM_KEY_AGE_DAYS */
	const struct dc_message *message; /* a real message to audit; NULL: none */
	struct dc_slice message_bytes;
	struct dc_slice what_if;     /* DMARC tags laid over the published record; empty: none */
	const struct dc_psl *psl;    /* public suffix list, dmarc/psl.h; NULL: the one built into libpsl */
	const struct dc_declared *declared; /* what a manifest says of the domain, facts/declared.h; NULL: nothing */
	bool parked;                 /* the domain is declared not to send */
	bool allow_private;          /* servers and hosts with private addresses may be asked */
	enum dc_wish authority;      /* ask the authoritative servers one by one */
	enum dc_wish dnssec;         /* validate */
	bool lone;                   /* a single audit: questions that cost more (validation) may be asked */
	bool blocklists;                   /* --blocklists: they may be asked */
	bool probe_smtp, probe_submission; /* --probe: mail servers may be spoken to */
	struct dc_slice submission_host;   /* canonical; empty: by SRV records */
	uint16_t submission_port;          /* 0: the usual ones */
};

/* A ceiling that was reached while gathering. */
enum dc_budget {
	DC_BUDGET_ROUNDS, DC_BUDGET_QUESTIONS, DC_BUDGET_BYTES, DC_BUDGET_TIME, DC_BUDGET_MEMORY, DC_BUDGET_WORK, DC_BUDGET_COUNT
};
const char *dc_budget_name(enum dc_budget budget); /* "rounds" "questions" … */

struct dc_facts {
	const struct dc_inputs *inputs;
	const struct dc_answer *soa, *ns; /* at the domain */
	const struct dc_mx_facts *mx;
	const struct dc_spf_facts *spf;
	const struct dc_streams *streams; /* facts/streams.h */
	const struct dc_dkim_facts *dkim;
	const struct dc_dmarc_facts *dmarc;
	const struct dc_ptr_facts *ptr;
	const struct dc_provider_facts *providers;
	const struct dc_identity_facts *identities;
	const struct dc_dnssec_facts *dnssec;
	const struct dc_dane_facts *dane;
	const struct dc_blocklist_facts *blocklists; /* nothing was asked without --blocklists */
	const struct dc_smtp_facts *smtp; /* nothing was asked without --probe */
	const struct dc_authority_facts *authority;
	const struct dc_wildcard_facts *wildcard;
	const struct dc_message_facts *message; /* NULL: no message */
	const struct dc_mta_sts_facts *mta_sts;
	const struct dc_tls_rpt_facts *tls_rpt;
	const struct dc_caa_facts *caa;          /* of the domain, up to its registrable domain or so */
	const struct dc_caa_facts *mta_sts_caa;  /* of the policy host, up to the top; NULL: no policy */
	const struct dc_bimi_facts *bimi;
	const struct dc_declared_facts *hosts;  /* facts/hosts.h; NULL: no manifest */
	const struct dc_evidence *evidence;
	bool budget_spent[DC_BUDGET_COUNT];
	uint64_t budget_limit[DC_BUDGET_COUNT];
};

/* What is published besides; UNKNOWN also while facts or a part of them are missing. */
enum dc_published { DC_PUBLISHED_MTA_STS, DC_PUBLISHED_TLS_RPT, DC_PUBLISHED_BIMI, DC_PUBLISHED_CAA };
enum dc_tri dc_facts_published(const struct dc_facts *facts, enum dc_published what);

/* One build: see evidence/ask.h. `inputs` must outlive the facts; everything else lives in asker->arena. */
const struct dc_facts *dc_facts_build(struct dc_asker *asker, const struct dc_inputs *inputs);

#endif
