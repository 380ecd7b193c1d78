/* Inside the JSON renderers: the fleet. */
#ifndef DC_RENDER_JSON_FLEET_H
#define DC_RENDER_JSON_FLEET_H

#include "render/fleet.h"
#include "render/json_value.h"

/* Adds its members to `fleet`. */
void dc_json_fleet(struct dc_json *json, json_t *fleet, const struct dc_fleet_view *view);

#endif
