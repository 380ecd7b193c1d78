/* check_host(): RFC 7208 sections 4, 5 and 6 for one sender, over evidence.
 *
 * Restartable: a term whose answer is not there yet is taken as "does not match", so that the walk goes on and asks in
 * the same round all that a receiver could need next; whatever it then finds counts for nothing, the result is OPEN.
 * The ten-term limit bounds that walk as it bounds a real one.
 *
 * Void lookups (4.6.4): one a term at most, for the lookup of the term itself; the addresses of the hosts of an mx or
 * ptr are not counted. Names that cannot exist (4.8) match nothing. %{p} costs no term of its own. */
#include "spf/eval.h"

#include "spf/answers.h"

enum match { NO_MATCH, MATCH, ERROR };

struct outcome {
	enum match match;
	enum dc_spf_code code; /* of an ERROR */
};

static const struct outcome no_match = {NO_MATCH, DC_SPF_NEUTRAL}, matches = {MATCH, DC_SPF_NEUTRAL};

static struct outcome match_if(bool condition)
{
	return condition ? matches : no_match;
}

static void problem(struct dc_spf_eval *e, enum dc_spf_problem problem, struct dc_slice name, const struct dc_answer *answer)
{
	if (e->open)
		return;
	e->result->problem = problem;
	e->result->problem_name = name;
	e->result->answer = answer;
}

static struct outcome fail_with(struct dc_spf_eval *e, enum dc_spf_problem what, struct dc_slice name,
				const struct dc_answer *answer)
{
	problem(e, what, name, answer);
	return (struct outcome){ERROR, what == DC_SPF_PROBLEM_UNANSWERED ? DC_SPF_TEMPERROR : DC_SPF_PERMERROR};
}

/* The path down to here, with `term` at its end. */
static void decide(struct dc_spf_eval *e, const struct dc_spf_frame *frame, const struct dc_spf_term *term)
{
	memcpy(e->decided, e->steps, e->step_count * sizeof(*e->steps));
	e->decided_count = e->step_count;
	if (e->decided_count < DC_SPF_STEPS_MAX)
		e->decided[e->decided_count++] = (struct dc_spf_step){frame->name, frame->record, term};
}

/* ---- mechanisms ---- */

static struct outcome count_void(struct dc_spf_eval *e, struct dc_slice name, const struct dc_answer *answer)
{
	if (++e->result->voids > DC_SPF_VOID_LIMIT && !e->query->no_void_limit)
		return fail_with(e, DC_SPF_PROBLEM_VOIDS, name, answer);
	return no_match;
}

static struct outcome eval_a(struct dc_spf_eval *e, const struct dc_spf_term *term, struct dc_slice name)
{
	const struct dc_answer *answer = dc_spf_eval_ask(e, name, dc_spf_eval_type(e));

	if (!answer)
		return no_match;
	if (!dc_spf_is_answered(answer))
		return fail_with(e, DC_SPF_PROBLEM_UNANSWERED, name, answer);
	if (dc_spf_is_void(answer))
		return count_void(e, name, answer);
	return match_if(dc_spf_holds(answer, e->values.ip, term->bits4, term->bits6));
}

static struct outcome eval_mx(struct dc_spf_eval *e, const struct dc_spf_term *term, struct dc_slice name)
{
	const struct dc_answer *mx = dc_spf_eval_ask(e, name, DC_TYPE_MX), *addresses[DC_SPF_HOST_LIMIT];
	struct dc_slice hosts[DC_SPF_HOST_LIMIT];
	size_t count;

