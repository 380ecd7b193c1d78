/* Where users of a domain hand in their mail: SRV records (RFC 6186 section 3, RFC 8314 section 5.1, RFC 2782). */
#include "smtp/service.h"

struct srv {
	uint16_t priority, port;
	struct dc_slice host;
};

static bool read_srv(struct dc_asker *asker, const struct dc_rr *rr, struct srv *ret_srv)
{
	const uint8_t *rdata = (const uint8_t *)rr->rdata.ptr;
	struct srv srv;
	size_t used;
	if (rr->type != DC_TYPE_SRV || rr->rdata.len < 7 ||
	    !dc_name_from_wire(asker->arena, rdata + 6, rr->rdata.len - 6, &srv.host, &used) || used != rr->rdata.len - 6)
		return false;
	srv.priority = (uint16_t)(rdata[0] << 8 | rdata[1]);
	srv.port = (uint16_t)(rdata[4] << 8 | rdata[5]);
	*ret_srv = srv;
	return true;
}

/* By priority, then name, then port: answers come in any order. */
static bool is_before(const struct srv *a, const struct srv *b)
{
	int names = dc_slice_cmp(a->host, b->host);
	return a->priority != b->priority ? a->priority < b->priority : names ? names < 0 : a->port < b->port;
}

static void read_answer(struct dc_asker *asker, const struct dc_answer *answer, enum dc_smtp_service service,
			struct dc_smtp_services *services)
{
	struct srv sorted[DC_SMTP_SRV_MAX + 1];
	size_t count = 0;
	const struct dc_rr *rr;
	for (size_t i = 0; (rr = dc_answer_rr(answer, i)); i++) {
		struct srv srv;
		size_t at = count;
		if (!read_srv(asker, rr, &srv))
			continue;
		if (dc_name_eq(srv.host, DC_S("."))) {
			services->refused = true;
			continue;
		}
		if (!dc_name_is_host(srv.host, false) || !srv.port)
			continue;
		while (at > 0 && is_before(&srv, &sorted[at - 1])) {
			sorted[at] = sorted[at - 1];
			at--;
		}
		sorted[at] = srv;
		if (count < DC_SMTP_SRV_MAX)
			count++;
	}
	for (size_t i = 0; i < count; i++)
		services->items[services->count++] = (struct dc_smtp_service_row){service, sorted[i].host, sorted[i].port, "srv"};
}

static void named(const struct dc_smtp_wish *wish, struct dc_smtp_services *services)
{
	static const struct {
		enum dc_smtp_service service;
		uint16_t port;
	} usual[] = {{DC_SMTP_SUBMISSIONS, 465}, {DC_SMTP_SUBMISSION, 587}, {DC_SMTP_SUBMISSION, 2525}};
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		if (!wish->submission_port || wish->submission_port == usual[i].port)
			services->items[services->count++] = (struct dc_smtp_service_row){
				usual[i].service, wish->submission_host, usual[i].port, "option"};
	if (!services->count)
		services->items[services->count++] = (struct dc_smtp_service_row){
			DC_SMTP_SUBMISSION, wish->submission_host, wish->submission_port, "option"};
	services->known = DC_TRI_YES;
}

void dc_smtp_find_services(struct dc_asker *asker, const struct dc_smtp_wish *wish, struct dc_smtp_services *services)
{
	static const char *const prefixes[] = {"_submission._tcp", "_submissions._tcp"};
	static const enum dc_smtp_service kinds[] = {DC_SMTP_SUBMISSION, DC_SMTP_SUBMISSIONS};
	*services = (struct dc_smtp_services){0};
	if (wish->submission_host.len) {
		named(wish, services);
		return;
	}
	services->known = DC_TRI_NO;
	for (size_t i = 0; i < 2; i++) {
		const struct dc_answer *answer = dc_ask_below(asker, prefixes[i], wish->domain, DC_TYPE_SRV);
		services->srv[i] = answer;
		if (!answer || !dc_outcome_is_known(answer->outcome))
			services->known = dc_tri_or(services->known, DC_TRI_UNKNOWN);
		else
			read_answer(asker, answer, kinds[i], services);
	}
	if (services->count)
		services->known = DC_TRI_YES;
}
