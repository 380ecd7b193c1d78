/* Calendar arithmetic without libc: no zone, no locale. Years begin in March here, so that the odd day comes last. */
#include "base/civil.h"

enum { DAYS_OF_ERA = 146097, EPOCH = 719468 /* days from 0000-03-01 to 1970-01-01 */ };

int64_t dc_civil_to_days(struct dc_civil date)
{
	int64_t year = date.year - (date.month <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400, in_era = year - era * 400;
	int64_t day = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
	return era * DAYS_OF_ERA + in_era * 365 + in_era / 4 - in_era / 100 + day - EPOCH;
}

int64_t dc_civil_to_seconds(struct dc_civil date, int hour, int minute, int second)
{
	return ((dc_civil_to_days(date) * 24 + hour) * 60 + minute) * 60 + second;
}

struct dc_civil dc_civil_from_days(int64_t days)
{
	days += EPOCH;
	int64_t era = (days >= 0 ? days : days - (DAYS_OF_ERA - 1)) / DAYS_OF_ERA, day = days - era * DAYS_OF_ERA;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t in_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * in_year + 2) / 153;
	struct dc_civil date = {.month = (int)(month < 10 ? month + 3 : month - 9)};
	date.day = (int)(in_year - (153 * month + 2) / 5 + 1);
	date.year = year + era * 400 + (date.month <= 2);
	return date;
}

static void put(char *at, int digits, int64_t value)
{
	for (; digits > 0; value /= 10)
		at[--digits] = (char)('0' + value % 10);
}

const char *dc_civil_stamp(int64_t seconds, char text[DC_CIVIL_STAMP_LEN + 1])
{
	const int64_t first = -62167219200, last = 253402300799; /* years 0000 to 9999 */
	seconds = seconds < first ? first : seconds > last ? last : seconds;
	int64_t in_day = (seconds % 86400 + 86400) % 86400;
	struct dc_civil date = dc_civil_from_days((seconds - in_day) / 86400);
	memcpy(text, "0000-00-00T00:00:00Z", DC_CIVIL_STAMP_LEN + 1);
	put(text, 4, date.year);
	put(text + 5, 2, date.month);
	put(text + 8, 2, date.day);
	put(text + 11, 2, in_day / 3600);
	put(text + 14, 2, in_day / 60 % 60);
	put(text + 17, 2, in_day % 60);
	return text;
}

static int get(struct dc_slice text, size_t at, size_t digits)
{
	uint64_t value;
	return dc_slice_uint(dc_slice_sub(text, at, digits), true, 9999, &value) ? (int)value : -1;
}

bool dc_civil_stamp_parse(struct dc_slice text, int64_t *ret_seconds)
{
	char again[DC_CIVIL_STAMP_LEN + 1];
	struct dc_civil date = {.year = get(text, 0, 4), .month = get(text, 5, 2), .day = get(text, 8, 2)};
	int hour = get(text, 11, 2), minute = get(text, 14, 2), second = get(text, 17, 2);
	if (text.len != DC_CIVIL_STAMP_LEN || date.year < 0 || date.month < 1 || date.month > 12 || date.day < 1 || hour < 0 ||
	    minute < 0 || second < 0)
		return false;
	int64_t seconds = dc_civil_to_seconds(date, hour, minute, second);
	/* Whatever does not come back as it was is no date: 30 February, 24:00, other separators. */
	if (!dc_slice_eq(dc_slice_of(dc_civil_stamp(seconds, again)), text))
		return false;
	*ret_seconds = seconds;
	return true;
}
