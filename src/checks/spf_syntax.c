/* The domain's own record is legal SPF (RFC 7208 sections 4.6 and 12) and means what it seems to mean. */
#include "checks/spf_common.h"

/* What to write when nothing better could be guessed from the term. */
static const struct {
	enum dc_finding_id id;
	const char *mend;
} rows[] = {
	[DC_SPF_FAULT_UNKNOWN_MECHANISM] = {DC_F_SPF_UNKNOWN_MECHANISM,
					    "one of all, include:, a, mx, ip4:, ip6:, exists:, redirect=, exp= (or delete it)"},
	[DC_SPF_FAULT_NO_ARGUMENT] = {DC_F_SPF_ARGUMENT_MISSING, "the term with its value right behind the sign, without a space"},
	[DC_SPF_FAULT_ARGUMENT] = {DC_F_SPF_ARGUMENT_UNWANTED, "the term without the value"},
	[DC_SPF_FAULT_DOMAIN] = {DC_F_SPF_BAD_NAME, "the term with a full domain name such as mail.example.com"},
	[DC_SPF_FAULT_MACRO] = {DC_F_SPF_BAD_MACRO, "the term with a macro such as %{i}, or %% for a percent sign"},
	[DC_SPF_FAULT_ADDRESS] = {DC_F_SPF_BAD_ADDRESS, "ip4:192.0.2.1 or ip6:2001:db8::1, with your address"},
	[DC_SPF_FAULT_PREFIX_LENGTH] = {DC_F_SPF_BAD_PREFIX_LENGTH, "the term with /0 to /32, or //0 to //128 for IPv6 of a and mx"},
	[DC_SPF_FAULT_TWICE] = {DC_F_SPF_MODIFIER_TWICE, NULL},
	[DC_SPF_FAULT_OCTET] = {DC_F_SPF_BAD_CHARACTER, "plain letters, digits and signs only"},
	[DC_SPF_FAULT_MODIFIER] = {DC_F_SPF_BAD_MODIFIER, "name=value with a name that begins with a letter, or delete it"},
	[DC_SPF_FAULT_LOOKS_LIKE_MECHANISM] = {DC_F_SPF_MECHANISM_IGNORED, "the term with a colon"},
	[DC_SPF_FAULT_URL] = {DC_F_SPF_URL_AS_NAME, "the term with only the domain name"},
	[DC_SPF_FAULT_GLUED] = {DC_F_SPF_TERMS_GLUED, NULL},
	[DC_SPF_FAULT_VERSION_INSIDE] = {DC_F_SPF_VERSION_INSIDE, NULL},
	[DC_SPF_FAULT_UNKNOWN_MODIFIER] = {DC_F_SPF_UNKNOWN_MODIFIER, NULL},
};

static void tell(const struct dc_spf_fault *fault, const struct dc_answer *answer, struct dc_emitter *emitter)
{
	enum dc_finding_id id = fault->glued ? DC_F_SPF_TERMS_GLUED : rows[fault->kind].id;
	struct dc_where where = {.span = &fault->span, .answer = answer};
	struct dc_arg term = dc_text("term", fault->term->text);
	struct dc_arg mend = dc_text("mend", fault->suggestion.len ? fault->suggestion
								   : dc_slice_of(rows[fault->kind].mend));

	switch (id) {
	case DC_F_SPF_VERSION_INSIDE:
		dc_emit(emitter, id, where, NULL);
		break;
	case DC_F_SPF_UNKNOWN_MODIFIER:
		dc_emit(emitter, id, where, DC_ARGS(term));
		break;
	case DC_F_SPF_MODIFIER_TWICE:
		dc_emit(emitter, id, where, DC_ARGS(term, dc_text("name", fault->term->name)));
		break;
	case DC_F_SPF_BAD_MACRO:
		dc_emit(emitter, id, where, DC_ARGS(term, dc_text("part", fault->part), mend));
		break;
	default:
		dc_emit(emitter, id, where, DC_ARGS(term, mend));
		break;
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_spf_node *root = dc_spf_own(facts, emitter);

	for (size_t i = 0; root && i < root->record->fault_count; i++)
		tell(&root->record->faults[i], root->answer, emitter);
}

const struct dc_check dc_check_spf_syntax = {
	.id = "spf-syntax",
	.title = "The SPF record is written correctly",
	.standard = "RFC 7208 section 12",
	.run = run,
};
