/* The fleet in the text report: what is frequent, who is out of line, what is shared. */
#include "render/text/fleet.h"

#include <stdlib.h>

enum {
	SHOWN_LINES = 8,   /* of one kind; the JSON report has them all */
	SHOWN_DOMAINS = 4, /* in one line */
	FINDINGS_SHOWN = 6,
	FINGERPRINT_SHOWN = 16,
};

static struct dc_slice and_more(const struct dc_text *text, struct dc_slice list, size_t count, size_t shown)
{
	return count > shown ? dc_text_format(text, "%.*s, and %zu more", DC_FMT(list), count - shown) : list;
}

static struct dc_slice users(const struct dc_text *text, const struct dc_fleet_thing *thing, bool places)
{
	struct dc_slice list = {0};

	for (size_t i = 0; i < thing->use_count && i < SHOWN_DOMAINS; i++) {
		struct dc_slice name = places ? thing->uses[i].name : thing->uses[i].domain->domain;

		name = dc_text_clean(text, name);
		list = dc_text_format(text, "%.*s%s%.*s", DC_FMT(list), i ? ", " : "", DC_FMT(name));
	}
	return and_more(text, list, thing->use_count, SHOWN_DOMAINS);
}

struct frequent {
	size_t id;
	uint64_t domains;
};

static int compare_frequent(const void *a, const void *b)
{
	const struct frequent *x = a, *y = b;

	if (x->domains != y->domains)
		return x->domains > y->domains ? -1 : 1;
	return x->id < y->id ? -1 : 1;
}

static void frequent_findings(const struct dc_text *text, const struct dc_summary *summary)
{
	struct frequent *rows = DC_NEW_ARRAY(text->scratch, struct frequent, DC_F_COUNT);
	struct dc_slice line = {0};
	size_t count = 0;

	for (size_t i = 0; i < DC_F_COUNT; i++) {
		if (summary->domains_of[i] > 1)
			rows[count++] = (struct frequent){.id = i, .domains = summary->domains_of[i]};
	}
	qsort(rows, count, sizeof(*rows), compare_frequent);
	for (size_t i = 0; i < count && i < FINDINGS_SHOWN; i++)
		line = dc_text_format(text, "%.*s%s%s %llu", DC_FMT(line), i ? ", " : "",
				      dc_catalogue_row((enum dc_finding_id)rows[i].id)->slug, (unsigned long long)rows[i].domains);
	if (count > 0)
		dc_text_field(text, "frequent", DC_INK_PLAIN, and_more(text, line, count, FINDINGS_SHOWN));
}

/* The policy for names below is mostly that of the domain, and then told with it. */
static bool is_told(const struct dc_fleet_outlier *outlier, const struct dc_fleet_outlier *before)
{
	if (outlier->property != DC_FLEET_DMARC_BELOW || before->property != DC_FLEET_DMARC_POLICY ||
	    strcmp(outlier->value, before->value) != 0 || outlier->of != before->of || outlier->other_count != before->other_count)
		return false;
	for (size_t i = 0; i < outlier->other_count; i++) {
		const struct dc_fleet_domain *domain = outlier->others[i];

		if (domain != before->others[i] ||
		    strcmp(domain->values[DC_FLEET_DMARC_BELOW], domain->values[DC_FLEET_DMARC_POLICY]) != 0)
			return false;
	}
	return true;
}

static void outliers(const struct dc_text *text, const struct dc_fleet_view *view)
{
	for (size_t i = 0; i < view->outlier_count; i++) {
		const struct dc_fleet_outlier *outlier = &view->outliers[i];
		struct dc_slice list = {0};

		if (i > 0 && is_told(outlier, outlier - 1))
			continue;
		for (size_t k = 0; k < outlier->other_count && k < SHOWN_DOMAINS; k++) {
			struct dc_slice name = dc_text_clean(text, outlier->others[k]->domain);

			list = dc_text_format(text, "%.*s%s%.*s (%s)", DC_FMT(list), k ? ", " : "", DC_FMT(name),
					      outlier->others[k]->values[outlier->property]);
		}
		list = and_more(text, list, outlier->other_count, SHOWN_DOMAINS);
		dc_text_field(text, i ? "" : "out of line", DC_INK_YELLOW,
			      dc_text_format(text, "%s: %zu of %zu have \"%s\", not %.*s", dc_fleet_property_title(outlier->property),
					     outlier->have, outlier->of, outlier->value, DC_FMT(list)));
	}
}

static void shared(const struct dc_text *text, const struct dc_fleet_view *view, enum dc_fleet_kind kind, const char *label)
{
	size_t count = 0;

	for (size_t i = 0; i < view->shared_count; i++) {
		const struct dc_fleet_thing *thing = view->shared[i];
		struct dc_slice value, names;

		if (thing->kind != kind)
			continue;
		if (count++ >= SHOWN_LINES)
			continue;
		value = dc_text_clean(text, kind == DC_FLEET_DKIM_KEY ? dc_slice_sub(thing->value, 0, FINGERPRINT_SHOWN) : thing->value);
		names = users(text, thing, kind == DC_FLEET_DKIM_KEY);
		dc_text_field(text, count == 1 ? label : "", DC_INK_PLAIN,
			      dc_text_format(text, "%.*s: %zu domains: %.*s", DC_FMT(value), thing->use_count, DC_FMT(names)));
	}
	if (count > SHOWN_LINES)
		dc_text_field(text, "", DC_INK_DIM, dc_text_format(text, "and %zu more", count - SHOWN_LINES));
}

static void primes(const struct dc_text *text, const struct dc_fleet_view *view)
{
	for (size_t i = 0; i < view->prime_count && i < SHOWN_LINES; i++) {
		const struct dc_fleet_primes *pair = &view->primes[i];
		struct dc_slice a = users(text, pair->a, true), b = pair->b ? users(text, pair->b, true) : DC_S("another key");

		dc_text_field(text, i ? "" : "same prime", DC_INK_RED,
			      dc_text_format(text, "%.*s and %.*s: anybody can compute both private keys", DC_FMT(a), DC_FMT(b)));
	}
	if (view->prime_count > SHOWN_LINES)
		dc_text_field(text, "", DC_INK_DIM, dc_text_format(text, "and %zu more pairs", view->prime_count - SHOWN_LINES));
	if (!view->keys_tested)
		dc_text_field(text, "same prime", DC_INK_CYAN, DC_S("not tested: too many keys"));
}

static void providers(const struct dc_text *text, const struct dc_fleet_view *view)
{
	struct dc_slice line = {0};

	for (size_t i = 0; i < view->provider_count && i < SHOWN_LINES; i++)
		line = dc_text_format(text, "%.*s%s%.*s %zu", DC_FMT(line), i ? ", " : "", DC_FMT(view->providers[i]->title),
				      view->providers[i]->use_count);
	if (view->provider_count > 0)
		dc_text_field(text, "providers", DC_INK_PLAIN, and_more(text, line, view->provider_count, SHOWN_LINES));
}

void dc_text_fleet(const struct dc_text *text, const struct dc_summary *summary, const struct dc_fleet_view *view)
{
	frequent_findings(text, summary);
	outliers(text, view);
	primes(text, view);
	shared(text, view, DC_FLEET_DKIM_KEY, "same key");
	shared(text, view, DC_FLEET_ADDRESS, "same address");
	shared(text, view, DC_FLEET_RANGE, "same range");
	shared(text, view, DC_FLEET_RUA, "reports to");
	providers(text, view);
}
