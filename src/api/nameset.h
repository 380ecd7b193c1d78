/* The names a run has seen: each domain is audited once. Names are kept whole, side by side in blocks: some 36 octets
 * a domain, so a million of them need less than one large audit may use. */
#ifndef DC_API_NAMESET_H
#define DC_API_NAMESET_H

#include "base/slice.h"

struct dc_nameset;

/* NULL: no memory. */
struct dc_nameset *dc_nameset_new(void);
void dc_nameset_free(struct dc_nameset *set);

enum dc_nameset_added { DC_NAMESET_NEW, DC_NAMESET_KNOWN, DC_NAMESET_NO_MEMORY };
/* `name` of 1 to 255 octets; copied. */
enum dc_nameset_added dc_nameset_add(struct dc_nameset *set, struct dc_slice name);
/* The same for ever and on every machine: shards depend on it. */
uint64_t dc_nameset_hash(struct dc_slice name);

#endif
