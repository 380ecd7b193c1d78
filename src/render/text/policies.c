/* What stands beside the great protocols, a line each: MTA-STS, TLS-RPT, BIMI, CAA. Only what is published. */
#include "base/civil.h"
#include "bimi/bimi.h"
#include "caa/caa.h"
#include "mta_sts/mta_sts.h"
#include "render/text/text.h"
#include "tls_rpt/tls_rpt.h"

static struct dc_slice join(const struct dc_text *text, const struct dc_slice *items, size_t count)
{
	enum { SHOWN = 8 };
	struct dc_slice line = {0};

	for (size_t i = 0; i < count && i < SHOWN; i++)
		line = dc_text_format(text, "%.*s%s%.*s", DC_FMT(line), i > 0 ? ", " : "", DC_FMT(dc_text_clean(text, items[i])));
	return count > SHOWN ? dc_text_format(text, "%.*s and %zu more", DC_FMT(line), count - SHOWN) : line;
}

/* "14 days" */
static struct dc_slice duration(const struct dc_text *text, uint64_t seconds)
{
	static const uint64_t MINUTE = 60, HOUR = 3600, DAY = 86400;
	uint64_t unit = seconds >= 2 * DAY ? DAY : seconds >= 2 * HOUR ? HOUR : MINUTE;

	return dc_text_format(text, "%llu %s", (unsigned long long)(seconds / unit),
			      unit == DAY ? "days" : unit == HOUR ? "hours" : "minutes");
}

static void mta_sts(const struct dc_text *text, const struct dc_mta_sts_facts *sts)
{
	const struct dc_mta_sts_policy *policy = sts->policy;
	struct dc_slice line = DC_S("the policy could not be looked at");

	if (sts->state != DC_MTA_STS_VALID)
		line = DC_S("the record is not one that senders take");
	else if (sts->served == DC_MTA_STS_SERVED_VALID)
		line = dc_text_format(text, "%s%s%.*s, remembered for %.*s", dc_mta_sts_mode_name(policy->mode),
				      policy->pattern_count ? ": " : "", DC_FMT(join(text, policy->patterns, policy->pattern_count)),
				      DC_FMT(duration(text, policy->max_age_s)));
	else if (sts->served != DC_MTA_STS_SERVED_UNKNOWN)
		line = DC_S("senders do not get the policy, or do not take it");
	dc_text_field(text, "MTA-STS", DC_INK_PLAIN, line);
}

static void tls_rpt(const struct dc_text *text, const struct dc_tls_rpt_facts *rpt)
{
	struct dc_slice uris[DC_TLS_RPT_URI_MAX];
	size_t count = 0;

	for (size_t i = 0; i < rpt->record.uri_count; i++)
		if (!rpt->record.uris[i].problem)
			uris[count++] = rpt->record.uris[i].text;
	dc_text_field(text, "TLS-RPT", DC_INK_PLAIN,
		      rpt->state == DC_TLS_RPT_VALID ? join(text, uris, count) : DC_S("the record is not one that senders take"));
}

static void bimi(const struct dc_text *text, const struct dc_bimi_facts *bimi)
{
	const struct dc_bimi_mark *mark = bimi->mark && !bimi->mark->problem ? bimi->mark : NULL;
	struct dc_slice line = DC_S("the record is not one that receivers take");
	char stamp[DC_CIVIL_STAMP_LEN + 1];

	if (bimi->state == DC_BIMI_DECLINED)
		line = DC_S("no logo is wanted");
	if (bimi->state == DC_BIMI_VALID)
		line = dc_text_clean(text, bimi->record.logo.text);
	if (mark)
		line = dc_text_format(text, "%.*s, %.*s until %.10s", DC_FMT(line),
				      DC_FMT(mark->mark_type.len ? dc_text_clean(text, mark->mark_type) : DC_S("certificate")),
				      dc_civil_stamp(mark->not_after_s, stamp));
	dc_text_field(text, "BIMI", DC_INK_PLAIN, line);
}

static void caa(const struct dc_text *text, const struct dc_caa_facts *caa)
{
	struct dc_slice line = {0};

	for (size_t i = 0; i < caa->count; i++)
		line = dc_text_format(text, "%.*s%s%.*s \"%.*s\"", DC_FMT(line), i > 0 ? ", " : "",
				      DC_FMT(dc_text_clean(text, caa->properties[i].name)),
				      DC_FMT(dc_text_clean(text, caa->properties[i].value)));
	if (!dc_name_eq(caa->location, caa->name))
		line = dc_text_format(text, "%.*s (of %.*s)", DC_FMT(line), DC_FMT(dc_text_clean(text, caa->location)));
	dc_text_field(text, "CAA", DC_INK_PLAIN, line);
}

void dc_text_policies(const struct dc_text *text, const struct dc_facts *facts)
{
	if (dc_facts_published(facts, DC_PUBLISHED_MTA_STS) == DC_TRI_YES)
		mta_sts(text, facts->mta_sts);
	if (dc_facts_published(facts, DC_PUBLISHED_TLS_RPT) == DC_TRI_YES)
		tls_rpt(text, facts->tls_rpt);
	if (dc_facts_published(facts, DC_PUBLISHED_BIMI) == DC_TRI_YES)
		bimi(text, facts->bimi);
	if (dc_facts_published(facts, DC_PUBLISHED_CAA) == DC_TRI_YES)
		caa(text, facts->caa);
}
