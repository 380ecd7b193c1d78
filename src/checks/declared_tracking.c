/* Are the hosts of links and pictures there, and do they lead where the manifest says (RFC 1034 section 3.6.2), and can
 * they be called over HTTPS (RFC 6125)? */
#include "checks/declared_hosts.h"
#include "checks/fetched.h"

static const struct dc_host_findings findings = {
	.dangling = DC_F_DECLARED_TRACKING_DANGLING,
	.gone = DC_F_DECLARED_TRACKING_GONE,
	.elsewhere = DC_F_DECLARED_TRACKING_ELSEWHERE,
	.unanswered = DC_F_DECLARED_TRACKING_UNANSWERED,
};

enum {
	RENEW_S = 7 * 86400, /* as for the policy host of MTA-STS: a certificate that ends sooner should have been renewed */
	DAY_S = 86400,
};

static void judge_certificate(const struct dc_facts *facts, const struct dc_host_facts *host, struct dc_emitter *emitter)
{
	const struct dc_https_reply *reply = &host->fetch.reply;
	struct dc_arena *arena = dc_emitter_arena(emitter);
	struct dc_where where = {.subject = host->declared->host, .answer = host->fetch.answer};
	const char *problem = dc_fetch_certificate(reply, facts->inputs->now_s);
	int64_t left_s = reply->not_after_s - facts->inputs->now_s;
	const struct dc_arg name = dc_text("host", host->declared->host), until = dc_text("until", dc_fetch_day(arena, reply->not_after_s));

	if (problem)
		dc_emit(emitter, DC_F_DECLARED_TRACKING_CERTIFICATE, where,
			DC_ARGS(name, dc_text("problem", dc_slice_of(problem)), until, dc_text("names", dc_fetch_names(arena, reply)),
				dc_text("issuer", reply->issuer_name)));
	else if (left_s < RENEW_S)
		dc_emit(emitter, DC_F_DECLARED_TRACKING_CERTIFICATE_ENDS, where, DC_ARGS(name, until, dc_int("days", left_s / DAY_S)));
}

/* Zone files alone say nothing of what hosts serve, and are not asked. */
static void judge_fetch(const struct dc_facts *facts, const struct dc_host_facts *host, struct dc_emitter *emitter)
{
	const struct dc_https_fetch *fetch = &host->fetch;

	if (!host->fetched || dc_fetch_is_outside(fetch->failed))
		return;
	if (fetch->state == DC_HTTPS_REPLY)
		judge_certificate(facts, host, emitter);
	else if (fetch->failed && fetch->failed->question.kind == DC_ASK_HTTPS)
		dc_emit_unanswered(emitter, DC_F_DECLARED_TRACKING_NOT_FETCHED,
				   (struct dc_where){.subject = host->declared->host, .answer = fetch->failed},
				   DC_ARGS(dc_text("host", host->declared->host), dc_text("reason", dc_fetch_reason(fetch->failed))));
	else if (fetch->state == DC_HTTPS_DNS && !host->failed)
		dc_inconclusive(emitter); /* one family of its addresses */
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!facts->hosts || !facts->hosts->tracking_count)
		dc_not_applicable(emitter);
	for (size_t i = 0; facts->hosts && i < facts->hosts->tracking_count; i++) {
		dc_judge_host(&facts->hosts->tracking[i], &findings, emitter);
		judge_fetch(facts, &facts->hosts->tracking[i], emitter);
	}
}

const struct dc_check dc_check_declared_tracking = {
	.id = "declared-tracking",
	.title = "Tracking hosts lead where the manifest says",
	.standard = "RFC 1034 section 3.6.2",
	.run = run,
};
