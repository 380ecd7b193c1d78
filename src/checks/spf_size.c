/* The answer that holds SPF fits into a DNS packet (RFC 7208 section 3.4; RFC 9715 for what travels unfragmented). */
#include "checks/spf_common.h"

enum { PLAIN_LIMIT = 512, EDNS_LIMIT = 1232 }; /* octets */

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spf_facts *spf = facts->spf;
	struct dc_where where = {.answer = spf->answer};

	if (dc_spf_answer_failed(spf->answer)) {
		dc_inconclusive(emitter);
		return;
	}
	if (!spf->record_count) {
		dc_not_applicable(emitter);
		return;
	}
	if (spf->answer_octets <= PLAIN_LIMIT)
		return;
	bool large = spf->answer_octets > EDNS_LIMIT;
	dc_emit(emitter, large ? DC_F_SPF_ANSWER_OVER_UDP : DC_F_SPF_ANSWER_OVER_512, where,
		DC_ARGS(dc_int("octets", spf->answer_octets), dc_int("limit", large ? EDNS_LIMIT : PLAIN_LIMIT),
			dc_text("domain", spf->domain)));
}

const struct dc_check dc_check_spf_size = {
	.id = "spf-size",
	.title = "The answer that holds SPF fits into one packet",
	.standard = "RFC 7208 section 3.4",
	.run = run,
};
