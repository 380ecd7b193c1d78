/* May the authorities issue again what the domain uses for mail? RFC 8659 section 3: the policy host's certificate is renewed
 * every few weeks, and a CAA record that forbids it ends MTA-STS some night. */
#include "bimi/bimi.h"
#include "caa/caa.h"
#include "checks/check.h"
#include "mta_sts/mta_sts.h"

/* Of what a top-level domain publishes nothing is known here: then nothing is said. */
static bool failed(const struct dc_caa_facts *caa)
{
	return caa->failed && dc_name_labels(caa->failed->question.name) > 1;
}

static void judge_policy_host(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_caa_facts *caa = facts->mta_sts_caa;
	const struct dc_https_reply *reply = &facts->mta_sts->fetch.reply;
	const char *const *names = dc_caa_names_of(reply->issuer_name);
	struct dc_slice *issuers;
	size_t count = dc_caa_issuers(dc_emitter_arena(emitter), caa, DC_CAA_ISSUE, &issuers);
	struct dc_where where = {.subject = facts->mta_sts->host, .answer = caa->answer, .more = facts->mta_sts->fetch.answer};

	if (!names && count)
		return; /* an authority that we do not know */
	for (size_t i = 0; names && names[i]; i++)
		if (dc_caa_allows(caa, DC_CAA_ISSUE, dc_slice_of(names[i])) != DC_TRI_NO)
			return;
	if (!dc_caa_has(caa, DC_CAA_ISSUE))
		return;
	dc_emit(emitter, DC_F_CAA_FORBIDS_POLICY_HOST, where,
		DC_ARGS(dc_text("issuer", reply->issuer_name), dc_text("host", facts->mta_sts->host),
			dc_text("location", caa->location),
			dc_text("allowed", names ? dc_slice_of(names[0]) : DC_S("the name that its authority gives for CAA"))));
}

/* Only issuevmc restricts mark certificates; issue does not. */
static void judge_mark(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_caa_facts *caa = facts->caa;
	const struct dc_bimi_mark *mark = facts->bimi->mark;
	const char *const *names = dc_caa_names_of(mark->issuer);
	struct dc_slice *issuers;
	size_t count = dc_caa_issuers(dc_emitter_arena(emitter), caa, DC_CAA_ISSUEVMC, &issuers);

	if (!dc_caa_has(caa, DC_CAA_ISSUEVMC) || (!names && count))
		return;
	for (size_t i = 0; names && names[i]; i++)
		if (dc_caa_allows(caa, DC_CAA_ISSUEVMC, dc_slice_of(names[i])) != DC_TRI_NO)
			return;
	dc_emit(emitter, DC_F_CAA_FORBIDS_MARK,
		(struct dc_where){.subject = caa->location, .answer = caa->answer, .more = facts->bimi->evidence.answer},
		DC_ARGS(dc_text("issuer", mark->issuer), dc_text("location", caa->location),
			dc_text("allowed", names ? dc_slice_of(names[0]) : DC_S("the name that its authority gives for CAA"))));
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_mta_sts_facts *sts = facts->mta_sts;
	const struct dc_bimi_mark *mark = facts->bimi->mark;

	if (mark && !mark->problem && facts->caa->present == DC_TRI_YES)
		judge_mark(facts, emitter);
	if (!facts->mta_sts_caa || sts->fetch.state != DC_HTTPS_REPLY || sts->fetch.reply.verify != DC_HTTPS_VERIFY_OK) {
		if (!mark || mark->problem)
			dc_not_applicable(emitter);
		return;
	}
	if (facts->mta_sts_caa->present == DC_TRI_YES)
		judge_policy_host(facts, emitter);
	else if (failed(facts->mta_sts_caa))
		dc_emit_unanswered(emitter, DC_F_CAA_ISSUERS_UNANSWERED,
				   (struct dc_where){.subject = sts->host, .answer = facts->mta_sts_caa->failed}, NULL);
}

const struct dc_check dc_check_caa_issuers = {
	.id = "caa-issuers",
	.title = "CAA lets the authorities in use issue again",
	.standard = "RFC 8659 section 3",
	.run = run,
};
