/* The configuration behind dc_config_set: parsed values only. */
#ifndef DC_API_CONFIG_H
#define DC_API_CONFIG_H

#include <domaincheck/domaincheck.h>

#include "base/arena.h"
#include "dns/name.h"
#include "facts/facts.h"
#include "message/message.h"
#include "policy/policy.h"
#include "source/smtp.h"

enum {
	DC_CONFIG_MEMORY_MAX = 16 << 20,
	DC_TIMEOUT_DEFAULT_MS = 5000,
	DC_RETRIES_DEFAULT = 5,
	DC_JOBS_DEFAULT = 256, /* domains in flight: fills the wire to a resolver 20 ms away */
	DC_JOBS_MAX = 4096,
};

struct dc_texts {
	struct dc_slice *items;
	const char **texts; /* the same, NUL-terminated */
	size_t count, capacity, text_count, text_capacity;
};

struct dc_config {
	struct dc_arena *arena;
	/* sources */
	struct dc_texts nameservers, zones;
	struct dc_slice record, replay, resolv_conf, root_hints, trust_anchor; /* paths; empty: not given */
	bool live, recurse;
	bool no_fetch;                /* nothing over HTTPS */
	uint64_t timeout_ms, retries, jobs, max_qps;
	uint64_t threads; /* 0: one a CPU */
	/* the audit */
	struct dc_texts selectors;
	bool search_given;
	enum dc_selector_search search;
	struct dc_dkim_own *own_keys; /* public halves */
	size_t own_key_count, own_key_capacity;
	struct dc_prefix *senders;
	size_t sender_count, sender_capacity;
	struct dc_texts sender_texts;
	struct dc_slice helo, mail_from, mail_from_local, dkim_domain, what_if;
	struct dc_psl *psl;     /* NULL: the one built into libpsl */
	struct dc_baseline *baseline; /* NULL: none */
	const struct dc_history_run *past; /* the runs of a store, by time */
	size_t past_count;
	uint64_t key_age_days;        /* 0: the default of the check */
	struct dc_config_manifest *manifest; /* api/manifest.h; NULL: none */
	struct dc_slice campaign;            /* only its domains; empty: all */
	struct dc_message *message; /* NULL: none */
	struct dc_slice message_bytes;
	bool parked;
	enum dc_wish dnssec;    /* validation; sets `lone` */
	bool lone;              /* validation and other questions that cost more */
	bool blocklists;
	bool probe_smtp, probe_submission; /* speak to MX hosts; to the hosts that take mail from users */
	struct dc_slice submission_host;   /* canonical; empty: found by SRV records */
	uint16_t submission_port;          /* 0: the usual ones */
	struct dc_slice probe_helo, ca_file; /* empty: our address; the system's */
	uint64_t probe_timeout_ms;         /* for each step; 0: the default */
	struct dc_smtp_port probe_ports[DC_SMTP_PORTS_MAX];
	bool allow_private;     /* servers and hosts with private addresses may be asked */
	enum dc_wish authority; /* ask the authoritative servers one by one */
	bool now_given;
	int64_t now_s;
	/* the decision */
	struct dc_policy policy;    /* of every domain that has none of its own */
	struct dc_texts profiles;   /* as they were named */
	struct dc_waiver **waivers; /* all of them, of the run and of single domains: [i]->number is i */
	size_t waiver_count, waiver_capacity;
	/* the order */
	bool unordered;
	uint64_t shard, shards; /* this machine's part, from 1 on; 0: all */
	/* every setting as it was given, for reports and recordings */
	struct dc_config_pair {
		const char *name;
		struct dc_slice value;
	} *given;
	size_t given_count, given_capacity;
};

static inline bool dc_config_is_given(const struct dc_config *config, const char *name)
{
	for (size_t i = 0; i < config->given_count; i++)
		if (strcmp(config->given[i].name, name) == 0)
			return true;
	return false;
}

/* RFC 3339 date and time with Z or an offset, or a date alone (midnight UTC), to seconds since 1970. */
bool dc_time_parse(struct dc_slice text, int64_t *ret_seconds);

#endif
