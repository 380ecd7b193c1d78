/* What does the DMARC policy ask for mail from the domain itself? RFC 9989 sections 4.7 and 7.4. */
#include "checks/check.h"
#include "dmarc/dmarc.h"
#include "dmarc/psl.h"

static struct dc_slice policy_text(enum dc_dmarc_policy policy)
{
	return dc_slice_of(dc_dmarc_policy_name(policy));
}

static const struct dc_span *span_of(const struct dc_dmarc_record *record, enum dc_dmarc_tag_id id)
{
	for (size_t i = 0; i < record->tag_count; i++) {
		if (record->tags[i].id == id)
			return &record->tags[i].span;
	}
	return NULL;
}

/* psd=y belongs to registries: top-level domains and names of the public suffix list. */
static void judge_psd(struct dc_emitter *emitter, const struct dc_dmarc_facts *dmarc)
{
	for (size_t i = 0; i < dmarc->walk.count; i++) {
		const struct dc_dmarc_node *node = &dmarc->walk.nodes[i];

		if (node->visited && node->record && node->record->psd == DC_DMARC_PSD_Y && dc_name_labels(node->domain) > 1 &&
		    !dc_psl_is_suffix(dmarc->psl, node->domain))
			dc_emit(emitter, DC_F_DMARC_PSD,
				(struct dc_where){.subject = node->name, .span = span_of(node->record, DC_DMARC_TAG_PSD),
						  .answer = node->answer},
				DC_ARGS(dc_text("name", node->name), dc_text("domain", node->domain)));
	}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dmarc_facts *dmarc = facts->dmarc;
	const struct dc_dmarc_verdict *verdict = &dmarc->now.name;
	const struct dc_arg location = dc_text("location", verdict->location);

	judge_psd(emitter, dmarc);
	if (verdict->class == DC_DMARC_CLASS_UNKNOWN) {
		dc_inconclusive(emitter);
		return;
	}
	if (verdict->class != DC_DMARC_CLASS_VALID) {
		dc_not_applicable(emitter); /* that no record applies, or a broken one, is told by dmarc-record and dmarc-syntax */
		return;
	}
	if (verdict->policy == DC_DMARC_POLICY_UNKNOWN)
		dc_emit_unanswered(emitter, DC_F_DMARC_EXISTENCE_UNANSWERED, (struct dc_where){.answer = dmarc->existence}, NULL);
	else if (verdict->policy == DC_DMARC_POLICY_NONE)
		dc_emit(emitter, DC_F_DMARC_POLICY_NONE, (struct dc_where){.span = span_of(verdict->record, DC_DMARC_TAG_P)},
			DC_ARGS(dc_text("domain", dmarc->domain), location));
	else if (verdict->effective == verdict->policy && verdict->policy == DC_DMARC_POLICY_QUARANTINE)
		dc_emit(emitter, DC_F_DMARC_POLICY_QUARANTINE, (struct dc_where){.span = span_of(verdict->record, DC_DMARC_TAG_P)},
			DC_ARGS(dc_text("domain", dmarc->domain), location));
	else if (verdict->effective != verdict->policy)
		dc_emit(emitter, DC_F_DMARC_TEST_MODE, (struct dc_where){.span = span_of(verdict->record, DC_DMARC_TAG_T)},
			DC_ARGS(dc_text("policy", policy_text(verdict->policy)), dc_text("effective", policy_text(verdict->effective)),
				location));
}

const struct dc_check dc_check_dmarc_policy = {
	.id = "dmarc-policy",
	.title = "The DMARC policy asks receivers to stop forged mail",
	.standard = "RFC 9989 section 4.7",
	.run = run,
};
