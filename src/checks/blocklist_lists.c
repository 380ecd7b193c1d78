/* Could the blocklists be asked? A list that does not answer as it should is left out, and that is said. RFC 5782 section 5. */
#include "blocklist/blocklist.h"
#include "checks/check.h"

static void judge(const struct dc_blocklist_facts *facts, const struct dc_blocklist *list, struct dc_emitter *emitter)
{
	const struct dc_arg name = dc_text("list", dc_slice_of(list->row->name));
	const struct dc_arg terms = dc_text("terms", dc_slice_of(list->row->terms));
	struct dc_where where = {.subject = dc_slice_of(list->row->zone), .answer = list->listed, .more = list->clean};

	switch (list->state) {
	case DC_BLOCKLIST_OPEN:
	case DC_BLOCKLIST_USABLE:
		break;
	case DC_BLOCKLIST_NOT_ASKED:
		dc_emit(emitter, DC_F_BLOCKLIST_PUBLIC_RESOLVER, where,
			DC_ARGS(name, dc_text("operator", dc_slice_of(facts->resolver)),
				dc_text("resolver", facts->resolver_text), terms));
		break;
	case DC_BLOCKLIST_REFUSES:
		dc_emit(emitter, DC_F_BLOCKLIST_REFUSES, where,
			DC_ARGS(name, dc_text("reason", list->reason ? dc_slice_of(list->reason) : DC_S("REFUSED")), terms));
		break;
	case DC_BLOCKLIST_DEAD:
	case DC_BLOCKLIST_LISTS_ALL:
	case DC_BLOCKLIST_NO_LIST:
		dc_emit(emitter, DC_F_BLOCKLIST_UNUSABLE, where,
			DC_ARGS(name,
				dc_text("problem", list->state == DC_BLOCKLIST_DEAD ? DC_S("its own test entry is not on it")
						   : list->state == DC_BLOCKLIST_LISTS_ALL
							   ? DC_S("it lists what must not be listed")
							   : DC_S("its answers are no codes of a list")), terms));
		break;
	case DC_BLOCKLIST_SILENT:
		if (list->listed && !dc_outcome_is_known(list->listed->outcome))
			where.answer = list->listed;
		else
			where.answer = list->clean;
		where.more = NULL;
		dc_emit_unanswered(emitter, DC_F_BLOCKLIST_SILENT, where, DC_ARGS(name));
		break;
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_blocklist_facts *lists = facts->blocklists;

	if (!lists->wanted || lists->list_count == 0) {
		dc_not_applicable(emitter);
		return;
	}
	for (size_t i = 0; i < lists->list_count; i++) {
		enum dc_blocklist_state state = lists->lists[i].state;

		judge(lists, &lists->lists[i], emitter);
		/* The list lives, and what it says is not known. A dead one says nothing to anybody. */
		if (state == DC_BLOCKLIST_NOT_ASKED || state == DC_BLOCKLIST_REFUSES)
			dc_inconclusive(emitter);
	}
}

const struct dc_check dc_check_blocklist_lists = {
	.id = "blocklist-lists",
	.title = "The blocklists answer as lists do",
	.standard = "RFC 5782 section 5",
	.run = run,
};
