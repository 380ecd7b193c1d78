/* DANE: a line a host, when some host has TLSA records or could not tell. */
#include "dane/dane.h"

#include "render/text/text.h"

static struct dc_slice records(const struct dc_text *text, const struct dc_dane_host *host)
{
	struct dc_slice line = {0};

	if (host->present == DC_TRI_UNKNOWN)
		return DC_S("?");
	for (size_t i = 0; i < host->count; i++) {
		const struct dc_dane_record *record = &host->records[i];

		line = dc_text_format(text, "%.*s%s%u %u %u%s", DC_FMT(line), i > 0 ? ", " : "", record->usage,
				      record->selector, record->matching, record->fault == DC_DANE_USABLE ? "" : " (unusable)");
	}
	return line.len > 0 ? line : DC_S("none");
}

static enum dc_ink state_ink(enum dc_dnssec state)
{
	return state == DC_DNSSEC_SECURE  ? DC_INK_GREEN
	       : state == DC_DNSSEC_BOGUS ? DC_INK_RED
	       : state == DC_DNSSEC_INSECURE ? DC_INK_YELLOW
					     : DC_INK_CYAN;
}

static void add_state(struct dc_table *table, const struct dc_dane_state *state)
{
	dc_table_add(table, state_ink(state->state),
		     state->state == DC_DNSSEC_UNKNOWN ? DC_S("?") : dc_slice_of(dc_dnssec_name(state->state)));
}

void dc_text_dane(const struct dc_text *text, const struct dc_audit_result *result)
{
	static const char *const titles[] = {"host", "TLSA", "records are", "addresses are"};
	const struct dc_dane_facts *dane = result->facts ? result->facts->dane : NULL;
	enum dc_verdict verdict = DC_VERDICT_PASS;
	struct dc_table table;

	if (!dane || !dc_worst_verdict(result, "dane-", &verdict) || verdict == DC_VERDICT_NOT_APPLICABLE ||
	    (dane->present != DC_TRI_YES && verdict == DC_VERDICT_PASS))
		return;
	dc_text_heading(text, result, "DANE", "dane-", (struct dc_slice){0});
	dc_table_init(&table, text, 4, titles);
	for (size_t i = 0; i < dane->count; i++) {
		dc_table_add(&table, DC_INK_BOLD, dc_text_clean(text, dane->hosts[i].mx->host));
		dc_table_add(&table, DC_INK_PLAIN, records(text, &dane->hosts[i]));
		add_state(&table, &dane->hosts[i].tlsa);
		add_state(&table, &dane->hosts[i].address);
	}
	dc_table_print(&table, DC_TEXT_INDENT);
}
