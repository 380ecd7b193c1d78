/* The worker process: reads evidence and jobs, answers with results or missing questions. Knows no host. */
#ifndef DC_RECEIVER_WORKER_H
#define DC_RECEIVER_WORKER_H

#include "receiver/libopendkim.h"
#include "receiver/libspf2.h"

/* For tests only: runs inside the worker, behind the sandbox, for each job text before it is parsed. True: it has answered
 * the job itself (or died). NULL in everything that is shipped. */
typedef bool (*dc_worker_drill)(struct dc_slice job_text, int fd);

struct dc_worker;

/* Exit status of a worker that had no memory. */
enum { DC_WORKER_NO_MEMORY = 3 };

/* Opens the libraries: everything that the sandbox will not allow later. NULL on failure. */
struct dc_worker *dc_worker_new(dc_worker_drill drill);
void dc_worker_free(struct dc_worker *worker);
/* Works until the stream ends (0), is not what a host of ours would send (2), or memory is spent (DC_WORKER_NO_MEMORY).
 * `fd` is blocking. */
int dc_worker_serve(struct dc_worker *worker, int fd);

/* One body of kind evidence or job, appending the answer's frame to `out` for a job. False when it is malformed. Separate
 * from the stream so that it can be fuzzed. */
bool dc_worker_take(struct dc_worker *worker, enum dc_wire_kind kind, struct dc_slice body, struct dc_buf *out);

#endif
