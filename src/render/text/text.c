/* text: made to be read. The verdict first, then what to mend and how, then what is known, grouped by protocol, then
 * what could not be determined, and one GO, NO-GO or HOLD line a domain at the end. Of several domains one that is fit is
 * shown in brief: those that are not must not drown. Looks right in 80 columns, without colour and without UTF-8. */
#include "render/text/text.h"

#include <stdlib.h>

#include "facts/identity.h"
#include "provider/provider.h"
#include "render/text/fleet.h"

/* What the table at the end needs of a domain. */
struct line {
	struct line *next;
	enum dc_domain_verdict verdict;
	size_t number; /* in the order of the input */
	size_t errors, warnings, notices, undetermined;
	uint64_t unanswered;
	struct dc_slice domain, reasons; /* clean */
};

struct state {
	struct dc_arena *arena; /* what must outlive a domain */
	struct line *first, **last;
	size_t count;
	struct dc_fleet *fleet;
	struct dc_buf all, brief; /* two ways to go on with the first domain, which is fit: nobody knows yet whether it is alone */
	bool shortened;
};

/* A million domains at 250 octets. */
enum { LINES_MAX = 256 << 20 };

/* ---- the head of a domain ---- */

static struct line count_findings(const struct dc_text *text, const struct dc_audit_result *result)
{
	struct line line = {.verdict = result->verdict, .unanswered = result->dns.unanswered};

	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];
		const struct dc_catalogue_row *row = dc_catalogue_row(finding->id);

		if (finding->severity == DC_SEVERITY_OFF || finding->waived.len > 0)
			continue;
		if (row->inconclusive) {
			line.undetermined++;
			continue;
		}
		line.errors += finding->severity == DC_SEVERITY_ERROR;
		line.warnings += finding->severity == DC_SEVERITY_WARNING;
		line.notices += finding->severity == DC_SEVERITY_NOTICE;
	}
	line.domain = dc_text_clean(text, result->inputs->domain);
	return line;
}

static struct dc_slice tally(const struct dc_text *text, const struct line *line, bool notices)
{
	struct dc_slice s = dc_text_counted(text, (struct dc_slice){0}, line->errors, "error", "errors");

	s = dc_text_counted(text, s, line->warnings, "warning", "warnings");
	if (notices)
		s = dc_text_counted(text, s, line->notices, "notice", "notices");
	return dc_text_counted(text, s, line->undetermined, "unknown", "unknown");
}

static enum dc_ink domain_ink(enum dc_domain_verdict verdict)
{
	return verdict == DC_DOMAIN_FAIL ? DC_INK_RED : verdict == DC_DOMAIN_PASS ? DC_INK_GREEN : DC_INK_CYAN;
}

static void headline(const struct dc_text *text, const struct dc_audit_result *result, const struct line *line)
{
	static const char *const words[] = {
		[DC_DOMAIN_PASS] = "PASS", [DC_DOMAIN_INCOMPLETE] = "INCOMPLETE", [DC_DOMAIN_FAIL] = "FAIL"};
	struct dc_slice right = tally(text, line, true), name = line->domain, unicode;
	size_t width = text->style->width, used;

	unicode = text->style->utf8 ? dc_name_to_unicode(text->scratch, result->inputs->domain) : (struct dc_slice){0};
	if (unicode.len > 0 && !dc_slice_eq(unicode, result->inputs->domain)) {
		unicode = dc_text_clean(text, unicode);
		name = dc_text_format(text, "%.*s (%.*s)", DC_FMT(name), DC_FMT(unicode));
	}
	dc_text_fill(text, domain_ink(line->verdict), "━", "=", width);
	dc_text_newline(text);
	dc_text_puts(text, domain_ink(line->verdict), words[line->verdict]);
	dc_text_spaces(text, 2);
	used = strlen(words[line->verdict]) + 2 + dc_columns(name) + 2 + right.len;
	if (used <= width) {
		dc_text_put(text, DC_INK_BOLD, name);
		dc_text_spaces(text, right.len > 0 ? width - used + 2 : 0);
		dc_text_put(text, DC_INK_PLAIN, right);
		dc_text_newline(text);
	} else {
		dc_text_wrap(text, DC_INK_BOLD, name, strlen(words[line->verdict]) + 2, 2);
		dc_text_spaces(text, right.len > 0 ? 2 : 0);
		dc_text_wrap(text, DC_INK_PLAIN, right, 2, 2);
	}
	dc_text_fill(text, domain_ink(line->verdict), "━", "=", width);
	dc_text_newline(text);
}

