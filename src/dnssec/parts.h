/* Inside of the dnssec room; nobody else includes this. */
#ifndef DC_DNSSEC_PARTS_H
#define DC_DNSSEC_PARTS_H

#include "dnssec/dnssec.h"

/* records.c: what stands in an answer, into `facts` */
void dnssec_read_keys(struct dc_asker *asker, struct dc_dnssec_facts *facts);
void dnssec_read_ds(struct dc_asker *asker, struct dc_dnssec_facts *facts);
void dnssec_read_signatures(struct dc_asker *asker, struct dc_dnssec_facts *facts, int64_t now_s);
void dnssec_read_nsec3(struct dc_dnssec_facts *facts);

enum { DNSSEC_DIGEST_MAX = 64 };
/* The digest of RFC 4034 section 5.1.4, of owner name and rdata of a key. Its length; 0: the type is not known here. */
size_t dnssec_digest(uint8_t digest_type, struct dc_slice owner, struct dc_slice rdata, uint8_t digest[DNSSEC_DIGEST_MAX]);

#endif
