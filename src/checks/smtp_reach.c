/* Could the mail servers be spoken to? What cannot be reached from here may well be reached by others: port 25 is closed
 * for most networks. RFC 5321 sections 3.1 and 4.2, RFC 6186. */
#include "checks/smtp_common.h"

static void tell_unseen(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	dc_emit_unanswered(emitter, DC_F_SMTP_UNREACHABLE, smtp_where(emitter, server),
			   DC_ARGS(dc_text("name", smtp_name(emitter, server)),
				   dc_text("reason", server->answer && server->answer->detail.len ? server->answer->detail
												: DC_S("no answer"))));
}

/* It answered, and would not talk to us: others may be welcome. */
static bool is_unwelcome(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->said && server->said->banner.code && server->said->banner.code != 220;
}

static void tell_unwelcome(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	const struct dc_dialogue_reply *banner = &server->said->banner;

	dc_emit_unanswered(emitter, DC_F_SMTP_UNWELCOME, smtp_where(emitter, server),
			   DC_ARGS(dc_text("name", smtp_name(emitter, server)), dc_int("code", banner->code),
				   dc_text("reply", dc_dialogue_text(banner))));
}

/* It greeted, and the conversation broke off or became no SMTP. */
static bool is_broken(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	return server->said && server->said->banner.code == 220 && server->welcome == DC_TRI_NO;
}

static void tell_broken(const struct dc_facts *facts, const struct dc_smtp_server *server, struct dc_emitter *emitter)
{
	const struct dc_dialogue *said = server->said;
	struct dc_slice how = dc_arena_concat(dc_emitter_arena(emitter), said->end_step, DC_S(": "));

	dc_emit_unanswered(emitter, DC_F_SMTP_BROKEN, smtp_where(emitter, server),
			   DC_ARGS(dc_text("name", smtp_name(emitter, server)),
				   dc_text("how", dc_arena_concat(dc_emitter_arena(emitter), how, said->end_how))));
}

static void judge_submission(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_smtp_facts *smtp = facts->smtp;

	if (!smtp->asked_submission)
		return;
	if (smtp->has_submission == DC_TRI_NO && !smtp->srv_refused)
		dc_emit(emitter, DC_F_SUBMISSION_NOT_PUBLISHED, (struct dc_where){.answer = smtp->srv[0], .more = smtp->srv[1]},
			DC_ARGS(dc_text("domain", facts->inputs->domain)));
	for (size_t i = 0; i < 2; i++)
		if (smtp->srv[i] && !dc_outcome_is_known(smtp->srv[i]->outcome))
			dc_emit_unanswered(emitter, DC_F_SUBMISSION_UNANSWERED, (struct dc_where){.answer = smtp->srv[i]}, NULL);
}

static void run(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_smtp_facts *smtp = facts->smtp;

	judge_submission(facts, emitter);
	if (smtp->count == 0 && (!smtp->asked_submission || smtp->has_submission == DC_TRI_NO)) {
		if (smtp->asked_mx && facts->mx->receives == DC_TRI_UNKNOWN)
			dc_inconclusive(emitter);
		else
			dc_not_applicable(emitter);
		return;
	}
	smtp_each(facts, emitter, smtp_is_unseen, tell_unseen);
	smtp_each(facts, emitter, is_unwelcome, tell_unwelcome);
	smtp_each(facts, emitter, is_broken, tell_broken);
}

const struct dc_check dc_check_smtp_reach = {
	.id = "smtp-reach",
	.title = "The mail servers answer when they are spoken to",
	.standard = "RFC 5321 section 3.1",
	.run = run,
};
