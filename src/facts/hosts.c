/* Hosts of the manifest: see hosts.h. */
#include "facts/hosts.h"

#include "dns/answer.h"

/* Is `target`, or a name below it, among the CNAMEs of the answer? */
static bool passes(struct dc_arena *arena, const struct dc_answer *answer, struct dc_slice target)
{
	struct dc_slice name;

	for (size_t i = 0; answer && i < answer->rr_count; i++)
		if (answer->rrs[i].type == DC_TYPE_CNAME && dc_rr_name(arena, &answer->rrs[i], &name) && dc_name_is_below(name, target))
			return true;
	return false;
}

static enum dc_tri resolves(const struct dc_host_facts *host)
{
	if ((dc_answer_is_known(host->a) && dc_answer_count(host->a)) || (dc_answer_is_known(host->aaaa) && dc_answer_count(host->aaaa)))
		return DC_TRI_YES;
	return dc_answer_is_known(host->a) && dc_answer_is_known(host->aaaa) ? DC_TRI_NO : DC_TRI_UNKNOWN;
}

static enum dc_tri leads(struct dc_arena *arena, const struct dc_host_facts *host)
{
	struct dc_slice target = host->declared->target;

	if (!target.len || dc_name_is_below(host->declared->host, target) || passes(arena, host->a, target) ||
	    passes(arena, host->aaaa, target))
		return DC_TRI_YES;
	/* The chain of one answer is that of the other. */
	return dc_answer_is_known(host->a) || dc_answer_is_known(host->aaaa) ? DC_TRI_NO : DC_TRI_UNKNOWN;
}

static void build(struct dc_asker *asker, const struct dc_declared_host *declared, struct dc_host_facts *host)
{
	host->declared = declared;
	host->a = dc_ask(asker, declared->host, DC_TYPE_A);
	host->aaaa = dc_ask(asker, declared->host, DC_TYPE_AAAA);
	if (!host->a || !host->aaaa)
		return;
	if (!dc_answer_alias(asker->arena, host->a, &host->alias))
		(void)dc_answer_alias(asker->arena, host->aaaa, &host->alias);
	host->resolves = resolves(host);
	host->leads = leads(asker->arena, host);
	if (host->resolves == DC_TRI_UNKNOWN || host->leads == DC_TRI_UNKNOWN)
		host->failed = dc_answer_is_known(host->a) ? host->aaaa : host->a;
}

/* Links in mail are https links: whoever follows one checks the certificate. */
static void fetch(struct dc_asker *asker, struct dc_host_facts *host)
{
	enum { PAGE_OCTETS = 1024 };
	struct dc_https_url url;
	struct dc_slice text = dc_arena_printf(asker->arena, "https://%.*s/", DC_FMT(host->declared->host));

	host->fetched = host->resolves == DC_TRI_YES && !dc_https_url_parse(asker->arena, text, &url);
	if (host->fetched)
		dc_https_fetch(asker, &url, PAGE_OCTETS, &host->fetch);
}

static bool is_among(const struct dc_declared_host *hosts, size_t count, struct dc_slice name)
{
	for (size_t i = 0; i < count; i++)
		if (dc_name_eq(hosts[i].host, name))
			return true;
	return false;
}

const struct dc_declared_facts *dc_hosts_build(struct dc_asker *asker, struct dc_slice domain, const struct dc_declared *declared)
{
	struct dc_declared_facts *facts;
	struct dc_host_facts *tracking, *return_paths;
	struct dc_declared_host *self;

	if (!declared)
		return NULL;
	facts = DC_NEW(asker->arena, struct dc_declared_facts);
	tracking = DC_NEW_ARRAY(asker->arena, struct dc_host_facts, declared->tracking_count + 1);
	return_paths = DC_NEW_ARRAY(asker->arena, struct dc_host_facts, declared->return_path_count + 1);
	if (declared->role == DC_ROLE_TRACKING && !is_among(declared->tracking, declared->tracking_count, domain)) {
		self = DC_NEW(asker->arena, struct dc_declared_host);
		self->host = domain;
		build(asker, self, &tracking[facts->tracking_count++]);
	}
	for (size_t i = 0; i < declared->tracking_count; i++)
		build(asker, &declared->tracking[i], &tracking[facts->tracking_count++]);
	for (size_t i = 0; i < declared->return_path_count; i++)
		build(asker, &declared->return_paths[i], &return_paths[facts->return_path_count++]);
	for (size_t i = 0; i < facts->tracking_count; i++)
		fetch(asker, &tracking[i]);
	facts->tracking = tracking;
	facts->return_paths = return_paths;
	return facts;
}
