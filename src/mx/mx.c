/* MX facts: which hosts take a domain's mail, and whether they can be reached by name.
 *
 * RFC 5321 section 5.1 (MX lookup, implicit MX), RFC 7505 (null MX), RFC 2181 section 10.3 (no aliases as targets).
 * Not here: what the hosts say when they are spoken to (probes), DANE and MTA-STS. */
#include "mx/mx.h"

/* ---- addresses ---- */

static void add_ips(const struct dc_answer *answer, struct dc_ip *ips, size_t *count)
{
	for (size_t i = 0; answer && i < dc_answer_count(answer) && *count < DC_MX_HOST_IP_MAX; i++) {
		struct dc_ip ip;
		size_t at = 0;

		if (!dc_rr_ip(dc_answer_rr(answer, i), &ip))
			continue;
		while (at < *count && dc_ip_cmp(ips[at], ip) < 0)
			at++;
		if (at < *count && dc_ip_eq(ips[at], ip))
			continue;
		memmove(ips + at + 1, ips + at, (*count - at) * sizeof(*ips));
		ips[at] = ip;
		++*count;
	}
}

static enum dc_tri has_records(const struct dc_answer *answer)
{
	if (!dc_answer_is_known(answer))
		return DC_TRI_UNKNOWN;
	return dc_tri_of(answer->outcome == DC_OUTCOME_ANSWER && dc_answer_count(answer) > 0);
}

/* The end of the CNAME chain when there is one. */
static struct dc_slice alias_of(struct dc_asker *asker, const struct dc_answer *answer)
{
	struct dc_slice target = {0};

	if (answer && dc_answer_alias(asker->arena, answer, &target))
		return target;
	return (struct dc_slice){0};
}

/* A name that does not exist: how far up does the nothing reach? The shortest ancestors are asked together. */
static void look_up_gone(struct dc_asker *asker, struct dc_mx_host *host)
{
	struct dc_slice base = host->alias.len ? host->alias : host->host;
	size_t labels = dc_name_labels(base);

	host->gone = base;
	host->gone_answer = dc_answer_is_known(host->a) ? host->a : host->aaaa;
	for (size_t n = 2 + DC_MX_ANCESTOR_MAX; n-- > 2;) {
		struct dc_slice name = dc_name_keep_right(base, n);
		const struct dc_answer *answer;

		if (n >= labels)
			continue;
		answer = dc_ask(asker, name, DC_TYPE_NS);
		if (dc_answer_is_known(answer) && answer->outcome == DC_OUTCOME_NXDOMAIN && !answer->rr_count) {
			host->gone = name;
			host->gone_answer = answer;
		}
	}
}

static void look_up_host(struct dc_asker *asker, struct dc_mx_host *host)
{
	struct dc_ip *ips = DC_NEW_ARRAY(asker->arena, struct dc_ip, DC_MX_HOST_IP_MAX + 1);

	host->a = dc_ask_name(asker, host->host, DC_TYPE_A);
	host->aaaa = dc_ask_name(asker, host->host, DC_TYPE_AAAA);
	add_ips(host->a, ips, &host->ip_count);
	add_ips(host->aaaa, ips, &host->ip_count);
	host->ips = ips;
	host->resolves = dc_tri_or(has_records(host->a), has_records(host->aaaa));
	host->alias = alias_of(asker, host->a);
	if (!host->alias.len)
		host->alias = alias_of(asker, host->aaaa);
	if (dc_answer_is_known(host->a))
		host->exists = dc_tri_of(host->a->outcome != DC_OUTCOME_NXDOMAIN || host->a->rr_count > 0);
	else if (dc_answer_is_known(host->aaaa))
		host->exists = dc_tri_of(host->aaaa->outcome != DC_OUTCOME_NXDOMAIN || host->aaaa->rr_count > 0);
	if (host->resolves == DC_TRI_NO && (host->a->outcome == DC_OUTCOME_NXDOMAIN ||
					    host->aaaa->outcome == DC_OUTCOME_NXDOMAIN))
		look_up_gone(asker, host);
}

/* ---- targets ---- */

static int compare(const struct dc_mx_host *a, const struct dc_mx_host *b)
{
	if (a->preference != b->preference)
		return a->preference < b->preference ? -1 : 1;
	return dc_slice_cmp(a->host, b->host);
}

/* By preference, then by name: answers come in any order, reports must not. */
static void insert(struct dc_mx_host *hosts, size_t count, struct dc_mx_host host)
{
	while (count > 0 && compare(&host, &hosts[count - 1]) < 0) {
		hosts[count] = hosts[count - 1];
		count--;
	}
	hosts[count] = host;
}

