/* Profiles: the verdict of each, the requirements that block it, what was not judged and what DNS cannot show; and the
 * reasons behind GO, NO-GO and HOLD. */
#include "render/text/text.h"

#include "policy/policy.h"

enum { REASONS_SHOWN = 4 };

static bool is_default(const struct dc_audit_result *result)
{
	return result->profile_count == 0 || (result->profile_count == 1 && strcmp(result->profiles[0].id, "baseline") == 0);
}

static bool is_each_check(const struct dc_profile_result *profile)
{
	return profile->profile && profile->profile->each_check;
}

/* "dmarc (dmarc-missing)" */
static struct dc_slice requirement_words(const struct dc_text *text, const struct dc_requirement_result *requirement)
{
	struct dc_slice words = dc_slice_of(requirement->id);
	size_t shown = 0;

	for (size_t i = 0; i < requirement->finding_count; i++) {
		bool repeated = false;

		for (size_t k = 0; k < i; k++)
			repeated |= requirement->findings[k]->id == requirement->findings[i]->id;
		if (!repeated && shown++ < REASONS_SHOWN)
			words = dc_text_format(text, "%.*s%s%s", DC_FMT(words), shown == 1 ? " (" : ", ",
					       dc_catalogue_row(requirement->findings[i]->id)->slug);
	}
	if (shown > REASONS_SHOWN)
		words = dc_text_format(text, "%.*s and %zu more", DC_FMT(words), shown - REASONS_SHOWN);
	return shown ? dc_text_format(text, "%.*s)", DC_FMT(words)) : words;
}

/* "blocked by a, b": the requirements with this verdict (and this grade), behind `lead`; empty when there are none. */
static struct dc_slice with_verdict(const struct dc_text *text, const struct dc_profile_result *profile,
				    enum dc_verdict verdict, const char *lead)
{
	struct dc_slice line = {0};

	for (size_t i = 0; i < profile->requirement_count; i++) {
		struct dc_slice words;

		if (profile->requirements[i].verdict != verdict)
			continue;
		words = requirement_words(text, &profile->requirements[i]);
		line = dc_text_format(text, "%.*s%s%.*s", DC_FMT(line), line.len ? ", " : lead, DC_FMT(words));
	}
	return line;
}

/* "accepted: dmarc (dmarc-missing)": by a waiver, or by the baseline */
static struct dc_slice accepted_words(const struct dc_text *text, struct dc_slice so_far,
				      const struct dc_requirement_result *requirement)
{
	for (size_t i = 0; i < requirement->waived_count; i++)
		so_far = dc_text_format(text, "%.*s%s%s (%s)", DC_FMT(so_far), so_far.len ? ", " : "accepted: ",
					requirement->id, dc_catalogue_row(requirement->waived[i]->id)->slug);
	return so_far;
}

static void show(const struct dc_text *text, const struct dc_profile_result *profile)
{
	static const struct {
		enum dc_verdict verdict;
		const char *lead;
	} rows[] = {{DC_VERDICT_FAIL, "blocked by "},
		    {DC_VERDICT_WARN, "falls short of "},
		    {DC_VERDICT_INCONCLUSIVE, "not known: "},
		    {DC_VERDICT_NOT_APPLICABLE, "not judged here: "}};
	const char *name = profile->verdict == DC_VERDICT_INCONCLUSIVE ? "unknown" : dc_verdict_name(profile->verdict);
	struct dc_slice mark = dc_text_mark(text, profile->verdict), blind = {0}, accepted = {0};

	dc_text_field(text, profile->id, dc_text_verdict_ink(profile->verdict),
		      dc_text_format(text, "%.*s %s", DC_FMT(mark), name));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && !is_each_check(profile); i++) {
		struct dc_slice line = with_verdict(text, profile, rows[i].verdict, rows[i].lead);

		if (line.len > 0)
			dc_text_field(text, "", rows[i].verdict == DC_VERDICT_NOT_APPLICABLE ? DC_INK_DIM : DC_INK_PLAIN, line);
	}
	for (size_t i = 0; i < profile->requirement_count && !is_each_check(profile); i++)
		accepted = accepted_words(text, accepted, &profile->requirements[i]);
	if (accepted.len > 0)
		dc_text_field(text, "", DC_INK_DIM, accepted);
	for (size_t i = 0; profile->not_checkable && profile->not_checkable[i]; i++)
		blind = dc_text_format(text, "%.*s%s%s", DC_FMT(blind), i ? "; " : "cannot be seen: ", profile->not_checkable[i]);
	if (blind.len > 0)
		dc_text_field(text, "", DC_INK_DIM, blind);
}

void dc_text_profiles(const struct dc_text *text, const struct dc_audit_result *result)
{
	if (is_default(result))
		return;
	dc_text_newline(text);
	dc_text_puts(text, DC_INK_BOLD, "Profiles");
	dc_text_newline(text);
	for (size_t i = 0; i < result->profile_count; i++)
		show(text, &result->profiles[i]);
}

/* ---- GO, NO-GO, HOLD ---- */

/* A list of which the first few are shown. */
struct reasons {
	const struct dc_text *text;
	struct dc_slice list;
	size_t count;
};

