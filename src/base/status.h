/* What can go wrong on our side. What goes wrong in the world is an outcome or a finding, never one of these. */
#ifndef DC_BASE_STATUS_H
#define DC_BASE_STATUS_H

enum dc_status {
	DC_OK = 0,
	DC_ERR_USAGE,    /* the caller asked for something that does not exist */
	DC_ERR_INPUT,    /* a name, a file or its content is not what it must be */
	DC_ERR_IO,       /* reading or writing failed */
	DC_ERR_NOMEM,    /* memory, or a named ceiling on it, is spent */
	DC_ERR_INTERNAL, /* a promise inside the program was broken */
};

/* Owned by the caller, filled on failure only. One line, without a newline, already escaped. */
struct dc_error {
	enum dc_status status;
	char message[512];
};

/* Fills *err (which may be NULL) and returns `status`, so that `return dc_error_set(…)` reads well.
 * Untrusted text must have gone through dc_escape_* first. */
enum dc_status dc_error_set(struct dc_error *err, enum dc_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
