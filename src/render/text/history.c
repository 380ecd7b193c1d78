/* The store in words: the latest runs, what changed since the one before, what is open since when, and the keys. */
#include "base/escape.h"
#include "render/history.h"

enum { RUNS_SHOWN = 20, STAMP = 16, DAY = 10 };

/* "2026-11-20 12:00" or "2026-11-20" of an RFC 3339 time. */
static void put_time(struct dc_buf *out, struct dc_slice time, size_t len)
{
	struct dc_slice part = dc_slice_sub(time, 0, len);

	for (size_t i = 0; i < part.len; i++)
		dc_buf_putc(out, part.ptr[i] == 'T' ? ' ' : part.ptr[i] < ' ' || part.ptr[i] > '~' ? '?' : part.ptr[i]);
	for (size_t i = part.len; i < len; i++)
		dc_buf_putc(out, ' ');
}

static void runs(struct dc_buf *out, const struct dc_history_view *view)
{
	size_t first = view->run_count > RUNS_SHOWN ? view->run_count - RUNS_SHOWN : 0;

	dc_buf_puts(out, "Runs                 domains    GO  HOLD  NO-GO  errors  warnings\n");
	if (first > 0)
		dc_buf_printf(out, "  (%zu earlier ones)\n", first);
	for (size_t i = first; i < view->run_count; i++) {
		const struct dc_history_run *run = &view->runs[i];

		dc_buf_puts(out, "  ");
		put_time(out, run->started, STAMP);
		dc_buf_printf(out, "  %8llu %5llu %5llu  %5llu  %6llu  %8llu\n", (unsigned long long)run->domains,
			      (unsigned long long)run->pass, (unsigned long long)run->incomplete,
			      (unsigned long long)run->fail, (unsigned long long)run->errors,
			      (unsigned long long)run->warnings);
	}
}

static void finding_line(struct dc_buf *out, const struct dc_history_finding *finding, const char *sign)
{
	dc_buf_puts(out, sign);
	dc_escape_text(out, finding->domain, 0);
	dc_buf_puts(out, ": ");
	dc_escape_text(out, finding->inconclusive ? DC_S("not determined") : finding->severity, 0);
	dc_buf_puts(out, ": ");
	dc_escape_text(out, finding->id, 0);
	dc_buf_puts(out, ": ");
	dc_escape_text(out, finding->message, 0);
}

/* What the latest run has and the one before had not, and the other way round. */
static void changes(struct dc_buf *out, const struct dc_history_view *view)
{
	struct dc_slice now, before;
	size_t count = 0;

	if (view->run_count < 2)
		return;
	now = view->runs[view->run_count - 1].started;
	before = view->runs[view->run_count - 2].started;
	dc_buf_puts(out, "\nSince the run before\n");
	for (size_t i = 0; i < view->finding_count; i++) {
		const struct dc_history_finding *finding = &view->findings[i];

		if (finding->open && dc_slice_eq(finding->first_seen, now)) {
			finding_line(out, finding, "  + ");
			dc_buf_putc(out, '\n');
			count++;
		}
	}
	for (size_t i = 0; i < view->finding_count; i++) {
		const struct dc_history_finding *finding = &view->findings[i];

		if (!finding->open && dc_slice_eq(finding->last_seen, before)) {
			finding_line(out, finding, "  - ");
			dc_buf_putc(out, '\n');
			count++;
		}
	}
	if (count == 0)
		dc_buf_puts(out, "  nothing changed\n");
}

static void open_findings(struct dc_buf *out, const struct dc_history_view *view, bool all)
{
	bool titled = false;

	for (size_t i = 0; i < view->finding_count; i++) {
		const struct dc_history_finding *finding = &view->findings[i];

		if (!all && (!finding->open || finding->waived || dc_slice_eq(finding->severity, DC_S("notice"))))
			continue;
		if (!titled)
			dc_buf_puts(out, all ? "\nFindings, first and last seen\n" : "\nOpen since\n");
		titled = true;
		dc_buf_puts(out, "  ");
		put_time(out, finding->first_seen, DAY);
		if (all) {
			dc_buf_puts(out, "  ");
			if (finding->open)
				dc_buf_puts(out, "open      ");
			else
				put_time(out, finding->last_seen, DAY);
		}
		finding_line(out, finding, "  ");
		dc_buf_puts(out, finding->waived ? " (accepted)\n" : "\n");
	}
}

static void keys(struct dc_buf *out, const struct dc_history_view *view, bool all)
{
	bool titled = false;

	for (size_t i = 0; i < view->key_count; i++) {
		const struct dc_history_key *key = &view->keys[i];

		if (!all && !key->open)
			continue;
		if (!titled)
			dc_buf_puts(out, all ? "\nKeys, first and last seen\n" : "\nKeys, first seen\n");
		titled = true;
		dc_buf_puts(out, "  ");
		put_time(out, key->first_seen, DAY);
		dc_buf_puts(out, "  ");
		if (all && key->open)
			dc_buf_puts(out, "published   ");
		else if (all) {
			put_time(out, key->last_seen, DAY);
			dc_buf_puts(out, "  ");
		}
		dc_escape_text(out, key->name, 0);
		if (key->bits >= 0)
			dc_buf_printf(out, "  %lld bits", (long long)key->bits);
		dc_buf_puts(out, "  ");
		dc_escape_text(out, dc_slice_sub(key->fingerprint, 0, DAY + 6), 0);
		dc_buf_putc(out, '\n');
	}
}

void dc_history_text(struct dc_buf *out, const struct dc_history_view *view, const struct dc_style *style)
{
	if (view->run_count == 0) {
		dc_buf_puts(out, "No run is in the store: add a report of domaincheck -f json.\n");
		return;
	}
	runs(out, view);
	changes(out, view);
	open_findings(out, view, style->verbose);
	keys(out, view, style->verbose);
}
