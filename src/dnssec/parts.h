/* Inside of the dnssec room; nobody else includes this. */
#ifndef DC_DNSSEC_PARTS_H
#define DC_DNSSEC_PARTS_H

#include "dnssec/dnssec.h"

/* records.c: what stands in an answer, into `facts` */
void dnssec_read_keys(struct dc_asker *asker, struct dc_dnssec_facts *facts);
void dnssec_read_ds(struct dc_asker *asker, struct dc_dnssec_facts *facts);
void dnssec_read_signatures(struct dc_asker *asker, struct dc_dnssec_facts *facts, int64_t now_s);
void dnssec_read_nsec3(struct dc_dnssec_facts *facts);

#endif
