/* Collects what checks find, and holds them to the catalogue. */
#include "findings/emitter.h"

#include <assert.h>

static bool is_unanswered_arg(const char *name)
{
	return strcmp(name, "question") == 0 || strcmp(name, "server") == 0 || strcmp(name, "outcome") == 0;
}

static size_t count_args(const struct dc_arg *args)
{
	size_t n = 0;

	while (args && args[n].type != DC_ARG_NONE)
		n++;
	return n;
}

static bool row_has_arg(const struct dc_catalogue_row *row, const char *name)
{
	for (size_t i = 0; row->args[i]; i++) {
		if (strcmp(row->args[i], name) == 0)
			return true;
	}
	return false;
}

const char *dc_args_mismatch(const struct dc_catalogue_row *row, const struct dc_arg *args, bool unanswered)
{
	size_t count = count_args(args);

	for (size_t i = 0; i < count; i++) {
		if (!row_has_arg(row, args[i].name) || (unanswered && is_unanswered_arg(args[i].name)))
			return args[i].name;
		for (size_t j = 0; j < i; j++) {
			if (strcmp(args[i].name, args[j].name) == 0)
				return args[i].name;
		}
	}
	for (size_t i = 0; row->args[i]; i++) {
		bool given = unanswered && is_unanswered_arg(row->args[i]);

		for (size_t j = 0; j < count; j++)
			given = given || strcmp(row->args[i], args[j].name) == 0;
		if (!given)
			return row->args[i];
	}
	return NULL;
}

void dc_emitter_init(struct dc_emitter *emitter, struct dc_arena *arena, const char *check, struct dc_slice domain,
		     struct dc_finding_list *list)
{
	*emitter = (struct dc_emitter){.arena = arena, .check = check, .domain = domain, .list = list};
}

enum dc_verdict dc_findings_verdict(const struct dc_finding *findings, size_t count, const char *check,
				    bool not_applicable)
{
	bool error = false, warning = false, inconclusive = false;

	for (size_t i = 0; i < count; i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no findings, no count */
		const struct dc_catalogue_row *row = dc_catalogue_row(findings[i].id);

		if (strcmp(row->check, check) != 0 || findings[i].waived.len > 0)
			continue;
		if (findings[i].severity == DC_SEVERITY_OFF)
			continue;
		inconclusive = inconclusive || row->inconclusive;
		error = error || (!row->inconclusive && findings[i].severity == DC_SEVERITY_ERROR);
		warning = warning || (!row->inconclusive && findings[i].severity == DC_SEVERITY_WARNING);
	}
	return error	    ? DC_VERDICT_FAIL
	       : inconclusive ? DC_VERDICT_INCONCLUSIVE
	       : warning      ? DC_VERDICT_WARN
	       : not_applicable ? DC_VERDICT_NOT_APPLICABLE
				: DC_VERDICT_PASS;
}

/* `args` in the order of the row, so that it does not matter in which order a check gives them. */
static const struct dc_arg *sort_args(struct dc_arena *arena, const struct dc_catalogue_row *row,
				      const struct dc_arg *args, size_t count, size_t *ret_count)
{
	struct dc_arg *sorted = count > 0 ? DC_NEW_ARRAY(arena, struct dc_arg, count) : NULL;
	size_t n = 0;

	for (size_t i = 0; row->args[i]; i++) {
		for (size_t j = 0; j < count; j++) {
			if (strcmp(row->args[i], args[j].name) != 0)
				continue;
			sorted[n] = args[j];
			sorted[n].name = row->args[i];
			sorted[n].text = dc_arena_dup(arena, args[j].text);
			if (args[j].type == DC_ARG_LIST && args[j].count > 0) {
				struct dc_slice *items = DC_NEW_ARRAY(arena, struct dc_slice, args[j].count);

				for (size_t k = 0; k < args[j].count; k++)
					items[k] = dc_arena_dup(arena, args[j].items[k]);
				sorted[n].items = items;
			}
			n++;
			break;
		}
	}
	*ret_count = n;
	return sorted;
}

