/* Does DNS fit the role that the manifest gives the domain? RFC 7208 section 10.1.2, RFC 7505. What a parked domain lacks is
 * told by the check `parked`. */
#include "checks/check.h"
#include "checks/sending.h"
#include "dkim/dkim.h"
#include "facts/streams.h"
#include "mx/mx.h"

static struct dc_arg role_arg(const struct dc_facts *facts)
{
	return dc_text("role", dc_slice_of(dc_role_name(facts->inputs->declared->role)));
}

/* SPF that lets nobody send is no fault when every sender has a return path of its own. */
static void judge_sending(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	bool own = false;

	for (size_t i = 0; i < facts->streams->count; i++)
		own |= dc_name_eq(facts->streams->items[i].sending.mail_from, facts->inputs->domain);
	if (facts->spf->class == DC_SPF_CLASS_TEMPERROR)
		dc_inconclusive(emitter);
	else if (own && dc_sends_never(facts))
		dc_emit(emitter, DC_F_DECLARED_SENDING_FORBIDDEN, (struct dc_where){.answer = facts->spf->answer},
			DC_ARGS(dc_text("domain", facts->inputs->domain)));
}

static bool lets_send(const struct dc_spf_facts *spf)
{
	return spf->class == DC_SPF_CLASS_VALID && (spf->pass4.count || spf->pass6.count || spf->has_macros);
}

static void judge_silent(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_arg domain = dc_text("domain", facts->inputs->domain), role = role_arg(facts);
	const struct dc_dkim_facts *dkim = facts->dkim;

	if (facts->spf->class == DC_SPF_CLASS_TEMPERROR)
		dc_inconclusive(emitter);
	if (lets_send(facts->spf))
		dc_emit(emitter, DC_F_DECLARED_ROLE_SENDS, (struct dc_where){.answer = facts->spf->answer}, DC_ARGS(domain, role));
	for (size_t i = 0; i < dkim->selector_count; i++) {
		const struct dc_dkim_selector *selector = &dkim->selectors[i];

		if (selector->record && selector->record->usable && !selector->wildcard)
			dc_emit(emitter, DC_F_DECLARED_ROLE_SIGNS, (struct dc_where){.subject = selector->name, .answer = selector->answer},
				DC_ARGS(domain, role, dc_text("selector", selector->selector)));
	}
}

/* The failed question is told by mx-present and mx-hosts. */
static void judge_mail_in(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mx_facts *mx = facts->mx;
	const struct dc_where where = {.answer = mx->answer};
	const struct dc_arg domain = dc_text("domain", facts->inputs->domain);

	if (mx->class == DC_MX_UNKNOWN || (facts->inputs->declared->role == DC_ROLE_INBOUND && mx->receives == DC_TRI_UNKNOWN))
		dc_inconclusive(emitter);
	else if (facts->inputs->declared->role == DC_ROLE_INBOUND && mx->receives == DC_TRI_NO)
		dc_emit(emitter, DC_F_DECLARED_INBOUND_DEAF, where, DC_ARGS(domain));
	else if (facts->inputs->declared->role == DC_ROLE_TRACKING && mx->class == DC_MX_HOSTS)
		dc_emit(emitter, DC_F_DECLARED_TRACKING_MX, where, DC_ARGS(domain));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!facts->inputs->declared || facts->inputs->declared->role == DC_ROLE_PARKED) {
		dc_not_applicable(emitter);
	} else if (facts->inputs->declared->role == DC_ROLE_SENDING) {
		judge_sending(facts, emitter);
	} else {
		judge_silent(facts, emitter);
		judge_mail_in(facts, emitter);
	}
}

const struct dc_check dc_check_declared_role = {
	.id = "declared-role",
	.title = "DNS fits the role that the manifest gives the domain",
	.standard = "RFC 7208 section 10.1.2",
	.run = run,
};
