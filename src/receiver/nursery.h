/* The process that workers are forked from. It never sees hostile input.
 *
 * Why it exists: workers must be replaced when they die, and at that time the host may have threads that hold locks of
 * OpenSSL, megabytes of evidence, and secrets. The nursery is forked once, early, opens the libraries, and from then on
 * every worker is a copy of a small process with one thread, ready in a fraction of a millisecond. */
#ifndef DC_RECEIVER_NURSERY_H
#define DC_RECEIVER_NURSERY_H

#include <sys/types.h>

#include "receiver/worker.h"

struct dc_nursery {
	pid_t pid; /* 0 = none */
	int fd;    /* non-blocking for the host; readable when a report or the end is there; -1 = none */
};

struct dc_nursery_report {
	int32_t pid;         /* of the new worker; 0 = it could not be forked */
	int32_t last_status; /* of the worker before, as wait(2) gives it; -1 = there was none */
};

/* Exit status of a worker that could not close its sandbox: it has read nothing. */
enum { DC_NURSERY_NO_SANDBOX = 4 };

/* Forks. The child is a copy of this process with its calling thread alone: glibc keeps malloc and stdio usable in it; locks
 * of other libraries that another thread held at this moment stay held, so call it before there are threads that use
 * OpenSSL (should it hang all the same, no worker will ever come and the host gives up by its clock). False when there are
 * no descriptors or processes left. */
bool dc_nursery_start(struct dc_nursery *nursery, dc_worker_drill drill);
/* Asks for a new worker that serves `worker_fd` (the caller closes its copy); the one before is killed. The report comes
 * through nursery->fd. */
bool dc_nursery_ask(struct dc_nursery *nursery, int worker_fd);
/* 1: *ret_report is there, 0: not yet, -1: the nursery has died. */
int dc_nursery_read(struct dc_nursery *nursery, struct dc_nursery_report *ret_report);
/* CPU time that a worker has used so far; 0 when it is gone. */
uint64_t dc_nursery_cpu_ms(pid_t worker);
/* Ends it and its worker, and reaps it. */
void dc_nursery_stop(struct dc_nursery *nursery);

#endif