/* The names of providers that host (or send), joined. */
static struct dc_slice provider_names(const struct dc_text *text, const struct dc_provider_facts *providers, bool sends)
{
	struct dc_slice names = {0};

	for (size_t i = 0; providers && i < providers->count; i++) {
		const struct dc_provider *provider = &providers->items[i];

		if (sends ? provider->sends : provider->hosts)
			names = dc_text_format(text, "%.*s%s%s", DC_FMT(names), names.len > 0 ? ", " : "",
					       provider->row->name);
	}
	return names;
}

static void forgery(const struct dc_text *text, const struct dc_audit_result *result)
{
	static const char *const words[] = {[DC_SPOOF_UNKNOWN] = "not known",
					    [DC_SPOOF_NO] = "no",
					    [DC_SPOOF_PARTLY] = "partly",
					    [DC_SPOOF_YES] = "yes"};
	static const enum dc_ink inks[] = {[DC_SPOOF_UNKNOWN] = DC_INK_CYAN,
					   [DC_SPOOF_NO] = DC_INK_GREEN,
					   [DC_SPOOF_PARTLY] = DC_INK_YELLOW,
					   [DC_SPOOF_YES] = DC_INK_RED};
	const struct dc_identity_facts *identities = result->facts ? result->facts->identities : NULL;
	const struct dc_spoof_facts *spoof = identities ? identities->spoof : NULL;
	struct dc_slice line;

	if (!spoof)
		return;
	line = dc_slice_of(words[spoof->verdict]);
	for (size_t i = 0; i < spoof->why_count && i < 3; i++) {
		struct dc_slice subject = dc_text_clean(text, spoof->why[i].subject);

		line = dc_text_format(text, "%.*s%s%s%s%.*s%s", DC_FMT(line), i == 0 ? ": " : "; ",
				      dc_spoof_reason_text(spoof->why[i].kind), subject.len > 0 ? " (" : "",
				      DC_FMT(subject), subject.len > 0 ? ")" : "");
	}
	dc_text_field(text, "forgeable", inks[spoof->verdict], line);
}

static const struct {
	const char *title, *prefix;
} protocols[] = {{"MX", "mx-"}, {"SPF", "spf-"}, {"DKIM", "dkim-"}, {"DMARC", "dmarc-"}, {"PTR", "ptr-"}};

/* "sending, campaign spring, p=reject since 2026-12-01" */
static struct dc_slice declared_line(const struct dc_text *text, const struct dc_declared *declared)
{
	struct dc_slice campaign = dc_text_clean(text, declared->campaign);
	const char *policy = dc_dmarc_policy_name(declared->policy);
	struct dc_slice since = policy ? declared->policy_since : (struct dc_slice){0};

	return dc_text_format(text, "%s%s%.*s%s%s%s%.*s", dc_role_name(declared->role), campaign.len ? ", campaign " : "",
			      DC_FMT(campaign), policy ? ", p=" : "", policy ? policy : "", since.len ? " from " : "", DC_FMT(since));
}

/* One line that says how each protocol stands, and who is behind the domain. */
static void glance(const struct dc_text *text, const struct dc_audit_result *result)
{
	const struct dc_provider_facts *providers = result->facts ? result->facts->providers : NULL;
	struct dc_slice hosts = provider_names(text, providers, false), sends = provider_names(text, providers, true);

	dc_text_spaces(text, DC_TEXT_INDENT);
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		enum dc_verdict verdict;

		if (!dc_worst_verdict(result, protocols[i].prefix, &verdict))
			continue;
		dc_text_put(text, dc_text_verdict_ink(verdict), dc_text_mark(text, verdict));
		dc_text_spaces(text, 1);
		dc_text_puts(text, DC_INK_PLAIN, protocols[i].title);
		dc_text_spaces(text, 3);
	}
	while (text->out->len > 0 && text->out->ptr[text->out->len - 1] == ' ')
		text->out->len--;
	dc_text_newline(text);
	if (result->inputs->declared)
		dc_text_field(text, "declared", DC_INK_PLAIN, declared_line(text, result->inputs->declared));
	if (hosts.len > 0)
		dc_text_field(text, "mailboxes", DC_INK_PLAIN, hosts);
	if (sends.len > 0)
		dc_text_field(text, "sends through", DC_INK_PLAIN, sends);
	forgery(text, result);
}

