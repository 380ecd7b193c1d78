/* Inside the room: readers of senders, shared by a sender's own entry and by the level around it. */
#ifndef DC_MANIFEST_SENDERS_H
#define DC_MANIFEST_SENDERS_H

#include "manifest/parts.h"

void dc_sender_provider(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target);
void dc_sender_from(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target);
void dc_sender_mail_from(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target);
void dc_sender_helo(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target);
void dc_sender_dkim_domain(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target);
void dc_sender_selectors(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target);
void dc_sender_ips(struct dc_faults *faults, const struct dc_yaml_node *node, const char *name, void *target);

/* Keys of one sender; `target` is a struct dc_sender_said. */
#define DC_SENDER_KEYS                                                                                                 \
	{"provider", dc_sender_provider, false}, {"from", dc_sender_from, false}, {"mail-from", dc_sender_mail_from, false}, \
		{"helo", dc_sender_helo, false}, {"ips", dc_sender_ips, false}, {"selectors", dc_sender_selectors, false}, \
		{"dkim-domain", dc_sender_dkim_domain, false}

/* The list behind `senders`; NULL and a fault when it is none. */
const struct dc_sender_said *dc_senders_read(struct dc_faults *faults, const struct dc_yaml_node *node, size_t *ret_count);
/* What `own` does not say, `outer` does. */
void dc_sender_inherit(struct dc_sender_said *own, const struct dc_sender_said *outer);
/* Faults that show only when the domain is known. */
void dc_sender_check(struct dc_faults *faults, const struct dc_sender_said *sender, struct dc_slice domain);

#endif
