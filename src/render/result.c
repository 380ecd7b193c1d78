/* Sums and names that every format shares. */
#include "render/report.h"

const char *dc_question_kind_name(enum dc_question_kind kind)
{
	static const char *const names[DC_ASK_KIND_COUNT] = {
		[DC_ASK_DNS] = "dns",	  [DC_ASK_VALIDATE] = "validate", [DC_ASK_SERVER] = "server",
		[DC_ASK_HTTPS] = "https", [DC_ASK_SMTP] = "smtp",	  [DC_ASK_RECEIVER] = "receiver",
	};

	return names[kind];
}

void dc_summary_add(struct dc_summary *summary, const struct dc_audit_result *result)
{
	bool seen[DC_F_COUNT] = {false};

	summary->domains++;
	summary->pass += result->verdict == DC_DOMAIN_PASS;
	summary->incomplete += result->verdict == DC_DOMAIN_INCOMPLETE;
	summary->fail += result->verdict == DC_DOMAIN_FAIL;
	summary->questions += result->dns.questions;
	summary->unanswered += result->dns.unanswered;
	summary->elapsed_ms += result->dns.elapsed_ms;
	for (size_t i = 0; i < result->finding_count; i++) {
		const struct dc_finding *finding = &result->findings[i];

		if (finding->severity == DC_SEVERITY_OFF)
			continue;
		summary->findings_of[finding->id]++;
		summary->domains_of[finding->id] += !seen[finding->id];
		seen[finding->id] = true;
		if (finding->waived.len > 0)
			summary->waived++;
		else if (dc_catalogue_row(finding->id)->inconclusive)
			summary->undetermined++;
		else if (finding->severity == DC_SEVERITY_ERROR)
			summary->errors++;
		else if (finding->severity == DC_SEVERITY_WARNING)
			summary->warnings++;
		else
			summary->notices++;
	}
}

bool dc_worst_verdict(const struct dc_audit_result *result, const char *prefix, enum dc_verdict *ret_verdict)
{
	static const unsigned char rank[] = {[DC_VERDICT_NOT_APPLICABLE] = 1,
					     [DC_VERDICT_PASS] = 2,
					     [DC_VERDICT_WARN] = 3,
					     [DC_VERDICT_INCONCLUSIVE] = 4,
					     [DC_VERDICT_FAIL] = 5};
	unsigned worst = 0;

	for (size_t i = 0; i < result->check_count; i++) {
		const struct dc_check_result *check = &result->checks[i];

		if (strncmp(check->check->id, prefix, strlen(prefix)) != 0 || rank[check->verdict] <= worst)
			continue;
		worst = rank[check->verdict];
		*ret_verdict = check->verdict;
	}
	return worst > 0;
}

/* Days since 1970 to a date of the proleptic Gregorian calendar, counted from March so that leap days come last. */
const char *dc_time_format(int64_t seconds, char text[DC_TIME_TEXT_MAX])
{
	static const int64_t first = -62167219200, last = 253402300799; /* years 0 and 9999 */
	int64_t days, rest, era, day_of_era, year_of_era, day_of_year, month, year, day;
	unsigned fields[6];
	char *p = text;

	seconds = seconds < first ? first : seconds > last ? last : seconds;
	days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
	rest = seconds - days * 86400;
	days += 719468; /* 0000-03-01 */
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = days - era * 146097;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * day_of_year + 2) / 153;
	day = day_of_year - (153 * month + 2) / 5 + 1;
	month += month < 10 ? 3 : -9;
	year = year_of_era + era * 400 + (month <= 2);
	fields[0] = (unsigned)year;
	fields[1] = (unsigned)month;
	fields[2] = (unsigned)day;
	fields[3] = (unsigned)(rest / 3600);
	fields[4] = (unsigned)(rest / 60 % 60);
	fields[5] = (unsigned)(rest % 60);
	*p++ = (char)('0' + fields[0] / 1000);
	*p++ = (char)('0' + fields[0] / 100 % 10);
	for (size_t i = 0; i < 6; i++) {
		*p++ = (char)('0' + fields[i] / 10 % 10);
		*p++ = (char)('0' + fields[i] % 10);
		*p++ = "--T::Z"[i];
	}
	*p = '\0';
	return text;
}
