/* Inside of the libunbound source; nobody else includes this. */
#ifndef DC_SOURCE_UNBOUND_PARTS_H
#define DC_SOURCE_UNBOUND_PARTS_H

#include <unbound-event.h>
#include <unbound.h>

#include "dns/answer.h"
#include "source/unbound.h"

/* Events of libunbound on a dc_loop. */
struct unbound_base {
	struct ub_event_base super;
	struct dc_loop *loop;
	void (*after)(void *user); /* after each call into libunbound; may free all of it */
	void *user;
	struct ub_ctx *ctx;        /* NULL until there is one */
	struct unbound_base *next; /* of all in the process that have one */
};
void unbound_base_init(struct unbound_base *base, struct dc_loop *loop, void (*after)(void *user), void *user);

/* Counts, and files that can be read and hold what they must. */
enum dc_status unbound_check_options(const struct dc_unbound_options *options, struct dc_error *err);
/* Makes base->ctx, ready for questions. NULL, or why it cannot be (static). */
const char *unbound_open(struct unbound_base *base, const struct dc_unbound_options *options);
void unbound_close(struct unbound_base *base);

enum { UNBOUND_NAME_MAX = DC_NAME_TEXT_MAX + 2, UNBOUND_WARM_MAX = 64 };

/* libunbound wants a C string with a dot at the end. */
const char *unbound_name(struct dc_slice name, char text[UNBOUND_NAME_MAX]);

/* Names whose keys were asked for ahead of need: hashes of those of one audit or a few. */
struct unbound_warmth {
	uint64_t names[UNBOUND_WARM_MAX];
	size_t count;
};
/* Asks for the DS and DNSKEY records above `question` all at once. The validator asks for them one after the other, a
 * round trip each, and finds them under way or in its cache. Only the first names of a run are warmed: a bulk run has
 * other questions to wait for, and keys of top-level domains by then. */
void unbound_warm(struct unbound_warmth *warmth, struct ub_ctx *ctx, const struct dc_question *question,
		  enum dc_unbound_mode mode);

/* libunbound tells failures apart in its log only: a line comes just before the callback, from the same thread. */
void unbound_log_to_memory(struct ub_ctx *ctx);
void unbound_log_forget(void);
/* The outcome that the last line tells of `question`; its words, valid until the next line, in *ret_detail. */
enum dc_outcome unbound_log_outcome(const struct dc_question *question, struct dc_slice *ret_detail);

/* What the callback said, into *draft, whose question is set; `scratch` holds what it points at. */
void unbound_read(struct dc_arena *scratch, const struct dc_unbound_options *options, struct dc_answer *draft, int rcode,
		  const void *packet, int len, int sec, const char *why_bogus);

#endif
