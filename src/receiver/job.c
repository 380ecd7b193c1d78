/* The half of receiver.h for fact builders: asks for jobs and reads their results. Pure. */
#include "receiver/text.h"

/* The job's answer as text, or false when it is not known yet. A job that was never done reads as "absent". */
static bool ask(struct dc_asker *asker, const struct dc_receiver_job *job, struct dc_slice *ret_text)
{
	struct dc_question question = dc_receiver_job_question(asker->arena, job);
	const struct dc_answer *answer = dc_ask_question(asker, &question);

	if (!answer)
		return false;
	*ret_text = answer->outcome == DC_OUTCOME_ANSWER ? answer->data : (struct dc_slice){NULL, 0};
	return true;
}

static bool fits(struct dc_slice value)
{
	return value.len <= DC_RECEIVER_VALUE_MAX;
}

bool dc_receiver_spf(struct dc_asker *asker, struct dc_ip ip, struct dc_slice helo, struct dc_slice mail_from,
		     struct dc_slice domain, struct dc_receiver_spf *ret_spf)
{
	static const struct dc_receiver_spf none = {.fate = DC_RECEIVER_ABSENT, .reason = DC_S("not evaluated")};
	struct dc_receiver_job job = {.kind = DC_RECEIVER_JOB_SPF, .ip = ip, .helo = helo, .mail_from = mail_from};
	struct dc_slice text;

	*ret_spf = none;
	if (!fits(helo) || !fits(mail_from) || ip.family == 0 || !dc_name_normalize(asker->arena, domain, &job.domain))
		return true;
	if (!ask(asker, &job, &text))
		return false;
	if (!dc_receiver_spf_read(asker->arena, text, ret_spf))
		*ret_spf = none;
	return true;
}

bool dc_receiver_key(struct dc_asker *asker, struct dc_slice selector, struct dc_slice domain,
		     struct dc_slice algorithm, struct dc_receiver_key *ret_key)
{
	static const struct dc_receiver_key none = {
		.fate = DC_RECEIVER_ABSENT, .sig_error = -1, .reason = DC_S("not evaluated")};
	struct dc_receiver_job job = {.kind = DC_RECEIVER_JOB_KEY, .selector = selector, .algorithm = algorithm};
	struct dc_slice text;

	*ret_key = none;
	if (!fits(selector) || !fits(algorithm) || !dc_name_normalize(asker->arena, domain, &job.domain))
		return true;
	if (!ask(asker, &job, &text))
		return false;
	if (!dc_receiver_key_read(asker->arena, text, ret_key))
		*ret_key = none;
	return true;
}

bool dc_receiver_message(struct dc_asker *asker, int64_t now_s, struct dc_receiver_message *ret_message)
{
	static const struct dc_receiver_message none = {.fate = DC_RECEIVER_ABSENT, .reason = DC_S("not evaluated")};
	struct dc_receiver_job job = {
		.kind = DC_RECEIVER_JOB_MESSAGE, .domain = DC_S("."), .now_s = now_s > 0 ? now_s : 0};
	struct dc_slice text;

	if (!ask(asker, &job, &text))
		return false;
	if (!dc_receiver_message_read(asker->arena, text, ret_message))
		*ret_message = none;
	return true;
}

struct dc_answer *dc_receiver_message_input(struct dc_slice bytes)
{
	struct dc_answer draft = {.question = dc_receiver_message_question(), .outcome = DC_OUTCOME_ANSWER, .ede = -1,
				  .via = DC_S("input"), .data = bytes};

	return bytes.len <= DC_RECEIVER_MESSAGE_MAX ? dc_answer_new(&draft) : NULL;
}
