/* Is a DKIM record a tag list as the standard wants it, up to the tags themselves? */
#include "checks/dkim_records.h"

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	static const struct dc_dkim_rule rules[] = {
		{DC_DKIM_NOT_A_RECORD, DC_F_DKIM_NOT_A_RECORD, .name = true},
		{DC_DKIM_SYNTAX, DC_F_DKIM_SYNTAX_ERROR, "part"},
		{DC_DKIM_BAD_OCTET, DC_F_DKIM_BAD_OCTET},
		{DC_DKIM_TAG_DUPLICATE, DC_F_DKIM_TAG_DUPLICATE, "tag"},
		{DC_DKIM_VERSION_WRONG, DC_F_DKIM_VERSION_WRONG, "version"},
		{DC_DKIM_VERSION_NOT_FIRST, DC_F_DKIM_VERSION_NOT_FIRST},
		{DC_DKIM_VERSION_ABSENT, DC_F_DKIM_VERSION_ABSENT},
		{DC_DKIM_TAG_UNKNOWN, DC_F_DKIM_TAG_UNKNOWN, "tag"},
		{DC_DKIM_FLAG_UNKNOWN, DC_F_DKIM_FLAG_UNKNOWN, "flag"},
	};

	dc_dkim_emit_problems(facts, emitter, rules, sizeof(rules) / sizeof(rules[0]));
}

const struct dc_check dc_check_dkim_syntax = {
	.id = "dkim-syntax",
	.title = "DKIM records are well-formed tag lists",
	.standard = "RFC 6376 section 3.6.1",
	.run = run,
};
