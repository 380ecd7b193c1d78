/* Do the signatures of the mail records last? RFC 4035 section 5.3.1, RFC 6781 section 4.4.2. */
#include "base/civil.h"
#include "checks/check.h"
#include "dnssec/dnssec.h"

enum {
	SOON_S = 3 * 86400, /* a week-end */
	PART = 5,           /* and less than a fifth of their life is left: signers that live from day to day are well */
};

static bool ends_soon(const struct dc_dnssec_signature *signature, int64_t now_s)
{
	int64_t left_s = signature->ends_s - now_s, life_s = signature->ends_s - signature->begins_s;
	return left_s < SOON_S && left_s < life_s / PART;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dnssec_facts *dnssec = facts->dnssec;
	const struct dc_dnssec_signature *first = NULL;
	char stamp[DC_CIVIL_STAMP_LEN + 1], type[16];
	struct dc_arena *arena = dc_emitter_arena(emitter);
	if (!dnssec->signature_count || dnssec->state == DC_DNSSEC_INSECURE) {
		dc_not_applicable(emitter); /* signatures that nobody looks at may end when they like */
		return;
	}
	for (size_t i = 0; i < dnssec->signature_count; i++)
		if (ends_soon(&dnssec->signatures[i], facts->inputs->now_s) &&
		    (!first || dnssec->signatures[i].ends_s < first->ends_s))
			first = &dnssec->signatures[i];
	if (!first)
		return;
	(void)dc_civil_stamp(first->ends_s, stamp);
	dc_emit(emitter, DC_F_DNSSEC_SIGNATURE_ENDS, (struct dc_where){.subject = first->name, .answer = first->answer},
		DC_ARGS(dc_text("records", dc_arena_printf(arena, "%s %.*s", dc_type_name(first->type, type), DC_FMT(first->name))),
			dc_text("time", dc_arena_dup(arena, dc_slice_of(stamp)))));
}

const struct dc_check dc_check_dnssec_signatures = {
	.id = "dnssec-signatures",
	.title = "DNSSEC signatures of the mail records are renewed in time",
	.standard = "RFC 6781 section 4.4.2",
	.run = run,
};
