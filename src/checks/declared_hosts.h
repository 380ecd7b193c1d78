/* What is wrong with a declared host, for tracking hosts and return paths alike. */
#ifndef DC_CHECKS_DECLARED_HOSTS_H
#define DC_CHECKS_DECLARED_HOSTS_H

#include "checks/check.h"
#include "facts/hosts.h"

/* The findings of one kind of host; `gone` is DC_F_COUNT when it needs no address. */
struct dc_host_findings {
	enum dc_finding_id dangling, gone, elsewhere, unanswered;
};

static inline void dc_judge_host(const struct dc_host_facts *host, const struct dc_host_findings *findings,
				 struct dc_emitter *emitter)
{
	struct dc_slice name = host->declared->host;
	const struct dc_arg arg = dc_text("host", name);
	struct dc_where where = {.subject = name, .answer = host->a, .more = host->aaaa};

	bool gone = host->resolves == DC_TRI_NO && !host->alias.len && findings->gone != DC_F_COUNT;

	if (host->leads == DC_TRI_NO && !gone)
		dc_emit(emitter, findings->elsewhere, where,
			DC_ARGS(arg, dc_text("target", host->declared->target),
				dc_text("instead", host->alias.len ? host->alias : DC_S("no other name: it has no CNAME"))));
	if (host->resolves == DC_TRI_NO && host->alias.len)
		dc_emit(emitter, findings->dangling, where, DC_ARGS(arg, dc_text("alias", host->alias)));
	else if (gone)
		dc_emit(emitter, findings->gone, where, DC_ARGS(arg));
	if (host->failed) {
		where = (struct dc_where){.subject = name, .answer = host->failed};
		dc_emit_unanswered(emitter, findings->unanswered, where, DC_ARGS(arg));
	}
}

#endif
