/* What the checks of mail servers share. A host with several addresses is told about once for each fault. */
#ifndef DC_CHECKS_SMTP_COMMON_H
#define DC_CHECKS_SMTP_COMMON_H

#include "checks/check.h"
#include "smtp/smtp.h"

static inline bool smtp_is_mx(const struct dc_smtp_server *server)
{
	return server->target.service == DC_SMTP_MX;
}

/* "mx.example.com:25" */
static inline struct dc_slice smtp_name(struct dc_emitter *emitter, const struct dc_smtp_server *server)
{
	return dc_arena_printf(dc_emitter_arena(emitter), "%.*s:%u", DC_FMT(server->target.host), server->target.port);
}

static inline struct dc_where smtp_where(struct dc_emitter *emitter, const struct dc_smtp_server *server)
{
	return (struct dc_where){.subject = smtp_name(emitter, server), .answer = server->answer};
}

static inline bool smtp_same(const struct dc_smtp_server *a, const struct dc_smtp_server *b)
{
	return a->target.service == b->target.service && a->target.port == b->target.port &&
	       dc_name_eq(a->target.host, b->target.host);
}

/* Calls `tell` for each server for which `holds`, once a host and port. */
static inline void smtp_each(const struct dc_facts *facts, struct dc_emitter *emitter,
			     bool (*holds)(const struct dc_facts *facts, const struct dc_smtp_server *server),
			     void (*tell)(const struct dc_facts *facts, const struct dc_smtp_server *server,
					  struct dc_emitter *emitter))
{
	const struct dc_smtp_facts *smtp = facts->smtp;

	for (size_t i = 0; i < smtp->count; i++) {
		bool told = !holds(facts, &smtp->servers[i]);

		for (size_t j = 0; j < i && !told; j++)
			told = smtp_same(&smtp->servers[i], &smtp->servers[j]) && holds(facts, &smtp->servers[j]);
		if (!told)
			tell(facts, &smtp->servers[i], emitter);
	}
}

/* No address of this host and port was reached. A host named by the user is tried on several ports: one is enough. */
static inline bool smtp_is_unseen(const struct dc_facts *facts, const struct dc_smtp_server *server)
{
	const struct dc_smtp_facts *smtp = facts->smtp;
	bool named = strcmp(server->origin, "option") == 0;

	for (size_t i = 0; i < smtp->count; i++) {
		const struct dc_smtp_server *other = &smtp->servers[i];

		if (other->reached == DC_TRI_YES &&
		    (smtp_same(server, other) || (named && strcmp(other->origin, "option") == 0)))
			return false;
	}
	return true;
}

/* Before judging: false when there is nothing to judge, which is then said. */
static inline bool smtp_judges(const struct dc_facts *facts, struct dc_emitter *emitter)
{
	const struct dc_smtp_facts *smtp = facts->smtp;
	bool unseen = false;

	if (smtp->count == 0) {
		bool open = (smtp->asked_mx && facts->mx->receives == DC_TRI_UNKNOWN) ||
			    (smtp->asked_submission && smtp->has_submission == DC_TRI_UNKNOWN);

		if (open)
			dc_inconclusive(emitter);
		else
			dc_not_applicable(emitter);
		return false;
	}
	/* What could not be reached is told by smtp-reach. */
	for (size_t i = 0; i < smtp->count; i++)
		unseen |= smtp_is_unseen(facts, &smtp->servers[i]);
	if (unseen)
		dc_inconclusive(emitter);
	return true;
}

#endif