static void add(struct reasons *reasons, struct dc_slice reason)
{
	if (reasons->count++ < REASONS_SHOWN)
		reasons->list = dc_text_format(reasons->text, "%.*s%s%.*s", DC_FMT(reasons->list),
					       reasons->list.len ? ", " : "", DC_FMT(reason));
}

static enum dc_severity threshold(const struct dc_audit_result *result)
{
	return result->threshold == DC_SEVERITY_OFF ? DC_SEVERITY_ERROR : result->threshold;
}

/* "google-bulk: dmarc (dmarc-missing)"; marks the findings in `told`. */
static void add_requirements(struct reasons *reasons, const struct dc_audit_result *result, bool *told)
{
	bool fail = result->verdict == DC_DOMAIN_FAIL;

	for (size_t i = 0; i < result->profile_count; i++) {
		const struct dc_profile_result *profile = &result->profiles[i];

		for (size_t k = 0; k < profile->requirement_count && !is_each_check(profile); k++) {
			const struct dc_requirement_result *requirement = &profile->requirements[k];
			struct dc_slice words = requirement_words(reasons->text, requirement);

			if (fail ? !dc_policy_blocks(requirement, threshold(result))
				 : !requirement->must || requirement->verdict != DC_VERDICT_INCONCLUSIVE)
				continue;
			add(reasons, dc_text_format(reasons->text, "%s: %.*s", profile->id, DC_FMT(words)));
			for (size_t n = 0; n < requirement->finding_count; n++)
				told[requirement->findings[n]->id] = true;
		}
	}
}

static const struct dc_arg *find_arg(const struct dc_finding *finding, const char *name)
{
	for (size_t i = 0; i < finding->arg_count; i++)
		if (strcmp(finding->args[i].name, name) == 0)
			return &finding->args[i];
	return NULL;
}

/* "TXT _dmarc.example.com SERVFAIL", or the slug. Empty when an earlier finding has the same question. */
static struct dc_slice doubt(const struct dc_text *text, const struct dc_audit_result *result, size_t at)
{
	const struct dc_finding *finding = &result->findings[at];
	const struct dc_arg *question = find_arg(finding, "question"), *outcome = find_arg(finding, "outcome");
	struct dc_slice words, failure;

	if (!question || !outcome)
		return dc_slice_of(dc_catalogue_row(finding->id)->slug);
	for (size_t i = 0; i < at; i++) {
		const struct dc_arg *earlier = find_arg(&result->findings[i], "question");

		if (earlier && result->findings[i].severity != DC_SEVERITY_OFF && dc_slice_eq(earlier->text, question->text))
			return (struct dc_slice){0};
	}
	words = dc_text_clean(text, question->text);
	failure = dc_text_clean(text, outcome->text);
	return dc_text_format(text, "%.*s %.*s", DC_FMT(words), DC_FMT(failure));
}

/* "nothing was answered: TIMEOUT from 192.0.2.53": one cause, not as many questions as there are. Empty: it is not so. */
static struct dc_slice silence(const struct dc_text *text, const struct dc_audit_result *result)
{
	if (result->dns.questions < 2 || result->dns.unanswered < result->dns.questions)
		return (struct dc_slice){0};
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_arg *outcome = find_arg(&result->findings[i], "outcome");
		const struct dc_arg *server = find_arg(&result->findings[i], "server");

		if (outcome && server)
			return dc_text_format(text, "nothing was answered: %.*s from %.*s", DC_FMT(dc_text_clean(text, outcome->text)),
					      DC_FMT(dc_text_clean(text, server->text)));
	}
	return (struct dc_slice){0};
}

struct dc_slice dc_text_reasons(const struct dc_text *text, const struct dc_audit_result *result)
{
	struct reasons reasons = {.text = text};
	bool told[DC_F_COUNT] = {false};

	if (result->verdict == DC_DOMAIN_PASS)
		return reasons.list;
	if (result->verdict == DC_DOMAIN_INCOMPLETE && (reasons.list = silence(text, result)).len > 0)
		return reasons.list;
	if (result->verdict == DC_DOMAIN_FAIL)
		add_requirements(&reasons, result, told);
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];
		bool open = finding->severity != DC_SEVERITY_OFF && finding->waived.len == 0 &&
			    dc_catalogue_row(finding->id)->inconclusive;
		struct dc_slice words = {0};

		if (result->verdict == DC_DOMAIN_FAIL && dc_policy_counts(finding, threshold(result)) && !told[finding->id])
			words = dc_slice_of(dc_catalogue_row(finding->id)->slug);
		else if (result->verdict == DC_DOMAIN_INCOMPLETE && open)
			words = doubt(text, result, i);
		told[finding->id] |= result->verdict == DC_DOMAIN_FAIL;
		if (words.len > 0)
			add(&reasons, words);
	}
	if (result->verdict == DC_DOMAIN_INCOMPLETE)
		add_requirements(&reasons, result, told);
	if (reasons.count > REASONS_SHOWN)
		reasons.list = dc_text_format(text, "%.*s and %zu more", DC_FMT(reasons.list), reasons.count - REASONS_SHOWN);
	return reasons.list;
}