	if (!mx)
		return no_match;
	if (!dc_spf_is_answered(mx))
		return fail_with(e, DC_SPF_PROBLEM_UNANSWERED, name, mx);
	if (dc_spf_is_void(mx))
		return count_void(e, name, mx);
	if (dc_spf_names(e->asker->arena, mx, hosts, &count) > DC_SPF_HOST_LIMIT)
		return fail_with(e, DC_SPF_PROBLEM_MX_NAMES, name, mx);
	for (size_t i = 0; i < count; i++) /* all at once; "." is a null MX (RFC 7505) */
		addresses[i] = dc_name_labels(hosts[i]) ? dc_spf_eval_ask(e, hosts[i], dc_spf_eval_type(e)) : NULL;
	for (size_t i = 0; i < count; i++) {
		if (!addresses[i])
			continue;
		if (!dc_spf_is_answered(addresses[i]))
			return fail_with(e, DC_SPF_PROBLEM_UNANSWERED, hosts[i], addresses[i]);
		if (dc_spf_holds(addresses[i], e->values.ip, term->bits4, term->bits6))
			return matches;
	}
	return no_match;
}

static struct outcome eval_exists(struct dc_spf_eval *e, struct dc_slice name)
{
	const struct dc_answer *answer = dc_spf_eval_ask(e, name, DC_TYPE_A);

	if (!answer)
		return no_match;
	if (!dc_spf_is_answered(answer))
		return fail_with(e, DC_SPF_PROBLEM_UNANSWERED, name, answer);
	return dc_spf_is_void(answer) ? count_void(e, name, answer) : matches;
}

/* DNS errors only mean that a name is not validated. */
static struct outcome eval_ptr(struct dc_spf_eval *e, struct dc_slice name)
{
	struct dc_slice names[DC_SPF_HOST_LIMIT];
	const struct dc_answer *ptr;
	size_t count;

	(void)dc_spf_eval_validated(e, names, &count, &ptr);
	for (size_t i = 0; i < count; i++)
		if (dc_name_is_below(names[i], name))
			return matches;
	if (ptr && dc_spf_is_answered(ptr) && dc_spf_is_void(ptr))
		return count_void(e, name, ptr);
	return no_match;
}

static enum dc_spf_code check(struct dc_spf_eval *e, struct dc_slice domain, bool main);

/* NOLINTBEGIN(misc-no-recursion): DC_SPF_STEPS_MAX */
static enum dc_spf_code check_below(struct dc_spf_eval *e, const struct dc_spf_frame *frame, const struct dc_spf_term *term,
				    struct dc_slice domain, bool main)
{
	enum dc_spf_code code;

	if (e->step_count == DC_SPF_STEPS_MAX)
		return DC_SPF_PERMERROR;
	e->steps[e->step_count++] = (struct dc_spf_step){frame->name, frame->record, term};
	code = check(e, domain, main);
	e->step_count--;
	return code;
}

/* A name without a record where one must be (5.2, 6.1); the cause stays to be seen in problem_name and answer. */
static struct outcome no_record(struct dc_spf_eval *e, const struct dc_spf_frame *frame, const struct dc_spf_term *term)
{
	if (!e->open) {
		e->result->problem = DC_SPF_PROBLEM_TARGET;
		decide(e, frame, term);
	}
	return (struct outcome){ERROR, DC_SPF_PERMERROR};
}

static struct outcome eval_include(struct dc_spf_eval *e, const struct dc_spf_frame *frame, const struct dc_spf_term *term,
				   struct dc_slice domain)
{
	enum dc_spf_code code = check_below(e, frame, term, domain, false);

	switch (code) {
	case DC_SPF_PASS:
		return matches;
	case DC_SPF_NONE:
		return no_record(e, frame, term);
	case DC_SPF_TEMPERROR:
	case DC_SPF_PERMERROR:
		return (struct outcome){ERROR, code};
	default:
		return no_match;
	}
}

static bool is_counted(enum dc_spf_kind kind)
{
	return kind == DC_SPF_INCLUDE || kind == DC_SPF_A || kind == DC_SPF_MX || kind == DC_SPF_PTR ||
	       kind == DC_SPF_EXISTS || kind == DC_SPF_REDIRECT;
}

