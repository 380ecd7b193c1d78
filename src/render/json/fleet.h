/* Inside the JSON renderers: the fleet. */
#ifndef DC_RENDER_JSON_FLEET_H
#define DC_RENDER_JSON_FLEET_H

#include "render/fleet.h"
#include "render/json/value.h"

/* Adds its members to `fleet`. */
void dc_json_fleet(struct dc_json *json, json_t *fleet, const struct dc_fleet_view *view);

/* A domain object of an ndjson report, counted in the report's summary and in `fleet` (NULL: none). The caller's; NULL: it
 * is none, or memory is spent (then report->status says so). */
json_t *dc_json_read_domain(struct dc_report *report, struct dc_slice line, struct dc_fleet *fleet,
			    enum dc_domain_verdict *ret_verdict);

#endif