/* ---- GO, NO-GO, HOLD ---- */

static const char *const go_words[] = {
	[DC_DOMAIN_PASS] = "GO", [DC_DOMAIN_INCOMPLETE] = "HOLD", [DC_DOMAIN_FAIL] = "NO-GO"};

/* "NO-GO  example.com  2 errors: slug, slug" */
static void go_line(const struct dc_text *text, const struct line *line, size_t name_width)
{
	struct dc_slice what = tally(text, line, false);
	size_t len = strlen(go_words[line->verdict]), columns = dc_columns(line->domain);

	dc_text_puts(text, domain_ink(line->verdict), go_words[line->verdict]);
	dc_text_spaces(text, 7 - len);
	dc_text_put(text, DC_INK_BOLD, line->domain);
	if (line->reasons.len > 0)
		what = dc_text_format(text, "%.*s%s%.*s", DC_FMT(what), what.len > 0 ? ": " : "", DC_FMT(line->reasons));
	if (what.len == 0) {
		dc_text_newline(text);
		return;
	}
	dc_text_spaces(text, (columns < name_width ? name_width - columns : 0) + 2);
	columns = columns > name_width ? columns : name_width;
	dc_text_wrap(text, DC_INK_PLAIN, what, 7 + columns + 2, 9);
}

static void keep_line(struct state *state, const struct line *line)
{
	struct line *kept = DC_NEW(state->arena, struct line);

	*kept = *line;
	kept->number = state->count;
	kept->domain = dc_arena_dup(state->arena, line->domain);
	kept->reasons = dc_arena_dup(state->arena, line->reasons);
	*state->last = kept;
	state->last = &kept->next;
	state->count++;
}

/* ---- the format ---- */

static void begin(struct dc_report *report)
{
	struct state *state = report->state;

	state->last = &state->first;
	state->arena = dc_arena_new(LINES_MAX);
	state->fleet = dc_fleet_new();
	dc_buf_init(&state->all, DC_REPORT_MAX);
	dc_buf_init(&state->brief, DC_REPORT_MAX);
	if (!state->arena || !state->fleet)
		report->status = DC_ERR_NOMEM;
}

/* What is known, in all its parts. */
static void details(const struct dc_text *text, const struct dc_audit_result *result)
{
	dc_text_mx(text, result);
	dc_text_spf(text, result);
	dc_text_dkim(text, result);
	dc_text_dmarc(text, result);
	dc_text_dane(text, result);
	dc_text_smtp(text, result);
	dc_text_blocklists(text, result);
	dc_text_ptr(text, result);
	dc_text_identities(text, result);
	dc_text_besides(text, result);
	dc_text_dns(text, result);
	dc_text_message(text, result);
	dc_text_undetermined(text, result);
	dc_text_profiles(text, result);
	dc_text_checks(text, result);
	dc_text_newline(text);
	dc_text_field(text, "asked", DC_INK_DIM,
		      dc_text_format(text, "%llu questions, %llu not answered, %llu round%s, %llu ms",
				     (unsigned long long)result->dns.questions, (unsigned long long)result->dns.unanswered,
				     (unsigned long long)result->dns.rounds, result->dns.rounds == 1 ? "" : "s",
				     (unsigned long long)result->dns.elapsed_ms));
}

/* Of a domain that is fit, one of several. */
static void outline(const struct dc_text *text, const struct dc_audit_result *result)
{
	dc_text_undetermined(text, result);
	dc_text_profiles(text, result);
}