static void append(struct dc_emitter *emitter, enum dc_finding_id id, struct dc_where where, const struct dc_arg *args)
{
	const struct dc_catalogue_row *row = dc_catalogue_row(id);
	struct dc_finding finding = {
		.id = id,
		.severity = row->severity,
		.subject = where.subject.len > 0 ? dc_arena_dup(emitter->arena, where.subject) : emitter->domain,
	};
	const struct dc_answer **answers = DC_NEW_ARRAY(emitter->arena, const struct dc_answer *, 2);

	assert(strcmp(row->check, emitter->check) == 0);
	if (where.span)
		finding.span = *where.span;
	if (where.answer)
		answers[finding.answer_count++] = where.answer;
	if (where.more && where.more != where.answer)
		answers[finding.answer_count++] = where.more;
	finding.answers = answers;
	finding.args = sort_args(emitter->arena, row, args, count_args(args), &finding.arg_count);
	DC_PUSH(emitter->arena, emitter->list->items, emitter->list->count, emitter->list->capacity) = finding;
}

void dc_emit(struct dc_emitter *emitter, enum dc_finding_id id, struct dc_where where, const struct dc_arg *args)
{
	assert(!dc_args_mismatch(dc_catalogue_row(id), args, false));
	append(emitter, id, where, args);
}

/* The question as people say it. */
static struct dc_slice question_text(struct dc_arena *arena, const struct dc_question *question)
{
	char buffer[16];
	struct dc_slice text, type = dc_slice_of(dc_type_name(question->type, buffer));

	switch (question->kind) {
	case DC_ASK_HTTPS:
		return dc_arena_concat(arena, DC_S("GET "), dc_slice_sub(question->server, 0, dc_slice_find(question->server, ' ')));
	case DC_ASK_SMTP:
		return dc_arena_concat(arena, DC_S("SMTP "), question->server);
	case DC_ASK_RECEIVER:
		return dc_arena_concat(arena, DC_S("receiver verdict for "), question->name);
	default:
		break;
	}
	text = dc_arena_concat(arena, dc_arena_concat(arena, type, DC_S(" ")), question->name);
	if (question->kind == DC_ASK_VALIDATE)
		return dc_arena_concat(arena, DC_S("DNSSEC of "), text);
	if (question->kind == DC_ASK_SERVER)
		return dc_arena_concat(arena, dc_arena_concat(arena, text, DC_S(" at ")), question->server);
	return text;
}

void dc_emit_unanswered(struct dc_emitter *emitter, enum dc_finding_id id, struct dc_where where,
			const struct dc_arg *args)
{
	size_t count = count_args(args);
	struct dc_arg *all = DC_NEW_ARRAY(emitter->arena, struct dc_arg, count + 4);
	const struct dc_answer *answer = where.answer;
	struct dc_slice question = DC_S("?"), server = DC_S("nobody"), outcome = DC_S("NOT_ASKED");

	assert(dc_catalogue_row(id)->inconclusive);
	assert(!dc_args_mismatch(dc_catalogue_row(id), args, true));
	assert(answer);
	if (answer) {
		question = question_text(emitter->arena, &answer->question);
		outcome = dc_slice_of(dc_outcome_name(answer->outcome));
		if (answer->via.len > 0)
			server = answer->via;
	}
	if (count > 0)
		memcpy(all, args, count * sizeof(*all));
	all[count] = dc_text("question", question);
	all[count + 1] = dc_text("server", server);
	all[count + 2] = dc_text("outcome", outcome);
	append(emitter, id, where, all);
}

void dc_not_applicable(struct dc_emitter *emitter)
{
	emitter->not_applicable = true;
}

void dc_inconclusive(struct dc_emitter *emitter)
{
	emitter->inconclusive = true;
}

struct dc_arena *dc_emitter_arena(struct dc_emitter *emitter)
{
	return emitter->arena;
}
