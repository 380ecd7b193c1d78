/* prometheus: the text exposition format 0.0.4, for node_exporter's textfile collector. Names and labels are a contract with
 * dashboards and alerts. What could not be determined has no sample: absence is not zero. Samples of one metric stand
 * together, so each has a buffer and the report is written at the end.
 *
 * Series: some 60 a domain, and two for each of its first KEYS_SHOWN DKIM keys. Labels never hold messages or records. */
#include "base/civil.h"
#include "base/escape.h"
#include "render/json/fleet.h"
#include "render/json/node.h"
#include "spf/spf.h"

enum { KEYS_SHOWN = 20 }; /* a zone may publish thousands; domaincheck_dkim_keys counts them all */

enum metric {
	RUN_INFO,
	RUN_STARTED,
	RUN_FINISHED,
	RUN_DURATION,
	RUN_DOMAINS,
	DOMAIN_VERDICT,
	DOMAIN_DURATION,
	CHECK_VERDICT,
	PROFILE_VERDICT,
	FINDINGS,
	SPF_LOOKUPS,
	SPF_HEADROOM,
	SPF_VOIDS,
	DKIM_KEYS,
	KEY_BITS,
	KEY_SEEN,
	QUESTIONS,
	UNANSWERED,
	METRICS
};

#define CODES "0 pass, 1 warn, 2 inconclusive, 3 fail; not applicable: no sample"
static const struct {
	const char *name, *help;
} metrics[METRICS] = {
	[RUN_INFO] = {"domaincheck_run_info", "Version of domaincheck that made the report; always 1."},
	[RUN_STARTED] = {"domaincheck_run_started_timestamp_seconds", "When the run began, Unix time."},
	[RUN_FINISHED] = {"domaincheck_run_finished_timestamp_seconds", "When the run ended, Unix time."},
	[RUN_DURATION] = {"domaincheck_run_duration_seconds", "How long the run took."},
	[RUN_DOMAINS] = {"domaincheck_run_domains", "Domains of the run, by verdict."},
	[DOMAIN_VERDICT] = {"domaincheck_domain_verdict", "1 for the verdict of the domain, 0 for the others."},
	[DOMAIN_DURATION] = {"domaincheck_domain_duration_seconds", "How long the audit of the domain took."},
	[CHECK_VERDICT] = {"domaincheck_check_verdict", "Verdict of a check: " CODES "."},
	[PROFILE_VERDICT] = {"domaincheck_profile_verdict", "Verdict of a profile: " CODES "."},
	[FINDINGS] = {"domaincheck_findings", "Findings by severity; inconclusive and waived ones are counted as such only."},
	[SPF_LOOKUPS] = {"domaincheck_spf_lookups", "DNS lookups that the SPF record needs."},
	[SPF_HEADROOM] = {"domaincheck_spf_lookups_headroom", "Lookups that are left of the limit (RFC 7208, 4.6.4); negative: beyond it."},
	[SPF_VOIDS] = {"domaincheck_spf_void_lookups", "SPF lookups that find nothing; receivers may stop after two."},
	[DKIM_KEYS] = {"domaincheck_dkim_keys", "DKIM selectors that were found or named, revoked ones too."},
	[KEY_BITS] = {"domaincheck_dkim_key_bitlength", "Length of a DKIM key in bits (of the modulus for RSA)."},
	[KEY_SEEN] = {"domaincheck_dkim_key_first_seen_timestamp_seconds",
		      "When this key was first seen at this selector, Unix time; known with --baseline only."},
	[QUESTIONS] = {"domaincheck_questions", "Questions that the verdict rests on."},
	[UNANSWERED] = {"domaincheck_questions_unanswered", "Of these, without an answer."},
};

struct state {
	struct dc_json json;
	struct dc_buf samples[METRICS];
};

/* ---- samples ---- */

/* A text of the JSON report: ASCII, visible, and escaped for a label. */
static void label(struct dc_report *report, struct dc_buf *out, const char *name, struct dc_slice raw)
{
	struct dc_slice s = dc_report_clean(report, raw, DC_ESCAPE_AGAIN);

	dc_buf_puts(out, name);
	dc_buf_puts(out, "=\"");
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '"' || c == '\\')
			dc_buf_putc(out, '\\');
		dc_buf_putc(out, c);
	}
	dc_buf_putc(out, '"');
}

/* name{domain="…"[,key="…"]}, and a blank; the value is the caller's. */
static struct dc_buf *sample(struct dc_report *report, enum metric metric, struct dc_slice domain, const char *key,
			     struct dc_slice value)
{
	struct state *state = report->state;
	struct dc_buf *out = &state->samples[metric];

	dc_buf_puts(out, metrics[metric].name);
	label(report, out, "{domain", domain);
	if (key) {
		dc_buf_putc(out, ',');
		label(report, out, key, value);
	}
	dc_buf_puts(out, "} ");
	return out;
}

