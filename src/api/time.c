/* RFC 3339 time stamps (section 5.6) to seconds, by the proleptic Gregorian calendar; no libc clock, no zone files. */
#include "api/config.h"

static bool number(struct dc_slice *rest, size_t digits, uint64_t max, int64_t *ret_value)
{
	uint64_t value;
	if (rest->len < digits || !dc_slice_uint(dc_slice_sub(*rest, 0, digits), true, max, &value))
		return false;
	*rest = dc_slice_sub(*rest, digits, SIZE_MAX);
	*ret_value = (int64_t)value;
	return true;
}

static bool one_of(struct dc_slice *rest, const char *set, char *ret_char)
{
	if (rest->len == 0 || !rest->ptr[0] || !strchr(set, rest->ptr[0]))
		return false;
	*ret_char = rest->ptr[0];
	*rest = dc_slice_sub(*rest, 1, SIZE_MAX);
	return true;
}

/* Days from 1970-01-01 to the first of March of a shifted year: the usual civil-calendar arithmetic. */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = year / 400, year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static int64_t month_days(int64_t year, int64_t month)
{
	static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

static bool offset(struct dc_slice *rest, int64_t *ret_seconds)
{
	char sign, colon;
	int64_t hours, minutes;
	if (one_of(rest, "Zz", &sign)) {
		*ret_seconds = 0;
		return true;
	}
	if (!one_of(rest, "+-", &sign) || !number(rest, 2, 23, &hours) || !one_of(rest, ":", &colon) ||
	    !number(rest, 2, 59, &minutes))
		return false;
	*ret_seconds = (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return true;
}

bool dc_time_parse(struct dc_slice rest, int64_t *ret_seconds)
{
	int64_t year, month, day, hour = 0, minute = 0, second = 0, east = 0, ignored;
	char c;
	if (!number(&rest, 4, 9999, &year) || year < 1970 || !one_of(&rest, "-", &c) || !number(&rest, 2, 12, &month) ||
	    month < 1 || !one_of(&rest, "-", &c) || !number(&rest, 2, 31, &day) || day < 1 ||
	    day > month_days(year, month))
		return false;
	if (rest.len) {
		if (!one_of(&rest, "Tt ", &c) || !number(&rest, 2, 23, &hour) || !one_of(&rest, ":", &c) ||
		    !number(&rest, 2, 59, &minute) || !one_of(&rest, ":", &c) || !number(&rest, 2, 60, &second))
			return false;
		if (one_of(&rest, ".", &c)) {
			if (!number(&rest, 1, 9, &ignored))
				return false;
			while (number(&rest, 1, 9, &ignored))
				;
		}
		if (!offset(&rest, &east))
			return false;
	}
	if (rest.len)
		return false;
	*ret_seconds = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - east;
	return true;
}
