/* Yes, no, or could not be determined. Zeroed memory is "unknown": silence never reads as an answer. */
#ifndef DC_BASE_TRI_H
#define DC_BASE_TRI_H

#include <stdbool.h>

enum dc_tri { DC_TRI_UNKNOWN, DC_TRI_NO, DC_TRI_YES };

static inline enum dc_tri dc_tri_of(bool value)
{
	return value ? DC_TRI_YES : DC_TRI_NO;
}
/* One YES makes it yes; else one unknown makes it unknown. */
static inline enum dc_tri dc_tri_or(enum dc_tri a, enum dc_tri b)
{
	if (a == DC_TRI_YES || b == DC_TRI_YES)
		return DC_TRI_YES;
	return a == DC_TRI_UNKNOWN || b == DC_TRI_UNKNOWN ? DC_TRI_UNKNOWN : DC_TRI_NO;
}
/* One NO makes it no; else one unknown makes it unknown. */
static inline enum dc_tri dc_tri_and(enum dc_tri a, enum dc_tri b)
{
	if (a == DC_TRI_NO || b == DC_TRI_NO)
		return DC_TRI_NO;
	return a == DC_TRI_UNKNOWN || b == DC_TRI_UNKNOWN ? DC_TRI_UNKNOWN : DC_TRI_YES;
}

#endif
