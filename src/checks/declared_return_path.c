/* Are the return-path hosts of the manifest there, and in alignment with the domain? RFC 9989 section 4.4.1. Their SPF and MX
 * are judged by spf-return-path and mx-return-path, alignment of those that a sender uses by `alignment`. */
#include "checks/declared_hosts.h"
#include "facts/streams.h"

static const struct dc_host_findings findings = {
	.dangling = DC_F_DECLARED_RETURN_PATH_DANGLING,
	.gone = DC_F_COUNT, /* its MX may be elsewhere */
	.elsewhere = DC_F_DECLARED_RETURN_PATH_ELSEWHERE,
	.unanswered = DC_F_DECLARED_RETURN_PATH_UNANSWERED,
};

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_streams *streams = facts->streams;

	if (!facts->hosts || !facts->hosts->return_path_count) {
		dc_not_applicable(emitter);
		return;
	}
	for (size_t i = 0; i < facts->hosts->return_path_count; i++)
		dc_judge_host(&facts->hosts->return_paths[i], &findings, emitter);
	for (size_t i = 0; i < streams->return_count; i++) {
		const struct dc_return_path *path = &streams->returns[i];

		if (!path->used && path->aligned == DC_TRI_NO)
			dc_emit(emitter, DC_F_DECLARED_RETURN_PATH_UNALIGNED, (struct dc_where){.subject = path->domain},
				DC_ARGS(dc_text("host", path->domain), dc_text("domain", facts->inputs->domain)));
		if (!path->used && path->aligned == DC_TRI_UNKNOWN)
			dc_inconclusive(emitter);
	}
}

const struct dc_check dc_check_declared_return_path = {
	.id = "declared-return-path",
	.title = "Return-path hosts are those that the manifest says",
	.standard = "RFC 9989 section 4.4.1",
	.run = run,
};
