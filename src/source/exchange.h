/* Between the sources of several threads: a question that one of them has put is not put by another. Each thread has a
 * source of its own here, before its real ones; answers travel by reference and are handed over in the thread that asked. */
#ifndef DC_SOURCE_EXCHANGE_H
#define DC_SOURCE_EXCHANGE_H

#include "source/loop.h"
#include "source/source.h"

struct dc_exchange;

/* `ceiling`: octets of answers kept; those of questions on their way come on top. NULL: no memory. */
struct dc_exchange *dc_exchange_new(size_t ceiling);
/* After the sources. */
void dc_exchange_free(struct dc_exchange *exchange);

/* How many questions were not put because another thread had. */
uint64_t dc_exchange_shared(struct dc_exchange *exchange);

/* A source for the thread of `loop`, that asks `sources` (borrowed, in the order of asking) what nobody has asked. NULL:
 * no memory or no descriptor. To be freed when no thread runs any more, before the exchange; fetches on their way are
 * then forgotten. */
struct dc_source *dc_exchange_source_new(struct dc_exchange *exchange, struct dc_loop *loop, struct dc_source *const *sources,
					 size_t source_count);

#endif
