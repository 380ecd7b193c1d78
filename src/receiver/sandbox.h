/* What the worker gives up before it sees the first hostile octet. */
#ifndef DC_RECEIVER_SANDBOX_H
#define DC_RECEIVER_SANDBOX_H

#include <stdbool.h>

enum {
	DC_SANDBOX_FD = 3,                   /* the only descriptor that may be read and written */
	DC_SANDBOX_MEMORY_MAX = 1536 << 20,  /* octets beyond what the process has mapped at the start: 16 audits' evidence */
};

/* No files, no network, no processes, no new privileges, no core; memory and system calls are limited: anything else
 * kills the process with SIGSYS. False when any of it cannot be had: then the worker must not run. */
bool dc_sandbox_close(void);
/* True in builds and under tools (sanitizers, valgrind) that need more: then only what reaches outside kills, and time
 * passes differently. */
bool dc_sandbox_is_relaxed(void);

#endif
