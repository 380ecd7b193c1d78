/* libopendkim: what a verifier built on it says of a published key, and of a message. Worker only. */
#ifndef DC_RECEIVER_LIBOPENDKIM_H
#define DC_RECEIVER_LIBOPENDKIM_H

#include "receiver/store.h"

struct dc_libopendkim;

/* Makes OpenSSL fetch every algorithm that will be used, because the sandbox allows no files afterwards. NULL on failure. */
struct dc_libopendkim *dc_libopendkim_new(void);
void dc_libopendkim_free(struct dc_libopendkim *lib);
/* As dc_libspf2_run. Key records reach the library as a well-formed reply packet that is made here. */
void dc_libopendkim_key(struct dc_libopendkim *lib, const struct dc_receiver_job *job, struct dc_run *run,
			struct dc_receiver_key *ret_key);
/* All signatures of `message`. */
void dc_libopendkim_message(struct dc_libopendkim *lib, const struct dc_receiver_job *job, struct dc_slice message,
			    struct dc_run *run, struct dc_receiver_message *ret_message);

#endif
