/* Settings: one table row each, with its parser. */
#include "api/config.h"

#include <stdlib.h>

#include "api/baseline.h"
#include "api/crew.h"
#include "api/history.h"
#include "api/manifest.h"
#include "api/decision.h"
#include "api/own_key.h"
#include "api/probes.h"
#include "base/escape.h"
#include "dkim/dkim.h"
#include "dkim/own.h"
#include "dmarc/psl.h"
#include "dmarc/record.h"

struct row {
	struct dc_setting info;
	enum dc_status (*set)(struct dc_config *config, const struct row *row, struct dc_slice value, struct dc_error *err);
	size_t offset;      /* of the field in struct dc_config */
	uint64_t least, most;
};

static enum dc_status bad(const struct row *row, struct dc_slice value, struct dc_error *err, const char *want)
{
	char shown[120];
	return dc_error_set(err, DC_ERR_INPUT, "--%s: \"%s\" is not %s", row->info.name,
			    dc_escape_line(shown, sizeof shown, value), want);
}

static void *field(struct dc_config *config, const struct row *row)
{
	return (char *)config + row->offset;
}

/* ---- kinds of values ---- */

static enum dc_status set_switch(struct dc_config *config, const struct row *row, struct dc_slice value,
				 struct dc_error *err)
{
	bool yes = dc_slice_eq(value, DC_S("yes"));
	if (!yes && !dc_slice_eq(value, DC_S("no")))
		return bad(row, value, err, "yes or no");
	*(bool *)field(config, row) = yes;
	return DC_OK;
}

static enum dc_status set_wish(struct dc_config *config, const struct row *row, struct dc_slice value, struct dc_error *err)
{
	enum dc_wish *wish = field(config, row);
	if (dc_slice_eq(value, DC_S("yes")))
		*wish = DC_WISH_YES;
	else if (dc_slice_eq(value, DC_S("auto")))
		*wish = DC_WISH_AUTO;
	else if (dc_slice_eq(value, DC_S("no")))
		*wish = DC_WISH_NO;
	else
		return bad(row, value, err, "yes, no or auto");
	config->lone = config->dnssec != DC_WISH_NO;
	return DC_OK;
}

static enum dc_status set_number(struct dc_config *config, const struct row *row, struct dc_slice value,
				 struct dc_error *err)
{
	uint64_t number;
	if (!dc_slice_uint(value, false, row->most, &number) || number < row->least) {
		char want[80];
		struct dc_slice text = dc_arena_printf(config->arena, "a whole number from %llu to %llu",
						       (unsigned long long)row->least, (unsigned long long)row->most);
		memcpy(want, text.ptr, text.len + 1);
		return bad(row, value, err, want);
	}
	*(uint64_t *)field(config, row) = number;
	return DC_OK;
}

/* Seconds with up to three decimals, kept as milliseconds. */
static enum dc_status set_seconds(struct dc_config *config, const struct row *row, struct dc_slice value,
				  struct dc_error *err)
{
	size_t dot = dc_slice_find(value, '.');
	struct dc_slice decimals = dot == SIZE_MAX ? DC_S("") : dc_slice_sub(value, dot + 1, SIZE_MAX);
	uint64_t whole, part = 0;
	bool ok = dc_slice_uint(dc_slice_sub(value, 0, dot), false, row->most / 1000, &whole);
	if (ok && dot != SIZE_MAX)
		ok = decimals.len >= 1 && decimals.len <= 3 && dc_slice_uint(decimals, true, 999, &part);
	for (size_t i = decimals.len; i < 3; i++)
		part *= 10;
	uint64_t ms = ok ? whole * 1000 + part : 0;
	if (!ok || ms < row->least || ms > row->most)
		return bad(row, value, err, "a number of seconds from 0.05 to 300, such as 5 or 2.5");
	*(uint64_t *)field(config, row) = ms;
	return DC_OK;
}

static enum dc_status set_path(struct dc_config *config, const struct row *row, struct dc_slice value,
			       struct dc_error *err)
{
	if (value.len == 0)
		return bad(row, value, err, "a file name");
	*(struct dc_slice *)field(config, row) = value;
	return DC_OK;
}

