/* What tests see of the receiver besides receiver.h. */
#ifndef DC_RECEIVER_HOST_H
#define DC_RECEIVER_HOST_H

#include <sys/types.h>

#include "receiver/nursery.h"

/* As dc_receiver_new, with something to run inside the worker. */
struct dc_receiver *dc_receiver_new_drilled(struct dc_loop *loop, dc_worker_drill drill);
/* Of the worker that takes jobs now; 0 = none. *ret_nursery: where it comes from. */
pid_t dc_receiver_pids(const struct dc_receiver *receiver, pid_t *ret_nursery);

#endif
