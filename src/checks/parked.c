/* Does a domain that never sends say so everywhere? RFC 7208 section 10.1.2, RFC 7505, M3AAWG. Only with --parked, or with
 * the role "parked" of a manifest. */
#include "checks/check.h"
#include "checks/sending.h"
#include "dkim/dkim.h"
#include "dmarc/dmarc.h"
#include "mx/mx.h"

static bool says_nobody_sends(const struct dc_spf_facts *spf)
{
	return spf->class == DC_SPF_CLASS_VALID && dc_spf_fails_all(spf) && spf->pass4.count == 0 && spf->pass6.count == 0 &&
	       !spf->has_macros;
}

/* Names below are judged only when they can be known; the failed step is told by dmarc-subdomains. */
static const char *open_part(const struct dc_dmarc_view *view)
{
	if (view->name.effective && view->name.effective != DC_DMARC_POLICY_REJECT)
		return "the domain itself";
	if (view->existing.effective && view->existing.effective != DC_DMARC_POLICY_REJECT)
		return "subdomains";
	if (view->missing.effective && view->missing.effective != DC_DMARC_POLICY_REJECT)
		return "names that do not exist";
	return NULL;
}

static void judge_dkim(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_dkim_facts *dkim = facts->dkim;
	const struct dc_arg domain = dc_text("domain", facts->inputs->domain);
	const struct dc_dkim_record *wildcard = dkim->searched.wildcard_record;

	for (size_t i = 0; i < dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &dkim->selectors[i];

		if (selector->record && selector->record->usable && !selector->wildcard)
			dc_emit(emitter, DC_F_PARKED_DKIM, (struct dc_where){.subject = selector->name, .answer = selector->answer},
				DC_ARGS(domain, dc_text("selector", selector->selector)));
	}
	if (dkim->searched.wildcard == DC_DKIM_KNOWN_NO || (wildcard && !wildcard->revoked))
		dc_emit(emitter, DC_F_PARKED_DKIM_OPEN, (struct dc_where){.answer = dkim->searched.probe}, DC_ARGS(domain));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_arg domain = dc_text("domain", facts->inputs->domain);
	const char *open = open_part(&facts->dmarc->now);

	if (!facts->inputs->parked) {
		dc_not_applicable(emitter);
		return;
	}
	if (facts->spf->class == DC_SPF_CLASS_TEMPERROR || facts->mx->class == DC_MX_UNKNOWN ||
	    facts->dmarc->now.name.class == DC_DMARC_CLASS_UNKNOWN)
		dc_inconclusive(emitter);
	if (facts->spf->class != DC_SPF_CLASS_TEMPERROR && !says_nobody_sends(facts->spf))
		dc_emit(emitter, DC_F_PARKED_SPF, (struct dc_where){.answer = facts->spf->answer}, DC_ARGS(domain));
	if (facts->mx->class != DC_MX_UNKNOWN && facts->mx->class != DC_MX_NULL && facts->mx->class != DC_MX_NXDOMAIN)
		dc_emit(emitter, DC_F_PARKED_MX, (struct dc_where){.answer = facts->mx->answer}, DC_ARGS(domain));
	if (open)
		dc_emit(emitter, DC_F_PARKED_DMARC, (struct dc_where){0}, DC_ARGS(domain, dc_text("where", dc_slice_of(open))));
	judge_dkim(facts, emitter);
}

const struct dc_check dc_check_parked = {
	.id = "parked",
	.title = "A domain that never sends says so everywhere",
	.standard = "RFC 7208 section 10.1.2",
	.run = run,
};