static enum dc_status set_text(struct dc_config *config, const struct row *row, struct dc_slice value,
			       struct dc_error *err)
{
	*(struct dc_slice *)field(config, row) = value;
	return DC_OK;
}

/* "p=reject; aspf=s": every part must be a tag with a value that RFC 9989 knows, or an empty one, which takes it out. */
static enum dc_status set_what_if(struct dc_config *config, const struct row *row, struct dc_slice value,
				  struct dc_error *err)
{
	struct dc_txt txt = {.text = value};
	const struct dc_dmarc_record *record = dc_dmarc_parse(config->arena, (struct dc_slice){0}, &txt, NULL);
	if (record->tag_count == 0)
		return bad(row, value, err, "DMARC tags such as 'p=reject; aspf=s'");
	for (size_t i = 0; i < record->tag_count; i++) {
		const struct dc_dmarc_tag *tag = &record->tags[i];
		if (tag->fault != DC_DMARC_FAULT_NONE && !(tag->fault == DC_DMARC_FAULT_VALUE && !tag->value.len))
			return bad(row, tag->term, err, "a DMARC tag such as p=reject");
	}
	return set_text(config, row, value, err);
}

static enum dc_status add_text(struct dc_config *config, const struct row *row, struct dc_slice value,
			       struct dc_error *err)
{
	struct dc_texts *texts = field(config, row);
	if (value.len == 0)
		return bad(row, value, err, "anything: it is empty");
	DC_PUSH(config->arena, texts->items, texts->count, texts->capacity) = value;
	DC_PUSH(config->arena, texts->texts, texts->text_count, texts->text_capacity) = value.ptr;
	return DC_OK;
}

static enum dc_status add_each(struct dc_config *config, const struct row *row, struct dc_slice value,
			       struct dc_error *err,
			       enum dc_status (*add)(struct dc_config *, const struct row *, struct dc_slice,
						     struct dc_error *))
{
	enum dc_status status = DC_OK;
	struct dc_slice rest = value;
	do {
		struct dc_slice part = dc_slice_trim(dc_slice_cut(&rest, ','));
		status = add(config, row, dc_arena_dup(config->arena, part), err);
	} while (status == DC_OK && rest.ptr);
	return status;
}

/* ---- single settings ---- */

static enum dc_status add_selector(struct dc_config *config, const struct row *row, struct dc_slice value,
				   struct dc_error *err)
{
	struct dc_slice name;
	size_t suffix = sizeof "._domainkey" - 1;
	if (value.len > suffix && dc_slice_ends_nocase(value, DC_S("._domainkey")))
		value = dc_arena_dup(config->arena, dc_slice_sub(value, 0, value.len - suffix));
	if (!dc_name_normalize(config->arena, value, &name) || !dc_name_is_host(name, true))
		return bad(row, value, err, "a selector: give the part before ._domainkey, such as s1 or google");
	if (config->selectors.count == DC_DKIM_GIVEN_MAX)
		return dc_error_set(err, DC_ERR_USAGE, "--selector: more than %d selectors", DC_DKIM_GIVEN_MAX);
	return add_text(config, row, dc_arena_dup(config->arena, name), err);
}

static enum dc_status set_selector(struct dc_config *config, const struct row *row, struct dc_slice value,
				   struct dc_error *err)
{
	return add_each(config, row, value, err, add_selector);
}

/* SELECTOR=FILE. The file is read now and forgotten but for the public half. */
static enum dc_status add_own_key(struct dc_config *config, const struct row *row, struct dc_slice value,
				  struct dc_error *err)
{
	struct dc_slice path = value, selector = dc_slice_trim(dc_slice_cut(&path, '='));
	struct dc_dkim_own own;
	struct dc_slice name;
	if (!path.len || !dc_name_normalize(config->arena, selector, &name) || !dc_name_is_host(name, true))
		return bad(row, value, err, "SELECTOR=FILE, such as s1=/etc/dkim/s1.pem");
	enum dc_status status = dc_own_key_read(config->arena, name, path.ptr, &own, err);
	if (status == DC_OK)
		DC_PUSH(config->arena, config->own_keys, config->own_key_count, config->own_key_capacity) = own;
	return status;
}

