/* The fleet in the HTML report: what is found most, who is out of line, what domains share. */
#include "render/html/html.h"

enum { FREQUENT_LEAST = 5, FREQUENT_MAX = 12, DOMAINS_MAX = 12, SHARED_MAX = 30 };

static void names(struct dc_html *html, const struct dc_fleet_thing *thing)
{
	for (size_t i = 0; i < thing->use_count && i < DOMAINS_MAX; i++) {
		dc_html_put(html, i > 0 ? ", " : "");
		dc_html_code(html, thing->uses[i].domain->domain);
	}
	if (thing->use_count > DOMAINS_MAX)
		dc_html_printf(html, " and %zu more", thing->use_count - DOMAINS_MAX);
}

/* Errors and warnings by the number of domains that have them. */
static void frequent(struct dc_html *html, const struct dc_summary *summary)
{
	bool done[DC_F_COUNT] = {false};
	size_t shown = 0;

	for (; shown < FREQUENT_MAX; shown++) {
		size_t best = DC_F_COUNT;

		for (size_t i = 0; i < DC_F_COUNT; i++)
			if (!done[i] && summary->domains_of[i] > 0 &&
			    dc_catalogue_row((enum dc_finding_id)i)->severity >= DC_SEVERITY_WARNING &&
			    (best == DC_F_COUNT || summary->domains_of[i] > summary->domains_of[best]))
				best = i;
		if (best == DC_F_COUNT)
			break;
		done[best] = true;
		if (shown == 0)
			dc_html_put(html, "<div class=\"card\"><h2>Found most often</h2><table><thead><tr><th scope=\"col\" class=\"n\">"
					  "Domains</th><th scope=\"col\">Finding</th><th scope=\"col\" class=\"wide\">Why it matters</th>"
					  "</tr></thead><tbody>\n");
		const struct dc_catalogue_row *row = dc_catalogue_row((enum dc_finding_id)best);
		dc_html_printf(html, "<tr><td class=\"n\">%llu</td><td><code>%s</code></td><td class=\"wide\">",
			       (unsigned long long)summary->domains_of[best], row->slug);
		dc_html_text(html, dc_slice_of(row->why));
		dc_html_put(html, "</td></tr>\n");
	}
	dc_html_put(html, shown > 0 ? "</tbody></table></div>\n" : "");
}

static void outliers(struct dc_html *html, const struct dc_fleet_view *view)
{
	if (view->outlier_count == 0)
		return;
	dc_html_put(html, "<div class=\"card\"><h2>Out of line</h2><ul>\n");
	for (size_t i = 0; i < view->outlier_count; i++) {
		const struct dc_fleet_outlier *outlier = &view->outliers[i];

		dc_html_printf(html, "<li>%s: %zu of %zu have <code>%s</code>, but ", dc_fleet_property_title(outlier->property),
			       outlier->have, outlier->of, outlier->value);
		for (size_t k = 0; k < outlier->other_count && k < DOMAINS_MAX; k++) {
			dc_html_put(html, k > 0 ? ", " : "");
			dc_html_code(html, outlier->others[k]->domain);
			dc_html_printf(html, " (%s)", outlier->others[k]->values[outlier->property]);
		}
		if (outlier->other_count > DOMAINS_MAX)
			dc_html_printf(html, " and %zu more", outlier->other_count - DOMAINS_MAX);
		dc_html_put(html, "</li>\n");
	}
	dc_html_put(html, "</ul></div>\n");
}

static void place(struct dc_html *html, const struct dc_fleet_thing *key)
{
	for (size_t i = 0; i < key->use_count && i < DOMAINS_MAX; i++) {
		dc_html_put(html, i > 0 ? ", " : "");
		dc_html_code(html, key->uses[i].name);
	}
}

static void primes(struct dc_html *html, const struct dc_fleet_view *view)
{
	for (size_t i = 0; i < view->prime_count; i++) {
		dc_html_put(html, "<div class=\"f error\"><span class=\"v fail\">&#10007; error</span><h3>The keys at ");
		place(html, view->primes[i].a);
		if (view->primes[i].b) {
			dc_html_put(html, " and ");
			place(html, view->primes[i].b);
		}
		dc_html_put(html, " have a prime in common: anybody can compute their private halves</h3></div>\n");
	}
}

static void shared(struct dc_html *html, const struct dc_fleet_view *view)
{
	static const char *const kinds[DC_FLEET_KIND_COUNT] = {"DKIM key", "Sending address", "Sending range", "Report address", "Service"};

	if (view->shared_count + view->provider_count == 0)
		return;
	dc_html_put(html, "<div class=\"card\"><h2>Shared</h2><details class=\"fold\"><summary>Services, keys and addresses that domains "
			  "have in common</summary>\n<table><thead><tr><th scope=\"col\">What</th><th scope=\"col\">Which</th>"
			  "<th scope=\"col\" class=\"n\">Domains</th><th scope=\"col\" class=\"wide\">Which domains</th></tr>"
			  "</thead><tbody>\n");
	for (size_t i = 0; i < view->provider_count + view->shared_count && i < SHARED_MAX; i++) {
		const struct dc_fleet_thing *thing =
			i < view->provider_count ? view->providers[i] : view->shared[i - view->provider_count];

		dc_html_printf(html, "<tr><td>%s</td><td>", kinds[thing->kind]);
		if (thing->title.len > 0)
			dc_html_text(html, thing->title);
		else
			dc_html_code(html, thing->value);
		dc_html_printf(html, "</td><td class=\"n\">%zu</td><td class=\"wide\">", thing->use_count);
		names(html, thing);
		dc_html_put(html, "</td></tr>\n");
	}
	dc_html_put(html, "</tbody></table></details></div>\n");
}

void dc_html_fleet(struct dc_html *html, const struct dc_summary *summary, const struct dc_fleet_view *view)
{
	primes(html, view);
	if (summary->domains >= FREQUENT_LEAST)
		frequent(html, summary);
	outliers(html, view);
	shared(html, view);
}
