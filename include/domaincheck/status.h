/* What can go wrong on our side. What goes wrong in the world is an outcome or a finding, never one of these. */
#ifndef DOMAINCHECK_STATUS_H
#define DOMAINCHECK_STATUS_H

enum dc_status {
	DC_OK = 0,
	DC_ERR_USAGE,    /* the caller asked for something that does not exist */
	DC_ERR_INPUT,    /* a name, a file or its content is not what it must be */
	DC_ERR_IO,       /* reading or writing failed */
	DC_ERR_NOMEM,    /* memory, or a named ceiling on it, is spent */
	DC_ERR_INTERNAL, /* a promise inside the program was broken */
};

/* Owned by the caller, filled on failure only. One line without a newline; untrusted text in it is escaped. */
struct dc_error {
	enum dc_status status;
	char message[512];
};

#endif
