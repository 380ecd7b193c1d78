/* An earlier report (--baseline): findings in it are known, keys in it have been seen. */
#ifndef DC_API_BASELINE_H
#define DC_API_BASELINE_H

#include "base/arena.h"
#include "base/status.h"
#include "findings/emitter.h"

struct dc_dkim_seen;
struct dc_mta_sts_seen;
struct dc_baseline;

/* Reads a JSON report, or what the latest audits in a store found ("history:FILE"), or
 * domain objects one a line (NDJSON). DC_ERR_INPUT when the file is no such report, DC_ERR_IO when it cannot be read. */
enum dc_status dc_baseline_read(const char *path, struct dc_baseline **ret_baseline, struct dc_error *err);
/* The same of the octets of a report; `shown` stands for the file in messages. */
enum dc_status dc_baseline_parse(const char *shown, struct dc_slice text, struct dc_baseline **ret_baseline, struct dc_error *err);
void dc_baseline_free(struct dc_baseline *baseline);
/* Findings of `domain` that the baseline holds are accepted: shown, and no reason to fail. Those that say what could not be
 * determined are not: not knowing for a second time is no better. */
void dc_baseline_apply(const struct dc_baseline *baseline, struct dc_slice domain, struct dc_finding_list *list,
		       struct dc_arena *arena);
/* MTA-STS policies, sorted; of a report, not of a store. */
const struct dc_mta_sts_seen *dc_baseline_policies(const struct dc_baseline *baseline, size_t *ret_count);
const struct dc_dkim_seen *dc_baseline_keys(const struct dc_baseline *baseline, size_t *ret_count);

#endif
