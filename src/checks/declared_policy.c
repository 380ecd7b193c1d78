/* Is the DMARC policy the one that the manifest intends, from its day on? RFC 9989 section 4.7. */
#include "checks/check.h"
#include "dmarc/dmarc.h"
#include "facts/declared.h"

enum { DAY_S = 86400 };

static struct dc_slice name_of(enum dc_dmarc_policy policy)
{
	const char *name = dc_dmarc_policy_name(policy);

	return name ? dc_slice_of(name) : DC_S("no policy at all");
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_declared *declared = facts->inputs->declared;
	const struct dc_dmarc_verdict *verdict = &facts->dmarc->now.name;
	struct dc_where where = {0};

	if (!declared || declared->policy == DC_DMARC_POLICY_UNKNOWN) {
		dc_not_applicable(emitter);
		return;
	}
	if (verdict->class == DC_DMARC_CLASS_UNKNOWN) {
		if (verdict->blocked && verdict->blocked->answer)
			where.answer = verdict->blocked->answer;
		if (where.answer)
			dc_emit_unanswered(emitter, DC_F_DECLARED_POLICY_UNANSWERED, where, NULL);
		else
			dc_inconclusive(emitter);
		return;
	}
	/* A policy that is not there counts as none, and as less than a declared one. */
	enum dc_dmarc_policy now = verdict->effective < DC_DMARC_POLICY_NONE ? DC_DMARC_POLICY_ABSENT : verdict->effective;
	const struct dc_arg domain = dc_text("domain", facts->inputs->domain), is = dc_text("policy", name_of(now)),
			    meant = dc_text("intended", name_of(declared->policy));
	bool due = facts->inputs->now_s >= declared->policy_since_s;

	if (now < declared->policy && due)
		dc_emit(emitter, DC_F_DECLARED_POLICY_WEAKER, where,
			DC_ARGS(domain, is, meant,
				dc_text("since", declared->policy_since.len ? declared->policy_since : DC_S("the beginning"))));
	else if (now < declared->policy)
		dc_emit(emitter, DC_F_DECLARED_POLICY_AHEAD, where,
			DC_ARGS(domain, is, meant, dc_text("since", declared->policy_since),
				dc_int("days", (declared->policy_since_s - facts->inputs->now_s + DAY_S - 1) / DAY_S)));
	else if (now > declared->policy && due)
		dc_emit(emitter, DC_F_DECLARED_POLICY_STRONGER, where, DC_ARGS(domain, is, meant));
}

const struct dc_check dc_check_declared_policy = {
	.id = "declared-policy",
	.title = "The DMARC policy is the one that the manifest intends",
	.standard = "RFC 9989 section 4.7",
	.run = run,
};
