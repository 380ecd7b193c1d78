/* Settings of what is asked only on demand: mail servers (--probe) and blocklists. */
#ifndef DC_API_PROBES_H
#define DC_API_PROBES_H

#include "api/config.h"

/* One setting by its name: "probe", "submission", "probe-port", "probe-helo". When the value is none for it, *ret_want says
 * in static words what would be. */
bool dc_probe_set(struct dc_config *config, const char *name, struct dc_slice value, const char **ret_want);

#endif
