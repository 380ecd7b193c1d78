/* Inside of the SMTP room: which hosts take mail from users. */
#ifndef DC_SMTP_SERVICE_H
#define DC_SMTP_SERVICE_H

#include "smtp/smtp.h"

struct dc_smtp_service_row {
	enum dc_smtp_service service;
	struct dc_slice host;
	uint16_t port;
	const char *origin;
};

struct dc_smtp_services {
	struct dc_smtp_service_row items[2 * DC_SMTP_SRV_MAX];
	size_t count;
	const struct dc_answer *srv[2];
	enum dc_tri known;
	bool refused;
};

/* The host that the user names, on the ports of RFC 8314 and 6409 (and 2525, used where 587 is blocked); else what SRV
 * records say. */
void dc_smtp_find_services(struct dc_asker *asker, const struct dc_smtp_wish *wish, struct dc_smtp_services *services);

#endif
