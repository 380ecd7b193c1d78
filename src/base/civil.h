/* The Gregorian calendar, extended to all times: days since 1970-01-01 and dates. */
#ifndef DC_BASE_CIVIL_H
#define DC_BASE_CIVIL_H

#include "base/slice.h"

struct dc_civil {
	int64_t year;
	int month, day; /* from 1 */
};

/* `month` 1..12, `day` 1..31. */
int64_t dc_civil_to_days(struct dc_civil date);
struct dc_civil dc_civil_from_days(int64_t days);
/* Since 1970-01-01T00:00:00Z. */
int64_t dc_civil_to_seconds(struct dc_civil date, int hour, int minute, int second);

enum { DC_CIVIL_STAMP_LEN = 20 };
/* "2026-11-20T12:00:00Z" (RFC 3339 in its plainest form), years 0000 to 9999, NUL-terminated into `text`; returns it. */
const char *dc_civil_stamp(int64_t seconds, char text[DC_CIVIL_STAMP_LEN + 1]);
/* Exactly that form; false when it is another, or no such day or time exists. */
bool dc_civil_stamp_parse(struct dc_slice text, int64_t *ret_seconds);

#endif