static void judge_target(struct dc_mx_host *host)
{
	struct dc_ip ip;

	host->is_null = dc_name_eq(host->host, DC_S("."));
	host->is_address = dc_ip_parse(host->host, &ip);
	host->is_host = !host->is_null && !host->is_address && dc_name_is_host(host->host, false) &&
			dc_name_labels(host->host) >= 2;
}

static void read_hosts(struct dc_asker *asker, struct dc_mx_facts *facts)
{
	size_t total = dc_answer_count(facts->answer);
	struct dc_mx_host *hosts = DC_NEW_ARRAY(asker->arena, struct dc_mx_host, DC_MX_HOST_MAX);

	facts->record_count = total;
	for (size_t i = 0; i < total && facts->host_count < DC_MX_HOST_MAX; i++) {
		struct dc_mx_host host = {.rr = dc_answer_rr(facts->answer, i)};

		if (!dc_rr_mx(asker->arena, host.rr, &host.preference, &host.host)) {
			facts->malformed = true;
			continue;
		}
		judge_target(&host);
		insert(hosts, facts->host_count++, host);
	}
	facts->hosts = hosts;
	for (size_t i = 0; i < facts->host_count; i++) {
		for (size_t j = 0; j < i; j++)
			hosts[i].duplicate |= dc_name_eq(hosts[i].host, hosts[j].host);
		if (hosts[i].is_null || hosts[i].is_address)
			hosts[i].resolves = DC_TRI_NO;
		else
			look_up_host(asker, &hosts[i]);
		if (hosts[i].resolves == DC_TRI_YES && !hosts[i].duplicate)
			facts->usable_count++;
	}
}

static void conclude_hosts(struct dc_mx_facts *facts)
{
	size_t nulls = 0;

	facts->receives = DC_TRI_NO;
	for (size_t i = 0; i < facts->host_count; i++) {
		nulls += facts->hosts[i].is_null;
		facts->receives = dc_tri_or(facts->receives, facts->hosts[i].resolves);
	}
	if (facts->record_count > facts->host_count || facts->malformed)
		facts->receives = dc_tri_or(facts->receives, DC_TRI_UNKNOWN);
	facts->class = nulls && nulls == facts->host_count && !facts->malformed ? DC_MX_NULL : DC_MX_HOSTS;
	facts->null_beside = nulls && (facts->record_count > 1 || facts->hosts[0].preference != 0);
}

/* ---- no MX: the domain's own addresses (RFC 5321 section 5.1) ---- */

static void conclude_implicit(struct dc_asker *asker, struct dc_mx_facts *facts)
{
	struct dc_mx_host *host;

	if (facts->answer->outcome == DC_OUTCOME_NXDOMAIN) {
		facts->class = DC_MX_NXDOMAIN;
		facts->receives = DC_TRI_NO;
		return;
	}
	facts->receives = dc_tri_or(has_records(facts->a), has_records(facts->aaaa));
	if (facts->receives == DC_TRI_NO)
		facts->class = DC_MX_NONE;
	if (facts->receives != DC_TRI_YES)
		return;
	facts->class = DC_MX_IMPLICIT;
	host = DC_NEW(asker->arena, struct dc_mx_host);
	host->host = facts->domain;
	judge_target(host);
	look_up_host(asker, host);
	host->alias = (struct dc_slice){0}; /* an alias is allowed here: it is not a target */
	facts->hosts = host;
	facts->host_count = facts->usable_count = 1;
}

const struct dc_mx_facts *dc_mx_build(struct dc_asker *asker, struct dc_slice domain)
{
	struct dc_mx_facts *facts = DC_NEW(asker->arena, struct dc_mx_facts);

	facts->domain = domain;
	facts->answer = dc_ask_name(asker, domain, DC_TYPE_MX);
	facts->a = dc_ask_name(asker, domain, DC_TYPE_A);
	facts->aaaa = dc_ask_name(asker, domain, DC_TYPE_AAAA);
	if (!dc_answer_is_known(facts->answer))
		return facts;
	facts->alias = alias_of(asker, facts->answer);
	if (facts->answer->outcome == DC_OUTCOME_ANSWER && dc_answer_count(facts->answer) > 0) {
		read_hosts(asker, facts);
		conclude_hosts(facts);
	} else {
		conclude_implicit(asker, facts);
	}
	return facts;
}

const char *dc_mx_class_name(enum dc_mx_class class)
{
	static const char *const names[] = {
		[DC_MX_UNKNOWN] = NULL, [DC_MX_HOSTS] = "hosts", [DC_MX_NULL] = "null",
		[DC_MX_IMPLICIT] = "implicit", [DC_MX_NONE] = "none", [DC_MX_NXDOMAIN] = "nxdomain",
	};

	return names[class];
}