static struct outcome eval_term(struct dc_spf_eval *e, const struct dc_spf_frame *frame, const struct dc_spf_term *term)
{
	struct dc_slice raw = {NULL, 0}, name = {NULL, 0};

	if (term->kind == DC_SPF_ALL)
		return matches;
	if (term->kind == DC_SPF_IP4 || term->kind == DC_SPF_IP6)
		return match_if(dc_prefix_contains(term->prefix, e->values.ip));
	if (!is_counted(term->kind))
		return no_match;
	if (e->result->lookups++ >= DC_SPF_LOOKUP_LIMIT)
		return fail_with(e, DC_SPF_PROBLEM_LOOKUPS, frame->name, NULL);
	switch (dc_spf_eval_target(e, frame, term, &raw, &name)) {
	case DC_SPF_TARGET_OPEN:
		return no_match;
	case DC_SPF_TARGET_IMPOSSIBLE:
		if (term->kind != DC_SPF_INCLUDE)
			return no_match;
		problem(e, DC_SPF_PROBLEM_TARGET, raw, NULL);
		return no_record(e, frame, term);
	case DC_SPF_TARGET:
		break;
	}
	switch (term->kind) {
	case DC_SPF_A:
		return eval_a(e, term, name);
	case DC_SPF_MX:
		return eval_mx(e, term, name);
	case DC_SPF_PTR:
		return eval_ptr(e, name);
	case DC_SPF_EXISTS:
		return eval_exists(e, name);
	default:
		return eval_include(e, frame, term, raw);
	}
}

/* ---- records ---- */

static enum dc_spf_code code_of(char qualifier)
{
	switch (qualifier) {
	case '-':
		return DC_SPF_FAIL;
	case '~':
		return DC_SPF_SOFTFAIL;
	case '?':
		return DC_SPF_NEUTRAL;
	default:
		return DC_SPF_PASS;
	}
}

static enum dc_spf_code redirect(struct dc_spf_eval *e, const struct dc_spf_frame *frame, bool main)
{
	const struct dc_spf_term *term = frame->record->redirect;
	struct dc_slice raw = {NULL, 0}, name;
	enum dc_spf_code code = DC_SPF_NONE;

	if (e->result->lookups++ >= DC_SPF_LOOKUP_LIMIT) {
		decide(e, frame, term);
		return fail_with(e, DC_SPF_PROBLEM_LOOKUPS, frame->name, NULL).code;
	}
	switch (dc_spf_eval_target(e, frame, term, &raw, &name)) {
	case DC_SPF_TARGET_OPEN:
		return DC_SPF_OPEN;
	case DC_SPF_TARGET_IMPOSSIBLE:
		problem(e, DC_SPF_PROBLEM_TARGET, raw, NULL);
		break;
	case DC_SPF_TARGET:
		code = check_below(e, frame, term, raw, main);
		break;
	}
	return code == DC_SPF_NONE ? no_record(e, frame, term).code : code;
}

static enum dc_spf_code evaluate(struct dc_spf_eval *e, const struct dc_spf_frame *frame, bool main)
{
	const struct dc_spf_record *record = frame->record;

	if (main) {
		e->exp_record = record;
		e->exp_domain = frame->domain;
	}
	for (size_t i = 0; i < record->term_count; i++) {
		const struct dc_spf_term *term = &record->terms[i];
		struct outcome outcome;

		if (!term->qualifier)
			continue;
		e->decided_count = 0;
		outcome = eval_term(e, frame, term);
		if (outcome.match == NO_MATCH)
			continue;
		if (!e->decided_count) /* an include has written a longer path */
			decide(e, frame, term);
		return outcome.match == ERROR ? outcome.code : code_of(term->qualifier);
	}
	e->decided_count = 0;
	if (record->redirect)
		return redirect(e, frame, main);
	return DC_SPF_NEUTRAL;
}

