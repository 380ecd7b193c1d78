/* Settings of what is asked only on demand: mail servers (--probe) and blocklists. */
#ifndef DC_API_PROBES_H
#define DC_API_PROBES_H

#include "api/config.h"

/* "smtp", "submission"; *ret_want says what was wanted when false. */
bool dc_probe_add(struct dc_config *config, struct dc_slice value, const char **ret_want);
/* HOST or HOST:PORT */
bool dc_probe_submission(struct dc_config *config, struct dc_slice value, const char **ret_want);
/* FROM=TO */
bool dc_probe_port(struct dc_config *config, struct dc_slice value, const char **ret_want);
/* A host name or an address literal, for EHLO. */
bool dc_probe_helo(struct dc_config *config, struct dc_slice value, const char **ret_want);

#endif