static enum dc_status set_psl(struct dc_config *config, const struct row *row, struct dc_slice value,
			      struct dc_error *err)
{
	struct dc_psl *psl;
	if (value.len == 0)
		return bad(row, value, err, "a file name");
	enum dc_status status = dc_psl_load(value.ptr, &psl, err);
	if (status == DC_OK) {
		dc_psl_free(config->psl);
		config->psl = psl;
	}
	return status;
}

static enum dc_status set_search(struct dc_config *config, const struct row *row, struct dc_slice value,
				 struct dc_error *err)
{
	static const char *const names[] = {"known", "all", "none"};
	for (int i = 0; i < 3; i++)
		if (dc_slice_eq(value, dc_slice_of(names[i]))) {
			config->search = (enum dc_selector_search)i;
			config->search_given = true;
			return DC_OK;
		}
	return bad(row, value, err, "known, all or none (selectors in use are given with --selector)");
}

static enum dc_status add_sender(struct dc_config *config, const struct row *row, struct dc_slice value,
				 struct dc_error *err)
{
	struct dc_prefix prefix;
	if (!dc_prefix_parse(value, &prefix))
		return bad(row, value, err, "an address or a range, such as 192.0.2.1 or 192.0.2.0/28");
	DC_PUSH(config->arena, config->senders, config->sender_count, config->sender_capacity) = prefix;
	return add_text(config, row, value, err);
}

static enum dc_status set_sender(struct dc_config *config, const struct row *row, struct dc_slice value,
				 struct dc_error *err)
{
	return add_each(config, row, value, err, add_sender);
}

static enum dc_status set_domain(struct dc_config *config, const struct row *row, struct dc_slice value,
				 struct dc_error *err)
{
	struct dc_error why;
	if (dc_name_from_input(config->arena, value, field(config, row), &why) != DC_OK)
		return dc_error_set(err, DC_ERR_INPUT, "--%s: %.480s", row->info.name, why.message);
	return DC_OK;
}

static enum dc_status set_helo(struct dc_config *config, const struct row *row, struct dc_slice value,
			       struct dc_error *err)
{
	/* A literal is legal (RFC 5321 4.1.3), and judged by a check. */
	if (value.len > 2 && value.ptr[0] == '[' && value.ptr[value.len - 1] == ']') {
		config->helo = value;
		return DC_OK;
	}
	/* Servers do say "localhost": a finding, not a slip of the user. */
	if (dc_slice_find(value, '.') == SIZE_MAX && dc_name_is_host(value, true)) {
		config->helo = dc_arena_lower(config->arena, value);
		return DC_OK;
	}
	return set_domain(config, row, value, err);
}

static enum dc_status set_mail_from(struct dc_config *config, const struct row *row, struct dc_slice value,
				    struct dc_error *err)
{
	size_t at = value.len;
	while (at > 0 && value.ptr[at - 1] != '@')
		at--;
	if (at > 0)
		config->mail_from_local = dc_slice_sub(value, 0, at - 1);
	return set_domain(config, row, dc_slice_sub(value, at, SIZE_MAX), err);
}

static enum dc_status set_baseline(struct dc_config *config, const struct row *row, struct dc_slice value,
				   struct dc_error *err)
{
	dc_baseline_free(config->baseline);
	config->baseline = NULL;
	return dc_baseline_read(value.ptr, &config->baseline, err);
}

static enum dc_status set_manifest(struct dc_config *config, const struct row *row, struct dc_slice value,
				   struct dc_error *err)
{
	return dc_config_manifest(config, value.ptr, NULL, NULL, err);
}

static enum dc_status set_history(struct dc_config *config, const struct row *row, struct dc_slice value,
				  struct dc_error *err)
{
	return dc_history_past(value.ptr, config->arena, &config->past, &config->past_count, err);
}