/* 4.3 to 4.6. `main`: the record whose exp= would be used. */
static enum dc_spf_code check(struct dc_spf_eval *e, struct dc_slice domain, bool main)
{
	struct dc_spf_frame frame = {.domain = dc_spf_name_fit(domain)};
	const struct dc_txt *records;
	const struct dc_answer *answer;
	size_t count;

	if (!dc_spf_name_canonical(e->asker->arena, frame.domain, &frame.name) ||
	    dc_name_labels(frame.name) < (e->query->lax ? 1 : 2)) {
		problem(e, DC_SPF_PROBLEM_BAD_DOMAIN, domain, NULL);
		return DC_SPF_NONE;
	}
	answer = dc_spf_eval_ask(e, frame.name, DC_TYPE_TXT);
	if (!answer)
		return DC_SPF_OPEN;
	if (!dc_spf_is_answered(answer))
		return fail_with(e, DC_SPF_PROBLEM_UNANSWERED, frame.name, answer).code;
	count = dc_spf_records(e->asker->arena, answer, &records);
	if (count == 0) {
		problem(e, answer->outcome == DC_OUTCOME_NXDOMAIN ? DC_SPF_PROBLEM_NXDOMAIN : DC_SPF_PROBLEM_NO_RECORD,
			frame.name, answer);
		return DC_SPF_NONE;
	}
	if (count > 1)
		return fail_with(e, DC_SPF_PROBLEM_TWO_RECORDS, frame.name, answer).code;
	frame.record = dc_spf_record_of(e->asker, answer, e->query->lax);
	if (frame.record->fatal) {
		for (size_t i = 0; i < frame.record->term_count; i++)
			if (frame.record->terms[i].faulty) {
				decide(e, &frame, &frame.record->terms[i]);
				break;
			}
		return fail_with(e, DC_SPF_PROBLEM_SYNTAX, frame.name, answer).code;
	}
	return evaluate(e, &frame, main);
}
/* NOLINTEND(misc-no-recursion) */

/* ---- the whole ---- */

static void keep_path(struct dc_spf_eval *e)
{
	struct dc_spf_result *r = e->result;
	struct dc_spf_step *steps;

	if (!e->decided_count)
		return;
	steps = DC_NEW_ARRAY(e->asker->arena, struct dc_spf_step, e->decided_count);
	memcpy(steps, e->decided, e->decided_count * sizeof(*steps));
	r->steps = steps;
	r->step_count = e->decided_count;
	for (size_t i = 0; i < r->step_count; i++) {
		if (steps[i].term->kind == DC_SPF_REDIRECT && i + 1 < r->step_count)
			continue;
		r->mechanism = steps[i].term->text;
		r->span = dc_spf_term_span(steps[i].record, steps[i].term);
		break;
	}
}

void dc_spf_check_host(struct dc_asker *asker, const struct dc_spf_query *query, struct dc_spf_result *ret)
{
	struct dc_spf_eval e = {.asker = asker, .query = query, .result = ret};
	enum dc_spf_code code;

	*ret = (struct dc_spf_result){.code = DC_SPF_OPEN};
	e.values = (struct dc_spf_values){
		.local = query->local.len ? query->local : DC_S("postmaster"),
		.sender_domain = query->domain,
		.helo = query->helo,
		.receiver = query->receiver,
		.ip = dc_ip_unmap(query->ip),
		.now_s = query->now_s,
	};
	code = check(&e, query->domain, true);
	if (code == DC_SPF_FAIL && !e.open)
		dc_spf_eval_explain(&e);
	if (e.open) {
		*ret = (struct dc_spf_result){.code = DC_SPF_OPEN};
		return;
	}
	ret->code = code;
	if (code != DC_SPF_NONE && code != DC_SPF_TEMPERROR && code != DC_SPF_PERMERROR) {
		ret->problem = DC_SPF_PROBLEM_NOTHING; /* of an include that did not matter */
		ret->problem_name = (struct dc_slice){NULL, 0};
		ret->answer = NULL;
	}
	keep_path(&e);
}
