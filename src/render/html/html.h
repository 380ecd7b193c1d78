/* Inside the HTML report. It is drawn from domain objects, those of the JSON report, so that a live run and merged ones look
 * alike; whatever a later version puts into them is shown too, plainly.
 *
 * The page is ASCII: other characters are written as references. It holds no style attributes and no handlers: its
 * Content-Security-Policy allows one style and one script, by their hashes, and nothing else. */
#ifndef DC_RENDER_HTML_HTML_H
#define DC_RENDER_HTML_HTML_H

#include "render/json/fleet.h"

/* Made from data/html by the build. */
extern const char dc_html_style[], dc_html_style_hash[], dc_html_script[], dc_html_script_hash[];

struct dc_html {
	struct dc_json json;
	struct dc_fleet *fleet;
	struct dc_buf rows;       /* of the fleet's table */
	struct dc_buf heads;      /* the verdict, large; shown when there is one domain only */
	struct dc_buf lines;      /* of each domain: what stands there when it is folded */
	struct dc_buf bodies;     /* what is known of each domain */
	struct dc_html_place *places; /* where the parts of each domain begin and end, on the heap */
	size_t place_count, place_room;
	size_t left_out;          /* domains whose details would make the page too large */
	struct dc_buf *out;       /* one of these, or the report's */
	unsigned number;          /* of the domain at hand, from 1: for the ids of elements */
	unsigned copies;          /* records to copy in it */
	struct dc_slice domain;
};
struct dc_html_place {
	size_t row, line, body; /* where they end */
};

/* ---- write.c: markup is ours; text is anybody's ---- */

void dc_html_put(struct dc_html *html, const char *markup);
void dc_html_printf(struct dc_html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* In an element: characters that would not be seen, or would do harm, are written out and marked. */
void dc_html_text(struct dc_html *html, struct dc_slice raw);
/* In an attribute, between double quotes. */
void dc_html_attribute(struct dc_html *html, struct dc_slice raw);
void dc_html_code(struct dc_html *html, struct dc_slice raw);
/* "pass" "warn" "fail" "inconclusive" "not-applicable", "pass" "incomplete" "fail" of domains: with a sign and a colour. */
void dc_html_verdict(struct dc_html *html, struct dc_slice verdict);
/* Any value in words: texts as code, true and false as yes and no, null as "not known", lists with commas, objects as a list
 * of names and values. */
void dc_html_value(struct dc_html *html, const json_t *value);
/* "spf" → "SPF", "mta_sts" → "MTA-STS", "first_seen" → "First seen". */
void dc_html_title(struct dc_html *html, struct dc_slice name);
/* "3 errors", "1 error" */
void dc_html_count(struct dc_html *html, uint64_t count, const char *one, const char *many);
uint64_t dc_html_number(const json_t *object, const char *key);
/* <h3 id="d1-KEY">TITLE in a block of its own, to be closed with </div>. */
void dc_html_block(struct dc_html *html, const char *key, const char *title);

/* ---- the parts of a domain; `facts` is its member "facts" ---- */

void dc_html_findings(struct dc_html *html, const json_t *domain);
void dc_html_spf(struct dc_html *html, const json_t *spf);
void dc_html_facts(struct dc_html *html, const json_t *facts);
void dc_html_identities(struct dc_html *html, const json_t *identities, const json_t *spoofable);
/* Row, head and body of a domain object. */
void dc_html_domain(struct dc_html *html, const json_t *object, enum dc_domain_verdict verdict);
/* How earlier runs went, when a store was given. */
void dc_html_trend(struct dc_html *html, const struct dc_run_info *run, const struct dc_summary *now);
/* What the fleet shares, and where it differs. */
void dc_html_fleet(struct dc_html *html, const struct dc_summary *summary, const struct dc_fleet_view *view);

#endif
