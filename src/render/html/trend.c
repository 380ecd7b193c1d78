/* How the fleet went, run by run: bars of its verdicts, and the same as a table. */
#include "history/history.h"
#include "render/html/html.h"

enum { RUNS_SHOWN = 60, WIDTH = 1000, HEIGHT = 120, SLOTS_LEAST = 24 };

struct bar {
	struct dc_slice time;
	uint64_t fail, incomplete, pass;
};

static uint64_t sum_of(const struct bar *bar)
{
	return bar->fail + bar->incomplete + bar->pass;
}

static void rect(struct dc_html *html, const char *class, uint64_t x, uint64_t width, uint64_t from, uint64_t to, uint64_t most)
{
	uint64_t top = HEIGHT - to * HEIGHT / most, bottom = HEIGHT - from * HEIGHT / most;

	if (to > from)
		dc_html_printf(html, "<rect class=\"%s\" x=\"%llu\" y=\"%llu\" width=\"%llu\" height=\"%llu\"/>", class,
			       (unsigned long long)x, (unsigned long long)top, (unsigned long long)width,
			       (unsigned long long)(bottom > top ? bottom - top : 1));
}

static void draw(struct dc_html *html, const struct bar *bars, size_t count)
{
	uint64_t most = 1, slot = WIDTH / (count > SLOTS_LEAST ? count : SLOTS_LEAST), width = slot > 3 ? slot - slot / 4 : slot;

	for (size_t i = 0; i < count; i++)
		most = sum_of(&bars[i]) > most ? sum_of(&bars[i]) : most;
	dc_html_printf(html, "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" aria-hidden=\"true\">", WIDTH, HEIGHT);
	for (size_t i = 0; i < count; i++) {
		const struct bar *bar = &bars[i];
		uint64_t x = i * slot, open = bar->fail + bar->incomplete;

		rect(html, "fail", x, width, 0, bar->fail, most);
		rect(html, "incomplete", x, width, bar->fail, open, most);
		rect(html, "pass", x, width, open, open + bar->pass, most);
	}
	dc_html_put(html, "</svg>\n");
}

static void day(struct dc_html *html, struct dc_slice time)
{
	dc_html_text(html, dc_slice_sub(time, 0, 10));
}

static void rows(struct dc_html *html, const struct bar *bars, size_t count)
{
	dc_html_put(html, "<details class=\"fold\"><summary>In numbers</summary>\n<table><thead><tr><th scope=\"col\">Run</th>"
			  "<th scope=\"col\" class=\"n\">NO-GO</th><th scope=\"col\" class=\"n\">HOLD</th>"
			  "<th scope=\"col\" class=\"n\">GO</th></tr></thead><tbody>\n");
	for (size_t i = count; i-- > 0;) {
		dc_html_put(html, "<tr><td>");
		day(html, bars[i].time);
		dc_html_put(html, " ");
		dc_html_text(html, dc_slice_sub(bars[i].time, 11, 5));
		dc_html_printf(html, "</td><td class=\"n\">%llu</td><td class=\"n\">%llu</td><td class=\"n\">%llu</td></tr>\n",
			       (unsigned long long)bars[i].fail, (unsigned long long)bars[i].incomplete,
			       (unsigned long long)bars[i].pass);
	}
	dc_html_put(html, "</tbody></table></details>\n");
}

void dc_html_trend(struct dc_html *html, const struct dc_run_info *run, const struct dc_summary *now)
{
	static const char *const legend[][2] = {{"fail", "not ready"}, {"incomplete", "not determined"}, {"pass", "ready"}};
	struct bar bars[RUNS_SHOWN + 1];
	char time[DC_TIME_TEXT_MAX];
	size_t count = 0, first = run->past_count > RUNS_SHOWN ? run->past_count - RUNS_SHOWN : 0;

	if (run->past_count == 0)
		return;
	(void)dc_time_format(run->started_s, time);
	for (size_t i = first; i < run->past_count; i++)
		if (!dc_slice_eq(run->past[i].started, dc_slice_of(time))) /* this very run, added already */
			bars[count++] = (struct bar){run->past[i].started, run->past[i].fail, run->past[i].incomplete,
						     run->past[i].pass};
	bars[count++] = (struct bar){dc_slice_of(time), now->fail, now->incomplete, now->pass};
	dc_html_put(html, "<div class=\"card trend\"><h2>How it went</h2>\n");
	draw(html, bars, count);
	dc_html_put(html, "<ul class=\"legend\">");
	for (size_t i = 0; i < 3; i++)
		dc_html_printf(html, "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"%s\" width=\"10\" height=\"10\"/>"
			       "</svg>%s</li>", legend[i][0], legend[i][1]);
	dc_html_printf(html, "<li>%zu runs, ", count);
	day(html, bars[0].time);
	dc_html_put(html, " to ");
	day(html, bars[count - 1].time);
	dc_html_put(html, "</li></ul>\n");
	rows(html, bars, count);
	dc_html_put(html, "</div>\n");
}
