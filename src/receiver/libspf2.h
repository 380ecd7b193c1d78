/* libspf2, stock: what the many receivers built on it answer, its bugs included. Worker only. */
#ifndef DC_RECEIVER_LIBSPF2_H
#define DC_RECEIVER_LIBSPF2_H

#include "receiver/store.h"

struct dc_libspf2;

/* Everything that needs the system (the host's name) is done here, before the sandbox closes. NULL on failure. */
struct dc_libspf2 *dc_libspf2_new(void);
void dc_libspf2_free(struct dc_libspf2 *lib);
/* One check_host(). Texts of *ret_spf live in run->arena or are static. When run->missing_count is not 0 afterwards, the
 * result is void. May crash: that is a finding. */
void dc_libspf2_run(struct dc_libspf2 *lib, const struct dc_receiver_job *job, struct dc_run *run,
		    struct dc_receiver_spf *ret_spf);

#endif
