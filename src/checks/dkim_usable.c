/* May the key be used for mail? k=, h= and s=. */
#include "checks/dkim_records.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	static const struct dc_dkim_rule rules[] = {
		{DC_DKIM_TYPE_UNKNOWN, DC_F_DKIM_TYPE_UNKNOWN, "type"},
		{DC_DKIM_TYPE_CASE, DC_F_DKIM_TYPE_CASE, "type"},
		{DC_DKIM_HASH_UNKNOWN, DC_F_DKIM_HASH_UNKNOWN, "hash"},
		{DC_DKIM_HASH_NONE, DC_F_DKIM_HASH_NONE, "hashes"},
		{DC_DKIM_HASH_SHA1_ONLY, DC_F_DKIM_HASH_SHA1_ONLY},
		{DC_DKIM_HASH_SHA1, DC_F_DKIM_HASH_SHA1},
		{DC_DKIM_SERVICE_NOT_EMAIL, DC_F_DKIM_SERVICE_NOT_EMAIL, "services"},
	};

	dc_dkim_emit_problems(facts, emitter, rules, sizeof(rules) / sizeof(rules[0]));
}

const struct dc_check dc_check_dkim_usable = {
	.id = "dkim-usable",
	.title = "DKIM keys are meant for mail and for algorithms in use",
	.standard = "RFC 6376 section 3.6.1",
	.run = run,
};
