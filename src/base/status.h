/* Filling the caller's error: the types are public. */
#ifndef DC_BASE_STATUS_H
#define DC_BASE_STATUS_H

#include <domaincheck/status.h>

/* Fills *err (which may be NULL) and returns `status`, so that `return dc_error_set(…)` reads well.
 * Untrusted text must have gone through dc_escape_* first. */
enum dc_status dc_error_set(struct dc_error *err, enum dc_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
