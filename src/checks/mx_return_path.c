/* Can bounces come back when the return path is another domain? RFC 5321 sections 3.6.2 and 4.5.5. */
#include "checks/check.h"
#include "facts/streams.h"
#include "mx/mx.h"

static const char *problem_of(enum dc_mx_class class)
{
	switch (class) {
	case DC_MX_NXDOMAIN:
		return "it does not exist";
	case DC_MX_NULL:
		return "it says that it takes no mail (null MX)";
	case DC_MX_NONE:
		return "it has neither an MX record nor an address";
	default:
		return "no host that its MX records name can be reached";
	}
}

/* The first lookup that failed: the MX question, the domain's addresses, or those of a host. */
static const struct dc_answer *failed(const struct dc_mx_facts *mx)
{
	const struct dc_answer *const own[] = {mx->answer, mx->a, mx->aaaa};

	for (size_t i = 0; mx->class == DC_MX_UNKNOWN && i < 3; i++) {
		if (!dc_outcome_is_known(own[i]->outcome))
			return own[i];
	}
	for (size_t i = 0; i < mx->host_count; i++) {
		const struct dc_mx_host *host = &mx->hosts[i];

		if (host->resolves == DC_TRI_UNKNOWN)
			return dc_outcome_is_known(host->a->outcome) ? host->aaaa : host->a;
	}
	return NULL;
}

static void judge(const struct dc_mx_facts *mx, struct dc_emitter *emitter)
{
	struct dc_where where = {.subject = mx->domain, .answer = mx->answer};

	if (mx->receives == DC_TRI_NO)
		dc_emit(emitter, DC_F_MX_RETURN_PATH_DEAD, where,
			DC_ARGS(dc_text("mail_from", mx->domain), dc_text("problem", dc_slice_of(problem_of(mx->class)))));
	where.answer = failed(mx);
	if (mx->receives == DC_TRI_UNKNOWN && where.answer)
		dc_emit_unanswered(emitter, DC_F_MX_RETURN_PATH_UNANSWERED, where, DC_ARGS(dc_text("mail_from", mx->domain)));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	if (!facts->streams->return_count)
		dc_not_applicable(emitter); /* the domain's own MX is judged by the other checks */
	for (size_t i = 0; i < facts->streams->return_count; i++)
		judge(facts->streams->returns[i].mx, emitter);
}

const struct dc_check dc_check_mx_return_path = {
	.id = "mx-return-path",
	.title = "Bounces can come back to the return path",
	.standard = "RFC 5321 section 3.6.2",
	.run = run,
};
