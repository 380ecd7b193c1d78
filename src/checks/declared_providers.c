/* Are the providers that DNS names those that the manifest declares? A name in a record proves a provider; that no name is
 * there proves only that none of the usual ways is set up, so a sender whose own key is published is not called absent. */
#include "checks/check.h"
#include "dkim/dkim.h"
#include "facts/streams.h"
#include "mx/mx.h"
#include "provider/provider.h"
#include "spf/spf.h"

static bool is_declared(const struct dc_declared *declared, const struct dc_provider_row *row)
{
	for (size_t i = 0; i < declared->provider_count; i++)
		if (declared->providers[i] == row)
			return true;
	for (size_t i = 0; i < declared->stream_count; i++)
		if (declared->streams[i].provider == row)
			return true;
	return false;
}

/* ---- where a provider may be seen ---- */

static bool in_spf(const struct dc_spf_facts *spf, const struct dc_provider_row *row)
{
	for (size_t i = 0; i < spf->node_count; i++)
		if (dc_provider_of(DC_PROVIDER_BY_SPF, spf->nodes[i]->name) == row)
			return true;
	return false;
}

static bool in_mx(const struct dc_mx_facts *mx, const struct dc_provider_row *row)
{
	for (size_t i = 0; i < mx->host_count; i++)
		if (dc_provider_of(DC_PROVIDER_BY_MX, mx->hosts[i].host) == row)
			return true;
	return mx->alias.len && dc_provider_of(DC_PROVIDER_BY_CNAME, mx->alias) == row;
}

static bool in_keys(const struct dc_dkim_facts *dkim, const struct dc_provider_row *row)
{
	for (size_t i = 0; i < dkim->selector_count; i++)
		if (dkim->selectors[i].provider == row)
			return true;
	return false;
}

static bool is_seen(const struct dc_facts *facts, const struct dc_provider_row *row)
{
	for (size_t i = 0; i < facts->providers->count; i++)
		if (facts->providers->items[i].row == row)
			return true;
	for (size_t i = 0; i < facts->streams->return_count; i++) {
		const struct dc_return_path *path = &facts->streams->returns[i];

		if (in_spf(path->spf, row) || in_mx(path->mx, row) || dc_provider_of(DC_PROVIDER_BY_CNAME, path->domain) == row)
			return true;
	}
	for (size_t i = 0; i < facts->streams->other_dkim_count; i++)
		if (in_keys(facts->streams->other_dkim[i], row))
			return true;
	return in_keys(facts->dkim, row);
}

/* A usable key of the sender's own selectors. */
static bool signs(const struct dc_facts *facts, const struct dc_provider_row *row)
{
	for (size_t i = 0; i < facts->streams->count; i++) {
		const struct dc_stream_facts *stream = &facts->streams->items[i];

		if (!stream->declared || stream->declared->provider != row)
			continue;
		for (size_t k = 0; k < stream->dkim->selector_count; k++) {
			const struct dc_dkim_selector *selector = &stream->dkim->selectors[k];

			for (size_t n = 0; n < stream->sending.selector_count; n++)
				if (dc_slice_eq(selector->selector, stream->sending.selectors[n]) &&
				    ((selector->record && selector->record->usable) || selector->status == DC_DKIM_UNKNOWN))
					return true;
		}
	}
	return false;
}

/* Could more names have shown up? */
static bool all_known(const struct dc_facts *facts)
{
	bool known = facts->mx->class != DC_MX_UNKNOWN && facts->spf->class != DC_SPF_CLASS_TEMPERROR;

	for (size_t i = 0; i < facts->streams->return_count; i++)
		known &= facts->streams->returns[i].mx->class != DC_MX_UNKNOWN &&
			 facts->streams->returns[i].spf->class != DC_SPF_CLASS_TEMPERROR;
	return known;
}

/* ---- the two differences ---- */

static void judge_absent(const struct dc_facts *facts, const struct dc_provider_row *row, struct dc_emitter *emitter)
{
	if (is_seen(facts, row) || signs(facts, row))
		return;
	if (all_known(facts))
		dc_emit(emitter, DC_F_DECLARED_PROVIDER_ABSENT, (struct dc_where){.subject = dc_slice_of(row->id)},
			DC_ARGS(dc_text("provider", dc_slice_of(row->name)), dc_text("domain", facts->inputs->domain)));
	else
		dc_inconclusive(emitter); /* the lookups that failed are told by the checks of MX and SPF */
}

static void judge_unexpected(const struct dc_facts *facts, const struct dc_provider *provider, struct dc_emitter *emitter)
{
	struct dc_slice *names = DC_NEW_ARRAY(dc_emitter_arena(emitter), struct dc_slice, provider->by_count + 1);

	for (size_t i = 0; i < provider->by_count; i++)
		names[i] = provider->by[i].name;
	dc_emit(emitter, DC_F_DECLARED_PROVIDER_UNEXPECTED, (struct dc_where){.subject = dc_slice_of(provider->row->id)},
		DC_ARGS(dc_text("provider", dc_slice_of(provider->row->name)), dc_text("id", dc_slice_of(provider->row->id)),
			dc_text("domain", facts->inputs->domain),
			dc_text("does", provider->sends ? DC_S("may send for") : DC_S("takes in mail of")),
			dc_list("names", names, provider->by_count)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_declared *declared = facts->inputs->declared;

	if (!declared || !declared->providers_said) {
		dc_not_applicable(emitter);
		return;
	}
	for (size_t i = 0; i < facts->providers->count; i++)
		if (!is_declared(declared, facts->providers->items[i].row))
			judge_unexpected(facts, &facts->providers->items[i], emitter);
	if (!all_known(facts))
		dc_inconclusive(emitter);
	/* Each once: a provider may have several senders. */
	for (size_t i = 0; i < declared->stream_count; i++) {
		const struct dc_provider_row *row = declared->streams[i].provider;
		bool again = !row;

		for (size_t k = 0; k < i; k++)
			again |= declared->streams[k].provider == row;
		if (!again)
			judge_absent(facts, row, emitter);
	}
	for (size_t i = 0; i < declared->provider_count; i++) {
		const struct dc_provider_row *row = declared->providers[i];
		bool again = false;

		for (size_t k = 0; k < declared->stream_count; k++)
			again |= declared->streams[k].provider == row;
		for (size_t k = 0; k < i; k++)
			again |= declared->providers[k] == row;
		if (!again)
			judge_absent(facts, row, emitter);
	}
}

const struct dc_check dc_check_declared_providers = {
	.id = "declared-providers",
	.title = "The providers in DNS are those that the manifest declares",
	.standard = "domaincheck-manifest(5)",
	.run = run,
};
