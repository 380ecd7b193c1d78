/* Inside the room: what every format works on. */
#ifndef DC_RENDER_REPORT_H
#define DC_RENDER_REPORT_H

#include "render/render.h"

struct dc_report {
	const struct dc_format *format;
	const struct dc_run_info *run;
	struct dc_style style;
	struct dc_sink *sink;
	struct dc_buf out;        /* goes to the sink after each call */
	struct dc_arena *scratch; /* forgotten after each call */
	struct dc_buf clean;      /* of dc_report_clean */
	void *state;              /* the format's own */
	struct dc_summary summary; /* the domain at hand is in it already */
	enum dc_status status;
};

extern const struct dc_format dc_format_github, dc_format_gitlab, dc_format_tap;
extern const struct dc_format dc_format_text, dc_format_json, dc_format_ndjson, dc_format_csv, dc_format_lint,
	dc_format_junit, dc_format_sarif, dc_format_markdown,
	dc_format_html, dc_format_prometheus, dc_format_spf, dc_format_spf_flat;

/* Octets for one domain's report, in any format. Facts and findings of an audit have 64 MiB at most (gather.h); escaped
 * they can take four times as much. Ordinary domains need some ten kilobytes. */
enum { DC_REPORT_MAX = 256 << 20, DC_REPORT_SCRATCH_MAX = 256 << 20 };

/* `raw` with everything hostile escaped (base/escape.h, which has the flags); good until the next call. For formats that
 * have to escape once more for their own syntax: others append to report->out with dc_escape_text. */
struct dc_slice dc_report_clean(struct dc_report *report, struct dc_slice raw, unsigned flags);

/* "2026-11-20T12:00:00Z", in `text`; years 0 to 9999, else clamped. */
enum { DC_TIME_TEXT_MAX = 24 };
const char *dc_time_format(int64_t seconds, char text[DC_TIME_TEXT_MAX]);

/* The worst verdict among the checks whose ids begin with `prefix`: fail, inconclusive, warn, pass, not-applicable.
 * False when there is no such check. */
bool dc_worst_verdict(const struct dc_audit_result *result, const char *prefix, enum dc_verdict *ret_verdict);

/* What a receiver of the report calls the kind of a question: "dns" "validate" "server" "https" "smtp" "receiver". */
const char *dc_question_kind_name(enum dc_question_kind kind);

#endif
