/* The parts of the tree walk, for the files of this room and its tests. */
#ifndef DC_DMARC_WALK_H
#define DC_DMARC_WALK_H

#include "dmarc/dmarc.h"


/* One step: asks for _dmarc.DOMAIN and reads what came back. */
void dc_dmarc_look_up(struct dc_asker *asker, struct dc_slice domain, struct dc_dmarc_node *node);

struct dc_dmarc_org {
	struct dc_slice domain;              /* empty when blocked */
	const struct dc_dmarc_node *node;    /* its record; NULL: it has none */
	const struct dc_dmarc_node *psd;     /* the record with psd=y above it; NULL: none was met */
	const struct dc_dmarc_node *blocked; /* a step without an answer */
	size_t visited;                      /* steps taken until the walk stopped */
};
/* RFC 9989 4.10.2 over the steps of a walk from `start`; steps at names without a record may be left out. */
struct dc_dmarc_org dc_dmarc_select(const struct dc_dmarc_node *nodes, size_t count, struct dc_slice start);

void dc_dmarc_walk_from(struct dc_asker *asker, struct dc_slice start, struct dc_dmarc_walk *walk);

/* RFC 9989 4.10.1, and RFC 7489 6.6.3 with the list: what a domain and the names below it get. `walk` starts at the
 * domain. `exists` matters only when the record of another domain applies. */
void dc_dmarc_view_now(struct dc_arena *arena, const struct dc_dmarc_walk *walk, enum dc_tri exists, struct dc_dmarc_view *ret_view);
void dc_dmarc_view_legacy(struct dc_asker *asker, const struct dc_dmarc_walk *walk, struct dc_dmarc_view *ret_view);

/* Destinations of the record's reports (RFC 9990 section 4). */
void dc_dmarc_reports(struct dc_asker *asker, const struct dc_dmarc_record *record, struct dc_dmarc_facts *facts);

#endif
