/* Requirement sets of receivers and bodies: static tables made from data/profiles/ (see the README there). */
#ifndef DC_POLICY_PROFILE_H
#define DC_POLICY_PROFILE_H

#include "findings/finding.h"

/* One way to meet a requirement. It fails when one of `breaks` was found (and neither waived nor switched off), or when
 * something of `present` is known to be absent; it is not known when it does not fail and one of `checks` is inconclusive,
 * or one of `present` not known; not applicable when all of its checks are, or when there is nothing that could be present. */
struct dc_proof {
	const char *const *checks;        /* ids of the checks that prove it, NULL-terminated */
	const char *const *told_by;       /* checks with further findings in `breaks`, which judge more than this: that they are
					   * inconclusive says nothing here; NULL-terminated */
	const enum dc_finding_id *breaks; /* what breaks it */
	size_t break_count;
	const char *const *present;       /* what must be published: "dane"; NULL-terminated */
};

/* One requirement: met when one of its proofs is, broken when all of them fail. */
struct dc_requirement {
	const char *id;                   /* "dmarc-record": within its profile, for ever */
	const char *text;                 /* what is required, one sentence */
	const char *source;               /* URL, or document and section */
	bool must;                        /* broken: the profile fails; else it warns */
	const struct dc_proof *proofs;
	size_t proof_count;
};

struct dc_profile {
	const char *id;    /* "google-bulk": for ever */
	const char *title; /* "Gmail, bulk senders" */
	const char *version; /* of our reading of it: "1" */
	const char *date;  /* when the sources were read last: "2026-11-20" */
	const char *about; /* who it concerns */
	const char *const *sources;  /* NULL-terminated */
	bool each_check;             /* baseline: every check is a requirement; `requirements` is empty */
	bool parked;                 /* it is about domains that never send */
	const struct dc_requirement *requirements;
	size_t requirement_count;
	const char *const *not_checkable; /* what it asks for and DNS cannot show, NULL-terminated */
};

/* NULL past the end. */
const struct dc_profile *dc_profile_at(size_t i);
/* NULL when there is none of that name. */
const struct dc_profile *dc_profile_find(struct dc_slice id);
/* The one whose name comes nearest; NULL when none is near. */
const struct dc_profile *dc_profile_near(struct dc_slice id);

#endif
