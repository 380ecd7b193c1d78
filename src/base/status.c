/* Filling the caller's error. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

enum dc_status dc_error_set(struct dc_error *err, enum dc_status status, const char *format, ...)
{
	if (err) {
		va_list args;
		va_start(args, format);
		err->status = status;
		(void)vsnprintf(err->message, sizeof err->message, format, args);
		va_end(args);
	}
	return status;
}
