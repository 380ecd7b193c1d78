/* Reports: one format a file, one row in a table. Whatever came from the network is escaped here and nowhere else.
 *
 *   report = dc_report_new(dc_format_find("json"), &run, &style, &sink);
 *   for every domain: dc_report_domain(report, result);
 *   status = dc_report_end(report, err);           (frees it)
 */
#ifndef DC_RENDER_RENDER_H
#define DC_RENDER_RENDER_H

#include "base/buf.h"
#include "render/result.h"

/* Where the octets of a report go. */
struct dc_sink {
	/* False when they could not be written: nothing more will be. */
	bool (*write)(struct dc_sink *sink, const void *bytes, size_t len);
	void *user;
};

enum { DC_WIDTH_LEAST = 60 };

/* How to look, for the formats that are looked at. */
struct dc_style {
	unsigned width;  /* columns; 0: 80; never less than DC_WIDTH_LEAST, where the tables still fit */
	bool color, utf8;
	bool quiet;      /* verdicts only */
	bool verbose;    /* everything: passed checks one by one, evidence of findings */
	bool per_finding; /* csv: one row a finding instead of one a domain */
};

struct dc_report;

struct dc_format {
	const char *name;  /* as in -f */
	const char *about; /* one line for --help */
	bool streams;      /* each domain is complete once rendered, and worth flushing */
	void (*domain)(struct dc_report *report, const struct dc_audit_result *result);
	/* The rest is for formats that need it, and may be NULL or 0. */
	size_t state_size; /* of report->state, zeroed */
	void (*begin)(struct dc_report *report);
	void (*end)(struct dc_report *report);
	/* One line of an ndjson report, instead of a result; its verdict. False: it is no domain object. */
	bool (*line)(struct dc_report *report, struct dc_slice line, enum dc_domain_verdict *ret_verdict);
	void (*clear)(struct dc_report *report); /* frees what the state holds */
};

/* NULL past the end. */
const struct dc_format *dc_format_at(size_t i);
/* NULL when there is no such format. */
const struct dc_format *dc_format_find(struct dc_slice name);

/* `run` and `sink` are borrowed until dc_report_end; `style` is copied, NULL: plain. NULL when there is no memory. */
struct dc_report *dc_report_new(const struct dc_format *format, const struct dc_run_info *run,
				const struct dc_style *style, struct dc_sink *sink);
/* The first failure sticks and is also returned by dc_report_end. DC_ERR_IO: the sink; DC_ERR_NOMEM: a ceiling. */
enum dc_status dc_report_domain(struct dc_report *report, const struct dc_audit_result *result);
/* A domain from a line of an ndjson report. DC_ERR_USAGE: not in this format; DC_ERR_INPUT: no domain object. */
enum dc_status dc_report_line(struct dc_report *report, struct dc_slice line, enum dc_domain_verdict *ret_verdict);
/* Writes what comes last, and frees the report. */
enum dc_status dc_report_end(struct dc_report *report, struct dc_error *err);

/* ---- pages that are about the program (explain.c) ---- */

/* `domaincheck explain [NAME]`: a finding, or the findings of a check; empty: all. False when there is neither. */
bool dc_explain_text(struct dc_buf *out, struct dc_slice name, const struct dc_style *style);
bool dc_explain_json(struct dc_buf *out, struct dc_slice name);
/* Whether the i-th row of the catalogue is on that page. */
bool dc_explain_has(struct dc_slice name, size_t i);
/* `domaincheck checks` */
void dc_checks_text(struct dc_buf *out, const struct dc_style *style);
void dc_checks_json(struct dc_buf *out);
/* `domaincheck profiles [NAME]`: NULL: all. profile_pages.c */
void dc_profiles_text(struct dc_buf *out, const struct dc_profile *profile, const struct dc_style *style);
void dc_profiles_json(struct dc_buf *out, const struct dc_profile *profile);

#endif
