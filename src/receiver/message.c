/* Whole messages through libopendkim. */
#include "receiver/opendkim_handle.h"

void dc_libopendkim_message(struct dc_libopendkim *lib, const struct dc_receiver_job *job, struct dc_slice message,
			    struct dc_run *run, struct dc_receiver_message *ret_message)
{
	(void)lib;
	(void)job;
	(void)message;
	(void)run;
	*ret_message = (struct dc_receiver_message){.fate = DC_RECEIVER_ABSENT, .reason = DC_S("not built yet")};
}