static enum dc_status set_now(struct dc_config *config, const struct row *row, struct dc_slice value,
			      struct dc_error *err)
{
	if (!dc_time_parse(value, &config->now_s))
		return bad(row, value, err, "a time by RFC 3339, such as 2026-11-20T12:00:00Z");
	config->now_given = true;
	return DC_OK;
}

static enum dc_status set_fail_on(struct dc_config *config, const struct row *row, struct dc_slice value,
				  struct dc_error *err)
{
	if (dc_slice_eq(value, DC_S("never"))) {
		config->policy.fail_on = DC_SEVERITY_OFF;
		return DC_OK;
	}
	if (dc_slice_eq(value, DC_S("off")) || !dc_severity_parse(value, &config->policy.fail_on))
		return bad(row, value, err, "error, warning, notice or never");
	return DC_OK;
}

static enum dc_status set_shard(struct dc_config *config, const struct row *row, struct dc_slice value,
				struct dc_error *err)
{
	enum { SHARDS_MAX = 100000 };
	uint64_t shard, shards;
	struct dc_slice rest = value, first = dc_slice_cut(&rest, '/');
	if (!dc_slice_uint(first, false, SHARDS_MAX, &shard) || !dc_slice_uint(rest, false, SHARDS_MAX, &shards) || shard == 0 ||
	    shard > shards)
		return bad(row, value, err, "a part such as 1/4: the first of four");
	config->shard = shard;
	config->shards = shards;
	return DC_OK;
}

static struct dc_slice option_name(struct dc_config *config, const struct row *row)
{
	return dc_arena_printf(config->arena, "--%s", row->info.name);
}

static enum dc_status add_profile(struct dc_config *config, const struct row *row, struct dc_slice value,
				  struct dc_error *err)
{
	enum dc_status status = dc_profile_add(config, &config->policy, value, option_name(config, row), err);
	if (status != DC_OK)
		return status;
	config->parked |= dc_profile_find(value)->parked;
	return add_text(config, row, value, err);
}

static enum dc_status set_waivers(struct dc_config *config, const struct row *row, struct dc_slice value,
				  struct dc_error *err)
{
	return value.len ? dc_waivers_read(config, &config->policy, value.ptr, err) : bad(row, value, err, "a file name");
}

/* SLUG=SEVERITY */
static enum dc_status add_severity(struct dc_config *config, const struct row *row, struct dc_slice value,
				   struct dc_error *err)
{
	struct dc_slice severity = value, slug = dc_slice_cut(&severity, '=');
	if (!severity.ptr)
		return bad(row, value, err, "SLUG=off|notice|warning|error, such as spf-softfail=error");
	return dc_severity_rule_add(config, &config->policy, dc_slice_trim(slug), dc_slice_trim(severity),
				    option_name(config, row), err);
}

static enum dc_status set_severity(struct dc_config *config, const struct row *row, struct dc_slice value,
				   struct dc_error *err)
{
	return add_each(config, row, value, err, add_severity);
}

static enum dc_status set_profile(struct dc_config *config, const struct row *row, struct dc_slice value,
				  struct dc_error *err)
{
	return add_each(config, row, value, err, add_profile);
}

static enum dc_status add_probe(struct dc_config *config, const struct row *row, struct dc_slice value,
				struct dc_error *err)
{
	const char *want;
	return dc_probe_set(config, row->info.name, value, &want) ? DC_OK : bad(row, value, err, want);
}

static enum dc_status set_probe(struct dc_config *config, const struct row *row, struct dc_slice value,
				struct dc_error *err)
{
	return add_each(config, row, value, err, add_probe);
}

