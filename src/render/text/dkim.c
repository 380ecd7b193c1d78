/* The DKIM section: selectors in a table, and how they were looked for. */
#include "dkim/dkim.h"

#include "render/text/text.h"

static enum dc_ink status_ink(enum dc_dkim_status status)
{
	switch (status) {
	case DC_DKIM_OK:
		return DC_INK_GREEN;
	case DC_DKIM_MALFORMED:
	case DC_DKIM_MISSING:
	case DC_DKIM_WEAK_KEY:
		return DC_INK_RED;
	case DC_DKIM_TESTING:
		return DC_INK_YELLOW;
	case DC_DKIM_UNKNOWN:
		return DC_INK_CYAN;
	default:
		return DC_INK_DIM;
	}
}

static struct dc_slice key_text(const struct dc_text *text, const struct dc_dkim_selector *selector)
{
	const struct dc_dkim_key *key = selector->record ? &selector->record->key : NULL;

	if (!key || key->bits == 0)
		return DC_S("-");
	if (key->type == DC_DKIM_KEY_RSA)
		return dc_text_format(text, "RSA %u bits", key->bits);
	if (key->type == DC_DKIM_KEY_ED25519)
		return DC_S("Ed25519");
	return dc_text_format(text, "other, %u bits", key->bits);
}

static struct dc_slice leads_to(const struct dc_text *text, const struct dc_dkim_selector *selector)
{
	struct dc_slice cname = dc_text_clean(text, selector->cname);

	if (cname.len > 0 && selector->provider)
		return dc_text_format(text, "%s, %.*s", selector->provider->name, DC_FMT(cname));
	if (cname.len > 0)
		return cname;
	return selector->provider ? dc_slice_of(selector->provider->name) : (struct dc_slice){0};
}

static struct dc_slice origin_text(enum dc_dkim_origin origin)
{
	switch (origin) {
	case DC_DKIM_GIVEN:
		return DC_S("given");
	case DC_DKIM_PROVIDER:
		return DC_S("provider");
	case DC_DKIM_COMMON:
		return DC_S("common name");
	case DC_DKIM_DATE:
		return DC_S("date");
	default:
		return DC_S("NSEC");
	}
}

static struct dc_slice search_text(const struct dc_text *text, const struct dc_dkim_searched *searched)
{
	struct dc_slice line = dc_text_format(text, "%zu %s tried", searched->names,
					      searched->names == 1 ? "selector" : "selectors");

	if (searched->unanswered > 0)
		line = dc_text_format(text, "%.*s, %zu not answered", DC_FMT(line), searched->unanswered);
	if (searched->spared > 0)
		line = dc_text_format(text, "%.*s, %zu spared because _domainkey does not exist", DC_FMT(line),
				      searched->spared);
	if (searched->walk == DC_DKIM_WALK_COMPLETE)
		line = dc_text_format(text, "%.*s; NSEC lists them all", DC_FMT(line));
	if (searched->wildcard == DC_DKIM_KNOWN_YES)
		line = dc_text_format(text, "%.*s; a wildcard answers for every name", DC_FMT(line));
	return line;
}

static const char *conclusion_text(enum dc_dkim_conclusion conclusion)
{
	switch (conclusion) {
	case DC_DKIM_UNUSABLE:
		return "no key that receivers can use";
	case DC_DKIM_NOT_FOUND:
		return "no key under the names tried";
	case DC_DKIM_NONE:
		return "no key is published";
	case DC_DKIM_UNANSWERED:
		return "could not be determined";
	case DC_DKIM_NOT_SEARCHED:
		return "not looked for";
	default:
		return NULL;
	}
}

void dc_text_dkim(const struct dc_text *text, const struct dc_audit_result *result)
{
	static const char *const titles[] = {"selector", "status", "key", "known from", "leads to"};
	const struct dc_dkim_facts *dkim = result->facts ? result->facts->dkim : NULL;
	struct dc_table table;

	if (!dkim)
		return;
	dc_text_heading(text, result, "DKIM", "dkim-", dc_slice_of(conclusion_text(dkim->conclusion)));
	if (dkim->domain.len > 0 && !dc_slice_eq(dkim->domain, result->inputs->domain))
		dc_text_field(text, "domain (d=)", DC_INK_PLAIN, dc_text_clean(text, dkim->domain));
	dc_text_field(text, "searched", DC_INK_PLAIN, search_text(text, &dkim->searched));
	dc_table_init(&table, text, 5, titles);
	table.rigid = 1u << 1 | 1u << 2;
	for (size_t i = 0; i < dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &dkim->selectors[i];

		dc_table_add(&table, DC_INK_BOLD, dc_text_clean(text, selector->selector));
		dc_table_add(&table, status_ink(selector->status), dc_slice_of(dc_dkim_status_name(selector->status)));
		dc_table_add(&table, DC_INK_PLAIN, key_text(text, selector));
		dc_table_add(&table, DC_INK_DIM, origin_text(selector->origin));
		dc_table_add(&table, DC_INK_PLAIN, leads_to(text, selector));
	}
	if (table.count > 0)
		dc_text_newline(text);
	dc_table_print(&table, DC_TEXT_INDENT);
}
