/* Is it known where mail for the domain goes? RFC 5321 section 5.1, RFC 7505. A parked domain is judged by its own check. */
#include "checks/check.h"
#include "checks/sending.h"
#include "mx/mx.h"

static struct dc_slice addresses(struct dc_arena *arena, const struct dc_mx_host *host)
{
	struct dc_slice all = {0};
	char text[DC_IP_TEXT_MAX];

	for (size_t i = 0; i < host->ip_count; i++) {
		if (i)
			all = dc_arena_concat(arena, all, DC_S(", "));
		all = dc_arena_concat(arena, all, dc_ip_format(host->ips[i], text));
	}
	return all;
}

/* The answer that failed: the MX question, or one of the two that an implicit MX needs. */
static const struct dc_answer *failed(const struct dc_mx_facts *mx)
{
	if (!dc_outcome_is_known(mx->answer->outcome))
		return mx->answer;
	return dc_outcome_is_known(mx->a->outcome) ? mx->aaaa : mx->a;
}

/* Has nothing to do with mail, and is an alias as a rule. */
static bool is_link_host(const struct dc_facts *facts)
{
	return facts->inputs->declared && facts->inputs->declared->role == DC_ROLE_TRACKING;
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mx_facts *mx = facts->mx;
	const struct dc_arg domain = dc_text("domain", mx->domain);
	struct dc_where where = {.answer = mx->answer};
	bool silent = dc_sends_never(facts);

	if (mx->alias.len && dc_outcome_is_known(mx->answer->outcome) && !is_link_host(facts))
		dc_emit(emitter, DC_F_MX_ALIAS, where, DC_ARGS(domain, dc_text("target", mx->alias)));
	switch (mx->class) {
	case DC_MX_UNKNOWN:
		where.answer = failed(mx);
		dc_emit_unanswered(emitter, DC_F_MX_UNANSWERED, where, NULL);
		break;
	case DC_MX_NXDOMAIN:
		if (is_link_host(facts))
			dc_not_applicable(emitter); /* declared-tracking says where it leads */
		else
			dc_emit(emitter, DC_F_MX_DOMAIN_NXDOMAIN, where, DC_ARGS(domain));
		break;
	case DC_MX_NONE:
		if (silent)
			dc_not_applicable(emitter);
		else
			dc_emit(emitter, DC_F_MX_NONE, where, DC_ARGS(domain));
		break;
	case DC_MX_IMPLICIT:
		where.more = mx->a->outcome == DC_OUTCOME_ANSWER ? mx->a : mx->aaaa;
		if (silent)
			dc_not_applicable(emitter);
		else
			dc_emit(emitter, DC_F_MX_IMPLICIT, where,
				DC_ARGS(domain, dc_text("addresses", addresses(dc_emitter_arena(emitter), mx->hosts))));
		break;
	case DC_MX_NULL:
		/* Without an SPF record nobody is told who sends: the missing record is the finding then. */
		if (!silent && facts->spf->class == DC_SPF_CLASS_VALID)
			dc_emit(emitter, DC_F_MX_NULL_SENDER, where, DC_ARGS(domain));
		break;
	case DC_MX_HOSTS:
		break;
	}
}

const struct dc_check dc_check_mx_present = {
	.id = "mx-present",
	.title = "Mail for the domain has somewhere to go",
	.standard = "RFC 5321 section 5.1",
	.run = run,
};