#define AT(member) offsetof(struct dc_config, member)
static const struct row rows[] = {
	{{"config", 'c', "FILE", false, "a campaign manifest: what is declared about its domains"}, set_manifest, 0},
	{{"campaign", 0, "NAME", false, "with --config: only the domains of this campaign"}, set_path, AT(campaign)},
	{{"zone", 'z', "FILE", true, "answers come from this zone file; alone: no network at all"}, add_text, AT(zones)},
	{{"live", 0, NULL, false, "with --zone: other names are asked over live DNS"}, set_switch, AT(live)},
	{{"record", 0, "FILE", false, "write every answer to a recording"}, set_path, AT(record)},
	{{"replay", 0, "FILE", false, "answers come from a recording"}, set_path, AT(replay)},
	{{"nameserver", 'n', "ADDR[:PORT]", true, "resolver to ask (default: the system's)"}, add_text, AT(nameservers)},
	{{"recurse", 0, NULL, false, "ask the authoritative servers ourselves, from the root, and validate"}, set_switch,
	 AT(recurse)},
	{{"timeout", 0, "SECONDS", false, "for one question, all tries together (default 5)"}, set_seconds, AT(timeout_ms), 50,
	 300000},
	{{"retries", 0, "N", false, "further tries of one question (default 5)"}, set_number, AT(retries), 0, 20},
	{{"jobs", 'j', "N", false, "domains in flight (default 256)"}, set_number, AT(jobs), 1, DC_JOBS_MAX},
	{{"threads", 0, "N", false, "worker threads (default: one a CPU)"}, set_number, AT(threads), 1, DC_THREADS_MAX},
	{{"no-fetch", 0, NULL, false, "fetch nothing over HTTPS: no MTA-STS policy, no BIMI logo"}, set_switch, AT(no_fetch)},
	{{"max-qps", 0, "N", false, "questions a second at most (default: no limit)"}, set_number, AT(max_qps), 0, 10000000},
	{{"selector", 's', "NAME[,NAME...]", true, "DKIM selectors in use"}, set_selector, AT(selectors)},
	{{"selectors", 0, "known|all|none", false, "how far to guess beyond them (default known)"}, set_search, 0},
	{{"dkim-key", 0, "SELECTOR=FILE", true, "a private key (PEM) that the published one must belong to"}, add_own_key, 0},
	{{"ip", 0, "ADDR[,ADDR...]", true, "addresses that send, or ranges"}, set_sender, AT(sender_texts)},
	{{"helo", 0, "NAME", false, "the name that the sending hosts say in HELO"}, set_helo, AT(helo)},
	{{"mail-from", 0, "DOMAIN|ADDRESS", false, "the return path"}, set_mail_from, AT(mail_from)},
	{{"dkim-domain", 0, "DOMAIN", false, "the d= of DKIM signatures (default: the domain)"}, set_domain, AT(dkim_domain)},
	{{"what-if", 0, "TAGS", false, "DMARC tags laid over the record, such as 'p=reject; aspf=s'"}, set_what_if, AT(what_if)},
	{{"psl", 0, "FILE", false, "public suffix list, for what receivers on older DMARC conclude (default: built in)"}, set_psl, 0},
	{{"parked", 0, NULL, false, "the domain must not send at all"}, set_switch, AT(parked)},
	{{"dnssec", 0, NULL, false, "validate DNSSEC (default: when one domain is audited)"}, set_wish, AT(dnssec)},
	{{"authority", 0, NULL, false, "ask its name servers one by one (default: of a single domain)"}, set_wish, AT(authority)},
	{{"blocklists", 0, NULL, false, "ask whether sending addresses and domains are on blocklists"}, set_switch, AT(blocklists)},
	{{"probe", 0, "smtp|submission[,...]", true, "speak to the MX hosts, or to the hosts that take users' mail"}, set_probe, 0},
	{{"submission", 0, "HOST[:PORT]", false, "the host that takes users' mail (default: by SRV records)"}, add_probe, 0},
	{{"probe-helo", 0, "NAME", false, "with --probe: our name in EHLO (default: our address)"}, add_probe, 0},
	{{"probe-timeout", 0, "SECONDS", false, "with --probe: for each step (default 30)"}, set_seconds, AT(probe_timeout_ms), 50,
	 300000},
	{{"probe-port", 0, "FROM=TO", true, "with --probe: connect to port TO where FROM is meant"}, add_probe, 0},
	{{"ca-file", 0, "FILE", false, "certificates (PEM) to trust (default: the system's)"}, set_path, AT(ca_file)},
	{{"allow-private", 0, NULL, false, "servers and hosts of the domain may have private addresses: ask those too"}, set_switch,
	 AT(allow_private)},
	{{"profile", 'p', "NAME[,NAME...]", true, "requirement sets (default baseline)"}, set_profile, AT(profiles)},
	{{"fail-on", 0, "error|warning|notice|never", false, "what makes the exit status 1 (default error)"}, set_fail_on, 0},
	{{"set", 0, "SLUG=off|notice|warning|error", true, "the severity of a finding, or of all findings of a check"},
	 set_severity, 0},
	{{"waivers", 0, "FILE", true, "accepted findings: one a line, with a reason and a last day"}, set_waivers, 0},
	{{"baseline", 0, "FILE", false, "an earlier JSON report, or history:FILE: only findings that are not in it fail"}, set_baseline, 0},
	{{"history", 0, "FILE", false, "a store of domaincheck history: -f html shows the trend"}, set_history, 0},
	{{"key-age", 0, "DAYS", false, "with --baseline: when a DKIM key is old (default 183)"}, set_number,
	 AT(key_age_days), 1, 36500},
	{{"now", 0, "TIME", false, "the clock of the audit (RFC 3339)"}, set_now, 0},
	{{"unordered", 0, NULL, false, "results as they come, not in the order of the names"}, set_switch, AT(unordered)},
	{{"shard", 0, "I/N", false, "only the I-th of N parts of the names, whatever their order"}, set_shard, 0},
	{{"resolv-conf", 0, "FILE", false, "where the system's resolvers stand (default /etc/resolv.conf)"}, set_path,
	 AT(resolv_conf)},
	{{"root-hints", 0, "FILE", false, "with --recurse: the root servers"}, set_path, AT(root_hints)},
	{{"trust-anchor", 0, "FILE", false, "DNSSEC trust anchor"}, set_path, AT(trust_anchor)},
};

