/* Blocklists: one line each, with what stands on it. */
#include "blocklist/blocklist.h"

#include "render/text/text.h"

static struct dc_slice subjects(const struct dc_text *text, const struct dc_blocklist_facts *lists,
				const struct dc_blocklist *list, enum dc_tri on_it)
{
	struct dc_slice line = {0};

	for (size_t i = 0; i < lists->entry_count; i++) {
		const struct dc_blocklist_entry *entry = &lists->entries[i];
		struct dc_slice subject = dc_text_clean(text, entry->subject);

		if (entry->list == list && entry->on_it == on_it)
			line = dc_text_format(text, "%.*s%s%.*s", DC_FMT(line), line.len ? ", " : "", DC_FMT(subject));
	}
	return line;
}

void dc_text_blocklists(const struct dc_text *text, const struct dc_audit_result *result)
{
	static const char *const titles[] = {"list", "of", "says", "listed"};
	const struct dc_blocklist_facts *lists = result->facts ? result->facts->blocklists : NULL;
	struct dc_table table;

	if (!lists || lists->list_count == 0)
		return;
	dc_text_heading(text, result, "Blocklists", "blocklist-", (struct dc_slice){0});
	dc_table_init(&table, text, 4, titles);
	for (size_t i = 0; i < lists->list_count; i++) {
		const struct dc_blocklist *list = &lists->lists[i];
		struct dc_slice listed = subjects(text, lists, list, DC_TRI_YES), open = subjects(text, lists, list, DC_TRI_UNKNOWN);
		const char *state = dc_blocklist_state_name(list->state);

		dc_table_add(&table, DC_INK_BOLD, dc_slice_of(list->row->name));
		dc_table_add(&table, DC_INK_PLAIN, list->row->domains ? DC_S("domains") : DC_S("addresses"));
		if (list->state != DC_BLOCKLIST_USABLE)
			dc_table_add(&table, DC_INK_CYAN, dc_slice_of(state ? state : "?"));
		else if (listed.len)
			dc_table_add(&table, list->row->major ? DC_INK_RED : DC_INK_YELLOW, DC_S("listed"));
		else
			dc_table_add(&table, open.len ? DC_INK_CYAN : DC_INK_GREEN, open.len ? DC_S("?") : DC_S("not listed"));
		dc_table_add(&table, DC_INK_PLAIN, listed);
	}
	dc_table_print(&table, DC_TEXT_INDENT);
}
