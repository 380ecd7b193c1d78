/* Do sending addresses have names of their own, not a provider's default? Advice of large receivers. */
#include "checks/check.h"
#include "checks/sending.h"
#include "ptr/ptr.h"

static const struct dc_ptr_name *example(const struct dc_ptr_address *address)
{
	for (size_t i = 0; i < address->name_count; i++) {
		if (address->names[i].generic && (address->confirmed != DC_TRI_YES || address->names[i].confirmed == DC_TRI_YES))
			return &address->names[i];
	}
	return NULL;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	bool any = false, unknown = false;
	size_t count = dc_has_senders(facts) ? facts->ptr->count : 0;

	for (size_t i = 0; i < count; i++) {
		const struct dc_ptr_address *address = &facts->ptr->addresses[i];
		const struct dc_ptr_name *name = example(address);

		any |= address->name_count > 0;
		unknown |= address->answer && address->present == DC_TRI_UNKNOWN;
		if (address->generic == DC_TRI_YES && name)
			dc_emit(emitter, DC_F_PTR_GENERIC_NAME,
				(struct dc_where){.subject = address->text, .answer = address->answer, .more = name->forward},
				DC_ARGS(dc_text("ip", address->text), dc_text("name", name->name), dc_text("part", name->generic_part),
					dc_text("arpa", address->arpa), dc_text("domain", facts->inputs->domain)));
	}
	if (!any && unknown)
		dc_inconclusive(emitter);
	else if (!any)
		dc_not_applicable(emitter);
}

const struct dc_check dc_check_ptr_generic = {
	.id = "ptr-generic",
	.title = "Sending addresses have names of their own",
	.standard = "RFC 1912 section 2.1",
	.run = run,
};
