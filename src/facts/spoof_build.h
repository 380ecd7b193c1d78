/* How the verdict on forgery is made: for the files of this room. */
#ifndef DC_FACTS_SPOOF_BUILD_H
#define DC_FACTS_SPOOF_BUILD_H

#include "facts/facts.h"
#include "facts/spoof.h"
#include "facts/streams.h"

/* Asks nothing that the rooms did not ask. In asker->arena; never NULL. */
const struct dc_spoof_facts *dc_spoof_build(struct dc_asker *asker, const struct dc_inputs *inputs,
					    const struct dc_spf_facts *spf, const struct dc_streams *streams,
					    const struct dc_dkim_facts *dkim, const struct dc_dmarc_facts *dmarc);

#endif
