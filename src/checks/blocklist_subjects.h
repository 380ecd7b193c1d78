/* What the two checks of blocklisted subjects share. */
#ifndef DC_CHECKS_BLOCKLIST_SUBJECTS_H
#define DC_CHECKS_BLOCKLIST_SUBJECTS_H

#include "blocklist/blocklist.h"
#include "checks/check.h"

static inline void blocklist_judge(const struct dc_facts *facts, struct dc_emitter *emitter, bool domains,
				   enum dc_finding_id major, enum dc_finding_id minor, enum dc_finding_id unanswered)
{
	const struct dc_blocklist_facts *lists = facts->blocklists;
	size_t usable = 0, of_kind = 0;

	for (size_t i = 0; i < lists->list_count; i++) {
		of_kind += lists->lists[i].row->domains == domains;
		usable += lists->lists[i].row->domains == domains && lists->lists[i].state == DC_BLOCKLIST_USABLE;
	}
	if (!lists->wanted || of_kind == 0) {
		dc_not_applicable(emitter);
		return;
	}
	if (usable == 0) /* told by blocklist-lists */
		dc_inconclusive(emitter);
	for (size_t i = 0; i < lists->entry_count; i++) {
		const struct dc_blocklist_entry *entry = &lists->entries[i];
		const struct dc_blocklist_row *row = entry->list->row;
		const struct dc_arg name = dc_text("list", dc_slice_of(row->name)), subject = dc_text("subject", entry->subject);
		struct dc_where where = {.subject = entry->subject, .answer = entry->answer};

		if (row->domains != domains)
			continue;
		if (entry->on_it == DC_TRI_YES)
			dc_emit(emitter, row->major ? major : minor, where,
				DC_ARGS(name, subject, dc_text("meaning", entry->meaning), dc_text("code", entry->code),
					dc_text("lookup", dc_slice_of(row->lookup))));
		else if (entry->on_it == DC_TRI_UNKNOWN && entry->answer)
			dc_emit_unanswered(emitter, unanswered, where,
					   DC_ARGS(name, subject,
						   dc_text("reason", entry->refusal ? dc_slice_of(entry->refusal) : DC_S("no answer"))));
	}
}

#endif
