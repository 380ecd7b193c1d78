/* Are the hosts of links and pictures there, and do they lead where the manifest says? RFC 1034 section 3.6.2. */
#include "checks/declared_hosts.h"

static const struct dc_host_findings findings = {
	.dangling = DC_F_DECLARED_TRACKING_DANGLING,
	.gone = DC_F_DECLARED_TRACKING_GONE,
	.elsewhere = DC_F_DECLARED_TRACKING_ELSEWHERE,
	.unanswered = DC_F_DECLARED_TRACKING_UNANSWERED,
};

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!facts->hosts || !facts->hosts->tracking_count)
		dc_not_applicable(emitter);
	for (size_t i = 0; facts->hosts && i < facts->hosts->tracking_count; i++)
		dc_judge_host(&facts->hosts->tracking[i], &findings, emitter);
}

const struct dc_check dc_check_declared_tracking = {
	.id = "declared-tracking",
	.title = "Tracking hosts lead where the manifest says",
	.standard = "RFC 1034 section 3.6.2",
	.run = run,
};