const struct dc_setting *dc_setting_at(size_t i)
{
	return i < sizeof rows / sizeof *rows ? &rows[i].info : NULL;
}

struct dc_config *dc_config_new(void)
{
	struct dc_arena *arena = dc_arena_new(DC_CONFIG_MEMORY_MAX);
	if (!arena)
		return NULL;
	if (DC_ARENA_GUARD(arena)) {
		dc_arena_free(arena);
		return NULL;
	}
	struct dc_config *config = DC_NEW(arena, struct dc_config);
	*config = (struct dc_config){.arena = arena, .timeout_ms = DC_TIMEOUT_DEFAULT_MS, .retries = DC_RETRIES_DEFAULT,
				     .jobs = DC_JOBS_DEFAULT, .policy.fail_on = DC_SEVERITY_ERROR};
	return config;
}

void dc_config_free(struct dc_config *config)
{
	if (!config)
		return;
	dc_config_manifest_free(config);
	dc_baseline_free(config->baseline);
	dc_psl_free(config->psl);
	dc_arena_free(config->arena);
}

enum dc_status dc_config_set(struct dc_config *config, const char *name, const char *value, struct dc_error *err)
{
	if (DC_ARENA_GUARD(config->arena))
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the configuration");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *row = &rows[i];
		if (strcmp(row->info.name, name) != 0)
			continue;
		struct dc_slice copy = dc_arena_dup(config->arena, dc_slice_of(value));
		enum dc_status status = row->set(config, row, copy, err);
		if (DC_ARENA_GUARD(config->arena)) /* a manifest has set another */
			return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the configuration");
		if (status == DC_OK)
			DC_PUSH(config->arena, config->given, config->given_count, config->given_capacity) =
				(struct dc_config_pair){row->info.name, copy};
		return status;
	}
	char shown[80];
	return dc_error_set(err, DC_ERR_USAGE, "there is no setting \"%s\"",
			    dc_escape_line(shown, sizeof shown, dc_slice_of(name)));
}