/* The first domain goes on, now that it is known whether it is the only one. */
static void settle(struct dc_report *report, struct state *state, bool alone)
{
	struct dc_buf *chosen = alone ? &state->all : &state->brief;

	if (state->all.status != DC_OK || state->brief.status != DC_OK)
		report->status = DC_ERR_NOMEM;
	state->shortened |= !alone && state->all.len > 0;
	dc_buf_put_slice(&report->out, dc_buf_slice(chosen));
	dc_buf_free(&state->all);
	dc_buf_free(&state->brief);
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	const struct dc_text text = {.out = &report->out, .scratch = report->scratch, .style = &report->style};
	struct state *state = report->state;
	struct line line = count_findings(&text, result);

	line.reasons = dc_text_reasons(&text, result);
	if (DC_ARENA_GUARD(state->arena)) {
		report->status = DC_ERR_NOMEM;
		return;
	}
	keep_line(state, &line);
	if (report->style.quiet)
		return;
	if (!dc_fleet_add(state->fleet, result) && report->status == DC_OK)
		report->status = DC_ERR_NOMEM;
	if (state->count > 1) {
		settle(report, state, false);
		dc_text_newline(&text);
	}
	headline(&text, result, &line);
	glance(&text, result);
	dc_text_findings(&text, result);
	if (result->verdict != DC_DOMAIN_PASS || report->style.verbose) {
		details(&text, result);
	} else if (state->count > 1) {
		outline(&text, result);
		state->shortened = true;
	} else {
		details(&(struct dc_text){.out = &state->all, .scratch = text.scratch, .style = text.style}, result);
		outline(&(struct dc_text){.out = &state->brief, .scratch = text.scratch, .style = text.style}, result);
	}
}

/* Worst first; equals keep the order of the input. */
static int compare_lines(const void *a, const void *b)
{
	const struct line *x = *(const struct line *const *)a, *y = *(const struct line *const *)b;
	const size_t keys[][2] = {{y->verdict, x->verdict}, {y->errors, x->errors}, {y->warnings, x->warnings},
				  {x->number, y->number}};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (keys[i][0] != keys[i][1])
			return keys[i][0] < keys[i][1] ? -1 : 1;
	}
	return 0;
}

static void end(struct dc_report *report)
{
	const struct dc_text text = {.out = &report->out, .scratch = report->scratch, .style = &report->style};
	const struct dc_summary *summary = &report->summary;
	struct state *state = report->state;
	const struct line **sorted;
	size_t width = 0, n = 0;

	sorted = DC_NEW_ARRAY(report->scratch, const struct line *, state->count + 1);
	for (const struct line *line = state->first; line; line = line->next) {
		size_t columns = dc_columns(line->domain);

		sorted[n++] = line;

		width = columns > width && columns <= 32 ? columns : width;
	}
	if (!report->style.quiet && state->count == 1)
		settle(report, state, true);
	if (!report->style.quiet && state->count > 0)
		dc_text_newline(&text);
	if (!report->style.quiet && state->count > 1) {
		dc_text_fill(&text, DC_INK_DIM, "━", "=", report->style.width);
		dc_text_newline(&text);
		dc_text_wrap(&text, DC_INK_BOLD,
			     dc_text_format(&text, "%llu domains: %llu fail, %llu incomplete, %llu pass",
					    (unsigned long long)summary->domains, (unsigned long long)summary->fail,
					    (unsigned long long)summary->incomplete, (unsigned long long)summary->pass),
			     0, 2);
		if (state->shortened)
			dc_text_wrap(&text, DC_INK_DIM, DC_S("Those that are fit are shown in brief: -v shows all of them."), 0, 0);
		dc_text_fleet(&text, summary, dc_fleet_view(state->fleet, report->scratch));
		dc_text_newline(&text);
	}
	qsort(sorted, state->count, sizeof(*sorted), compare_lines);
	for (size_t i = 0; i < state->count; i++)
		go_line(&text, sorted[i], width);
}

static void clear(struct dc_report *report)
{
	struct state *state = report->state;

	dc_arena_free(state->arena);
	dc_fleet_free(state->fleet);
	dc_buf_free(&state->all);
	dc_buf_free(&state->brief);
}

const struct dc_format dc_format_text = {
	.name = "text",
	.about = "made to be read: verdict, what to mend, what is known",
	.streams = true,
	.state_size = sizeof(struct state),
	.begin = begin,
	.domain = domain,
	.end = end,
	.clear = clear,
};
