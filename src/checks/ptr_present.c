/* Does every sending address have a reverse name, and can it send at all? RFC 1912 section 2.1, RFC 6890. */
#include "checks/check.h"
#include "checks/sending.h"
#include "facts/identity.h"

static void judge(const struct dc_facts *facts, const struct dc_ptr_address *address, struct dc_emitter *emitter)
{
	struct dc_where where = {.subject = address->text, .answer = address->answer};
	const struct dc_arg ip = dc_text("ip", address->text), arpa = dc_text("arpa", address->arpa);

	if (!address->answer) {
		if (address->special)
			dc_emit(emitter, DC_F_PTR_ADDRESS_SPECIAL, where, DC_ARGS(ip, dc_text("kind", dc_slice_of(address->special))));
		return;
	}
	if (address->present == DC_TRI_UNKNOWN)
		dc_emit_unanswered(emitter, DC_F_PTR_UNANSWERED, where, DC_ARGS(ip));
	else if (address->present == DC_TRI_NO && address->sender.origin == DC_SENDER_MX)
		dc_emit(emitter, DC_F_PTR_MX_MISSING, where, DC_ARGS(ip, arpa, dc_text("host", address->sender.source)));
	else if (address->present == DC_TRI_NO)
		dc_emit(emitter, DC_F_PTR_MISSING, where, DC_ARGS(ip, arpa, dc_text("domain", facts->inputs->domain)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_sender_facts *senders = facts->identities->senders;
	size_t judged = 0;

	if (!dc_has_senders(facts)) {
		dc_not_applicable(emitter);
		return;
	}
	for (size_t i = 0; i < facts->ptr->count; i++) {
		const struct dc_ptr_address *address = &facts->ptr->addresses[i];

		if (!address->answer && address->special && address->sender.origin == DC_SENDER_MX)
			continue; /* nobody said that it sends, and mx-target-special tells of that host */
		judge(facts, address, emitter);
		judged++;
	}
	if (judged == 0)
		dc_not_applicable(emitter);
	if (senders->cut)
		dc_emit(emitter, DC_F_PTR_SENDERS_CUT, (struct dc_where){0}, DC_ARGS(dc_int("count", (int64_t)senders->count)));
}

const struct dc_check dc_check_ptr_present = {
	.id = "ptr-present",
	.title = "Every sending address has a reverse name",
	.standard = "RFC 1912 section 2.1",
	.run = run,
};
