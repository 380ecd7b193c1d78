/* The state of one check_host(). Internal to the SPF room. */
#ifndef DC_SPF_EVAL_H
#define DC_SPF_EVAL_H

#include "spf/macro.h"
#include "spf/spf.h"

enum { DC_SPF_STEPS_MAX = DC_SPF_LOOKUP_LIMIT + 2 }; /* each nesting costs a lookup */

struct dc_spf_eval {
	struct dc_asker *asker;
	const struct dc_spf_query *query;
	struct dc_spf_values values;
	struct dc_spf_result *result;
	bool open;
	struct dc_spf_step steps[DC_SPF_STEPS_MAX], decided[DC_SPF_STEPS_MAX];
	size_t step_count, decided_count;
	const struct dc_spf_record *exp_record; /* whose exp= holds: that of the last redirect */
	struct dc_slice exp_domain;
};

/* One record being evaluated. */
struct dc_spf_frame {
	struct dc_slice domain;             /* <domain>, as written */
	struct dc_slice name;               /* the same, canonical */
	const struct dc_spf_record *record;
};

/* dc_ask, and e->open when there is no answer yet. */
const struct dc_answer *dc_spf_eval_ask(struct dc_spf_eval *e, struct dc_slice name, uint16_t type);
/* A or AAAA, as the client needs it. */
uint16_t dc_spf_eval_type(const struct dc_spf_eval *e);

/* Names of the client's address that lead back to it (RFC 7208 5.5), and the PTR answer. False while a question is open;
 * those found so far are there. */
bool dc_spf_eval_validated(struct dc_spf_eval *e, struct dc_slice names[DC_SPF_HOST_LIMIT], size_t *ret_count,
			   const struct dc_answer **ret_ptr);

enum dc_spf_target { DC_SPF_TARGET, DC_SPF_TARGET_IMPOSSIBLE, DC_SPF_TARGET_OPEN };
/* The name that a term means: raw for %{d}, canonical for DNS. */
enum dc_spf_target dc_spf_eval_target(struct dc_spf_eval *e, const struct dc_spf_frame *frame,
				      const struct dc_spf_term *term, struct dc_slice *ret_raw,
				      struct dc_slice *ret_name);

/* Sets result->explanation when the record that failed has a usable one (RFC 7208 6.2). */
void dc_spf_eval_explain(struct dc_spf_eval *e);

#endif
