/* Do the reverse names lead back to the addresses? RFC 1912 sections 2.1 and 2.4, RFC 8601 section 2.7.3 (iprev). */
#include "checks/check.h"
#include "checks/sending.h"
#include "ptr/ptr.h"

static void judge_confirmation(const struct dc_ptr_address *address, struct dc_emitter *emitter)
{
	const struct dc_ptr_name *first = &address->names[0];
	const struct dc_arg ip = dc_text("ip", address->text), name = dc_text("name", first->name);
	struct dc_where where = {.subject = address->text, .answer = address->answer, .more = first->forward};

	if (address->confirmed == DC_TRI_UNKNOWN) {
		bool unanswered = false;

		for (size_t i = address->name_count; i-- > 0;) {
			if (address->names[i].confirmed == DC_TRI_UNKNOWN) {
				where.answer = address->names[i].forward;
				unanswered = true;
			}
		}
		where.more = NULL;
		if (!unanswered)
			dc_emit(emitter, DC_F_PTR_NAMES_CUT, where, DC_ARGS(ip, dc_int("count", (int64_t)address->name_count)));
		else
			dc_emit_unanswered(emitter, DC_F_PTR_FORWARD_UNANSWERED, where, DC_ARGS(ip));
	} else if (address->confirmed == DC_TRI_NO && address->sender.origin == DC_SENDER_MX) {
		dc_emit(emitter, DC_F_PTR_MX_UNCONFIRMED, where, DC_ARGS(ip, name, dc_text("host", address->sender.source)));
	} else if (address->confirmed == DC_TRI_NO) {
		dc_emit(emitter, DC_F_PTR_UNCONFIRMED, where, DC_ARGS(ip, name, dc_text("arpa", address->arpa)));
	}
}

static void judge_names(const struct dc_ptr_address *address, struct dc_emitter *emitter)
{
	const struct dc_arg ip = dc_text("ip", address->text);

	for (size_t i = 0; i < address->name_count; i++) {
		const struct dc_ptr_name *item = &address->names[i];
		const struct dc_arg name = dc_text("name", item->name);
		struct dc_where where = {.subject = address->text, .answer = address->answer, .more = item->forward};

		if (!item->is_host)
			dc_emit(emitter, DC_F_PTR_NOT_HOST, where, DC_ARGS(ip, name));
		if (item->alias == DC_TRI_YES)
			dc_emit(emitter, DC_F_PTR_ALIAS, where, DC_ARGS(ip, name));
	}
	if (address->record_count > 1)
		dc_emit(emitter, DC_F_PTR_SEVERAL, (struct dc_where){.subject = address->text, .answer = address->answer},
			DC_ARGS(ip, dc_int("count", (int64_t)address->record_count)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	bool any = false, unknown = false;
	size_t count = dc_has_senders(facts) ? facts->ptr->count : 0;

	for (size_t i = 0; i < count; i++) {
		const struct dc_ptr_address *address = &facts->ptr->addresses[i];

		unknown |= address->answer && address->present == DC_TRI_UNKNOWN;
		if (!address->name_count)
			continue;
		any = true;
		judge_confirmation(address, emitter);
		judge_names(address, emitter);
	}
	if (!any && unknown)
		dc_inconclusive(emitter);
	else if (!any)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_ptr_forward = {
	.id = "ptr-forward",
	.title = "Reverse names lead back to their addresses",
	.standard = "RFC 1912 section 2.1",
	.run = run,
};