static void number(struct dc_report *report, enum metric metric, struct dc_slice domain, const char *key,
		   struct dc_slice value, int64_t amount)
{
	dc_buf_printf(sample(report, metric, domain, key, value), "%lld\n", (long long)amount);
}

/* An integer member, when it is known. */
static void member(struct dc_report *report, enum metric metric, struct dc_slice domain, const struct dc_node *object,
		   const char *key)
{
	int64_t value;

	if (dc_node_get_integer(object, key, &value))
		number(report, metric, domain, NULL, DC_S(""), value);
}

static void seconds(struct dc_buf *out, int64_t ms)
{
	dc_buf_printf(out, "%lld.%03d\n", (long long)(ms / 1000), (int)(ms % 1000));
}

/* ---- a domain ---- */

static void verdicts(struct dc_report *report, enum metric metric, struct dc_slice domain, const char *key,
		     const struct dc_node *list)
{
	static const char *const codes[] = {"pass", "warn", "inconclusive", "fail"};

	for (const struct dc_node *item = dc_node_first(list); item; item = dc_node_next(item)) {
		struct dc_slice verdict = dc_node_get_text(item, "verdict");

		for (int code = 0; code < 4; code++)
			if (dc_slice_eq(verdict, dc_slice_of(codes[code])))
				number(report, metric, domain, key, dc_node_get_text(item, "id"), code);
	}
}

static void domain_verdict(struct dc_report *report, struct dc_slice domain, struct dc_slice verdict)
{
	for (int i = DC_DOMAIN_PASS; i <= DC_DOMAIN_FAIL; i++) {
		struct dc_slice word = dc_slice_of(dc_domain_verdict_name((enum dc_domain_verdict)i));

		number(report, DOMAIN_VERDICT, domain, "verdict", word, dc_slice_eq(word, verdict));
	}
}

static void findings(struct dc_report *report, struct dc_slice domain, const struct dc_node *list)
{
	static const char *const classes[] = {"error", "warning", "notice", "inconclusive", "waived"};
	int64_t counts[5] = {0};

	for (const struct dc_node *finding = dc_node_first(list); finding; finding = dc_node_next(finding)) {
		struct dc_slice severity = dc_node_get_text(finding, "severity");
		int class = dc_node_get(finding, "waived")			       ? 4
			    : dc_node_get_tri(finding, "inconclusive") == DC_TRI_YES ? 3
			    : dc_slice_eq(severity, dc_slice_of(classes[0]))	       ? 0
			    : dc_slice_eq(severity, dc_slice_of(classes[1]))	       ? 1
										       : 2;
		counts[class]++;
	}
	for (int class = 0; class < 5; class++)
		number(report, FINDINGS, domain, "severity", dc_slice_of(classes[class]), counts[class]);
}

static void keys(struct dc_report *report, struct dc_slice domain, const struct dc_node *dkim)
{
	struct state *state = report->state;
	const struct dc_node *list = dc_node_get(dkim, "selectors"), *item;
	struct dc_slice conclusion = dc_node_get_text(dkim, "conclusion");
	int64_t count = 0, shown = 0;

	for (item = dc_node_first(list); item; item = dc_node_next(item))
		count++;
	/* What nobody answered or searched for may be there. */
	if (count > 0 || dc_slice_eq(conclusion, DC_S("none")) || dc_slice_eq(conclusion, DC_S("not-found")))
		number(report, DKIM_KEYS, domain, NULL, DC_S(""), count);
	for (item = dc_node_first(list); item; item = dc_node_next(item)) {
		struct dc_slice selector = dc_node_get_text(item, "selector");
		int64_t since, bits;
		struct dc_buf *out = &state->samples[KEY_BITS];

		if (!dc_node_get_integer(item, "key_bits", &bits) || shown++ >= KEYS_SHOWN)
			continue;
		dc_buf_puts(out, metrics[KEY_BITS].name);
		label(report, out, "{domain", domain);
		label(report, out, ",selector", selector);
		label(report, out, ",type", dc_node_get_text(item, "key_type"));
		dc_buf_printf(out, "} %lld\n", (long long)bits);
		if (dc_civil_stamp_parse(dc_node_get_text(item, "key_since"), &since))
			number(report, KEY_SEEN, domain, "selector", selector, since);
	}
}

static void spf(struct dc_report *report, struct dc_slice domain, const struct dc_node *object)
{
	int64_t lookups, limit;

	/* No record, no lookups: nothing that could run out. */
	if (dc_node_get_text(object, "record").len == 0)
		return;
	member(report, SPF_LOOKUPS, domain, object, "lookups");
	member(report, SPF_VOIDS, domain, object, "void_lookups");
	if (dc_node_get_integer(object, "lookups", &lookups) && dc_node_get_integer(object, "lookup_limit", &limit) &&
	    lookups >= 0 && limit >= 0)
		number(report, SPF_HEADROOM, domain, NULL, DC_S(""), limit - lookups);
}

