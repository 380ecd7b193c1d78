/* Does the policy cover the hosts that take the mail, and is it in force? RFC 8461 sections 4.1, 5 and 8.2. */
#include "checks/check.h"
#include "checks/fetched.h"
#include "mta_sts/mta_sts.h"
#include "mx/mx.h"

static bool is_used(const struct dc_mx_facts *mx, struct dc_slice pattern)
{
	for (size_t i = 0; i < mx->host_count; i++)
		if (dc_mta_sts_covers(pattern, mx->hosts[i].host))
			return true;
	return false;
}

static void judge_hosts(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mta_sts_policy *policy = facts->mta_sts->policy;
	const struct dc_mx_facts *mx = facts->mx;
	bool enforced = policy->mode == DC_MTA_STS_MODE_ENFORCE;
	struct dc_where where = {.answer = mx->answer, .more = facts->mta_sts->fetch.answer};

	for (size_t i = 0; i < mx->host_count; i++) {
		where.subject = mx->hosts[i].host;
		if (mx->hosts[i].duplicate || dc_mta_sts_match(policy, mx->hosts[i].host) != SIZE_MAX)
			continue;
		dc_emit(emitter, enforced ? DC_F_MTA_STS_MX_UNCOVERED : DC_F_MTA_STS_MX_UNCOVERED_TESTING, where,
			DC_ARGS(dc_text("host", mx->hosts[i].host), dc_list("patterns", policy->patterns, policy->pattern_count)));
	}
	where = (struct dc_where){.answer = facts->mta_sts->fetch.answer, .more = mx->answer};
	for (size_t i = 0; i < policy->pattern_count; i++)
		if (!is_used(mx, policy->patterns[i])) {
			where.subject = policy->patterns[i];
			dc_emit(emitter, DC_F_MTA_STS_PATTERN_UNUSED, where, DC_ARGS(dc_text("pattern", policy->patterns[i])));
		}
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mta_sts_facts *sts = facts->mta_sts;
	struct dc_where where = {.subject = sts->host, .answer = sts->fetch.answer};
	enum dc_mx_class class = facts->mx->class;

	if (dc_fetch_is_outside(sts->fetch.failed)) {
		dc_not_applicable(emitter);
		return;
	}
	if (sts->state == DC_MTA_STS_UNKNOWN || (sts->wanted && sts->served == DC_MTA_STS_SERVED_UNKNOWN) ||
	    (sts->policy && !sts->policy->problem && class == DC_MX_UNKNOWN)) {
		dc_inconclusive(emitter);
		return;
	}
	if (!sts->policy || sts->policy->problem) {
		dc_not_applicable(emitter);
		return;
	}
	if (sts->policy->mode == DC_MTA_STS_MODE_NONE) {
		dc_emit(emitter, DC_F_MTA_STS_MODE_NONE, where, DC_ARGS(dc_text("name", sts->name)));
		return;
	}
	if (sts->policy->mode == DC_MTA_STS_MODE_TESTING)
		dc_emit(emitter, DC_F_MTA_STS_MODE_TESTING, where, NULL);
	if (class == DC_MX_HOSTS || class == DC_MX_IMPLICIT)
		judge_hosts(facts, emitter);
}

const struct dc_check dc_check_mta_sts_hosts = {
	.id = "mta-sts-hosts",
	.title = "The MTA-STS policy covers every MX host and is in force",
	.standard = "RFC 8461 section 4.1",
	.run = run,
};
