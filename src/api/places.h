/* Lines of zone files and manifests, for reports that point at them. */
#ifndef DC_API_PLACES_H
#define DC_API_PLACES_H

#include "api/config.h"
#include "render/result.h"

/* NULL: the configuration names no file that holds records or domains, or there is no memory. `config` must outlive it. One
 * thread at a time. */
struct dc_places *dc_places_new(const struct dc_config *config);
void dc_places_free(struct dc_places *places);

#endif