static void domain_samples(struct dc_report *report, const struct dc_node *object)
{
	struct state *state = report->state;
	struct dc_slice domain = dc_node_get_text(object, "domain");
	const struct dc_node *facts = dc_node_get(object, "facts"), *dns = dc_node_get(object, "dns");
	int64_t elapsed;

	domain_verdict(report, domain, dc_node_get_text(object, "verdict"));
	verdicts(report, CHECK_VERDICT, domain, "check", dc_node_get(object, "checks"));
	verdicts(report, PROFILE_VERDICT, domain, "profile", dc_node_get(object, "profiles"));
	findings(report, domain, dc_node_get(object, "findings"));
	spf(report, domain, dc_node_get(facts, "spf"));
	keys(report, domain, dc_node_get(facts, "dkim"));
	member(report, QUESTIONS, domain, dns, "questions");
	member(report, UNANSWERED, domain, dns, "unanswered");
	if (dc_node_get_integer(dns, "elapsed_ms", &elapsed) && elapsed >= 0)
		seconds(sample(report, DOMAIN_DURATION, domain, NULL, DC_S("")), elapsed);
	dc_node_forget(&state->json);
	if (state->json.failed)
		report->status = DC_ERR_NOMEM;
}

/* ---- the format ---- */

static void begin(struct dc_report *report)
{
	struct state *state = report->state;

	dc_json_init(&state->json);
	for (int i = 0; i < METRICS; i++)
		dc_buf_init(&state->samples[i], DC_REPORT_MAX);
}

static void domain(struct dc_report *report, const struct dc_audit_result *result)
{
	struct state *state = report->state;

	domain_samples(report, dc_node_domain(&state->json, report, result, DC_NODE_VERDICTS));
}

static bool line(struct dc_report *report, struct dc_slice raw, enum dc_domain_verdict *ret_verdict)
{
	struct state *state = report->state;
	json_t *object = dc_json_read_domain(report, raw, NULL, ret_verdict);

	if (!object)
		return false;
	domain_samples(report, dc_node_of(&state->json, object));
	json_decref(object);
	return true;
}

static void run(struct dc_report *report)
{
	struct state *state = report->state;
	const struct dc_summary *sum = &report->summary;
	int64_t started = report->run->started_s, finished = report->run->finished_s;
	const uint64_t counts[] = {[DC_DOMAIN_PASS] = sum->pass, [DC_DOMAIN_INCOMPLETE] = sum->incomplete,
				   [DC_DOMAIN_FAIL] = sum->fail};

	finished = finished > started ? finished : started;
	dc_buf_puts(&state->samples[RUN_INFO], metrics[RUN_INFO].name);
	label(report, &state->samples[RUN_INFO], "{version", dc_slice_of(report->run->tool_version));
	dc_buf_puts(&state->samples[RUN_INFO], "} 1\n");
	dc_buf_printf(&state->samples[RUN_STARTED], "%s %lld\n", metrics[RUN_STARTED].name, (long long)started);
	dc_buf_printf(&state->samples[RUN_FINISHED], "%s %lld\n", metrics[RUN_FINISHED].name, (long long)finished);
	dc_buf_printf(&state->samples[RUN_DURATION], "%s %lld\n", metrics[RUN_DURATION].name,
		      (long long)(finished - started));
	for (int i = DC_DOMAIN_PASS; i <= DC_DOMAIN_FAIL; i++)
		dc_buf_printf(&state->samples[RUN_DOMAINS], "%s{verdict=\"%s\"} %llu\n", metrics[RUN_DOMAINS].name,
			      dc_domain_verdict_name((enum dc_domain_verdict)i), (unsigned long long)counts[i]);
}

static void end(struct dc_report *report)
{
	struct state *state = report->state;

	run(report);
	for (int i = 0; i < METRICS; i++) {
		const struct dc_buf *samples = &state->samples[i];

		if (samples->status != DC_OK)
			report->status = DC_ERR_NOMEM;
		if (samples->len == 0)
			continue;
		dc_buf_printf(&report->out, "# HELP %s %s\n# TYPE %s gauge\n", metrics[i].name, metrics[i].help,
			      metrics[i].name);
		dc_buf_put_slice(&report->out, dc_buf_slice(samples));
	}
}

static void clear(struct dc_report *report)
{
	struct state *state = report->state;

	dc_json_clear(&state->json);
	for (int i = 0; i < METRICS; i++)
		dc_buf_free(&state->samples[i]);
}

const struct dc_format dc_format_prometheus = {
	.name = "prometheus",
	.about = "metrics for node_exporter's textfile collector",
	.state_size = sizeof(struct state),
	.begin = begin,
	.domain = domain,
	.end = end,
	.line = line,
	.clear = clear,
};
